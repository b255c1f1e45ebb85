#include "gateway/workers/clock_worker.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <iterator>
#include <memory>
#include <utility>

#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/risk.hpp"
#include "gateway/conversation/weekly_desk.hpp"
#include "handlers/kinship/appointment.hpp"
#include "handlers/safety/mandatory_report.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto kLookForDueAfter = 1s;
constexpr auto kSweepEvery = 30s;
/// A deadline whose work throws is put off so that it cannot hold up the others.
constexpr auto kPutOff = 10min;
constexpr int kDueAtOnce = 200;
/// Clocks that are kept in time take small steps all the while.
constexpr auto kStepUnnoticed = 1min;
/// 信访工作条例 Art. 23: fifteen days; the day itself counts to its end.
constexpr auto kNoticeWithin = 16 * 24h;

/// Looked at too early, a ladder only finds that nobody is due: so the shortest of its waits. RED's are the shortest of
/// all levels where the settings make sense, and a lower ladder loses nothing by being looked at sooner.
std::chrono::milliseconds shortest_wait(const std::vector<config::LadderStep>& ladder, std::chrono::seconds repeat) {
    std::chrono::milliseconds shortest = repeat;
    std::chrono::milliseconds before{0};
    for (const auto& step : ladder) {
        if (step.after > before) shortest = std::min(shortest, step.after - before);
        before = step.after;
    }
    return shortest;
}

std::optional<storage::Deadline> take_one(storage::Transaction& tx, core::Instant now) {
    const auto due = tx.deadlines().take_due(now, 1);
    return due.empty() ? std::nullopt : std::optional{due.front()};
}

KeptDeadline keep(storage::Transaction& tx, const storage::Deadline& due, TurnTaker& taker, ReplyDesk& replies,
                  core::Instant now) {
    const std::int64_t subject = due.subject;
    switch (due.kind) {
        case storage::Deadline::Kind::kLapse:
            taker.lapse(tx, core::HandsetId{subject}, now);
            break;
        case storage::Deadline::Kind::kLadder:
            taker.desk().climb(tx, core::AlertId{subject}, now);
            break;
        case storage::Deadline::Kind::kFragments:
            taker.release_fragments(tx, core::HandsetId{subject}, now);
            break;
        case storage::Deadline::Kind::kNotice:
            taker.desk().notice_is_due(tx, core::CaseId{subject}, now);
            break;
        case storage::Deadline::Kind::kUntaken:
            taker.desk().untaken(tx, core::CaseId{subject}, now);
            break;
        case storage::Deadline::Kind::kPageAnswer:
            taker.desk().remind(tx, core::PageId{subject}, now);
            break;
        case storage::Deadline::Kind::kReply:
            replies.reply_is_due(tx, core::OutboxId{subject}, now);
            break;
        case storage::Deadline::Kind::kSession:
            taker.session_over(tx, core::HandsetId{subject}, now);
            break;
        case storage::Deadline::Kind::kHandled:
            taker.desk().ask_if_handled(tx, core::AlertId{subject}, now);
            break;
        case storage::Deadline::Kind::kAsked:
            taker.desk().unanswered(tx, core::PageId{subject}, now);
            break;
        case storage::Deadline::Kind::kBundle:
            taker.desk().tell_waiting(tx, core::StaffId{subject}, now);
            break;
        case storage::Deadline::Kind::kSafety:
            safety_is_due(tx, taker.desk(), core::CaseId{subject}, now);
            break;
        case storage::Deadline::Kind::kWeekly:
            WeeklyDesk(taker.rules(), taker.desk()).go_round(tx, core::PersonId{subject}, now);
            break;
        case storage::Deadline::Kind::kAppointment:
            AppointmentDesk(taker.rules()).look(tx, core::AppointmentId{subject}, now);
            break;
        case storage::Deadline::Kind::kTalk:
            return {.kept = true, .to_end = taker.watch_talk(tx, core::HandsetId{subject}, now)};
    }
    return {.kept = true};
}

}  // namespace

KeptDeadline keep_one_deadline(storage::Transaction& tx, TurnTaker& taker, ReplyDesk& replies, core::Instant now) {
    const auto due = take_one(tx, now);
    return due ? keep(tx, *due, taker, replies, now) : KeptDeadline{};
}

bool give_up_receipts(storage::Transaction& tx, ReplyDesk& replies, core::Instant sent_before, core::Instant now,
                      int most) {
    auto silent = tx.outbox().without_receipt(sent_before, most);
    for (auto& message : silent) {
        tx.outbox().move(message.id, core::MessageState::kUnknown, message.due_at, message.expires_at);
        message.state = core::MessageState::kUnknown;
        replies.did_not_arrive(tx, message, now);
    }
    return std::ssize(silent) < most;
}

