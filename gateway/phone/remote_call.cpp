// Calls: the half of RemotePhone that is heard.
#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>
#include <utility>

#include "gateway/carriers/base64.hpp"
#include "gateway/phone/remote_phone.hpp"
#include "gateway/phone/spoken.hpp"
#include "gateway/phone/typing.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

std::string text_of(const json::object& object, const char* name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

std::int64_t number_of(const json::object& object, const char* name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

/// What the phone does now, in words.
std::string shown(const json::object& answer) {
    const std::string act = text_of(answer, "act");
    if (act == "gather") {
        const auto digits = number_of(answer, "digits");
        return digits == 1 ? "[a key]" : "[" + std::to_string(digits) + " keys]";
    }
    if (act == "record") return "[recording: rec FILE.wav, or rec]";
    if (act == "dial")
        return "[rings " + std::to_string(number_of(answer, "rings")) + ": talk ends, or nobody answers]";
    if (act == "busy") return "[busy]";
    return act == "hang_up" ? "[call over]" : "[waits: Enter]";
}

}  // namespace

asio::awaitable<void> RemotePhone::keyed(std::string line) {
    const Keyed meant = read_keyed(line, !call_.empty());
    switch (meant.kind) {
        case Keyed::Kind::kAct:
            co_await act(meant.act);
            break;
        case Keyed::Kind::kRecord:
            co_await record(meant.text);
            break;
        case Keyed::Kind::kText:
            if (number_.is_subscriber()) co_await text(meant.text);
            break;
        case Keyed::Kind::kNothing:
            say(kHowToCall);
    }
}

asio::awaitable<void> RemotePhone::act(PhoneAct done) {
    json::object fields;
    switch (done.kind) {
        case PhoneAct::Kind::kCall:
            co_await hang_up();
            call_ = fresh_id('c');
            step_ = 0;
            fields["event"] = "began";
            break;
        case PhoneAct::Kind::kHangUp:
            co_await hang_up();
            co_return;
        case PhoneAct::Kind::kTalkEnds:
        case PhoneAct::Kind::kNobody:
            fields["event"] = "dial";
            fields["dial"] = done.kind == PhoneAct::Kind::kTalkEnds ? "talked" : "no_answer";
            break;
        default:
            // # ends a number, and is no part of it.
            if (waits_ == "number") done.keys.resize(std::min(done.keys.find('#'), done.keys.size()));
            fields["event"] = waits_ == "record" ? "recorded" : "keys";
            fields["keys"] = done.keys;
    }
    co_await happened(std::move(fields));
}

asio::awaitable<void> RemotePhone::record(std::string file) {
    if (waits_ != "record") {
        say("Nobody has asked you to speak.");
        co_return;
    }
    const auto sound = read_sound(file);
    if (!sound) {
        say("? " + sound.error().message);
        co_return;
    }
    json::object fields;
    fields["event"] = "recorded";
    fields["audio"] = base64(write_wav(*sound));
    co_await happened(std::move(fields));
}

asio::awaitable<void> RemotePhone::happened(json::object fields) {
    fields["from"] = number_.reveal_e164();
    fields["call"] = call_;
    fields["step"] = step_;
    const std::optional<json::value> answer = co_await post(lines_.calls + "/voice", std::move(fields));
    if (answer && answer->is_object()) {
        heard(answer->get_object());
    } else {
        say("[no answer: the call ends]");
        call_.clear();
    }
    // The carrier tells of the end whoever has ended it.
    if (waits_ == "hang_up" || waits_ == "busy") co_await hang_up();
}

void RemotePhone::heard(const json::object& answer) {
    const auto* sounds = answer.if_contains("sounds");
    if (sounds != nullptr && sounds->is_array())
        for (const auto& sound : sounds->get_array()) {
            if (!sound.is_object()) continue;
            const std::string words = text_of(sound.get_object(), "words");
            say("< " + (words.empty() ? "[" + text_of(sound.get_object(), "url") + "]" : words));
        }
    step_ = number_of(answer, "step");
    waits_ = text_of(answer, "act");
    if (waits_ == "gather" && number_of(answer, "digits") > 1) waits_ = "number";
    say(shown(answer));
}

asio::awaitable<void> RemotePhone::hang_up() {
    if (call_.empty()) co_return;
    json::object fields;
    fields["from"] = number_.reveal_e164();
    fields["call"] = std::exchange(call_, {});
    fields["step"] = step_;
    fields["event"] = "ended";
    co_await post(lines_.calls + "/voice", std::move(fields));
    const std::string waited = std::exchange(waits_, {});
    if (waited != "hang_up" && waited != "busy") say("[call over]");
}

}  // namespace harborline::gateway
