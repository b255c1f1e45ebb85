// Alerts: up the ladder, taken, asked after, handed back.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/duty_settings.hpp"
#include "gateway/conversation/level_words.hpp"
#include "handlers/duty/ladder.hpp"
#include "handlers/petition/routing.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using storage::Deadline;

core::CaseEntry entry(core::CaseEntry::Kind kind, core::StaffId by, core::Instant now, std::string text = {}) {
    return {.at = now, .kind = kind, .by = by, .text = std::move(text)};
}

/// Acknowledged is not handled: whether a member of the staff has done something for the matter since.
bool was_worked_on(storage::Transaction& tx, const core::Case& matter, core::Instant since) {
    using Kind = core::CaseEntry::Kind;
    const auto entries = tx.cases().entries(matter.id);
    return std::ranges::any_of(entries, [&](const core::CaseEntry& one) {
        const bool work = one.kind == Kind::kNote || one.kind == Kind::kReply || one.kind == Kind::kStatus;
        return work && one.by && one.at >= since;
    });
}

/// Who hears next of a new matter that somebody hands back: whoever answers for the place, where that is the very
/// person an administrator, else its owner. None: there is nobody but her.
core::StaffId next_after(const core::Roster& roster, const core::Case& matter, core::StaffId handed_back_by) {
    auto others = petition::administrators(roster);
    others.insert(others.begin(), petition::accountable_owner(roster, matter.place, matter.department));
    others.push_back(matter.owner);
    const auto next = std::ranges::find_if(others, [&](core::StaffId one) { return one != handed_back_by; });
    return next == others.end() ? core::StaffId{} : *next;
}

/// A matter that was called for again is asked after by its newest alert alone.
bool is_superseded(storage::Transaction& tx, const core::Alert& alert) {
    const auto pages = tx.alerts().pages_for(alert.case_id);
    return std::ranges::any_of(pages, [&](const core::Page& page) { return page.alert > alert.id; });
}

}  // namespace

void DutyDesk::raise(storage::Transaction& tx, const core::Case& matter, core::Instant now) {
    const std::int64_t itself = matter.kind == core::CaseKind::kSafety && !matter.child ? 1 : 0;
    const bool history = matter.petitioner && tx.cases().count_of(matter.petitioner, core::CaseKind::kSafety) > itself;
    const auto level = duty::alert_level(matter.level, history);
    wants_answer_again(tx, matter.id);
    auto open = tx.alerts().open_for(matter.id);
    if (open && open->level >= level) return;
    if (open) {
        open->level = level;
        open->raised_at = now;  // Its ladder begins here.
        open->steps_done = 0;
        open->handed_back = 0;
        open->ladder_from = now;
        tx.alerts().update(*open);
        return climb(tx, open->id, now);
    }
    climb(tx, tx.alerts().raise({.case_id = matter.id, .level = level, .raised_at = now, .ladder_from = now}), now);
}

bool DutyDesk::wants_answer_again(storage::Transaction& tx, core::CaseId id) {
    auto matter = tx.cases().find(id);
    if (!matter || matter->status != core::CaseStatus::kReplied) return false;
    matter->status = core::CaseStatus::kAccepted;
    tx.cases().update(*matter);
    return true;
}

duty::Watch DutyDesk::watch_over(storage::Transaction& tx, const core::Case& matter, core::Instant now) {
    return {.roster = roster(tx),
            .post = {.district = matter.place, .department = matter.department},
            .local = rules_.zone.local(now),
            .night = night_of(rules_.settings.duty)};
}

std::vector<core::StaffMember> DutyDesk::next_to_ring(storage::Transaction& tx, const core::Case& matter,
                                                      const duty::Passed& passed, core::Instant now) {
    const auto ladders = ladders_of(rules_.settings.duty);
    return duty::next_to_ring(duty::ladder_for(ladders, matter.level), matter.level, watch_over(tx, matter, now),
                              passed);
}

