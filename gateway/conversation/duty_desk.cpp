#include "gateway/conversation/duty_desk.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <vector>

#include "handlers/petition/routing.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto kTellAgain = 10min;
constexpr std::size_t kRungAtOnce = 3;
/// A code that was sent to a number is an answer for so long.
constexpr auto kNumberCodeFor = 24h;
/// What is told where her words have changed something; of all else she hears how it stands.
constexpr std::array<std::string_view, 4> kSettled{"cw.verified", "cw.taken", "cw.handed", "cw.still"};

/// A page that is to be told again, and waits for that, stands on her phone already.
std::vector<core::Page> pages_on_phone(storage::Transaction& tx, core::StaffId staff, core::Instant since) {
    auto pages = tx.alerts().pages_of(staff, since);
    for (auto& page : pages) {
        if (page.told || !page.alert || !page.wants_answer()) continue;
        const auto pagings = tx.alerts().pagings_of(page.id);
        page.told = std::ranges::any_of(pagings, [](const core::Paging& one) { return one.message.value != 0; });
    }
    return pages;
}

/// Whether somebody else took what this page calls for, and does not have it any more.
bool is_open_again(storage::Transaction& tx, const core::Page& page) {
    const auto alert = page.state == core::Page::State::kStale ? tx.alerts().find(page.alert) : std::nullopt;
    return alert && alert->open;
}

void reopen_page(storage::Transaction& tx, core::Page page) {
    page.state = core::Page::State::kOpen;
    tx.alerts().update(page);
}

bool was_taken(storage::Transaction& tx, core::CaseId id, core::Instant since) {
    return std::ranges::any_of(tx.cases().entries(id), [since](const core::CaseEntry& one) {
        return one.kind == core::CaseEntry::Kind::kTaken && one.at >= since;
    });
}

}  // namespace

bool is_answered(const core::Case& matter) {
    return matter.status == core::CaseStatus::kReplied || matter.status == core::CaseStatus::kClosed;
}

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

void DutyDesk::replace_roster(storage::Transaction& tx, const core::Roster& roster, core::Instant now) {
    std::vector<core::Case> left;
    for (const auto& member : this->roster(tx).staff) {
        if (std::ranges::find(roster.staff, member.key, &core::StaffMember::key) != roster.staff.end()) continue;
        const auto hers = tx.cases().list({.owner = member.id, .limit = std::numeric_limits<int>::max()});
        std::ranges::remove_copy_if(hers, std::back_inserter(left), is_answered);
    }
    tx.staff().replace(roster, now);
    for (const auto& matter : left) page_owner(tx, *tx.cases().find(matter.id), now);
}

void DutyDesk::announce(storage::Transaction& tx, const core::Case& opened, core::Instant now) {
    const auto& people = roster(tx);
    auto on_duty = petition::on_duty(people, {.district = opened.place, .department = opened.department},
                                     core::Role::kDuty, rules_.zone.local(now));
    if (on_duty.empty()) {
        tell_administrator(tx, "nobody_on_duty", now);
        on_duty.push_back(opened.owner);
    }
    for (const core::StaffId staff : on_duty) page(tx, staff, opened, {.level = opened.level}, now);
}

void DutyDesk::remind(storage::Transaction& tx, core::PageId id, core::Instant now) {
    auto page = tx.alerts().find_page(id);
    if (!page || page->state != core::Page::State::kOpen || page->alert) return;
    const auto matter = tx.cases().find(page->case_id);
    // Of a taken matter too: taking closes what was open, so this page has called for its owner since.
    if (!matter || is_answered(*matter)) return;
    // Told again since: still once a day, not once for each telling.
    const core::Instant due = page->sent_at + answer_within(*page, *matter);
    if (due > now) return tx.deadlines().add(storage::Deadline::Kind::kPageAnswer, id.value, due);
    if (page->staff != matter->owner) {
        page->state = core::Page::State::kStale;
        tx.alerts().update(*page);
    }
    // Of several who were told together and said nothing, the first has called for the owner already.
    const auto pages = tx.alerts().pages_for(matter->id);
    const bool called = std::ranges::any_of(pages, [&](const core::Page& one) {
        const bool hers = one.staff == matter->owner && !one.alert && one.state == core::Page::State::kOpen;
        return hers && one.id != page->id && one.sent_at > page->sent_at;
    });
    if (!called) page_owner(tx, *matter, now);
}

void DutyDesk::page_owner(storage::Transaction& tx, const core::Case& matter, core::Instant now) {
    page(tx, matter.owner, matter, {.level = matter.level}, now);
}

