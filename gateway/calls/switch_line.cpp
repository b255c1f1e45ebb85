#include "gateway/calls/switch_line.hpp"

#include <boost/asio/write.hpp>
#include <utility>

#include "gateway/calls/switch_command.hpp"
#include "gateway/http/no_throw.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

namespace {

constexpr std::size_t kQueuedMax = std::size_t{1024} * 1024;
constexpr std::size_t kAskedMax = 8'192;

// No filter: one on Unique-ID would swallow the end of every job, which has none.
constexpr std::string_view kSubscribe =
    "event plain CHANNEL_ANSWER CHANNEL_HANGUP_COMPLETE BACKGROUND_JOB SHUTDOWN\n\n";
// Costs the switch a look into its table, and is answered with one word.
constexpr std::string_view kHeartbeat = "api uuid_exists 00000000-0000-0000-0000-000000000000\n\n";

}  // namespace

SwitchLine::SwitchLine(asio::io_context& loop, Limits limits, std::string password, Listener listener)
    : socket_(loop), timer_(loop), limits_(limits), password_(std::move(password)), listener_(std::move(listener)) {}

awaitable<SwitchLine::End> SwitchLine::run(std::shared_ptr<SwitchLine> line, tcp::endpoint peer) {
    line->watch(std::chrono::steady_clock::now() + line->limits_.connect_max);
    const auto [refused] = co_await line->socket_.async_connect(peer, kNoThrow);
    if (refused) line->close(End::kUnreachable);
    if (!line->end_) {
        boost::system::error_code ignored;
        line->socket_.set_option(tcp::no_delay(true), ignored);
    }
    while (!line->end_) {
        const auto into = asio::buffer(line->piece_);
        const auto [broken, size] = co_await line->socket_.async_read_some(into, kNoThrow);
        line->take_in(std::string_view(line->piece_.data(), size));
        if (broken) line->close(End::kCut);
    }
    for (Asked& asked : std::exchange(line->asked_, {})) {
        if (asked.on_answer) asked.on_answer(std::nullopt);
    }
    line->listener_ = {};
    co_return *line->end_;
}

void SwitchLine::take_in(std::string_view piece) {
    reader_.feed(piece);
    while (!end_) {
        const auto message = reader_.next();
        if (!message) return close(End::kMalformed);
        if (!*message) return;
        take(**message);
    }
}

void SwitchLine::take(const SwitchMessage& message) {
    const std::string_view type = message.type();
    if (type == "auth/request") return log_in();
    if (type == "command/reply" || type == "api/response") return answer(message);
    if (type == "text/rude-rejection") return close(End::kTurnedAway);
    if (type == "text/disconnect-notice") return close(End::kCut);
    if (type != "text/event-plain") return;
    const auto event = read_event(message.body);
    if (!event) return close(End::kMalformed);
    if (listener_.on_event) listener_.on_event(*event);
}

void SwitchLine::log_in() {
    if (std::exchange(greeted_, true)) return close(End::kMalformed);
    auto command = write_auth(password_);
    if (!command) return close(End::kWrongPassword);
    ask(std::move(*command), [this](const std::optional<std::string>& said) {
        if (!said) return;
        if (!said->starts_with("+OK")) return close(End::kWrongPassword);
        subscribe();
    });
}

void SwitchLine::subscribe() {
    ask(std::string(kSubscribe), [this](const std::optional<std::string>& said) {
        if (!said) return;
        if (!said->starts_with("+OK")) return close(End::kNoEvents);
        up_ = true;
        watch(std::chrono::steady_clock::now() + limits_.heartbeat);
        if (listener_.on_up) listener_.on_up();
    });
}

void SwitchLine::answer(const SwitchMessage& message) {
    if (asked_.empty()) return close(End::kMalformed);
    const Asked first = std::move(asked_.front());
    asked_.pop_front();
    if (first.on_answer) first.on_answer(std::string(message.answer()));
}

bool SwitchLine::ask(std::string command, OnAnswer on_answer) {
    if (end_ || queued_.size() + command.size() > kQueuedMax || asked_.size() >= kAskedMax) return false;
    asked_.push_back({std::chrono::steady_clock::now(), std::move(on_answer)});
    queued_ += command;
    flush();
    return true;
}

void SwitchLine::flush() {
    if (end_ || !writing_.empty() || queued_.empty()) return;
    writing_ = std::exchange(queued_, {});
    asio::async_write(socket_, asio::buffer(writing_),
                      [line = shared_from_this()](boost::system::error_code broken, std::size_t) {
                          line->writing_.clear();
                          // What was said before the end is still to be read: the reader notices it.
                          if (!broken) line->flush();
                      });
}

void SwitchLine::watch(SteadyTime until) {
    timer_.expires_at(until);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
        const auto line = weak.lock();
        if (!cancelled && line) line->look();
    });
}

void SwitchLine::look() {
    const auto now = std::chrono::steady_clock::now();
    if (end_ || timer_.expiry() > now) return;
    if (!up_ || ending_) return close(End::kSilent);
    if (asked_.empty()) ask(std::string(kHeartbeat), {});
    if (asked_.empty()) return close(End::kSilent);
    const SteadyTime due = asked_.front().at + limits_.answer_max;
    if (due <= now) return close(End::kSilent);
    // An answer that has come by then makes room for the next heartbeat.
    watch(due);
}

void SwitchLine::expect_end() {
    if (end_) return;
    ending_ = true;
    watch(std::chrono::steady_clock::now() + limits_.answer_max);
}

void SwitchLine::close(End why) {
    if (end_) return;
    end_ = why;
    timer_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace harborline::gateway
