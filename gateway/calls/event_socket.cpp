#include "gateway/calls/event_socket.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "gateway/calls/switch_line.hpp"
#include "gateway/http/no_throw.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using core::Error;
using core::ErrorKind;
using core::Result;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kPlacingsMax = 1'000;

std::string_view words_of(SwitchLine::End end) {
    switch (end) {
        case SwitchLine::End::kStopped:
            return "the event socket is not in use";
        case SwitchLine::End::kUnreachable:
            return "nobody listens at the event socket";
        case SwitchLine::End::kCut:
            return "the event socket was closed by the switch";
        case SwitchLine::End::kSilent:
            return "the event socket gives no answer";
        case SwitchLine::End::kMalformed:
            return "what listens there is no event socket";
        case SwitchLine::End::kWrongPassword:
            return "the event socket refuses the password";
        case SwitchLine::End::kTurnedAway:
            return "the event socket turns our address away";
        case SwitchLine::End::kNoEvents:
            break;
    }
    return "the event socket gives no events";
}

bool is_refusal(SwitchLine::End end) {
    return end == SwitchLine::End::kWrongPassword || end == SwitchLine::End::kTurnedAway;
}

}  // namespace

struct EventSocket::Inner : std::enable_shared_from_this<Inner> {
    /// Somebody waits for something that an event or an answer brings.
    template <class T>
    struct Waiter {
        Waiter(asio::io_context& on, milliseconds longest) : timer(on, longest) {}
        void bring(T value) {
            brought = std::move(value);
            timer.cancel();
        }
        asio::steady_timer timer;
        std::optional<T> brought{};
    };
    using Placing = Waiter<Result<PlacedEnd>>;

    Inner(asio::io_context& on, EventSocketOptions chosen, OnLegEnd told, Log to)
        : loop(on),
          options(std::move(chosen)),
          on_leg_end(std::move(told)),
          log(std::move(to)),
          rest(on),
          verdict(on) {}

    static awaitable<void> run(std::shared_ptr<Inner> self);
    static awaitable<Result<PlacedEnd>> originate(std::shared_ptr<Inner> self, CallOrder order, milliseconds guard);
    static awaitable<Result<std::string>> ask(std::shared_ptr<Inner> self, std::string command);

    std::shared_ptr<SwitchLine> new_line();
    void on_up();
    void on_event(const SwitchText& event);
    void on_end(SwitchLine::End end);
    void stop();

    void apply(const SwitchBook::News& news);
    void settle(const std::string& job, Result<PlacedEnd> end);
    void ask_for(const std::string& leg);
    /// Once nothing has been missed for `gone_after`, what is missing is gone.
    void judge_later();
    void judge();
    void end_quietly(const std::string& leg);

    Error not_up() const { return {ErrorKind::kUnavailable, std::string(why)}; }

    asio::io_context& loop;
    EventSocketOptions options;
    OnLegEnd on_leg_end;
    Log log;
    asio::steady_timer rest;     ///< Between two connections.
    asio::steady_timer verdict;  ///< Of `missing`.
    State state = State::kDown;
    std::string_view why = "the event socket is not yet connected";
    std::string_view logged{};
    bool stopping = false;
    bool was_up = false;
    std::shared_ptr<SwitchLine> line{};
    SwitchBook book{};
    std::set<std::string> missing{};  ///< Legs that were asked for after a cut and do not exist.
    std::map<std::string, std::shared_ptr<Placing>> placings{};
};

std::shared_ptr<SwitchLine> EventSocket::Inner::new_line() {
    SwitchLine::Listener listener;
    listener.on_up = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_up();
    };
    listener.on_event = [weak = weak_from_this()](const SwitchText& event) {
        if (const auto self = weak.lock()) self->on_event(event);
    };
    const SwitchLine::Limits limits{options.connect_max, options.heartbeat, options.answer_max};
    return std::make_shared<SwitchLine>(loop, limits, options.password.reveal(), std::move(listener));
}

