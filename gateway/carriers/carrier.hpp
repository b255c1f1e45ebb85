#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handlers/core/inbound.hpp"
#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// A webhook as the listener read it, without any type of the HTTP library.
struct WebRequest {
    std::string method{};                                        ///< "GET", "POST" …
    std::string action{};                                        ///< What follows the token: "sms", "status" …
    std::string query{};                                         ///< Raw, without the question mark.
    std::vector<std::pair<std::string, std::string>> headers{};  ///< As received.
    std::string body{};
    std::string path{};  ///< As received, up to the question mark. Holds the token: never to be logged.
    std::string peer{};  ///< Address of the true peer; what a proxy's header claims is not looked at.

    /// Case-insensitive; empty where absent.
    std::string_view header(std::string_view name) const;
};

struct WebResponse {
    int status = 200;
    std::string content_type{};
    std::string body{};
    std::string
        retry_after{};   ///< The header of that name: seconds or a date. Ours asks the carrier to come again then.
    std::string date{};  ///< As a carrier sent it; not sent by us.
    std::string cache_control{};  ///< Whether somebody on the way may keep a copy; ours to carriers only.
};

/// A request to a carrier's API, ready to be sent as it stands.
struct ApiRequest {
    std::string method = "POST";
    std::string url{};  ///< http://host:port/path?query. Holds no number, name or text.
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::chrono::milliseconds timeout{10'000};
};

/// One message of ours on its way out.
struct OutgoingMessage {
    core::OutboxId id{};
    core::PhoneNumber to{};
    std::string text{};  ///< Signature included.
    int attempt = 1;     ///< From 1; above 1 it may be a repeat of one that arrived.
    std::chrono::minutes validity{60};
};

/// What one attempt to send came to.
struct SendResult {
    enum class Kind {
        kSent,     ///< The carrier has it; a receipt will follow where the carrier gives receipts.
        kRetry,    ///< Certainly not taken; worth another try.
        kRefused,  ///< Certainly not taken and never will be.
        kUnknown,  ///< The answer was lost: it may have been taken.
    };
    Kind kind = Kind::kSent;
    std::string reason{};                               ///< For the operator; no number, name or text.
    std::optional<std::chrono::seconds> retry_after{};  ///< The carrier asks that nothing at all is sent before.
    std::string carrier_id{};  ///< kSent: what its receipts will call the message, where that is not our own id.
};

/// What a carrier of calls can do beyond playing, keys and hanging up.
struct VoiceCapabilities {
    bool says = false;          ///< Speaks words by itself; else every sound needs a `url`.
    bool joins = false;         ///< Only the last sound of an answer is cut short by a key: play one file.
    bool bridges = false;       ///< Rings others for her (Dial), accepted by key.
    bool warns = false;         ///< Both hear a word before the end of a talk.
    bool places_calls = false;  ///< Calls out on our wish.
    bool hands_over = false;    ///< What she says comes with its request, and the carrier keeps none of it.
};

/// What a carrier can do. `check` refuses a flow that asks for more.
struct Capabilities {
    core::ChannelKind kind = core::ChannelKind::kSms;
    bool free_text = true;       ///< Texts need not be approved templates.
    bool gives_ids = true;       ///< Every webhook carries an id of its own.
    bool gives_receipts = true;  ///< Delivery reports come back.
    bool signs = false;
    std::chrono::milliseconds answer_deadline{10'000};
    VoiceCapabilities voice{};  ///< kVoice.
};

/// One configured account with one carrier: pure functions over plain values. No socket, no clock, no storage.
class Carrier {
  public:
    virtual ~Carrier() = default;

    virtual const Capabilities& capabilities() const = 0;

    /// Methods that the action takes ("GET, POST"), or empty where there is no such action.
    virtual std::string_view methods(std::string_view action) const = 0;

    /// Reads a webhook into messages, each standing alone: a broken element is an error beside its good neighbours.
    /// The outer error means that nothing at all could be read.
    virtual core::Result<std::vector<core::Result<core::Inbound>>> decode(const WebRequest& request,
                                                                          core::Instant now) const = 0;
    virtual core::Result<std::vector<core::Result<core::Receipt>>> decode_status(const WebRequest& request,
                                                                                 core::Instant now) const = 0;
    /// What the carrier wants to hear once everything is durable. Words only where its session carries them.
    virtual WebResponse encode_answer(const core::Answer& answer) const = 0;
    /// The same where the answer has to repeat something of its request.
    virtual WebResponse encode_answer_to(const WebRequest& request, const core::Answer& answer) const;

    /// The requests that send one message, in order (one for most carriers, one per part for others).
    virtual std::vector<ApiRequest> build_send(const OutgoingMessage& message) const = 0;
    virtual SendResult read_send_result(const WebResponse& response) const = 0;

    /// The request that brings a recording the carrier keeps (`url` as it named it), and the one that erases it there.
    /// Nothing where it keeps none, or the address is not one of its own.
    virtual std::optional<ApiRequest> build_fetch(std::string_view url) const;
    virtual std::optional<ApiRequest> build_erase(std::string_view url) const;
    /// The request that ends a leg, by the carrier's name for it. Nothing where that is no matter of HTTP, or no name.
    virtual std::optional<ApiRequest> build_hang_up(std::string_view leg) const;
};

}  // namespace harborline::gateway
