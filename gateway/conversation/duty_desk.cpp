#include "gateway/conversation/duty_desk.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "gateway/conversation/after_restore.hpp"
#include "handlers/duty/answer_grammar.hpp"
#include "handlers/duty/ladder.hpp"
#include "handlers/petition/routing.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

/// Codes are not used again within a day, and answers to old pages are told what became of them for a week.
constexpr auto kCodesFor = 24h;
constexpr auto kPagesFor = 7 * 24h;
/// For a day after a restore codes begin above those that phones may still show of pages which are lost: an answer to
/// one of those must not take another matter.
constexpr int kFirstCodeAfterRestore = 111;
/// A phone gets no more ordinary pages than this in a day; after that one text an hour says that more is waiting.
constexpr std::int64_t kOrdinaryPagesPerDay = 40;
constexpr auto kMoreWaiting = 1h;
constexpr auto kTellAgain = 10min;
constexpr std::size_t kRungAtOnce = 3;
/// An owner who does not answer is reminded once a day.
constexpr auto kRemindOwner = 24h;

core::CaseEntry entry(core::CaseEntry::Kind kind, core::StaffId by, core::Instant now) {
    return {.at = now, .kind = kind, .by = by};
}

int first_code(storage::Transaction& tx, core::Instant now) {
    const auto since = now - tx.journal().last(kDatabaseRestored);
    return since >= 0s && since < kCodesFor ? kFirstCodeAfterRestore : 1;
}

duty::Ladder ladder_of(const config::Settings::Duty& settings) {
    duty::Ladder ladder{.repeat = settings.repeat};
    for (const auto& step : settings.ladder_red) ladder.steps.push_back({.after = step.after, .role = step.role});
    return ladder;
}

}  // namespace

DutyDesk::DutyDesk(const Rules& rules) : rules_(rules) {}

const core::Roster& DutyDesk::roster(storage::Transaction& tx) {
    if (const auto version = tx.staff().version(); version != roster_version_) {
        roster_ = tx.staff().roster();
        roster_version_ = version;
    }
    return roster_;
}

core::StaffId DutyDesk::owner_for(storage::Transaction& tx, std::string_view place, std::string_view department) {
    const core::StaffId owner = petition::accountable_owner(roster(tx), place, department);
    if (!owner) throw std::runtime_error("nobody is on the roster; import one with: harborline roster import FILE.csv");
    return owner;
}

void DutyDesk::text_staff(storage::Transaction& tx, core::StaffId staff, const flow::Say& say, const About& about,
                          core::Instant now) {
    const auto member = tx.staff().find(staff);
    if (!member || member->phone.empty()) return;
    const auto& channel = rules_.staff_channel();
    const auto handset = tx.handsets().find_or_add(member->phone, now);
    tx.outbox().add({.channel = channel.name,
                     .to = handset.id,
                     .text = rules_.words(channel, handset.language, {say}),
                     .kind = about.urgent ? core::MessageClass::kRedPage : core::MessageClass::kPage,
                     .created_at = now,
                     .due_at = now,
                     .expires_at = now + rules_.settings.outbox.page_expiry,
                     .case_id = about.case_id,
                     .page = about.page});
}

void DutyDesk::page(storage::Transaction& tx, core::StaffId staff, const core::Case& matter, core::AlertId alert,
                    core::Instant now) {
    // Told again of the same thing, she has one code to answer with: 收到 must not become a riddle.
    for (auto& known : tx.alerts().pages_for(matter.id)) {
        const bool same = known.staff == staff && known.alert == alert && known.state == core::Page::State::kOpen;
        if (!same || known.sent_at < now - kPagesFor) continue;
        known.sent_at = now;
        tx.alerts().update(known);
        return announce_page(tx, known, matter, now);
    }
    const auto today = tx.alerts().count_pages_of(staff, now - kCodesFor);
    if (!alert && today >= kOrdinaryPagesPerDay) {
        // Her phone is full for today; the matter itself is looked at again tomorrow.
        tx.deadlines().add(storage::Deadline::Kind::kUntaken, matter.id.value, now + kRemindOwner);
        const std::string event = "more_waiting_" + std::to_string(staff.value);
        const auto since = now - tx.journal().last(event);
        if (since >= 0s && since < kMoreWaiting) return;
        tx.journal().append({.at = now, .event = event, .staff = staff});
        text_staff(tx, staff, {.key = "cw.more"}, {}, now);
        return;
    }
    core::Page page{.staff = staff,
                    .code = duty::next_code(tx.alerts().pages_of(staff, now - kPagesFor), now, first_code(tx, now)),
                    .case_id = matter.id,
                    .alert = alert,
                    .level = matter.level,
                    .sent_at = now};
    page.id = tx.alerts().page(page);
    announce_page(tx, page, matter, now);
}

