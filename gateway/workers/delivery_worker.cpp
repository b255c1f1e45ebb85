#include "gateway/workers/delivery_worker.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "gateway/workers/retry_policy.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr auto kLookAgain = 1s;
/// After the store said no there is no hurry.
constexpr auto kAfterTrouble = 2s;
/// Nothing is claimed that could not go within this: what waits in here is overtaken by nobody.
constexpr auto kAhead = 250ms;

/// Whoever is called with an answer is not called often: so many times, so far apart. RED rings until it is answered.
constexpr int kCallsMax = 3;
constexpr auto kCallAgain = 15min;

constexpr std::string_view kUnreadable = "could not be read";
constexpr auto kUnreadableAgain = 1min;

bool is_over(core::MessageState state) {
    return state == core::MessageState::kDead || state == core::MessageState::kUnknown ||
           state == core::MessageState::kExpired || state == core::MessageState::kDropped;
}

bool is_red(const core::Message& message) {
    return message.kind == core::MessageClass::kRedPage;
}

/// Of a call: when the kinship line tries again is its own to say.
bool is_kin(const core::Message& message) {
    return message.kind == core::MessageClass::kKinship;
}

}  // namespace

DeliveryWorker::DeliveryWorker(Parts parts, asio::any_io_executor executor)
    : parts_(std::move(parts)), executor_(std::move(executor)), sleep_(executor_), pace_(parts_.channel.rate_per_s) {}

DeliveryWorker::Room DeliveryWorker::room() const {
    if (stopping_ || !look_) return {};
    const int most = parts_.channel.in_flight_max;
    const int free = most - static_cast<int>(under_way_.size());
    const int places = pace_.allowed(SteadyClock::now(), kAhead, std::max(free, 0));
    if (paused()) return {.places = places};
    const auto ordinary = static_cast<int>(std::ranges::count(under_way_, false, &UnderWay::red));
    return {.places = places, .ordinary = std::clamp(std::max(most - 1, 1) - ordinary, 0, places)};
}

bool DeliveryWorker::paused() const {
    const auto left = paused_until_ - parts_.clock.now();
    // More than was asked for is left only where the clock was set back.
    return left > 0ms && left <= parts_.settings.retry_max;
}

void DeliveryWorker::pause(std::chrono::seconds retry_after) {
    const auto wait = pause_of(retry_after, parts_.settings);
    if (!paused() && wait > 0ms)
        parts_.log.warn("carrier_busy", {{"channel", parts_.channel.name}, {"pause_ms", wait.count()}});
    paused_until_ = std::max(paused() ? paused_until_ : core::Instant{}, parts_.clock.now() + wait);
}

/// Settles what has ended and fills the free places, in one piece of work. Says how many it claimed.
asio::awaitable<int> DeliveryWorker::round() {
    co_await asio::post(executor_, asio::use_awaitable);  // Whatever is home already comes along.
    news_ = false;
    const Room wanted = room();
    if (ended_.empty() && wanted.places == 0) co_return 0;
    if (wanted.places > 0) {
        look_ = false;
        looked_at_ = SteadyClock::now();
    }
    std::vector<Claimed> claimed = co_await settle_and_claim(wanted);
    const int count = static_cast<int>(claimed.size());
    look_ = look_ || (wanted.places > 0 && count >= wanted.ordinary);  // There may be more where these came from.
    for (auto& item : claimed) start(std::move(item));
    co_return count;
}

storage::OutboxClaim DeliveryWorker::wish_for(Room room) const {
    const core::Instant now = parts_.clock.now();
    storage::OutboxClaim wish{.channel = parts_.channel.name,
                              .now = now,
                              .lease_until = now + parts_.settings.lease,
                              .limit = room.places,
                              .ordinary_max = room.ordinary};
    for (const auto& one : under_way_) wish.under_way.push_back(one.id);
    return wish;
}