void DutyDesk::untaken(storage::Transaction& tx, core::CaseId id, core::Instant now) {
    const auto matter = tx.cases().find(id);
    if (!matter || is_answered(*matter)) return;
    // It may have been taken before its owner was wanted again: then the taking is no answer to that.
    if (matter->status == core::CaseStatus::kAccepted && was_taken(tx, id, now - kRemindOwner)) return;
    page_owner(tx, *matter, now);
}

void DutyDesk::notice_is_due(storage::Transaction& tx, core::CaseId id, core::Instant now) {
    const auto matter = tx.cases().find(id);
    if (!matter || is_answered(*matter)) return;
    // What she has said to our answer wants another; that her matter is dealt with she knew in time.
    const auto reply = matter->reply ? tx.outbox().find(matter->reply) : std::nullopt;
    if (reply && reply->state == core::MessageState::kDelivered) return;
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

std::optional<DutyDesk::Answered> DutyDesk::answer(storage::Transaction& tx, core::StaffId staff, std::string_view text,
                                                   core::Instant now) {
    const auto answered = [&](const flow::Say& say) {
        return Answered{.words = rules_.words(rules_.staff_channel(), {}, {say}),
                        .is_settled = std::ranges::find(kSettled, say.key) != kSettled.end()};
    };
    if (verifies_number(tx, staff, text, now)) return answered({.key = "cw.verified"});
    const auto read = duty::interpret(text, pages_on_phone(tx, staff, now - kPagesFor), now);
    if (read.kind == duty::DutyAnswer::Kind::kNotForDuty) return std::nullopt;
    return answered(carry_out(tx, staff, read, now));
}

flow::Say DutyDesk::answer(storage::Transaction& tx, const core::Page& page, duty::Command::Kind kind,
                           core::Instant now) {
    return carry_out(tx, page.staff, duty::answer_to(page, kind), now);
}

flow::Say DutyDesk::carry_out(storage::Transaction& tx, core::StaffId staff, const duty::DutyAnswer& read,
                              core::Instant now) {
    using Kind = duty::DutyAnswer::Kind;
    if (read.kind == Kind::kListOpen) {
        std::string codes;
        for (const int open : read.open) codes.append(codes.empty() ? "" : " ").append(std::to_string(open));
        return codes.empty() ? flow::Say{.key = "cw.none"} : flow::Say{.key = "cw.open", .values = {{"codes", codes}}};
    }
    const auto matter = read.page ? tx.cases().find(read.page->case_id) : std::nullopt;
    if (!matter) return {.key = "cw.unknown"};
    const auto say = [&](std::string_view key) {
        return flow::Say{.key = std::string{key}, .values = {{"code", std::to_string(read.page->code)}}};
    };
    if (matter->status == core::CaseStatus::kClosed) return say("cw.closed");
    const bool again = read.would_take && is_open_again(tx, *read.page);
    if (read.kind == Kind::kStale && !again) return say(matter->owner == staff ? "cw.yours" : "cw.elsewhere");
    if (again) reopen_page(tx, *read.page);
    const bool took = read.page->state == core::Page::State::kTaken || read.page->state == core::Page::State::kAsked;
    if (took && read.page->alert && matter->owner != staff) return say("cw.elsewhere");
    if (read.kind == Kind::kHandBack) {
        const bool handed = hand_back(tx, *read.page, *matter, now);
        return say(handed ? "cw.handed" : "cw.yours");
    }
    if (read.page->state == core::Page::State::kAsked) {
        still_at_it(tx, *read.page, now);
        return say("cw.still");
    }
    take(tx, *matter, staff, now);
    return say("cw.taken");
}

void DutyDesk::ask_for_code(storage::Transaction& tx, core::StaffId staff, const std::string& code, core::Instant now) {
    tx.staff().put_number_check(staff, {.code = code, .sent_at = now});
    text_staff(tx, staff, {.key = "cw.verify", .values = {{"code", code}}}, {}, now);
}

bool DutyDesk::verifies_number(storage::Transaction& tx, core::StaffId staff, std::string_view text,
                               core::Instant now) {
    const auto digits = duty::read_digits(text);
    if (digits.size() < 2) return false;  // A key, which nobody is kept waiting for.
    const auto check = tx.staff().number_check(staff);
    if (check.code.empty() || digits != check.code || now - check.sent_at >= kNumberCodeFor) return false;
    tx.staff().verify_number(staff);
    tx.journal().append({.at = now, .event = "number_verified", .staff = staff});
    return true;
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
