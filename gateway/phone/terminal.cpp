#include "gateway/phone/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <iostream>
#include <istream>
#include <optional>
#include <stdexcept>
#include <utility>

#include "config/files.hpp"
#include "gateway/http/client.hpp"
#include "gateway/phone/rehearsal.hpp"
#include "gateway/phone/transcript.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr auto kLookEvery = 500ms;

core::Instant this_morning() {
    return core::from_millis(SystemClock{}.now().time_since_epoch().count());
}

void say(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

void show(const std::vector<Received>& texts, const core::PhoneNumber& mine) {
    for (const auto& received : texts)
        say(received.by == mine ? "< " + received.text : "@" + received.by.masked() + " < " + received.text);
}

/// The terminal phone's end of a handset channel.
class RemotePhone {
  public:
    RemotePhone(asio::io_context& loop, std::string base, core::PhoneNumber number)
        : loop_(loop), client_(loop), base_(std::move(base)), number_(number), input_(loop, ::dup(0)) {}

    asio::awaitable<void> read_keyboard() {
        asio::streambuf typed;
        boost::system::error_code error;
        while (!error) {
            co_await asio::async_read_until(input_, typed, '\n', asio::redirect_error(asio::use_awaitable, error));
            std::string line;
            std::istream stream(&typed);
            if (!std::getline(stream, line) || line.empty()) continue;
            co_await send(line);
        }
        // What was sent last still deserves its answer.
        asio::steady_timer patience(loop_, 2s);
        co_await patience.async_wait(asio::redirect_error(asio::use_awaitable, error));
        loop_.stop();
    }

    asio::awaitable<void> read_mailbox() {
        asio::steady_timer timer(loop_);
        for (;;) {
            co_await look();
            timer.expires_after(kLookEvery);
            boost::system::error_code ignored;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
    }

    bool connected() const { return connected_; }

  private:
    asio::awaitable<std::optional<json::value>> post(std::string action, json::object fields) {
        ApiRequest request;
        request.url = base_ + "/" + action;
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

    void complain(const std::string& why) {
        if (!quiet_) fmt::print(stderr, "no connection: {}; is the service running?\n", why);
        quiet_ = true;
    }

    asio::awaitable<void> send(const std::string& text) {
        const auto stamp = SystemClock{}.now().time_since_epoch().count();
        json::object fields;
        fields["from"] = number_.reveal_e164();
        fields["text"] = text;
        fields["id"] = fmt::format("t{}-{}", stamp, ++sent_);
        co_await post("sms", std::move(fields));
    }

    asio::awaitable<void> look() {
        json::object fields;
        fields["number"] = number_.reveal_e164();
        fields["after"] = seen_;
        std::optional<json::value> answer = co_await post("inbox", std::move(fields));
        const auto* object = answer ? answer->if_object() : nullptr;
        const auto* texts = object == nullptr ? nullptr : object->if_contains("texts");
        if (texts == nullptr || !texts->is_array()) co_return;
        for (const auto& text : texts->get_array()) {
            say("< " + std::string{text.at("text").as_string()});
            seen_ = std::max(seen_, text.at("number").as_int64());
            json::object receipt;
            receipt["id"] = text.at("id");
            receipt["state"] = "delivered";
            co_await post("status", std::move(receipt));
        }
    }

    asio::io_context& loop_;
    HttpClient client_;
    std::string base_;
    core::PhoneNumber number_;
    asio::posix::stream_descriptor input_;
    std::int64_t seen_ = 0;
    int sent_ = 0;
    bool quiet_ = false;
    bool connected_ = false;
};

}  // namespace

int talk_to_rehearsal(const Loaded& loaded, const core::Roster& roster, const core::PhoneNumber& from) {
    Rehearsal rehearsal(loaded.settings, loaded.book, roster, this_morning());
    say("Type a text and press Enter. Also: clock +16m, @+86… text (another phone). Ctrl-D ends.");
    std::string line;
    while (std::getline(std::cin, line)) {
        if (line.empty()) continue;
        // What is typed is a text of this phone unless it has a transcript's own marks.
        const bool marked = line.starts_with("clock ") || line.starts_with("@");
        if (line.starts_with("@") && line.find(" > ") == std::string::npos)
            line.insert(std::min(line.find(' '), line.size()), " >");
        const auto read = read_transcript(marked ? line : "> " + line, loaded.settings.country);
        if (!read || read->empty()) {
            say(read ? "?" : "? " + read.error().message);
            continue;
        }
        const TranscriptLine& done = read->front();
        if (done.kind == TranscriptLine::Kind::kClock)
            show(rehearsal.wait(done.time), from);
        else
            show(rehearsal.send(marked ? done.phone : from, done.text), from);
    }
    return 0;
}

int play_script(const Loaded& loaded, const core::Roster& roster, const core::PhoneNumber& from,
                const std::filesystem::path& script) {
    const auto text = config::read_text_file(script);
    if (!text) throw std::runtime_error(text.error().message);
    auto lines = read_transcript(*text, loaded.settings.country);
    if (!lines) throw std::runtime_error(lines.error().message);
    // Lines before the first `from` are those of the phone that was named on the command line.
    for (auto& line : *lines)
        if (line.phone.empty()) line.phone = from;
    Rehearsal rehearsal(loaded.settings, loaded.book, roster, kTranscriptsBegin);
    const auto played = play(rehearsal, *lines, say);
    if (played) return 0;
    fmt::print(stderr, "{}: {}\n", script.string(), played.error().message);
    return 1;
}

int talk_to_gateway(const config::Settings& settings, const std::string& url, const core::PhoneNumber& from) {
    const auto channel = std::ranges::find(settings.channels, "handset", &config::ChannelSettings::carrier);
    if (channel == settings.channels.end())
        throw std::runtime_error(
            "the settings have no channel with carrier = \"handset\"; the terminal phone needs one");
    asio::io_context loop(1);
    RemotePhone phone(loop, fmt::format("{}/in/{}/{}", url, channel->name, channel->token.reveal()), from);
    say("Type a text and press Enter. Ctrl-D ends.");
    asio::co_spawn(loop, phone.read_keyboard(), [&](std::exception_ptr error) {
        if (error) loop.stop();
    });
    asio::co_spawn(loop, phone.read_mailbox(), [](std::exception_ptr) {});
    loop.run();
    return phone.connected() ? 0 : 1;
}

}  // namespace harborline::gateway