asio::awaitable<std::vector<Claimed>> DeliveryWorker::settle_and_claim(Room wanted) {
    auto claimed = std::make_shared<std::vector<Claimed>>();
    auto ended = std::make_shared<Ended>(std::exchange(ended_, {}));
    if (settle_first_) {
        co_await settle_each(ended);
        ended->clear();
        settle_first_ = false;
    }
    storage::OutboxClaim wish = wish_for(wanted);
    storage::Store::Work work = [claimed, ended, wish, kind = parts_.channel.kind, replies = &parts_.replies,
                                 desk = &parts_.desk](storage::Transaction& tx) {
        for (const auto& outcome : *ended) settle(tx, outcome, *replies, *desk, wish.now);
        *claimed = claim_allowed(tx, wish, kind, replies->rules());
    };
    bool threw = false;
    try {
        co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(work));
    } catch (const storage::Unavailable&) {
        keep(*ended, 0);
        settle_first_ = true;
        throw;
    } catch (const std::exception& error) {
        tell_trouble(error);
        claimed->clear();
        threw = true;
    }
    if (threw) {
        co_await settle_each(std::move(ended));
        if (wanted.places > 0) *claimed = co_await claim_each(std::move(wish));
    }
    co_return std::move(*claimed);
}

/// Each by itself: one that can not be read, or at which a rule throws, must not stop its channel for ever.
asio::awaitable<std::vector<Claimed>> DeliveryWorker::claim_each(storage::OutboxClaim wish) {
    auto ids = std::make_shared<std::vector<core::OutboxId>>();
    storage::Store::Work look = [ids, wish](storage::Transaction& tx) { *ids = tx.outbox().due(wish); };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(look));
    std::vector<Claimed> all;
    for (const core::OutboxId id : *ids) {
        wish.only = id;
        auto claimed = std::make_shared<std::vector<Claimed>>();
        storage::Store::Work work = [claimed, wish, kind = parts_.channel.kind,
                                     replies = &parts_.replies](storage::Transaction& tx) {
            *claimed = claim_allowed(tx, wish, kind, replies->rules());
        };
        try {
            const bool done = co_await carried_out(std::move(work));
            if (!done) {
                co_await set_aside(id);
                continue;
            }
        } catch (const storage::Unavailable&) {
            if (all.empty()) throw;
            break;  // The leases of the others run.
        }
        for (auto& item : *claimed) {
            wish.under_way.push_back(item.message.id);
            all.push_back(std::move(item));
        }
    }
    co_return all;
}

/// It may be no fault of the row's, and pass: so it is tried as often as any other. Whoever waits for it is told by
/// pieces of their own: what can not be claimed may throw there too.
asio::awaitable<void> DeliveryWorker::set_aside(core::OutboxId id) {
    const core::Instant now = parts_.clock.now();
    auto dead = std::make_shared<bool>(false);
    storage::Store::Work aside = [id, now, dead, most = parts_.settings.attempts_max](storage::Transaction& tx) {
        *dead = tx.outbox().set_aside(id, now + kUnreadableAgain, most, kUnreadable);
    };
    co_await carried_out(std::move(aside));
    if (!*dead) co_return;
    storage::Store::Work tell = [now, desk = &parts_.desk](storage::Transaction& tx) {
        desk->tell_administrator(tx, "dead_letter", now);
    };
    storage::Store::Work bring_back = [id, now, replies = &parts_.replies](storage::Transaction& tx) {
        const auto stored = tx.outbox().find(id);
        if (stored) replies->did_not_arrive(tx, *stored, now);
    };
    co_await carried_out(std::move(tell));
    co_await carried_out(std::move(bring_back));
}

void DeliveryWorker::settle(storage::Transaction& tx, const Outcome& outcome, ReplyDesk& replies, DutyDesk& desk,
                            core::Instant now) {
    const core::Message& message = outcome.message;
    // The carrier has said meanwhile that it never arrived: whether it goes again is a person's to decide.
    if (message.state == core::MessageState::kWaiting) {
        const auto standing = tx.outbox().find(message.id);
        if (standing && standing->state == core::MessageState::kFailed) return;
    }
    // The news that nobody picked up was quicker than the attempt's own end, and it is to ring again.
    if (message.state == core::MessageState::kSent && message.page && is_red(message)) {
        const auto standing = tx.outbox().find(message.id);
        if (standing && standing->state == core::MessageState::kWaiting) return;
    }
    tx.outbox().settle(message);
    if (outcome.is_final && message.state == core::MessageState::kSent) replies.sent_for_good(tx, message, now);
    if (!outcome.carrier_id.empty()) replies.named(tx, message, outcome.carrier_id, now);
    if (!is_over(message.state)) return;
    // A receipt or a person may have been quicker: then this attempt's end is not the message's.
    const auto stored = tx.outbox().find(message.id);
    if (!stored || stored->state != message.state) return;
    replies.did_not_arrive(tx, message, now);
    if (message.state == core::MessageState::kDead) desk.tell_administrator(tx, "dead_letter", now);
}