awaitable<void> EventSocket::Inner::run(std::shared_ptr<Inner> self) {
    const auto host = asio::ip::make_address(self->options.address.host);
    const tcp::endpoint peer(host, self->options.address.port);
    milliseconds wait = self->options.backoff_min;
    while (!self->stopping) {
        self->line = self->new_line();
        self->was_up = false;
        const SwitchLine::End end = co_await SwitchLine::run(self->line, peer);
        self->on_end(end);
        if (self->stopping) break;
        if (self->was_up) wait = self->options.backoff_min;
        if (is_refusal(end)) wait = self->options.backoff_max;
        self->rest.expires_after(wait);
        co_await self->rest.async_wait(kNoThrow);
        wait = std::min(wait * 2, self->options.backoff_max);
    }
}

void EventSocket::Inner::on_up() {
    state = State::kUp;
    why = {};
    logged = {};
    was_up = true;
    log.info("switch_up", {{"open", book.jobs()}});
    // Only now, as events come again: asked before, one that ends in between would never be heard of.
    missing.clear();
    for (const std::string& leg : book.open_legs()) ask_for(leg);
    if (book.jobs() > 0) judge_later();
}

void EventSocket::Inner::on_event(const SwitchText& event) {
    apply(book.read(event));
}

void EventSocket::Inner::on_end(SwitchLine::End end) {
    line.reset();
    missing.clear();
    verdict.cancel();
    if (stopping) return;
    state = State::kDown;
    if (end == SwitchLine::End::kWrongPassword) state = State::kWrongPassword;
    if (end == SwitchLine::End::kTurnedAway) state = State::kTurnedAway;
    why = words_of(end);
    if (std::exchange(logged, why) == why) return;
    if (is_refusal(end)) {
        log.error("switch_refuses", {{"why", why}});
    } else {
        log.warn("switch_down", {{"why", why}});
    }
}

void EventSocket::Inner::stop() {
    stopping = true;
    state = State::kStopped;
    why = words_of(SwitchLine::End::kStopped);
    rest.cancel();
    verdict.cancel();
    // Not "exit": with a placing under way the switch would answer only at that one's end.
    if (line) line->close();
    // The calls go on, and their dialogue over HTTP with them.
    for (const auto& [job, placing] : placings) placing->bring(PlacedEnd{});
}

void EventSocket::Inner::apply(const SwitchBook::News& news) {
    if (news.leg) {
        missing.erase(news.leg->uuid);
        if (on_leg_end) on_leg_end(*news.leg);
    }
    if (news.placed) settle(news.placed->job, news.placed->end);
    if (news.shutting_down && state == State::kUp) {
        state = State::kShuttingDown;
        why = "the switch is shutting down";
        log.warn("switch_down", {{"why", why}});
        // One stop in four hangs: no word, no close, and the connection stands.
        if (line) line->expect_end();
    }
}

void EventSocket::Inner::settle(const std::string& job, Result<PlacedEnd> end) {
    const auto placing = placings.find(job);
    if (placing != placings.end()) placing->second->bring(std::move(end));
}

void EventSocket::Inner::ask_for(const std::string& leg) {
    const auto command = write_exists(leg);
    if (!command || !line) return;
    line->ask(*command, [weak = weak_from_this(), leg](const std::optional<std::string>& said) {
        const auto self = weak.lock();
        if (!self || !said || *said != "false") return;
        self->missing.insert(leg);
        self->judge_later();
    });
}

void EventSocket::Inner::judge_later() {
    verdict.expires_after(options.gone_after);
    verdict.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self && self->line) self->judge();
    });
}

void EventSocket::Inner::judge() {
    for (const std::string& leg : std::exchange(missing, {})) apply(book.gone(leg));
    for (const SwitchBook::News& news : book.without_legs()) apply(news);
}

void EventSocket::Inner::end_quietly(const std::string& leg) {
    const auto command = write_kill(leg, "ORIGINATOR_CANCEL");
    if (command && line) line->ask(*command, {});
}