void DutyDesk::announce_page(storage::Transaction& tx, const core::Page& page, const core::Case& matter,
                             core::Instant now) {
    const bool red = static_cast<bool>(page.alert);
    flow::Say say{.key = red ? "cw.red" : "cw.new", .values = {{"code", std::to_string(page.code)}}};
    if (!red)
        say.values.set("level", rules_.book.catalogue.fill(rules_.staff_channel().language, {.key = "level.none"}));
    text_staff(tx, page.staff, say, {.page = page.id, .case_id = matter.id, .urgent = red}, now);
    if (red) return;
    const std::chrono::milliseconds wait =
        page.staff == matter.owner ? std::chrono::milliseconds{kRemindOwner} : rules_.settings.duty.page_wait;
    tx.deadlines().add(storage::Deadline::Kind::kPageAnswer, page.id.value, now + wait);
}

void DutyDesk::announce(storage::Transaction& tx, const core::Case& opened, core::Instant now) {
    const auto& people = roster(tx);
    auto on_duty = petition::on_duty(people, {.district = opened.place, .department = opened.department},
                                     core::Role::kDuty, rules_.zone.local(now));
    if (on_duty.empty()) {
        tell_administrator(tx, "nobody_on_duty", now);
        on_duty.push_back(opened.owner);
    }
    for (const core::StaffId staff : on_duty) page(tx, staff, opened, {}, now);
}

void DutyDesk::raise(storage::Transaction& tx, const core::Case& matter, core::Instant now) {
    const core::AlertId alert =
        tx.alerts().raise({.case_id = matter.id, .level = matter.level, .raised_at = now, .ladder_from = now});
    climb(tx, alert, now);
}

void DutyDesk::climb(storage::Transaction& tx, core::AlertId id, core::Instant now) {
    auto alert = tx.alerts().find(id);
    if (!alert || !alert->open) return;
    const auto matter = tx.cases().find(alert->case_id);
    if (!matter || matter->status == core::CaseStatus::kClosed) return;
    const duty::Watch watch{.roster = roster(tx),
                            .post = {.district = matter->place, .department = matter->department},
                            .local = rules_.zone.local(now)};
    const auto actions = duty::due(*alert, ladder_of(rules_.settings.duty), watch, now);
    for (const core::StaffId staff : actions.to_page) page(tx, staff, *matter, id, now);
    if (actions.nobody) tell_administrator(tx, "nobody_on_duty", now);
    if (actions.changed) {
        alert->steps_done = actions.steps_done;
        alert->ladder_from = actions.ladder_from;
        tx.alerts().update(*alert);
    }
    if (actions.next_at) tx.deadlines().add(storage::Deadline::Kind::kLadder, id.value, *actions.next_at);
}

void DutyDesk::remind(storage::Transaction& tx, core::PageId id, core::Instant now) {
    auto page = tx.alerts().find_page(id);
    if (!page || page->state != core::Page::State::kOpen || page->alert) return;
    const auto matter = tx.cases().find(page->case_id);
    if (!matter || matter->status != core::CaseStatus::kRegistered) return;
    if (page->staff != matter->owner) {
        page->state = core::Page::State::kStale;
        tx.alerts().update(*page);
    }
    page_owner(tx, *matter, now);
}

void DutyDesk::page_owner(storage::Transaction& tx, const core::Case& matter, core::Instant now) {
    page(tx, matter.owner, matter, {}, now);
}

void DutyDesk::untaken(storage::Transaction& tx, core::CaseId id, core::Instant now) {
    const auto matter = tx.cases().find(id);
    if (matter && matter->status == core::CaseStatus::kRegistered) page_owner(tx, *matter, now);
}

void DutyDesk::notice_is_due(storage::Transaction& tx, core::CaseId id, core::Instant now) {
    const auto matter = tx.cases().find(id);
    if (!matter || matter->status == core::CaseStatus::kClosed || matter->status == core::CaseStatus::kReplied) return;
    page_owner(tx, *matter, now);
    tell_administrator(tx, "notice_overdue", now);
}

std::vector<core::PhoneNumber> DutyDesk::phones_on_duty(storage::Transaction& tx, const core::PhoneNumber& caller,
                                                        core::Instant now) {
    std::vector<core::PhoneNumber> phones;
    for (const core::StaffId staff : petition::on_duty(roster(tx), {}, core::Role::kDuty, rules_.zone.local(now))) {
        const auto member = tx.staff().find(staff);
        const bool rings = member && member->phone.is_subscriber() && member->phone != caller;
        if (rings && phones.size() < kRungAtOnce) phones.push_back(member->phone);
    }
    return phones;
}

