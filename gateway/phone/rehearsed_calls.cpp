#include "gateway/phone/rehearsed_calls.hpp"

#include <algorithm>
#include <utility>

namespace harborline::gateway {
namespace {

using Kind = PhoneAct::Kind;

core::Error cannot(const char* why) {
    return {core::ErrorKind::kConflict, why};
}

}  // namespace

core::Result<std::vector<core::CallAnswer>> RehearsedCalls::act(const core::PhoneNumber& phone, const PhoneAct& act) {
    if (act.kind == Kind::kPickUp) return pick_up(phone);
    if (legs_.contains(phone.value())) return on_a_leg(phone, act);
    const auto call = calls_.find(phone.value());
    if (act.kind != Kind::kCall) {
        if (call == calls_.end()) return cannot("this phone is on no call");
        return on_a_call(phone, call->second, act);
    }
    if (call != calls_.end()) return cannot("this phone is on a call already");
    calls_[phone.value()] = {.id = "c" + std::to_string(++named_)};
    return hear(phone, Event::kBegan);
}

core::Result<RehearsedCalls::Answers> RehearsedCalls::on_a_call(const core::PhoneNumber& phone, Call& call,
                                                                const PhoneAct& act) {
    switch (act.kind) {
        case Kind::kKeys:
            return key(phone, call, act.keys);
        case Kind::kSay:
        case Kind::kSayAndGo:
            return speak(phone, call, act);
        case Kind::kHangUp:
            hear(phone, Event::kEnded);
            return Answers{};
        case Kind::kTalkEnds:
        case Kind::kNobody:
            return end_dial(phone, call, act.kind == Kind::kTalkEnds);
        case Kind::kCall:
        case Kind::kPickUp:
        case Kind::kLetRing:
            break;
    }
    return cannot("this phone is on a call already");
}

core::Result<RehearsedCalls::Answers> RehearsedCalls::key(const core::PhoneNumber& phone, const Call& call,
                                                          const std::string& keys) {
    if (!keys.empty() && !are_phone_keys(keys)) return cannot("only 0 to 9, * and # can be keyed");
    if (std::holds_alternative<core::Dial>(call.last.act)) return cannot("others are being rung: nobody hears a key");
    if (std::holds_alternative<core::Record>(call.last.act)) return hear(phone, Event::kRecorded, keys);
    const auto* gather = std::get_if<core::Gather>(&call.last.act);
    if (gather == nullptr || keys.size() <= 1 || gather->digits_max > 1) {
        // # ends a number, and is no part of it.
        const bool is_number = gather != nullptr && gather->digits_max > 1;
        return hear(phone, Event::kKeys, is_number ? keys.substr(0, keys.find('#')) : keys);
    }
    return cannot("one key is waited for");
}

core::Result<RehearsedCalls::Answers> RehearsedCalls::speak(const core::PhoneNumber& phone, const Call& call,
                                                            const PhoneAct& act) {
    const auto* record = std::get_if<core::Record>(&call.last.act);
    if (record == nullptr) return cannot("nobody has asked her to speak");
    const auto says = std::min(act.length, record->longest);
    return hear(phone, act.kind == Kind::kSay ? Event::kRecorded : Event::kEnded, {}, says);
}

core::Result<RehearsedCalls::Answers> RehearsedCalls::end_dial(const core::PhoneNumber& phone, const Call& call,
                                                               bool talked) {
    if (std::holds_alternative<core::Wait>(call.last.act) && !talked) return hear(phone, Event::kKeys);
    if (!std::holds_alternative<core::Dial>(call.last.act)) return cannot("nobody is rung for this phone");
    if (talked != (joined_ == call.id)) return cannot(talked ? "nobody has accepted" : "somebody has accepted");
    return hear(phone, Event::kDialEnded);
}

std::optional<RehearsedCalls::Cut> RehearsedCalls::cut() {
    const auto talking = std::ranges::find_if(calls_, [&](const auto& one) { return one.second.id == joined_; });
    if (joined_.empty() || talking == calls_.end()) return std::nullopt;
    const auto caller = core::PhoneNumber::from_value(talking->first);
    return Cut{.caller = caller, .hears = hear(caller, Event::kDialEnded)};
}

core::Result<RehearsedCalls::Answers> RehearsedCalls::pick_up(const core::PhoneNumber& phone) {
    if (const auto called = ringing_.extract(phone.value()); !called.empty()) {
        calls_[phone.value()] = {.id = "c" + std::to_string(++named_), .placed = called.mapped()};
        return hear(phone, Event::kAnswered);
    }
    for (const auto& [caller, call] : calls_) {
        const auto* dial = std::get_if<core::Dial>(&call.last.act);
        if (dial == nullptr || std::ranges::find(dial->numbers, phone.reveal_e164()) == dial->numbers.end()) continue;
        legs_[phone.value()] = {.id = "l" + std::to_string(++named_),
                                .call = call.id,
                                .dial = dial->name,
                                .caller = core::PhoneNumber::from_value(caller)};
        return ask_leg(phone, Event::kLegBegan, {});
    }
    return cannot("this phone does not ring");
}

core::Result<RehearsedCalls::Answers> RehearsedCalls::on_a_leg(const core::PhoneNumber& phone, const PhoneAct& act) {
    if (act.kind == Kind::kKeys) return ask_leg(phone, Event::kLegKeys, act.keys);
    if (act.kind != Kind::kHangUp) return cannot("this phone was rung for somebody");
    ask_leg(phone, Event::kLegEnded, {});
    legs_.erase(phone.value());
    return Answers{};
}

RehearsedCalls::Answers RehearsedCalls::ask_leg(const core::PhoneNumber& phone, Event event, std::string keys) {
    const Leg leg = legs_.at(phone.value());
    const core::CallInput input{.id = leg.call, .event = event, .leg = leg.id, .dial = leg.dial};
    core::CallAnswer answer = ask_(phone, input, std::move(keys), {});
    if (!std::holds_alternative<core::Gather>(answer.act)) legs_.erase(phone.value());
    if (std::holds_alternative<core::Join>(answer.act)) joined_ = leg.call;
    return {std::move(answer)};
}

RehearsedCalls::Answers RehearsedCalls::hear(const core::PhoneNumber& phone, Event event, std::string keys,
                                             std::chrono::seconds says) {
    Call& call = calls_.at(phone.value());
    const bool talked = joined_ == call.id;
    const core::CallInput input{.id = call.id,
                                .event = event,
                                .unanswered = event == Event::kBegan,
                                .step = event == Event::kBegan ? 0 : call.last.step,
                                .dial_end = talked ? core::DialEnd::kTalked : core::DialEnd::kNoAnswer,
                                .placed = call.placed};
    core::CallAnswer answer = ask_(phone, input, std::move(keys), says);
    call.last = answer;
    if (event == Event::kDialEnded) joined_.clear();
    const bool ended = event == Event::kEnded;
    const bool we_end = !ended && std::holds_alternative<core::HangUp>(answer.act);
    if (we_end) ask_(phone, {.id = call.id, .event = Event::kEnded, .step = answer.step}, {}, {});
    if (ended || we_end) calls_.erase(phone.value());
    if (ended) return {};
    return {std::move(answer)};
}

}  // namespace harborline::gateway