/// Each by itself, so that a bug hits one message only; and where even that throws, the bare row: a message that is
/// never settled would go out again and again.
asio::awaitable<void> DeliveryWorker::settle_each(std::shared_ptr<Ended> ended) {
    const core::Instant now = parts_.clock.now();
    for (std::size_t at = 0; at < ended->size(); ++at) {
        storage::Store::Work whole = [ended, at, now, replies = &parts_.replies, desk = &parts_.desk](
                                         storage::Transaction& tx) { settle(tx, ended->at(at), *replies, *desk, now); };
        storage::Store::Work bare = [ended, at](storage::Transaction& tx) {
            tx.outbox().settle(ended->at(at).message);
        };
        try {
            const bool settled = co_await carried_out(std::move(whole));
            if (!settled) co_await carried_out(std::move(bare));
        } catch (const storage::Unavailable&) {
            keep(*ended, at);
            throw;
        }
    }
}

asio::awaitable<bool> DeliveryWorker::carried_out(storage::Store::Work work) {
    try {
        co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(work));
        co_return true;
    } catch (const storage::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        tell_trouble(error);
    }
    co_return false;
}

void DeliveryWorker::keep(Ended& ended, std::size_t from) {
    const auto begin = ended.begin() + static_cast<std::ptrdiff_t>(from);
    ended_.insert(ended_.begin(), std::make_move_iterator(begin), std::make_move_iterator(ended.end()));
}

void DeliveryWorker::start(Claimed claimed) {
    const core::OutboxId id = claimed.message.id;
    under_way_.push_back({.id = id, .red = is_red(claimed.message)});
    asio::co_spawn(executor_, deliver(std::move(claimed), pace_.take(SteadyClock::now())),
                   [this, id](std::exception_ptr error) {
                       std::erase_if(under_way_, [id](const UnderWay& one) { return one.id == id; });
                       if (error) trouble_ = error;
                       news();
                   });
}