awaitable<Result<PlacedEnd>> EventSocket::Inner::originate(std::shared_ptr<Inner> self, CallOrder order,
                                                           milliseconds guard) {
    const auto command = write_originate(order);
    if (!command) co_return command.error();
    if (self->state != State::kUp || !self->line) co_return self->not_up();
    if (self->placings.size() >= kPlacingsMax) co_return Error{ErrorKind::kUnavailable, "too many calls at once"};
    if (!self->book.place(order.job, order.legs)) co_return Error{ErrorKind::kConflict, "that call is being placed"};

    const auto placing = std::make_shared<Placing>(self->loop, guard);
    self->placings[order.job] = placing;
    const auto on_answer = [weak = std::weak_ptr(self), job = order.job](const std::optional<std::string>& said) {
        const auto here = weak.lock();
        if (!here || !said || said->starts_with("+OK")) return;
        here->book.drop(job);
        here->settle(job, Error{ErrorKind::kUnavailable, "the switch does not take the command"});
    };
    if (!self->line->ask(*command, on_answer)) {
        self->book.drop(order.job);
        placing->bring(self->not_up());
    }
    if (!placing->brought) co_await placing->timer.async_wait(kNoThrow);
    self->placings.erase(order.job);
    if (placing->brought) co_return *placing->brought;

    std::vector<std::string> unanswered;
    PlacedEnd end = self->book.give_up(order.job, unanswered);
    for (const std::string& leg : unanswered) self->end_quietly(leg);
    self->log.warn("call_without_end", {{"answered", end.kind == PlacedEnd::Kind::kAnswered}});
    co_return end;
}

awaitable<Result<std::string>> EventSocket::Inner::ask(std::shared_ptr<Inner> self, std::string command) {
    using Answer = Waiter<std::optional<std::string>>;
    if (self->state != State::kUp || !self->line) co_return self->not_up();
    const auto waiter = std::make_shared<Answer>(self->loop, self->options.answer_max);
    const auto on_answer = [waiter](std::optional<std::string> said) { waiter->bring(std::move(said)); };
    if (!self->line->ask(std::move(command), on_answer)) co_return self->not_up();
    if (!waiter->brought) co_await waiter->timer.async_wait(kNoThrow);
    if (!waiter->brought || !*waiter->brought) co_return Error{ErrorKind::kUnknown, "the switch gave no answer"};
    co_return std::move(**waiter->brought);
}

EventSocket::EventSocket(asio::io_context& loop, EventSocketOptions options, OnLegEnd on_leg_end, Log log)
    : inner_(std::make_shared<Inner>(loop, std::move(options), std::move(on_leg_end), std::move(log))) {}

EventSocket::~EventSocket() {
    inner_->stop();
}

awaitable<void> EventSocket::run() {
    return Inner::run(inner_);
}

void EventSocket::stop() {
    inner_->stop();
}

EventSocket::State EventSocket::state() const {
    return inner_->state;
}

std::string_view EventSocket::why_not() const {
    return inner_->why;
}

std::size_t EventSocket::open_calls() const {
    return inner_->book.jobs() + inner_->book.open_legs().size();
}

awaitable<Result<PlacedEnd>> EventSocket::originate(CallOrder order, milliseconds guard) {
    return Inner::originate(inner_, std::move(order), guard);
}

awaitable<Result<bool>> EventSocket::hang_up(std::string uuid, std::string cause) {
    auto command = write_kill(uuid, cause);
    if (!command) co_return command.error();
    const auto said = co_await Inner::ask(inner_, std::move(*command));
    if (!said) co_return said.error();
    if (said->starts_with("+OK")) co_return true;
    if (said->starts_with("-ERR No such channel")) co_return false;
    co_return Error{ErrorKind::kUnavailable, "the switch does not end calls"};
}

awaitable<Result<bool>> EventSocket::exists(std::string uuid) {
    auto command = write_exists(uuid);
    if (!command) co_return command.error();
    const auto said = co_await Inner::ask(inner_, std::move(*command));
    if (!said) co_return said.error();
    co_return *said == "true";
}

}  // namespace harborline::gateway