storage::LongestWaits longest_waits(const config::Settings& settings) {
    using Kind = storage::Deadline::Kind;
    storage::LongestWaits waits{
        .outbox = std::max<std::chrono::milliseconds>(settings.outbox.retry_max, settings.outbox.lease)};
    const auto of = [&](Kind kind) -> std::chrono::milliseconds& {
        return waits.deadline.at(static_cast<std::size_t>(kind));
    };
    of(Kind::kLapse) = settings.conversation.unfinished;
    of(Kind::kLadder) = shortest_wait(settings.duty.ladder_red, settings.duty.repeat);
    of(Kind::kFragments) = settings.conversation.parts_wait + 1s;
    of(Kind::kNotice) = kNoticeWithin;
    of(Kind::kPageAnswer) = std::max<std::chrono::milliseconds>(settings.duty.page_wait, 24h);
    of(Kind::kUntaken) = 24h;
    of(Kind::kReply) = settings.outbox.reply_expiry + 1min;
    of(Kind::kSession) = 1h;
    // As with a ladder: asked too early whether a matter is handled, the level's own time is waited for again.
    of(Kind::kHandled) =
        std::min({settings.duty.handled_red, settings.duty.handled_orange, settings.duty.handled_yellow});
    of(Kind::kAsked) = settings.duty.remind_wait;
    of(Kind::kBundle) = 24h;
    of(Kind::kSafety) = safety::kOutcomeWithin;
    of(Kind::kTalk) = 1s;
    of(Kind::kAppointment) = kinship::kLookWithin;
    of(Kind::kWeekly) = 7 * 24h;
    return waits;
}

ClockWorker::ClockWorker(Parts parts, asio::any_io_executor executor) : parts_(std::move(parts)), sleep_(executor) {}

asio::awaitable<void> ClockWorker::mind_the_clock() {
    const core::Instant now = parts_.clock.now();
    if (looked_at_ && now >= *looked_at_ - kStepUnnoticed) {
        looked_at_ = now;
        co_return;
    }
    auto found = std::make_shared<bool>(false);
    storage::Store::Work work = [now, found, last = looked_at_, taker = &parts_.taker](storage::Transaction& tx) {
        *found = last.value_or(tx.timekeeping().newest()) > now + kStepUnnoticed;
        if (!*found) return;
        tx.timekeeping().set_back(now, longest_waits(taker->rules().settings));
        taker->desk().tell_administrator(tx, "clock_set_back", now);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(work));
    looked_at_ = now;
    if (!*found) co_return;
    parts_.log.warn("clock_set_back", {});
    parts_.on_commit();
}

asio::awaitable<bool> ClockWorker::keep_next(std::shared_ptr<std::optional<storage::Deadline>> taken) {
    auto kept = std::make_shared<KeptDeadline>();
    const core::Instant now = parts_.clock.now();
    storage::Store::Work work = [taken, kept, now, taker = &parts_.taker,
                                 replies = &parts_.replies](storage::Transaction& tx) {
        *kept = {};
        *taken = take_one(tx, now);
        if (*taken) *kept = keep(tx, **taken, *taker, *replies, now);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(work));
    if (kept->to_end && parts_.end_talk) parts_.end_talk(*kept->to_end);
    co_return kept->kept;
}

asio::awaitable<void> ClockWorker::put_off(storage::Deadline due) {
    const core::Instant now = parts_.clock.now();
    storage::Store::Work save = [due, now, taker = &parts_.taker](storage::Transaction& tx) {
        // That one and no other: a ladder that has fallen due since must not wait in its place.
        if (tx.deadlines().take(due)) {
            tx.deadlines().add(due.kind, due.subject, now + kPutOff);
            // Parts of a text have nobody else who would keep them.
            if (due.kind == storage::Deadline::Kind::kFragments)
                taker->strand_fragments(tx, core::HandsetId{due.subject}, now);
        }
        taker->desk().tell_administrator(tx, "deadline_failed", now);
    };
    bool threw = false;
    try {
        co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(save));
    } catch (const storage::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        parts_.log.error("deadline_failed", {{"why", error.what()}});
        threw = true;
    }
    if (!threw) co_return;
    // Nothing can be saved either: it still holds up nobody.
    storage::Store::Work only_put_off = [due, now](storage::Transaction& tx) {
        if (tx.deadlines().take(due)) tx.deadlines().add(due.kind, due.subject, now + kPutOff);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(only_put_off));
    storage::Store::Work tell = [now, taker = &parts_.taker](storage::Transaction& tx) {
        taker->desk().tell_administrator(tx, "deadline_failed", now);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(tell));
}