void DutyDesk::climb(storage::Transaction& tx, core::AlertId id, core::Instant now) {
    auto alert = tx.alerts().find(id);
    if (!alert || !alert->open) return;
    const auto matter = tx.cases().find(alert->case_id);
    if (!matter || matter->status == core::CaseStatus::kClosed) return;
    const auto ladders = ladders_of(rules_.settings.duty);
    const auto actions = duty::due(*alert, duty::ladder_for(ladders, alert->level), watch_over(tx, *matter, now), now);
    for (const core::StaffId staff : actions.to_page)
        page(tx, staff, *matter, {.alert = id, .level = alert->level}, now);
    if (actions.nobody) tell_administrator(tx, "nobody_on_duty", now);
    if (actions.changed) {
        alert->steps_done = actions.steps_done;
        alert->ladder_from = actions.ladder_from;
        tx.alerts().update(*alert);
    }
    if (actions.next_at) tx.deadlines().add(Deadline::Kind::kLadder, id.value, *actions.next_at);
}

void DutyDesk::take(storage::Transaction& tx, core::Case matter, core::StaffId staff, core::Instant now) {
    matter.owner = staff;
    if (matter.status == core::CaseStatus::kRegistered) matter.status = core::CaseStatus::kAccepted;
    tx.cases().update(matter);
    tx.cases().append(matter.id, entry(core::CaseEntry::Kind::kTaken, staff, now));
    for (auto& other : tx.alerts().pages_for(matter.id)) {
        if (!other.wants_answer()) continue;
        // Nobody answers that question any more: whoever has it now is asked in her turn.
        if (other.state == core::Page::State::kAsked) rest(tx, other.alert, staff, now);
        other.state = other.staff == staff ? core::Page::State::kTaken : core::Page::State::kStale;
        tx.alerts().update(other);
    }
    // One that was called for again may be open beside one that came back.
    const auto ladders = ladders_of(rules_.settings.duty);
    while (auto alert = tx.alerts().open_for(matter.id)) {
        duty::take(*alert, staff, now);
        tx.alerts().update(*alert);
        const auto within = duty::ladder_for(ladders, alert->level).handled_within;
        tx.deadlines().add(Deadline::Kind::kHandled, alert->id.value, now + within);
    }
}

void DutyDesk::ask_if_handled(storage::Transaction& tx, core::AlertId id, core::Instant now) {
    auto alert = tx.alerts().find(id);
    if (!alert || alert->open || is_superseded(tx, *alert)) return;
    const auto matter = tx.cases().find(alert->case_id);
    if (!matter || is_answered(*matter) || was_worked_on(tx, *matter, alert->taken_at)) return;
    if (alert->taken_at > now) {  // The clock was set back.
        alert->taken_at = now;
        tx.alerts().update(*alert);
    }
    const auto ladders = ladders_of(rules_.settings.duty);
    const core::Instant due = alert->taken_at + duty::ladder_for(ladders, alert->level).handled_within;
    if (due > now) return tx.deadlines().add(Deadline::Kind::kHandled, id.value, due);
    ask_whoever_has_it(tx, *alert, *matter, now);
}

void DutyDesk::ask_whoever_has_it(storage::Transaction& tx, const core::Alert& alert, const core::Case& matter,
                                  core::Instant now) {
    core::Page page{.staff = matter.owner, .case_id = matter.id, .alert = alert.id};
    for (const auto& known : tx.alerts().pages_for(matter.id)) {
        if (known.alert != alert.id || known.staff != matter.owner) continue;
        if (known.state == core::Page::State::kAsked) return;
        // An older code may be another page's by now.
        if (known.state == core::Page::State::kTaken && now - known.sent_at < 24h) page = known;
    }
    if (!page.code) page.code = free_code(tx, page.staff, now);
    page.level = alert.level;
    page.sent_at = now;
    page.state = core::Page::State::kAsked;
    if (page.id)
        tx.alerts().update(page);
    else
        page.id = tx.alerts().page(page);
    const auto wait = rules_.settings.duty.remind_wait;
    const flow::Say say{.key = "cw.remind",
                        .values = {{"code", std::to_string(page.code)}, {"minutes", std::to_string(wait.count())}}};
    // No telling of the page: whoever audits those must not take it for one.
    text_staff(tx, page.staff, say, {.case_id = matter.id, .urgent = alert.level == core::Level::kRed}, now);
    tx.deadlines().add(Deadline::Kind::kAsked, page.id.value, now + wait);
}

