#include <algorithm>
#include <array>

#include "gateway/carriers/sender.hpp"
#include "gateway/carriers/twilio_carrier.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

using core::Inbound;
using core::malformed;
using core::Receipt;
using core::ReceiptState;
using core::Result;

/// An answer with words in it would be a text to her.
constexpr std::string_view kNothing = R"(<?xml version="1.0" encoding="UTF-8"?><Response/>)";

struct Status {
    std::string_view name{};
    ReceiptState state{};
};
/// Whatever is not among them says nothing final.
constexpr std::array kStatuses{
    Status{"sent", ReceiptState::kAccepted},  Status{"delivered", ReceiptState::kDelivered},
    Status{"read", ReceiptState::kDelivered}, Status{"undelivered", ReceiptState::kFailed},
    Status{"failed", ReceiptState::kFailed},  Status{"canceled", ReceiptState::kFailed},
};

ReceiptState state_of(std::string_view status) {
    const auto* known = std::ranges::find(kStatuses, status, &Status::name);
    return known == kStatuses.end() ? ReceiptState::kBuffered : known->state;
}

class TwilioSms final : public Carrier {
  public:
    explicit TwilioSms(TwilioOptions options) : account_(std::move(options)) { capabilities_.signs = true; }

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        return action == "sms" || action == "status" ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto webhook = account_.read(request);
        if (!webhook) return webhook.error();
        std::vector<Result<Inbound>> messages;
        messages.push_back(read_message(webhook->form, now));
        return messages;
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest& request, core::Instant now) const override {
        const auto webhook = account_.read(request);
        if (!webhook) return webhook.error();
        const std::string_view status = webhook->form.get("MessageStatus");
        if (status.empty()) return malformed("the status of the receipt is missing");
        auto receipt = TwilioAccount::read_receipt(webhook->query, webhook->form.get("MessageSid"));
        if (!receipt) return receipt.error();
        receipt->state = state_of(status);
        receipt->at = now;
        std::vector<Result<Receipt>> receipts;
        receipts.push_back(std::move(receipt));
        return receipts;
    }

    WebResponse encode_answer(const core::Answer&) const override {
        return {.content_type = "text/xml", .body = std::string{kNothing}};
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage& message) const override {
        const TwilioOptions& options = account_.options();
        const std::int64_t longest_s = options.variant == TwilioVariant::kTwilio ? 36'000 : 14'400;
        const auto validity = std::chrono::seconds{message.validity}.count();
        std::string form = "To=" + percent_encoded(message.to.reveal_e164()) +
                           "&From=" + percent_encoded(options.number) + "&Body=" + percent_encoded(message.text) +
                           "&StatusCallback=" + percent_encoded(account_.status_address(message)) +
                           "&ValidityPeriod=" + std::to_string(std::clamp<std::int64_t>(validity, 1, longest_s));
        std::vector<ApiRequest> requests;
        requests.push_back(account_.post("Messages.json", std::move(form)));
        return requests;
    }

    SendResult read_send_result(const WebResponse& response) const override { return account_.read_result(response); }

  private:
    Result<Inbound> read_message(const WebhookQuery& form, core::Instant now) const {
        const std::string_view id = form.get("MessageSid");
        if (id.empty() || !is_plain_token(id)) return malformed("the id of the message is malformed");
        if (!is_plain_token(form.get("To"))) return malformed("the number written to is malformed");
        const auto sender = read_sender(form.get("From"), account_.options().country);
        if (!sender) return sender.error();
        Inbound message{.from = *sender, .to = std::string{form.get("To")}, .external_id = std::string{id}};
        message.received_at = now;
        message.text = core::repair_utf8(form.get("Body"));
        return message;
    }

    TwilioAccount account_;
    Capabilities capabilities_{};
};

}  // namespace

std::unique_ptr<Carrier> make_twilio_sms(TwilioOptions options) {
    return std::make_unique<TwilioSms>(std::move(options));
}

}  // namespace harborline::gateway
