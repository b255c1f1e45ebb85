#include <algorithm>
#include <array>

#include "gateway/carriers/sender.hpp"
#include "gateway/carriers/twilio_carrier.hpp"
#include "gateway/carriers/twiml.hpp"

namespace harborline::gateway {
namespace {

using core::CallInput;
using core::DialEnd;
using core::Inbound;
using core::malformed;
using core::Receipt;
using core::ReceiptState;
using core::Result;

constexpr std::int64_t kStepMax = 1'000'000;
constexpr std::size_t kKeysMax = 64;
constexpr int kRing_s = 25;
/// On the way back from a Record: a request without a recording means then that there was nothing to hear.
constexpr std::string_view kWasRecord = "was=record";

/// What an address of ours stands for.
struct Place {
    enum class Kind { kFirst, kPlaced, kNext, kLeg, kLegKeys, kRecording, kStatus, kEnd };
    Kind kind = Kind::kFirst;
    std::int64_t number = 0;  ///< Step or OutboxId.
    std::string_view dial{};  ///< Of a leg.
};

std::optional<Place> numbered(Place::Kind kind, std::string_view digits, std::int64_t max) {
    const auto number = read_count(digits, max);
    if (!number) return std::nullopt;
    return Place{.kind = kind, .number = *number};
}

std::optional<Place> read_place(std::string_view action) {
    using enum Place::Kind;
    constexpr std::string_view kKey = "/key";
    if (action == "voice") return Place{.kind = kFirst};
    if (action == "recording") return Place{.kind = kRecording};
    if (action == "status") return Place{.kind = kStatus};
    if (action == "end") return Place{.kind = kEnd};
    if (action.starts_with("voice/o")) return numbered(kPlaced, action.substr(7), INT64_MAX);
    if (action.starts_with("voice/")) return numbered(kNext, action.substr(6), kStepMax);
    if (!action.starts_with("confirm/")) return std::nullopt;
    action.remove_prefix(8);
    const bool keyed = action.ends_with(kKey);
    if (keyed) action.remove_suffix(kKey.size());
    if (!core::is_dial_name(action)) return std::nullopt;
    return Place{.kind = keyed ? kLegKeys : kLeg, .dial = action};
}

/// What carriers of this family put in place of a number that is withheld: words on a keypad.
bool is_withheld(std::string_view from) {
    constexpr std::array<std::string_view, 5> kWithheld{"+266696687", "+7378742833", "+2562533", "+8656696",
                                                        "+86282452253"};
    return std::ranges::find(kWithheld, from) != kWithheld.end();
}

core::PhoneNumber read_number(std::string_view written, const std::string& country) {
    if (is_withheld(written)) return {};
    const auto number = core::PhoneNumber::parse(written, country);
    return number ? *number : core::PhoneNumber{};
}

bool is_over(std::string_view status) {
    constexpr std::array<std::string_view, 5> kOver{"completed", "busy", "failed", "no-answer", "canceled"};
    return std::ranges::find(kOver, status) != kOver.end();
}

/// Of a call that we have placed; whatever is not known says nothing final.
ReceiptState state_of(std::string_view status) {
    if (status == "in-progress" || status == "answered" || status == "completed") return ReceiptState::kDelivered;
    if (is_over(status)) return ReceiptState::kFailed;
    return status == "ringing" ? ReceiptState::kAccepted : ReceiptState::kBuffered;
}

DialEnd dial_end_of(const WebhookQuery& form) {
    const std::string_view status = form.get("DialCallStatus");
    if (status == "completed" || status == "answered")
        return form.get("DialBridged") == "false" ? DialEnd::kRefused : DialEnd::kTalked;
    if (status == "busy") return DialEnd::kBusy;
    // Canceled: she has hung up while they were still rung.
    if (status == "no-answer" || status == "canceled") return DialEnd::kNoAnswer;
    return DialEnd::kFailed;
}

bool are_keys(std::string_view keys) {
    return keys.size() <= kKeysMax && keys.find_first_not_of("0123456789*#ABCDabcd") == std::string_view::npos;
}

Capabilities capabilities_of(TwilioVariant variant) {
    Capabilities capabilities{.kind = core::ChannelKind::kVoice, .gives_ids = false, .signs = true};
    capabilities.voice = {.says = true,
                          .bridges = variant != TwilioVariant::kSomleng,  // It asks nobody before it connects.
                          .places_calls = true};
    return capabilities;
}

class TwilioVoice final : public Carrier {
  public:
    explicit TwilioVoice(TwilioOptions options)
        : capabilities_(capabilities_of(options.variant)),
          style_{.pauses = options.variant != TwilioVariant::kSomleng,
                 .whispers = capabilities_.voice.bridges,
                 .voice = options.say_voice,
                 .number = options.number},
          account_(std::move(options)) {}

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        return read_place(action) ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto webhook = account_.read(request);
        if (!webhook) return webhook.error();
        const auto place = read_place(request.action);
        if (!place) return malformed("there is no such address");
        auto call = read_call(*place, *webhook);
        if (!call) return call.error();
        call->received_at = now;
        std::vector<Result<Inbound>> messages;
        messages.push_back(std::move(call));
        return messages;
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest& request, core::Instant now) const override {
        const auto webhook = account_.read(request);
        if (!webhook) return webhook.error();
        const std::string_view status = webhook->form.get("CallStatus");
        if (status.empty()) return malformed("the status of the call is missing");
        auto receipt = TwilioAccount::read_receipt(webhook->query, webhook->form.get("CallSid"));
        if (!receipt) return receipt.error();
        receipt->state = state_of(status);
        receipt->at = now;
        std::vector<Result<Receipt>> receipts;
        receipts.push_back(std::move(receipt));
        return receipts;
    }