void DutyDesk::take(storage::Transaction& tx, core::Case matter, core::StaffId staff, core::Instant now) {
    matter.owner = staff;
    if (matter.status == core::CaseStatus::kRegistered) matter.status = core::CaseStatus::kAccepted;
    tx.cases().update(matter);
    tx.cases().append(matter.id, entry(core::CaseEntry::Kind::kTaken, staff, now));
    for (auto& other : tx.alerts().pages_for(matter.id)) {
        if (other.state != core::Page::State::kOpen) continue;
        other.state = other.staff == staff ? core::Page::State::kTaken : core::Page::State::kStale;
        tx.alerts().update(other);
    }
    if (auto alert = tx.alerts().open_for(matter.id)) {
        duty::take(*alert, staff, now);
        tx.alerts().update(*alert);
    }
}

void DutyDesk::hand_back(storage::Transaction& tx, const core::Page& page, core::Case matter, core::Instant now) {
    core::Page changed = page;
    changed.state = core::Page::State::kHandedBack;
    tx.alerts().update(changed);
    tx.cases().append(matter.id, entry(core::CaseEntry::Kind::kHandedBack, page.staff, now));
    if (page.alert) {
        auto alert = tx.alerts().find(page.alert);
        if (!alert || (!alert->open && alert->taken_by != page.staff)) return;
        duty::hand_back(*alert, ladder_of(rules_.settings.duty), now);
        tx.alerts().update(*alert);
        climb(tx, alert->id, now);
        return;
    }
    // Whoever answers for the place hears of it next; where that is the very person, the administrator does.
    core::StaffId next = petition::accountable_owner(roster(tx), matter.place, matter.department);
    const auto administrators = petition::administrators(roster(tx));
    if (next == page.staff && !administrators.empty()) next = administrators.front();
    if (!next) return;
    if (matter.owner == page.staff && next != page.staff) {
        matter.owner = next;
        if (matter.status == core::CaseStatus::kAccepted) matter.status = core::CaseStatus::kRegistered;
        tx.cases().update(matter);
        tx.cases().append(matter.id, entry(core::CaseEntry::Kind::kAssigned, next, now));
    }
    if (next != page.staff) this->page(tx, next, matter, {}, now);
}

std::optional<std::string> DutyDesk::answer(storage::Transaction& tx, core::StaffId staff, std::string_view text,
                                            core::Instant now) {
    const auto pages = tx.alerts().pages_of(staff, now - kPagesFor);
    const duty::DutyAnswer read = duty::interpret(text, pages, now);
    const auto say = [&](std::string_view key, core::Fields values) {
        const flow::Say said{.key = std::string{key}, .values = std::move(values)};
        return rules_.words(rules_.staff_channel(), {}, {said});
    };
    const core::Fields code{{"code", read.page ? std::to_string(read.page->code) : std::string{}}};
    switch (read.kind) {
        case duty::DutyAnswer::Kind::kNotForDuty:
            return std::nullopt;
        case duty::DutyAnswer::Kind::kListOpen: {
            std::string codes;
            for (const int open : read.open) codes.append(codes.empty() ? "" : " ").append(std::to_string(open));
            return codes.empty() ? say("cw.none", {}) : say("cw.open", {{"codes", codes}});
        }
        case duty::DutyAnswer::Kind::kStale: {
            const auto matter = read.page ? tx.cases().find(read.page->case_id) : std::nullopt;
            if (!matter) return say("cw.unknown", {});
            if (matter->status == core::CaseStatus::kClosed) return say("cw.closed", code);
            return say(matter->owner == staff ? "cw.yours" : "cw.elsewhere", code);
        }
        case duty::DutyAnswer::Kind::kTake:
        case duty::DutyAnswer::Kind::kHandBack:
            break;
    }
    const auto matter = tx.cases().find(read.page->case_id);
    if (!matter) return say("cw.unknown", {});
    if (matter->status == core::CaseStatus::kClosed) return say("cw.closed", code);
    if (read.kind == duty::DutyAnswer::Kind::kHandBack) {
        hand_back(tx, *read.page, *matter, now);
        return say("cw.handed", code);
    }
    take(tx, *matter, staff, now);
    return say("cw.taken", code);
}

void DutyDesk::tell_administrator(storage::Transaction& tx, std::string_view event, core::Instant now) {
    tx.journal().append({.at = now, .event = std::string{event}});
    // Trouble that comes every minute must not silence itself: what counts is when she was told, not when it came. A
    // telling that lies ahead is a clock that was set back.
    const std::string told = std::string{"told_"}.append(event);
    const auto since_told = now - tx.journal().last(told);
    if (since_told >= 0s && since_told < kTellAgain) return;
    tx.journal().append({.at = now, .event = told});
    const flow::Say say{.key = "adm." + std::string{event}};
    for (const core::StaffId staff : petition::administrators(roster(tx))) text_staff(tx, staff, say, {}, now);
}

}  // namespace harborline::gateway
