#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/carriers/base64.hpp"
#include "gateway/carriers/handset_carrier.hpp"
#include "gateway/carriers/handset_json.hpp"
#include "gateway/carriers/sender.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using core::CallInput;
using core::DialEnd;
using core::Inbound;
using core::Receipt;
using core::Result;

/// A recording of ten minutes, as the listener's own limit allows it at the most.
constexpr std::size_t kBodyBytesMax = 20 * 1024 * 1024;
/// No call of ours has so many answers.
constexpr std::int64_t kStepMax = 1'000'000;

struct EventName {
    std::string_view name{};
    CallInput::Event event{};
};
constexpr std::array kEvents{EventName{"began", CallInput::Event::kBegan}, EventName{"keys", CallInput::Event::kKeys},
                             EventName{"recorded", CallInput::Event::kRecorded},
                             EventName{"dial", CallInput::Event::kDialEnded},
                             EventName{"ended", CallInput::Event::kEnded}};

struct EndName {
    std::string_view name{};
    DialEnd end{};
};
constexpr std::array kEnds{EndName{"talked", DialEnd::kTalked}, EndName{"no_answer", DialEnd::kNoAnswer},
                           EndName{"busy", DialEnd::kBusy}, EndName{"refused", DialEnd::kRefused},
                           EndName{"failed", DialEnd::kFailed}};

std::string_view view(const json::string* text) {
    return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

bool are_keys(std::string_view text) {
    return is_plain_token(text) && text.find_first_not_of("0123456789*#") == std::string_view::npos;
}

std::optional<int> read_step(const json::object& object) {
    const json::value* step = object.if_contains("step");
    if (step == nullptr) return 0;
    if (!step->is_int64() || step->get_int64() < 0 || step->get_int64() > kStepMax) return std::nullopt;
    return static_cast<int>(step->get_int64());
}

json::object written(const core::CallAct& act) {
    if (const auto* gather = std::get_if<core::Gather>(&act))
        return {{"act", "gather"}, {"digits", gather->digits_max}, {"silence_s", gather->silence.count()}};
    if (const auto* record = std::get_if<core::Record>(&act))
        return {{"act", "record"}, {"longest_s", record->longest.count()}, {"silence_s", record->silence.count()}};
    // Whom it rings is nobody's business but the carrier's.
    if (const auto* dial = std::get_if<core::Dial>(&act))
        return {{"act", "dial"}, {"rings", dial->numbers.size()}, {"ring_s", dial->ring.count()}};
    if (const auto* wait = std::get_if<core::Wait>(&act)) return {{"act", "wait"}, {"wait_s", wait->length.count()}};
    const auto* end = std::get_if<core::HangUp>(&act);
    if (end != nullptr && end->unanswered) return {{"act", "busy"}};
    return {{"act", std::holds_alternative<core::Join>(act) ? "join" : "hang_up"}};
}

class HandsetCalls final : public Carrier {
  public:
    explicit HandsetCalls(HandsetOptions options) : options_(std::move(options)) {
        capabilities_.voice = {.says = true, .bridges = true, .hands_over = true};
    }

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        return action == "voice" ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto body = parse_handset_body(request, kBodyBytesMax);
        if (!body) return body.error();
        return std::vector{read_call(*body, now)};
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest&, core::Instant) const override {
        return malformed_handset("a voice channel of the terminal phone takes no receipts");
    }

    WebResponse encode_answer(const core::Answer& answer) const override {
        const core::CallAnswer call = answer.call.value_or(core::CallAnswer{});
        json::array sounds;
        for (const core::Sound& sound : call.sounds) sounds.push_back({{"words", sound.words}, {"url", sound.url}});
        json::object body = written(call.act);
        body["sounds"] = std::move(sounds);
        body["step"] = call.step;
        return {.status = 200, .content_type = "application/json", .body = json::serialize(body)};
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage&) const override { return {}; }

    SendResult read_send_result(const WebResponse&) const override {
        return {.kind = SendResult::Kind::kRefused, .reason = "the terminal phone takes no calls"};
    }

  private:
    Result<Inbound> read_call(const json::value& element, core::Instant now) const {
        const json::object* object = element.if_object();
        if (object == nullptr) return malformed_handset("a call's event is a JSON object");
        const std::string_view id = view(text_of(*object, "call"));
        const auto* event = std::ranges::find(kEvents, view(text_of(*object, "event")), &EventName::name);
        const auto step = read_step(*object);
        if (id.empty() || !is_plain_token(id)) return malformed_handset("the call is malformed");
        if (event == kEvents.end()) return malformed_handset("the event of the call is unknown");
        if (!step) return malformed_handset("the step is malformed");

        Inbound input{.kind = core::ChannelKind::kVoice, .received_at = now};
        // Whoever shows no number, or none that could be one, is heard all the same.
        if (auto from = core::PhoneNumber::parse(view(text_of(*object, "from")), options_.country)) input.from = *from;
        CallInput call{.id = std::string{id}, .event = event->event, .step = *step};
        call.unanswered = call.event == CallInput::Event::kBegan;
        if (auto read = read_said(*object, input, call); !read) return read.error();
        if (call.event != CallInput::Event::kEnded) input.to = options_.number;
        input.call = std::move(call);
        return input;
    }

    /// What came with the event: keys, her voice, what became of a dial.
    static Result<void> read_said(const json::object& object, Inbound& input, CallInput& call) {
        const bool may_key = call.event == CallInput::Event::kKeys || call.event == CallInput::Event::kRecorded;
        const bool may_speak = call.event == CallInput::Event::kRecorded || call.event == CallInput::Event::kEnded;
        if (may_key) input.text = view(text_of(object, "keys"));
        if (!are_keys(input.text)) return malformed_handset("the keys are malformed");
        if (const json::string* audio = text_of(object, "audio"); audio != nullptr && may_speak) {
            auto sound = from_base64(view(audio));
            if (!sound) return malformed_handset("the audio is not base64");
            call.audio = std::move(*sound);
        }
        if (call.event != CallInput::Event::kDialEnded) return {};
        const auto* end = std::ranges::find(kEnds, view(text_of(object, "dial")), &EndName::name);
        if (end == kEnds.end()) return malformed_handset("the end of the dial is unknown");
        call.dial_end = end->end;
        return {};
    }

    HandsetOptions options_;
    Capabilities capabilities_{.kind = core::ChannelKind::kVoice, .gives_ids = false, .gives_receipts = false};
};

}  // namespace

std::unique_ptr<Carrier> make_handset_voice(HandsetOptions options) {
    return std::make_unique<HandsetCalls>(std::move(options));
}

}  // namespace harborline::gateway