asio::awaitable<void> DeliveryWorker::deliver(Claimed claimed, SendPace::TimePoint at) {
    if (at > SteadyClock::now()) {
        asio::steady_timer turn(executor_, at);
        boost::system::error_code ignored;
        co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (!may_go(claimed)) {
        ended_.push_back({.message = without_sending(claimed)});
        co_return;
    }
    SendResult result = co_await attempt(claimed);
    if (parts_.on_result) parts_.on_result(claimed.message.kind, result.kind);
    if (result.kind == SendResult::Kind::kRetry && result.retry_after) pause(*result.retry_after);
    core::Message message = judged(result, std::move(claimed.message));
    ended_.push_back({.message = std::move(message),
                      .carrier_id = std::move(result.carrier_id),
                      .is_final = !parts_.carrier.capabilities().gives_receipts});
}

bool DeliveryWorker::may_go(const Claimed& claimed) const {
    const auto now = parts_.clock.now();
    return !stopping_ && claimed.why_not.empty() && claimed.message.expires_at > now;
}

core::Message DeliveryWorker::judged(const SendResult& result, core::Message message) const {
    const auto now = parts_.clock.now();
    if (!calls()) return judge(result, std::move(message), parts_.settings, now, parts_.random);
    auto settings = parts_.settings;
    const bool red = is_red(message);
    settings.attempts_max = red ? std::numeric_limits<int>::max() : is_kin(message) ? 1 : kCallsMax;
    message = judge(result, std::move(message), settings, now, parts_.random);
    // Nobody was reached, and nothing is broken that a person had to look at.
    const bool in_vain = result.kind == SendResult::Kind::kRetry && message.state == core::MessageState::kDead;
    if (in_vain && is_kin(message)) message.state = core::MessageState::kExpired;
    if (message.state == core::MessageState::kWaiting) message.due_at = now + (red ? kRingAgain : kCallAgain);
    return message;
}

core::Message DeliveryWorker::without_sending(Claimed& claimed) const {
    core::Message message = std::move(claimed.message);
    if (message.expires_at <= parts_.clock.now()) {
        // An earlier attempt may have reached her.
        message.state = message.repeats > 0 ? core::MessageState::kUnknown : core::MessageState::kExpired;
    } else if (!claimed.why_not.empty()) {
        message.state = core::MessageState::kDropped;
        message.reason = claimed.why_not;
    } else {
        message.state = core::MessageState::kWaiting;
        message.due_at = parts_.clock.now();
    }
    return message;
}

asio::awaitable<SendResult> DeliveryWorker::attempt(const Claimed& claimed) {
    const core::Message& message = claimed.message;
    const auto left = std::chrono::duration_cast<std::chrono::minutes>(message.expires_at - parts_.clock.now());
    const OutgoingMessage outgoing{.id = message.id,
                                   .to = claimed.number,
                                   .text = message.text,
                                   .attempt = message.attempts,
                                   .validity = std::max(left, 1min)};
    if (parts_.place) {
        SendResult placed = co_await parts_.place(outgoing);
        co_return placed;
    }
    SendResult result{.kind = SendResult::Kind::kRefused, .reason = "nothing to send"};
    if (calls() && !parts_.carrier.capabilities().voice.places_calls) {
        result.reason = "this channel can be called and can not call; for FreeSWITCH set event_socket";
        co_return result;
    }
    std::vector<ApiRequest> requests;
    try {
        requests = parts_.carrier.build_send(outgoing);
    } catch (const std::exception& error) {
        result.reason = error.what();
    }
    bool some_parts_went = false;
    for (ApiRequest& request : requests) {
        core::Result<WebResponse> response = co_await parts_.send(std::move(request));
        if (response) {
            result = parts_.carrier.read_send_result(*response);
        } else {
            const bool lost = response.error().kind == core::ErrorKind::kUnknown;
            result = SendResult{lost ? SendResult::Kind::kUnknown : SendResult::Kind::kRetry, response.error().message,
                                std::nullopt};
        }
        if (result.kind != SendResult::Kind::kSent) break;
        some_parts_went = true;
    }
    // Parts that went will go again with the rest: she may see them twice.
    if (some_parts_went && result.kind == SendResult::Kind::kRetry) result.kind = SendResult::Kind::kUnknown;
    co_return result;
}

asio::awaitable<void> DeliveryWorker::rest(SteadyClock::duration longest) {
    if (news_) co_return;
    sleep_.expires_after(longest);
    boost::system::error_code woken;
    co_await sleep_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

asio::awaitable<int> DeliveryWorker::run_once() {
    look_ = true;
    const int count = co_await round();
    while (!under_way_.empty()) {
        news_ = false;
        co_await rest(kLookAgain);
    }
    look_ = false;
    co_await round();
    if (trouble_) std::rethrow_exception(std::exchange(trouble_, nullptr));
    co_return count;
}

asio::awaitable<void> DeliveryWorker::run() {
    for (;;) {
        SteadyClock::duration wait = kLookAgain;
        bool troubled = false;
        try {
            co_await round();
            if (trouble_) std::rethrow_exception(std::exchange(trouble_, nullptr));
        } catch (const std::exception& error) {
            tell_trouble(error);
            wait = kAfterTrouble;
            troubled = true;
        }
        if (stopping_ && under_way_.empty() && (ended_.empty() || troubled)) break;
        const auto now = SteadyClock::now();
        const bool too_early = pace_.allowed(now, kAhead, 1) == 0;
        if (too_early && !troubled) wait = std::min<SteadyClock::duration>(pace_.next() - kAhead - now, wait);
        co_await rest(wait);
        look_ = look_ || SteadyClock::now() - looked_at_ >= kLookAgain;
    }
}

void DeliveryWorker::tell_trouble(const std::exception& error) const {
    parts_.log.warn("delivery_trouble", {{"channel", parts_.channel.name}, {"why", error.what()}});
}

void DeliveryWorker::news() {
    news_ = true;
    sleep_.cancel();
}

void DeliveryWorker::wake() {
    look_ = true;
    // Every text that comes in wakes: where nothing could be claimed anyway, the end of one or the rate will.
    if (room().places > 0) news();
}

void DeliveryWorker::stop() {
    stopping_ = true;
    news();
}

}  // namespace harborline::gateway