    WebResponse encode_answer(const core::Answer& answer) const override {
        return write(answer, answer.call ? "voice/" + std::to_string(answer.call->step) : std::string{}, false);
    }

    WebResponse encode_answer_to(const WebRequest& request, const core::Answer& answer) const override {
        const auto place = read_place(request.action);
        const bool is_leg = place && (place->kind == Place::Kind::kLeg || place->kind == Place::Kind::kLegKeys);
        if (!is_leg) return encode_answer(answer);
        return write(answer, "confirm/" + std::string{place->dial} + "/key", true);
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage& message) const override {
        const std::string url = account_.address("voice/o" + std::to_string(message.id.value));
        std::string form = "To=" + percent_encoded(message.to.reveal_e164()) +
                           "&From=" + percent_encoded(account_.options().number) + "&Url=" + percent_encoded(url) +
                           "&Method=POST&StatusCallback=" + percent_encoded(account_.status_address(message)) +
                           "&StatusCallbackEvent=answered&StatusCallbackEvent=completed&StatusCallbackMethod=POST" +
                           "&Timeout=" + std::to_string(kRing_s);
        std::vector<ApiRequest> requests;
        requests.push_back(account_.post("Calls.json", std::move(form)));
        return requests;
    }

    SendResult read_send_result(const WebResponse& response) const override { return account_.read_result(response); }

    std::optional<ApiRequest> build_fetch(std::string_view url) const override {
        return account_.of_recording("GET", url, ".wav");
    }

    std::optional<ApiRequest> build_erase(std::string_view url) const override {
        return account_.of_recording("DELETE", url, ".json");
    }

    std::optional<ApiRequest> build_hang_up(std::string_view leg) const override { return account_.end_call(leg); }

  private:
    /// Without an answer the call ends: an empty document would connect a leg.
    WebResponse write(const core::Answer& answer, const std::string& next, bool is_leg) const {
        const core::CallAnswer call = answer.call.value_or(core::CallAnswer{});
        TwimlPlaces places{.next = account_.address(next)};
        places.next_recorded = std::string{places.next}.append("?").append(kWasRecord);
        if (const auto* dial = std::get_if<core::Dial>(&call.act); dial != nullptr && !is_leg)
            places.leg = account_.address("confirm/" + dial->name);
        return {.content_type = "text/xml", .body = write_twiml(call, style_, places)};
    }