void DutyDesk::still_at_it(storage::Transaction& tx, core::Page page, core::Instant now) {
    page.state = core::Page::State::kTaken;
    tx.alerts().update(page);
    tx.cases().append(page.case_id, entry(core::CaseEntry::Kind::kTaken, page.staff, now, "still at it"));
    rest(tx, page.alert, page.staff, now);
}

void DutyDesk::rest(storage::Transaction& tx, core::AlertId id, core::StaffId by, core::Instant now) {
    auto alert = tx.alerts().find(id);
    if (!alert || alert->open) return;
    duty::take(*alert, by, now);
    tx.alerts().update(*alert);
    const auto ladders = ladders_of(rules_.settings.duty);
    const auto within = duty::ladder_for(ladders, alert->level).handled_within;
    tx.deadlines().add(Deadline::Kind::kHandled, alert->id.value, now + within);
}

void DutyDesk::unanswered(storage::Transaction& tx, core::PageId id, core::Instant now) {
    auto page = tx.alerts().find_page(id);
    if (!page || page->state != core::Page::State::kAsked) return;
    const core::Instant due = page->sent_at + rules_.settings.duty.remind_wait;
    if (due > now) return tx.deadlines().add(Deadline::Kind::kAsked, id.value, due);
    const auto alert = tx.alerts().find(page->alert);
    const auto matter = tx.cases().find(page->case_id);
    if (!alert || !matter) return;
    if (alert->open || is_superseded(tx, *alert) || is_answered(*matter) ||
        was_worked_on(tx, *matter, alert->taken_at)) {
        page->state = core::Page::State::kTaken;
        return tx.alerts().update(*page);
    }
    // She may still take it, as everybody who was told.
    page->state = core::Page::State::kOpen;
    reopen(tx, *page, entry(core::CaseEntry::Kind::kHandedBack, {}, now, "taken, and no answer to the reminder"), now);
}

void DutyDesk::reopen(storage::Transaction& tx, const core::Page& page, const core::CaseEntry& why, core::Instant now) {
    tx.alerts().update(page);
    tx.cases().append(page.case_id, why);
    auto alert = tx.alerts().find(page.alert);
    if (!alert) return;
    const auto ladders = ladders_of(rules_.settings.duty);
    duty::hand_back(*alert, duty::ladder_for(ladders, alert->level), now);
    tx.alerts().update(*alert);
    climb(tx, alert->id, now);
}

bool DutyDesk::hand_back(storage::Transaction& tx, core::Page page, core::Case matter, core::Instant now) {
    const auto handed = entry(core::CaseEntry::Kind::kHandedBack, page.staff, now);
    page.state = core::Page::State::kHandedBack;
    if (page.alert) {
        reopen(tx, page, handed, now);
        return true;
    }
    const auto next = next_after(roster(tx), matter, page.staff);
    if (!next) return false;
    tx.alerts().update(page);
    tx.cases().append(matter.id, handed);
    if (matter.owner == page.staff) {
        matter.owner = next;
        if (matter.status == core::CaseStatus::kAccepted) matter.status = core::CaseStatus::kRegistered;
        tx.cases().update(matter);
        tx.cases().append(matter.id, entry(core::CaseEntry::Kind::kAssigned, next, now));
    }
    this->page(tx, next, matter, {.level = matter.level}, now);
    return true;
}

}  // namespace harborline::gateway
