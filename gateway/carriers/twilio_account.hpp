#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/carriers/carrier.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::gateway {

enum class TwilioVariant : std::uint8_t { kTwilio, kSignalWire, kSomleng };

struct TwilioOptions {
    TwilioVariant variant = TwilioVariant::kTwilio;
    std::string api_url{};      ///< What stands before /2010-04-01, without a slash at the end.
    std::string account{};      ///< AccountSid, which is the user's name too.
    core::Secret auth_token{};  ///< Password of the API, and the key of every signature.
    std::string number{};       ///< Ours, E.164: sends, calls, and is shown on every leg.
    std::string public_url{};  ///< As the carrier reaches us, without a slash at the end; what it signs begins with it.
    core::Secret webhook_url{};  ///< …/in/<channel>/<token>
    std::string say_voice{};     ///< Empty: the carrier's default.
    std::string country{};       ///< Completes national numbers.
};

/// What texts and calls have in common: who may speak to us, how we speak to the API, and how it answers.
class TwilioAccount {
  public:
    struct Webhook {
        WebhookQuery query{};
        WebhookQuery form{};
    };

    explicit TwilioAccount(TwilioOptions options) : options_(std::move(options)) {}

    const TwilioOptions& options() const { return options_; }
    /// What the carrier is called in a sentence.
    std::string_view name() const;

    /// A posted form. kUnauthorized where its signature is missing or wrong.
    core::Result<Webhook> read(const WebRequest& request) const;

    /// One of our own addresses, as the carrier is told it.
    std::string address(std::string_view action) const;
    /// The same for what becomes of a message or a call of ours; read back by `read_receipt`.
    std::string status_address(const OutgoingMessage& message) const;
    /// Names the message by what `status_address` wrote, or by the carrier's id.
    static core::Result<core::Receipt> read_receipt(const WebhookQuery& query, std::string_view carrier_id);

    /// "Messages.json", "Calls.json" …
    ApiRequest post(std::string_view resource, std::string form) const;
    /// To a recording's own address, with the extension. Nothing where it is not one of this account's.
    std::optional<ApiRequest> of_recording(std::string_view method, std::string_view url,
                                           std::string_view extension) const;
    /// Ends a call, or one leg of it. Nothing where that is no id.
    std::optional<ApiRequest> end_call(std::string_view id) const;
    /// Whether the address is that of a recording of this account, and nothing else.
    bool owns_recording(std::string_view url) const;

    SendResult read_result(const WebResponse& response) const;

  private:
    std::pair<std::string, std::string> authorization() const;

    TwilioOptions options_;
};

/// Digits only, no sign, from 1 to `max`.
std::optional<std::int64_t> read_count(std::string_view digits, std::int64_t max);

}  // namespace harborline::gateway
