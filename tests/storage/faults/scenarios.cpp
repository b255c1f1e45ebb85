#include "tests/storage/faults/scenarios.hpp"

#include <algorithm>
#include <stdexcept>

#include "storage/sqlite/session.hpp"

namespace harborline::storage {
namespace {

using namespace std::chrono_literals;

constexpr int kAll = 10'000;

core::Instant now() {
    return testing::FakeClock{}.now();
}

core::PhoneNumber number_of(const std::string& identity) {
    std::uint64_t sum = 0;
    for (const char sign : identity) sum = (sum * 31 + static_cast<unsigned char>(sign)) % 10'000;
    return core::PhoneNumber::from_value(8619900000000ULL + sum);
}

core::Message message(const std::string& words, core::HandsetId to, core::CaseId case_id = {}) {
    return {.channel = "kannel",
            .to = to,
            .text = words,
            .kind = case_id ? core::MessageClass::kReply : core::MessageClass::kAnswer,
            .created_at = now(),
            .due_at = now(),
            .expires_at = now() + 24h,
            .case_id = case_id};
}

int turns_of(Transaction& tx, const std::string& identity, const std::string& words) {
    const auto turns = tx.turns().since({}, kAll);
    return static_cast<int>(std::ranges::count_if(
        turns, [&](const Turn& turn) { return turn.identity == identity && turn.text == words; }));
}

int answers_to(Transaction& tx, const std::string& identity) {
    int found = 0;
    for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
        for (const auto& one : tx.outbox().in_state(static_cast<core::MessageState>(state), kAll))
            found += one.text == "answer to " + identity ? 1 : 0;
    return found;
}

/// What her text says, `times` over.
std::string words_of(const std::string& identity, int times = 1) {
    std::string words;
    for (int at = 0; at < times; ++at) words += "words of " + identity;
    return words;
}

Deed text_then(const std::string& identity, int length, void (*then)()) {
    Deed deed{.name = identity};
    const auto words = words_of(identity, length);
    deed.work = [identity, words, then](Transaction& tx) {
        if (tx.turns().find_repeat("kannel", identity)) return;
        const auto handset = tx.handsets().find_or_add(number_of(identity), now());
        const auto id = tx.conversations().next_id();
        tx.conversations().put({.handset = handset.id, .id = id, .channel = "kannel", .last_turn_at = now()});
        tx.turns().append({.received_at = now(),
                           .channel = "kannel",
                           .handset = handset.id,
                           .conversation = id,
                           .identity = identity,
                           .text = words});
        tx.outbox().add(message("answer to " + identity, handset.id));
        tx.journal().append({.at = now(), .event = identity});
        tx.deadlines().add(Deadline::Kind::kLapse, handset.id.value, now() + 24h);
        then();
    };
    deed.times_stored = [identity, words](Transaction& tx) {
        const int turns = turns_of(tx, identity, words);
        const auto handset = tx.handsets().find(number_of(identity));
        const bool whole = answers_to(tx, identity) == turns && (tx.journal().last(identity) == now()) == (turns > 0) &&
                           (handset && tx.conversations().find(handset->id)) == (turns > 0);
        if (!whole) throw std::runtime_error("a piece of work is stored in part");
        return turns;
    };
    deed.repeatable = true;
    return deed;
}

Deed throwing_text(const std::string& identity) {
    auto deed = text_then(identity, 1, [] { throw ThrownOnPurpose{}; });
    deed.repeatable = false;
    return deed;
}

/// A step of something that goes on from step to step: stored or not.
Deed step(const std::string& name, Store::Work work, std::function<bool(Transaction&)> done) {
    return {.name = name, .work = std::move(work), .times_stored = [done = std::move(done)](Transaction& tx) {
                return done(tx) ? 1 : 0;
            }};
}

/// Steps are taken only as long as the one before was acknowledged.
void take_steps(Trial& trial, const std::vector<Deed>& steps) {
    for (const auto& one : steps)
        if (!trial.run(one)) return;
}

void nothing(Trial&) {}

void open_well(Trial& trial) {
    if (!trial.open()) throw std::runtime_error("the scenario cannot begin: " + trial.refusal);
}

void a_few_texts(Trial& trial) {
    open_well(trial);
    for (const char* identity : {"before-1", "before-2", "before-3"}) trial.run(text(identity));
}

void then_close(Trial& trial) {
    a_few_texts(trial);
    trial.close();
}

void then_crash(Trial& trial) {
    a_few_texts(trial);
    testing::FaultVfs::install().end_process();
    trial.close();
    testing::FaultVfs::install().heal();
}

void open_and_take(Trial& trial, const std::function<void()>& ready) {
    ready();
    if (trial.open()) trial.run(text("first"));
}

void group_with_danger(Trial& trial, const std::function<void()>& ready) {
    trial.run_as_group({text("a"), text("b"), text("danger"), text("c"), text("d"), text("e")}, "danger", ready);
    trial.run(text("after"));
}

void group_with_throwers(Trial& trial, const std::function<void()>& ready) {
    trial.run_as_group({text("a"), throwing_text("thrower-1"), text("b"), throwing_text("thrower-2"), text("c")}, "",
                       ready);
    trial.run(text("after"));
}

void leave_little_memory(Trial& trial) {
    trial.store->run(
        [](Transaction& tx) { dynamic_cast<sqlite::Session&>(tx).database().exec("PRAGMA cache_size = 8"); });
}

/// A command writes its pages in the middle of a piece: a failure there takes the whole group with it.
void open_command_with_little_memory(Trial& trial) {
    if (!trial.open(true)) throw std::runtime_error("the scenario cannot begin: " + trial.refusal);
    leave_little_memory(trial);
}

/// The service writes at a commit only.
void open_with_little_memory(Trial& trial) {
    open_well(trial);
    leave_little_memory(trial);
}

void group_beyond_memory(Trial& trial, const std::function<void()>& ready) {
    const auto long_text = [](const char* identity) { return text_then(identity, 1'000, [] {}); };
    trial.run_as_group({long_text("a"), long_text("b"), text("c")}, "", ready);
}

// --- repeats ---

constexpr int kEarlier = 12;

/// Most of them are not read at a start any more, but when a repeat asks for them.
void many_texts(Trial& trial) {
    open_well(trial);
    for (int i = 0; i < kEarlier; ++i) trial.run(text("earlier-" + std::to_string(i)));
    trial.close();
}

/// What was read to open it has to be read again.
void open_with_nothing_read(Trial& trial) {
    open_with_little_memory(trial);
    trial.store->run(
        [](Transaction& tx) { dynamic_cast<sqlite::Session&>(tx).database().exec("PRAGMA shrink_memory"); });
}

/// What the carrier delivers again is known, whatever could not be read the first time it came.
void earlier_texts_again(Trial& trial, const std::function<void()>& ready) {
    ready();
    for (int i = 0; i < kEarlier; i += 5) {
        const std::string identity = "earlier-" + std::to_string(i);
        const std::string seen = "seen again: " + identity;
        for (int attempt = 0; attempt < 2; ++attempt) {
            Deed again{.name = seen + " " + std::to_string(attempt)};
            again.work = [identity, name = again.name](Transaction& tx) {
                if (!tx.turns().find_repeat("kannel", identity)) throw std::logic_error("a repeat is not known");
                tx.journal().append({.at = now(), .event = name});
            };
            again.times_stored = [name = again.name](Transaction& tx) { return tx.journal().last(name) == now(); };
            trial.run(again);
        }
    }
}

// --- outbox ---

core::OutboxId letter(Transaction& tx) {
    return tx.outbox().in_state(core::MessageState::kWaiting, 1).at(0).id;
}

bool has_been(Transaction& tx, std::initializer_list<core::MessageState> states) {
    return std::ranges::any_of(states, [&](auto state) { return !tx.outbox().in_state(state, 1).empty(); });
}

void a_letter(Trial& trial) {
    open_well(trial);
    trial.store->run([](Transaction& tx) {
        const auto handset = tx.handsets().find_or_add(number_of("reader"), now());
        tx.outbox().add(message("letter", handset.id));
    });
    trial.close();
}

void deliver(Trial& trial, const std::function<void()>& ready) {
    using enum core::MessageState;
    core::Message claimed;
    trial.store->run([&](Transaction& tx) { claimed.id = letter(tx); });
    ready();
    const auto id = claimed.id;
    take_steps(trial, {step(
                           "claim", [](Transaction& tx) { tx.outbox().claim_due("kannel", now(), now() + 1min, 10); },
                           [](Transaction& tx) {
                               return has_been(tx, {kSending, kSent, kDelivered});
                           }),
                       step(
                           "settle",
                           [id](Transaction& tx) {
                               auto sent = *tx.outbox().find(id);
                               sent.state = kSent;
                               tx.outbox().settle(sent);
                           },
                           [](Transaction& tx) {
                               return has_been(tx, {kSent, kDelivered});
                           }),
                       step(
                           "receipt",
                           [id](Transaction& tx) {
                               tx.outbox().record_receipt(
                                   {.message = id, .state = core::ReceiptState::kDelivered, .at = now()});
                           },
                           [](Transaction& tx) { return has_been(tx, {kDelivered}); })});
}

// --- cases ---

void a_roster(Trial& trial) {
    open_well(trial);
    trial.store->run([](Transaction& tx) {
        core::Roster roster;
        roster.staff.push_back({.id = {1}, .key = "li", .name = "Name of li", .phone = number_of("li")});
        tx.staff().replace(roster, now());
    });
    trial.close();
}

void open_matter(Transaction& tx) {
    const core::CaseId id = tx.cases().next_id();
    tx.cases().open({.id = id,
                     .reference = "10000042",
                     .category = "land",
                     .place = "230103",
                     .department = "RIGHTS",
                     .owner = tx.staff().by_key("li")->id,
                     .petitioner = {1},
                     .channel = "kannel",
                     .opened_at = now(),
                     .notice_due = now() + 24h});
    tx.cases().append(id, {.at = now(), .text = "her story"});
    const auto alert = tx.alerts().raise({.case_id = id, .raised_at = now(), .ladder_from = now()});
    tx.alerts().page(
        {.staff = tx.staff().by_key("li")->id, .code = 1, .case_id = id, .alert = alert, .sent_at = now()});
    tx.outbox().add(message("answer under the matter's key", {1}, id));
}

bool is_open_whole(Transaction& tx) {
    const auto matter = tx.cases().find({1});
    const auto waiting = tx.outbox().in_state(core::MessageState::kWaiting, kAll);
    const bool answered = std::ranges::any_of(waiting, [](const core::Message& one) { return one.case_id.value == 1; });
    const bool whole = matter && answered && tx.cases().entries({1}).at(0).text == "her story" &&
                       tx.alerts().pages_for({1}).size() == 1 && tx.alerts().open_for({1});
    if (whole != (matter || answered)) throw std::runtime_error("a matter is stored in part");
    return whole && matter->reference == "10000042";
}

void close_matter(Transaction& tx) {
    auto matter = *tx.cases().find({1});
    matter.status = core::CaseStatus::kClosed;
    matter.closed_at = now();
    matter.close_reason = "told her in person";
    tx.cases().update(matter);
    tx.cases().append({1}, {.at = now(), .kind = core::CaseEntry::Kind::kStatus, .text = "closed"});
}

bool is_closed_whole(Transaction& tx) {
    const auto matter = tx.cases().find({1});
    const bool closed = matter && matter->status == core::CaseStatus::kClosed;
    if (closed != (matter && tx.cases().entries({1}).size() == 2))
        throw std::runtime_error("a closing is stored in part");
    return closed && matter->close_reason == "told her in person";
}

void case_from_begin_to_end(Trial& trial, const std::function<void()>& ready) {
    ready();
    take_steps(trial, {step("open", open_matter, is_open_whole), step("close", close_matter, is_closed_whole)});
}

// --- what the store does by itself ---

void texts_through_checkpoints(Trial& trial, const std::function<void()>& ready) {
    ready();
    for (const char* identity : {"first", "second"}) trial.run(text(identity));
}

void take_and_stop(Trial& trial, const std::function<void()>& ready) {
    trial.run(text("last"));
    ready();
    trial.store->stop();
    trial.close();
}

void back_up(Trial& trial, const std::function<void()>& ready) {
    ready();
    try {
        back_up_sqlite(trial.folder / "harborline.db", trial.folder / "backup.db");
        trial.backup_made = true;
    } catch (const std::runtime_error& error) {
        trial.backup_said = error.what();
    } catch (const std::logic_error&) {
        trial.logic_error = true;
    }
}

}  // namespace

Deed text(const std::string& identity) {
    return text_then(identity, 1, [] {});
}

const std::vector<Scenario>& scenarios() {
    static const std::vector<Scenario> all{
        {"OpeningAFreshDatabase", nothing, nothing, open_and_take},
        {"OpeningAgain", then_close, nothing, open_and_take},
        {"RecoveryAfterACrash", then_crash, nothing, open_and_take},
        {"GroupWithDanger", then_close, open_well, group_with_danger},
        {"GroupWithThrowers", then_close, open_well, group_with_throwers},
        {"GroupThatSpills", then_close, open_command_with_little_memory, group_beyond_memory},
        {"GroupBeyondItsCache", then_close, open_with_little_memory, group_beyond_memory},
        {"RepeatsOfEarlierTexts", many_texts, open_with_nothing_read, earlier_texts_again, 4'000, false, 2},
        {"Delivery", a_letter, open_well, deliver},
        {"CaseOpenedAndClosed", a_roster, open_well, case_from_begin_to_end},
        {"Checkpoints", then_close, open_well, texts_through_checkpoints, 8, true},
        {"Stop", then_close, open_well, take_and_stop},
        {"Backup", then_close, open_well, back_up},
    };
    return all;
}

}  // namespace harborline::storage
