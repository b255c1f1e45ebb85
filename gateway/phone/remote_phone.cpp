#include "gateway/phone/remote_phone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <istream>
#include <utility>

#include "gateway/app/ground.hpp"
#include "gateway/phone/typing.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {
constexpr auto kLookEvery = 500ms;
}

RemotePhone::RemotePhone(asio::io_context& loop, Lines lines, core::PhoneNumber number)
    : loop_(loop), client_(loop), lines_(std::move(lines)), number_(number), input_(loop, ::dup(0)) {}

asio::awaitable<void> RemotePhone::read_keyboard() {
    asio::streambuf keys;
    boost::system::error_code error;
    while (!error) {
        co_await asio::async_read_until(input_, keys, '\n', asio::redirect_error(asio::use_awaitable, error));
        std::string line;
        std::istream stream(&keys);
        if (!std::getline(stream, line)) continue;
        co_await typed(std::move(line));
    }
    co_await drop();
    co_await hang_up();
    // What was sent last still deserves its answer.
    asio::steady_timer patience(loop_, 2s);
    co_await patience.async_wait(asio::redirect_error(asio::use_awaitable, error));
    loop_.stop();
}

asio::awaitable<void> RemotePhone::read_mailbox() {
    asio::steady_timer timer(loop_);
    if (!number_.is_subscriber()) co_return;
    for (;;) {
        co_await look();
        timer.expires_after(kLookEvery);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> RemotePhone::typed(std::string line) {
    if (!lines_.calls.empty()) {
        co_await keyed(std::move(line));
        co_return;
    }
    if (lines_.sessions.empty()) {
        if (!line.empty()) co_await text(std::move(line));
        co_return;
    }
    const Typed meant = read_typed(line, !session_.empty());
    switch (meant.kind) {
        case Typed::Kind::kDial:
            co_await dial();
            break;
        case Typed::Kind::kEnter:
            co_await enter("input", meant.text);
            break;
        case Typed::Kind::kDrop:
            co_await drop();
            break;
        case Typed::Kind::kText:
            co_await text(meant.text);
            break;
        case Typed::Kind::kNothing:
            say(kHowToDial);
    }
}

asio::awaitable<void> RemotePhone::text(std::string words) {
    json::object fields;
    fields["from"] = number_.reveal_e164();
    fields["text"] = words;
    fields["id"] = fresh_id('t');
    co_await post(lines_.texts + "/sms", std::move(fields));
}

asio::awaitable<void> RemotePhone::dial() {
    session_ = fresh_id('s');
    co_await enter("began", {});
}

asio::awaitable<void> RemotePhone::enter(std::string event, std::string words) {
    json::object fields;
    fields["from"] = number_.reveal_e164();
    fields["session"] = session_;
    fields["event"] = event;
    fields["text"] = words;
    fields["id"] = fresh_id('i');
    const std::optional<json::value> answer = co_await post(lines_.sessions + "/ussd", std::move(fields));
    const auto* screen = answer ? answer->if_object() : nullptr;
    const auto* shown = screen == nullptr ? nullptr : screen->if_contains("text");
    const auto* goes_on = screen == nullptr ? nullptr : screen->if_contains("goes_on");
    if (shown == nullptr || !shown->is_string() || goes_on == nullptr || !goes_on->is_bool()) {
        session_.clear();
        say("[no answer: the network ends the session]");
        co_return;
    }
    if (!goes_on->get_bool()) session_.clear();
    show_screen(std::string{shown->get_string()}, goes_on->get_bool(), lines_.screen);
}

asio::awaitable<void> RemotePhone::drop() {
    if (session_.empty()) co_return;
    json::object fields;
    fields["from"] = number_.reveal_e164();
    fields["session"] = std::exchange(session_, {});
    fields["event"] = "ended";
    fields["id"] = fresh_id('i');
    co_await post(lines_.sessions + "/ussd", std::move(fields));
    say("[broken off]");
}

asio::awaitable<void> RemotePhone::look() {
    json::object fields;
    fields["number"] = number_.reveal_e164();
    fields["after"] = seen_;
    const std::optional<json::value> answer = co_await post(lines_.texts + "/inbox", std::move(fields));
    const auto* object = answer ? answer->if_object() : nullptr;
    const auto* texts = object == nullptr ? nullptr : object->if_contains("texts");
    if (texts == nullptr || !texts->is_array()) co_return;
    for (const auto& arrived : texts->get_array()) {
        say("< " + std::string{arrived.at("text").as_string()});
        seen_ = std::max(seen_, arrived.at("number").as_int64());
        json::object receipt;
        receipt["id"] = arrived.at("id");
        receipt["state"] = "delivered";
        co_await post(lines_.texts + "/status", std::move(receipt));
    }
}

asio::awaitable<std::optional<json::value>> RemotePhone::post(std::string url, json::object fields) {
    ApiRequest request;
    request.url = std::move(url);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = json::serialize(fields);
    core::Result<WebResponse> response = co_await client_.send(std::move(request));
    if (!response) {
        complain(response.error().message);
        co_return std::nullopt;
    }
    if (response->status >= 300) {
        complain(fmt::format("the gateway answers {}: {}", response->status, response->body));
        co_return std::nullopt;
    }
    quiet_ = false;
    connected_ = true;
    boost::system::error_code error;
    json::value read = json::parse(response->body, error);
    co_return error ? json::value{} : std::move(read);  // coawait-ok: no co_await in this expression
}

void RemotePhone::complain(const std::string& why) {
    if (!quiet_) fmt::print(stderr, "no connection: {}; is the service running?\n", why);
    quiet_ = true;
}

std::string RemotePhone::fresh_id(char kind) {
    return fmt::format("{}{}-{}", kind, SystemClock{}.now().time_since_epoch().count(), ++sent_);
}

}  // namespace harborline::gateway