asio::awaitable<void> ClockWorker::sweep() {
    const core::Instant now = parts_.clock.now();
    // A backward jump of the wall clock only makes the next sweep come at once.
    if (now >= swept_at_ && now - swept_at_ < kSweepEvery) co_return;
    const core::Instant sent_before = now - parts_.settings.receipt_window;
    GivesUp letters;
    letters.all = [now, replies = &parts_.replies](storage::Transaction& tx, int most) {
        return KinshipDesk(replies->rules()).give_up_overdue(tx, now, most);
    };
    letters.first_alone = [now](storage::Transaction& tx) {
        for (const auto& letter : tx.letters().overdue(now, 1)) tx.letters().erase(letter.id);
    };
    GivesUp receipts;
    receipts.all = [sent_before, now, replies = &parts_.replies](storage::Transaction& tx, int most) {
        return give_up_receipts(tx, *replies, sent_before, now, most);
    };
    receipts.first_alone = [sent_before](storage::Transaction& tx) {
        for (const auto& sent : tx.outbox().without_receipt(sent_before, 1))
            tx.outbox().move(sent.id, core::MessageState::kUnknown, sent.due_at, sent.expires_at);
    };
    const bool no_more_letters = co_await give_up(std::move(letters));
    const bool no_more_receipts = co_await give_up(std::move(receipts));
    storage::Store::Work forget = [now](storage::Transaction& tx) { tx.carrier_ids().forget(now); };
    co_await does(std::move(forget));
    if (no_more_letters && no_more_receipts) swept_at_ = now;
}

asio::awaitable<bool> ClockWorker::does(storage::Store::Work work) {
    try {
        co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(work));
        co_return true;
    } catch (const storage::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        parts_.log.error("sweep_failed", {{"why", error.what()}});
    }
    co_return false;
}

asio::awaitable<bool> ClockWorker::give_up(GivesUp what) {
    auto no_more = std::make_shared<bool>(false);
    const auto some = [no_more, all = what.all](int most) -> storage::Store::Work {
        return [no_more, all, most](storage::Transaction& tx) { *no_more = all(tx, most); };
    };
    storage::Store::Work together = some(kDueAtOnce);
    if (co_await does(std::move(together))) co_return *no_more;
    *no_more = false;  // Whatever it said was undone with it.
    bool goes_on = true;
    bool failed = false;
    for (int given_up = 0; goes_on && !*no_more && given_up < kDueAtOnce && !stopping_; ++given_up) {
        storage::Store::Work one = some(1);
        if (co_await does(std::move(one))) continue;
        *no_more = false;
        failed = true;
        storage::Store::Work alone = what.first_alone;
        goes_on = co_await does(std::move(alone));
    }
    storage::Store::Work tell = [now = parts_.clock.now(), taker = &parts_.taker](storage::Transaction& tx) {
        taker->desk().tell_administrator(tx, "deadline_failed", now);
    };
    if (failed) co_await does(std::move(tell));
    co_return *no_more;
}

asio::awaitable<int> ClockWorker::run_once() {
    co_await mind_the_clock();
    int kept = 0;
    bool more = true;
    while (more && kept < kDueAtOnce && !stopping_) {
        bool threw = false;
        auto taken = std::make_shared<std::optional<storage::Deadline>>();
        try {
            more = co_await keep_next(taken);
        } catch (const storage::Unavailable&) {
            throw;
        } catch (const std::exception& error) {
            if (!*taken) throw;
            parts_.log.error("deadline_failed", {{"why", error.what()}});
            threw = true;
        }
        if (threw) co_await put_off(**taken);
        if (more) ++kept;
    }
    if (kept > 0) parts_.on_commit();
    co_await sweep();
    co_return kept;
}

asio::awaitable<void> ClockWorker::run() {
    while (!stopping_) {
        int kept = 0;
        try {
            kept = co_await run_once();
        } catch (const std::exception& error) {
            parts_.log.warn("clock_trouble", {{"why", error.what()}});
        }
        if (stopping_) break;
        // As long as more is due there is no pause: a heap of lapses must not outgrow us.
        if (kept >= kDueAtOnce) continue;
        sleep_.expires_after(kLookForDueAfter);
        boost::system::error_code ignored;
        co_await sleep_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void ClockWorker::stop() {
    stopping_ = true;
    sleep_.cancel();
}

}  // namespace harborline::gateway
