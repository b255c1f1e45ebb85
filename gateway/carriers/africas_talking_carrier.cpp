#include "gateway/carriers/africas_talking_carrier.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "gateway/carriers/flat_fields.hpp"
#include "gateway/carriers/retry_after.hpp"
#include "gateway/carriers/sender.hpp"
#include "gateway/carriers/ussd_gateway_carrier.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using core::Inbound;
using core::malformed;
using core::Receipt;
using core::ReceiptState;
using core::Result;

/// As the engine knows it. It stops every text that she has not asked for by writing to us: the carrier refuses them
/// all anyway, and a caseworker who means to write to her hears why it is no use.
constexpr std::string_view kOptOut = "STOPALL";
constexpr std::size_t kAnswerDepthMax = 8;

template <class Number>
std::optional<Number> read_digits(std::string_view digits) {
    Number value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

/// 2017-05-03T06:04:45Z or 2017-05-03 06:04:45, both in UTC. Anything else is no reason to refuse a text.
std::optional<core::Instant> read_date(std::string_view date) {
    constexpr std::string_view kForm = "0000-00-00?00:00:00";
    if (date.ends_with('Z')) date.remove_suffix(1);
    if (date.size() != kForm.size() || (date[10] != 'T' && date[10] != ' ')) return std::nullopt;
    for (const std::size_t at : {4U, 7U, 13U, 16U})
        if (date[at] != kForm[at]) return std::nullopt;
    const auto year = read_digits<unsigned>(date.substr(0, 4));
    const auto month = read_digits<unsigned>(date.substr(5, 2));
    const auto day = read_digits<unsigned>(date.substr(8, 2));
    const auto hour = read_digits<unsigned>(date.substr(11, 2));
    const auto minute = read_digits<unsigned>(date.substr(14, 2));
    const auto second = read_digits<unsigned>(date.substr(17, 2));
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day on{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
    if (!on.ok() || *year < 2000 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::time_point_cast<core::Instant::duration>(std::chrono::sys_days{on}) +
           std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

struct Status {
    std::string_view name{};
    ReceiptState state{};
};
/// Whatever is not among them says nothing final.
constexpr std::array kStatuses{
    Status{"Success", ReceiptState::kDelivered},
    Status{"Sent", ReceiptState::kAccepted},
    Status{"Submitted", ReceiptState::kAccepted},
    Status{"Buffered", ReceiptState::kBuffered},
    Status{"Rejected", ReceiptState::kFailed},
    Status{"Failed", ReceiptState::kFailed},
    Status{"Expired", ReceiptState::kFailed},
    Status{"AbsentSubscriber", ReceiptState::kFailed},  // Unverified: named in its documentation, never seen.
};

ReceiptState state_of(std::string_view status) {
    const auto* known = std::ranges::find(kStatuses, status, &Status::name);
    return known == kStatuses.end() ? ReceiptState::kBuffered : known->state;
}

struct Verdict {
    int code = 0;
    SendResult::Kind kind{};
    std::string_view why{};
};
/// Its codes for one recipient. Which of the failures pass is unverified; where the account is to blame an operator can
/// put it right, so the text waits.
constexpr std::array kVerdicts{
    Verdict{100, SendResult::Kind::kSent, {}},
    Verdict{101, SendResult::Kind::kSent, {}},
    Verdict{102, SendResult::Kind::kSent, {}},
    Verdict{401, SendResult::Kind::kRetry, "the account is held for a check (RiskHold)"},
    Verdict{402, SendResult::Kind::kRetry, "the sender is not registered (InvalidSenderId); see number"},
    Verdict{403, SendResult::Kind::kRefused, "the number is invalid"},
    Verdict{404, SendResult::Kind::kRefused, "numbers of this type are not served"},
    Verdict{405, SendResult::Kind::kRetry, "the account has no money left (InsufficientBalance)"},
    Verdict{406, SendResult::Kind::kRefused, "the person has opted out with the carrier"},
    Verdict{407, SendResult::Kind::kRetry, "there is no route to the network"},
    Verdict{409, SendResult::Kind::kRefused, "the person is on the do-not-disturb list"},
    Verdict{500, SendResult::Kind::kRetry, "its own error"},
    Verdict{501, SendResult::Kind::kRetry, "its gateway's error"},
    Verdict{502, SendResult::Kind::kRefused, "its gateway rejected the message"},
};

/// A member of an object; null where `value` is none or has none of that name.
const json::value* member(const json::value* value, std::string_view name) {
    const json::object* object = value == nullptr ? nullptr : value->if_object();
    return object == nullptr ? nullptr : object->if_contains(json::string_view{name.data(), name.size()});
}

std::string_view text_of(const json::value* value) {
    const json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

std::string said(std::string_view why) {
    return std::string{"Africa's Talking: "}.append(why);
}

/// What became of the only recipient.
SendResult read_recipient(const json::value& recipient) {
    const json::value* code = member(&recipient, "statusCode");
    const auto* verdict = kVerdicts.end();
    if (code != nullptr && code->is_int64()) {
        const auto given = code->get_int64();
        verdict = std::ranges::find_if(kVerdicts, [given](const Verdict& each) { return each.code == given; });
    }
    if (verdict == kVerdicts.end())
        return {.kind = SendResult::Kind::kUnknown, .reason = said("what became of the message is unclear")};
    if (verdict->kind != SendResult::Kind::kSent) return {.kind = verdict->kind, .reason = said(verdict->why)};
    const std::string_view id = text_of(member(&recipient, "messageId"));
    SendResult sent;
    if (id != "None" && is_plain_token(id)) sent.carrier_id = id;
    return sent;
}

SendResult read_created(std::string_view body) {
    json::parse_options options;
    options.max_depth = kAnswerDepthMax;
    boost::system::error_code error;
    const json::value answer = json::parse(json::string_view{body.data(), body.size()}, error, {}, options);
    const json::value* data = error ? nullptr : member(&answer, "SMSMessageData");
    const json::value* listed = member(data, "Recipients");
    const json::array* recipients = listed == nullptr ? nullptr : listed->if_array();
    if (recipients != nullptr && recipients->size() == 1) return read_recipient(recipients->front());
    // Without a recipient nothing went; the message then is the reason.
    if (recipients != nullptr && recipients->empty() && text_of(member(data, "Message")) == "InvalidSenderId")
        return {.kind = SendResult::Kind::kRetry,
                .reason = said("the sender is not registered (InvalidSenderId); see number")};
    return {.kind = SendResult::Kind::kUnknown, .reason = said("the answer cannot be understood")};
}

class AfricasTalkingSms final : public Carrier {
  public:
    explicit AfricasTalkingSms(AfricasTalkingOptions options) : options_(std::move(options)) {}

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        return action == "sms" || action == "status" || action == "optout" ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto form = read_form(request);
        if (!form) return form.error();
        std::vector<Result<Inbound>> messages;
        messages.push_back(request.action == "optout" ? read_opt_out(*form, now) : read_message(*form, now));
        return messages;
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest& request, core::Instant now) const override {
        const auto form = read_form(request);
        if (!form) return form.error();
        const std::string_view id = form->get("id");
        if (id.empty() || !is_plain_token(id)) return malformed("the id of the receipt is malformed");
        if (form->get("status").empty()) return malformed("the status of the receipt is missing");
        Receipt receipt{.state = state_of(form->get("status")), .at = now};
        receipt.carrier_id = id;
        std::vector<Result<Receipt>> receipts;
        receipts.emplace_back(std::move(receipt));
        return receipts;
    }

    WebResponse encode_answer(const core::Answer&) const override { return {.content_type = "text/plain"}; }

    std::vector<ApiRequest> build_send(const OutgoingMessage& message) const override {
        ApiRequest request{.url = options_.api_url};
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                           {"Accept", "application/json"},
                           {"apikey", options_.api_key.reveal()}};
        request.body = "username=" + percent_encoded(options_.user) +
                       "&to=" + percent_encoded(message.to.reveal_e164()) + "&message=" + percent_encoded(message.text);
        if (!options_.number.empty()) request.body += "&from=" + percent_encoded(options_.number);
        std::vector<ApiRequest> requests;
        requests.push_back(std::move(request));
        return requests;
    }

    SendResult read_send_result(const WebResponse& response) const override {
        using enum SendResult::Kind;
        if (response.status == 201) return read_created(response.body);
        const std::string status = std::to_string(response.status);
        if (response.status / 100 == 2) return {.kind = kUnknown, .reason = said("it answered " + status)};
        if (response.status == 401) return {.kind = kRefused, .reason = said("it refused the api key with 401")};
        if (response.status == 429 || response.status >= 500)
            return {.kind = kRetry,
                    .reason = said("it answered " + status),
                    .retry_after = read_retry_after(response.retry_after, response.date)};
        return {.kind = kRefused, .reason = said("it refused the message with " + status)};
    }

  private:
    Result<Inbound> read_message(const WebhookQuery& form, core::Instant now) const {
        const std::string_view id = form.get("id");
        if (id.empty() || !is_plain_token(id)) return malformed("the id of the message is malformed");
        if (!is_plain_token(form.get("to"))) return malformed("the number written to is malformed");
        const auto sender = read_sender(form.get("from"), options_.country);
        if (!sender) return sender.error();
        Inbound message{.from = *sender, .to = std::string{form.get("to")}, .external_id = std::string{id}};
        message.stamped_at = read_date(form.get("date"));
        message.received_at = now;
        message.text = core::repair_utf8(form.get("text"));
        return message;
    }

    Result<Inbound> read_opt_out(const WebhookQuery& form, core::Instant now) const {
        const auto sender = read_sender(form.get("phoneNumber"), options_.country);
        if (!sender) return sender.error();
        if (!sender->is_subscriber()) return malformed("the sender is not a phone number");
        Inbound message{.from = *sender, .to = options_.number, .received_at = now};
        message.told_by_carrier = true;
        message.text = kOptOut;
        return message;
    }

    AfricasTalkingOptions options_;
    Capabilities capabilities_{};
};

}  // namespace

std::unique_ptr<Carrier> make_africas_talking_sms(AfricasTalkingOptions options) {
    return std::make_unique<AfricasTalkingSms>(std::move(options));
}

std::unique_ptr<Carrier> make_africas_talking_ussd(std::string country) {
    UssdGatewayOptions options{.country = std::move(country), .forms_only = true};
    options.dialect = {.session = "sessionId", .number = "phoneNumber", .text = "text", .cumulative = true};
    options.service_field = "serviceCode";
    options.status_field = "status";
    options.statuses_unseen = {"Incomplete", "Failed"};
    return make_ussd_gateway(std::move(options));
}

}  // namespace harborline::gateway