    Result<Inbound> read_call(const Place& place, const TwilioAccount::Webhook& webhook) const {
        const WebhookQuery& form = webhook.form;
        const std::string_view id = form.get("CallSid");
        if (id.empty() || !is_plain_token(id)) return malformed("the id of the call is malformed");
        // The other side of a call that we have placed, and of a leg that was rung for somebody, is whom we called.
        const bool ours = form.get("Direction").starts_with("outbound");
        const std::string_view there = form.get(ours ? "To" : "From");
        const std::string_view here = form.get(ours ? "From" : "To");
        if (!is_plain_token(here)) return malformed("the number called is malformed");
        Inbound inbound{.kind = core::ChannelKind::kVoice, .from = read_number(there, account_.options().country)};
        inbound.to = here;
        CallInput call{.id = std::string{id}};
        const auto read = read_event(place, webhook, call, inbound.text);
        if (!read) return read.error();
        if (call.event == CallInput::Event::kLegBegan) call.shown = here;
        inbound.call = std::move(call);
        return inbound;
    }

    Result<void> read_event(const Place& place, const TwilioAccount::Webhook& webhook, CallInput& call,
                            std::string& keys) const {
        using enum Place::Kind;
        const WebhookQuery& form = webhook.form;
        switch (place.kind) {
            case kFirst:
                call.unanswered = form.get("CallStatus") == "ringing";
                return {};
            case kPlaced:
                call.event = CallInput::Event::kAnswered;
                call.placed = {place.number};
                return {};
            case kNext:
                call.step = static_cast<int>(place.number);
                return read_next(webhook, call, keys);
            case kLeg:
            case kLegKeys:
                call.event = place.kind == kLeg ? CallInput::Event::kLegBegan : CallInput::Event::kLegKeys;
                call.dial = place.dial;
                return read_leg(form, call, keys);
            case kRecording:
                call.event = CallInput::Event::kRecorded;
                return read_recording(form, call);
            case kStatus:
            case kEnd:
                if (!is_over(form.get("CallStatus"))) return malformed("the call is not over");
                call.event = CallInput::Event::kEnded;
                return {};
        }
        return {};
    }

    Result<void> read_next(const TwilioAccount::Webhook& webhook, CallInput& call, std::string& keys) const {
        using enum CallInput::Event;
        const WebhookQuery& form = webhook.form;
        if (form.find("DialCallStatus") != nullptr) {
            call.event = kDialEnded;
            call.dial_end = dial_end_of(form);
            return {};
        }
        const bool hung_up = form.get("Digits") == "hangup" || is_over(form.get("CallStatus"));
        const bool recorded = form.find("RecordingUrl") != nullptr || webhook.query.get("was") == "record";
        call.event = hung_up ? kEnded : recorded ? kRecorded : kKeys;
        if (recorded && !hung_up)
            if (auto read = read_keys(form, keys); !read) return read;
        if (recorded) return read_recording(form, call);
        return hung_up ? Result<void>{} : read_keys(form, keys);
    }

    static Result<void> read_leg(const WebhookQuery& form, CallInput& call, std::string& keys) {
        call.leg = std::move(call.id);
        call.id = form.get("ParentCallSid");
        if (!is_plain_token(call.id)) return malformed("the id of the caller's own call is malformed");
        return call.event == CallInput::Event::kLegKeys ? read_keys(form, keys) : Result<void>{};
    }

    static Result<void> read_keys(const WebhookQuery& form, std::string& keys) {
        if (!are_keys(form.get("Digits"))) return malformed("what was keyed are no keys");
        keys = form.get("Digits");
        return {};
    }

    Result<void> read_recording(const WebhookQuery& form, CallInput& call) const {
        const std::string_view url = form.get("RecordingUrl");
        if (url.empty()) return {};
        if (!account_.owns_recording(url)) return malformed("the address of the recording is not the account's");
        call.audio_url = url;
        return {};
    }

    Capabilities capabilities_;
    TwimlStyle style_;
    TwilioAccount account_;
};

}  // namespace

std::unique_ptr<Carrier> make_twilio_voice(TwilioOptions options) {
    return std::make_unique<TwilioVoice>(std::move(options));
}

}  // namespace harborline::gateway
