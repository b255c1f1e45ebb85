#include "gateway/conversation/case_deeds.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>

#include "gateway/conversation/kinship_deeds.hpp"
#include "gateway/conversation/staff_deeds.hpp"
#include "gateway/conversation/weekly_desk.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/duty/ladder.hpp"
#include "handlers/petition/legal_clock.hpp"
#include "handlers/petition/routing.hpp"

namespace harborline::gateway {
namespace {

/// Domain rules 2.4: the same class and place from the same phone within this time is the same matter.
constexpr auto kSameMatterWithin = std::chrono::days{90};

constexpr auto kSilentWithin = std::chrono::hours{24};
constexpr std::size_t kSilentMax = 3;

constexpr auto kWokenAgain = std::chrono::hours{1};

/// Answers that are kept with the opening of a case, by the name they are saved under.
constexpr std::array kFacts{std::string_view{"category"}, std::string_view{"area"},    std::string_view{"place"},
                            std::string_view{"free"},     std::string_view{"age"},     std::string_view{"weapon"},
                            std::string_view{"threat"},   std::string_view{"choking"}, std::string_view{"fear"},
                            std::string_view{"others"},   std::string_view{"hurt"},    std::string_view{"safe_adult"},
                            std::string_view{"contact"},  std::string_view{"when"},    std::string_view{"anonymous"},
                            std::string_view{"covert"}};

std::string_view state_key(core::CaseStatus status) {
    switch (status) {
        case core::CaseStatus::kRegistered:
            return "state.registered";
        case core::CaseStatus::kAccepted:
            return "state.accepted";
        case core::CaseStatus::kReplied:
            return "state.replied";
        case core::CaseStatus::kClosed:
            return "state.closed";
    }
    throw std::logic_error("a case status without a name");
}

}  // namespace

core::ContactBack CaseDeeds::contact_of(std::string_view saved) {
    if (saved == "call") return core::ContactBack::kCall;
    if (saved == "text") return core::ContactBack::kText;
    if (saved == "none") return core::ContactBack::kNone;
    return core::ContactBack::kUnknown;
}

/// "category=land; contact=call": one entry for all, because each row of a timeline has a seal and a place of its own.
std::string CaseDeeds::answers_in(const core::Fields& saved) {
    std::string answers;
    for (const std::string_view fact : kFacts) {
        const std::string_view answer = saved.get(fact);
        if (answer.empty()) continue;
        answers.append(answers.empty() ? "" : "; ").append(fact).append("=").append(answer);
    }
    return answers;
}

CaseDeeds::CaseDeeds(const Rules& rules, DutyDesk& desk, storage::Transaction& tx, const Speaker& speaker,
                     Memory& memory, core::Instant now)
    : rules_(rules), desk_(desk), tx_(tx), speaker_(speaker), memory_(memory), now_(now) {}

core::Outcome CaseDeeds::perform(core::Deed deed, core::Fields& saved) {
    switch (deed) {
        case core::Deed::kRaiseAlert:
            raise_alert(saved);
            saved.set("sms110", config::number_of(rules_.settings.numbers, "sms110"));
            return core::Outcome::kDone;
        case core::Deed::kOpenSafety:
            return open_safety(saved);
        case core::Deed::kTriage:
            return triage(saved);
        case core::Deed::kOpenCase:
            return open_case(saved);
        case core::Deed::kOpenTask:
            return open_task(saved);
        case core::Deed::kAddToCase:
            return add_to_case(saved);
        case core::Deed::kFindCase:
            return find_case(saved);
        case core::Deed::kCheckPin:
            return check_pin(saved);
        case core::Deed::kIssuePin:
            return issue_pin(saved);
        case core::Deed::kSilentCall:
            silent_call(saved);
            return core::Outcome::kDone;
        case core::Deed::kFindDuty:
            return find_duty();
        case core::Deed::kFindHelp:
            return find_help(saved);
        case core::Deed::kStaffEnter:
        case core::Deed::kStaffNext:
        case core::Deed::kStaffTake:
        case core::Deed::kStaffAnswer:
        case core::Deed::kStaffReach:
        case core::Deed::kStaffRang:
            return StaffDeeds(rules_, desk_, tx_, speaker_, now_).perform(deed, saved);
        case core::Deed::kKinEnter:
        case core::Deed::kKinCard:
        case core::Deed::kKinNews:
        case core::Deed::kKinList:
        case core::Deed::kKinChoose:
        case core::Deed::kKinSend:
        case core::Deed::kKinAnswer:
        case core::Deed::kKinDrop:
        case core::Deed::kKinRing:
        case core::Deed::kKinRang:
        case core::Deed::kKinNext:
        case core::Deed::kKinHeard:
        case core::Deed::kKinBooked:
        case core::Deed::kKinChange:
            return KinshipDeeds(rules_, *this, tx_, speaker_, memory_, now_).perform(deed, saved);
        case core::Deed::kKinTalked:
            WeeklyDesk(rules_, desk_).they_talked(tx_, speaker_.handset, now_);
            return core::Outcome::kDone;
        case core::Deed::kFail:
            throw std::runtime_error("the flow asked for a failure");
    }
    throw std::logic_error("a deed that nobody does");
}

/// What she has said on the telephone belongs to the matter from here on.
void CaseDeeds::join_recording(core::CaseId id, core::Fields& saved) {
    const std::string name{saved.get("recording")};
    saved.set("recording", "");
    auto told = name.empty() ? std::nullopt : tx_.recordings().find(name);
    if (!told || told->case_id) return;
    told->case_id = id;
    tx_.recordings().update(*told);
}

void CaseDeeds::say(core::CaseId id, core::CaseEntry::Kind kind, std::string_view text) {
    if (text.empty()) return;
    tx_.cases().append(id, {.at = now_, .kind = kind, .text = std::string{text}});
}

core::Case CaseDeeds::fresh(core::CaseKind kind, std::string_view place, std::string_view department) {
    core::Case opened{.id = tx_.cases().next_id(), .kind = kind};
    const auto reference = rules_.references.of(opened.id);
    if (!reference) throw std::runtime_error(reference.error().message);
    opened.reference = *reference;
    opened.place = place;
    opened.department = department;
    opened.owner = desk_.owner_for(tx_, place, department);
    opened.petitioner = speaker_.handset.id;
    opened.channel = speaker_.channel;
    opened.opened_at = now_;
    opened.notice_due = petition::due_after(now_, petition::kNoticeDays, rules_.zone, {});
    return opened;
}

void CaseDeeds::file(const core::Case& opened, const core::Fields& saved) {
    tx_.cases().open(opened);
    tx_.cases().append(opened.id, {.at = now_, .kind = core::CaseEntry::Kind::kOpened, .text = answers_in(saved)});
    // Children call ten times before they tell (domain rules 3.7): whoever has the matter should know.
    if (const auto empty = memory_.empty.remembered(now_); empty > 0)
        say(opened.id, core::CaseEntry::Kind::kLink,
            "short contacts without a word in the 7 days before: " + std::to_string(empty) + " (a sign of need)");
    memory_.about = opened.id;
}

core::Outcome CaseDeeds::open_case(core::Fields& saved) {
    const std::string_view category = saved.get("category");
    const std::string_view place = saved.get("place");

    // On a phone that several people use, the same class and place may well be somebody else's matter.
    if (speaker_.handset.privacy == storage::Privacy::kPrivate) {
        auto open = tx_.cases().latest_open_of(speaker_.handset.id, core::CaseKind::kPetition);
        if (open && open->category == category && open->place == place && now_ - open->opened_at < kSameMatterWithin) {
            say(open->id, core::CaseEntry::Kind::kLink, "filed again; to be confirmed");
            say(open->id, core::CaseEntry::Kind::kSaid, saved.get("narrative"));
            join_recording(open->id, saved);
            change_contact(*open, saved);
            keep_wish_beside(open->id, saved);
            answer_again(open->id);
            saved.set("ref", open->reference);
            memory_.about = open->id;
            return core::Outcome::kJoinedExisting;
        }
    }
    core::Case opened = fresh(core::CaseKind::kPetition, place, petition::department_for(category));
    opened.category = category;
    opened.anonymous = saved.get("anonymous") == "1";
    opened.contact = contact_of(saved.get("contact"));
    if (opened.anonymous) opened.pin = new_pin();
    file(opened, saved);
    say(opened.id, core::CaseEntry::Kind::kSaid, saved.get("narrative"));
    // What she wrote here may have opened it already.
    if (const auto safety = tx_.cases().latest_open_of(speaker_.handset.id, core::CaseKind::kSafety))
        say(opened.id, core::CaseEntry::Kind::kLink, "see also " + safety->reference);
    keep_wish_beside(opened.id, saved);
    join_recording(opened.id, saved);
    tx_.deadlines().add(storage::Deadline::Kind::kNotice, opened.id.value, opened.notice_due);
    desk_.announce(tx_, opened, now_);
    saved.set("ref", opened.reference);
    if (!opened.anonymous) return core::Outcome::kOpened;
    saved.set("pin", opened.pin);
    return core::Outcome::kAnonymous;
}

/// Filed again, she is asked again how it is safe to reach her, and that has changed. Where she wanted nobody to, a
/// person decides: whoever holds the phone now may not be she.
void CaseDeeds::change_contact(core::Case& matter, const core::Fields& saved) {
    const auto now = contact_of(saved.get("contact"));
    if (now == core::ContactBack::kUnknown || now == matter.contact) return;
    const bool stays = matter.contact == core::ContactBack::kNone;
    say(matter.id, core::CaseEntry::Kind::kFact,
        "she now says: contact=" + std::string{saved.get("contact")} +
            (stays ? "; before: only she contacts us: decide with her" : ""));
    if (stays) return;
    matter.contact = now;
    tx_.cases().update(matter);
}

core::Outcome CaseDeeds::open_task(core::Fields& saved) {
    core::Case opened =
        fresh(core::CaseKind::kTask, saved.get("place"), petition::department_for(saved.get("category")));
    opened.category = "person";
    opened.contact = contact_of(saved.get("contact"));
    file(opened, saved);
    keep_wish_beside(opened.id, saved);
    // Whoever has talked to her has the matter.
    if (memory_.session.accepted_by)
        desk_.take(tx_, opened, memory_.session.accepted_by, now_);
    else
        desk_.announce(tx_, opened, now_);
    saved.set("by", core::format_day_time(now_ + rules_.settings.duty.person_within, rules_.zone, speaker_.language));
    return core::Outcome::kDone;
}

core::Outcome CaseDeeds::add_to_case(core::Fields& saved) {
    const auto open = memory_.about ? tx_.cases().find(memory_.about) : std::nullopt;
    if (!open || open->status == core::CaseStatus::kClosed) return core::Outcome::kNone;
    say(open->id, core::CaseEntry::Kind::kSaid, speaker_.text);
    filed_ = open->id;
    join_recording(open->id, saved);
    answer_again(open->id);
    saved.set("ref", open->reference);
    return core::Outcome::kAdded;
}

/// What she says to our answer, or asks, is heard by nobody who believes her matter done.
void CaseDeeds::answer_again(core::CaseId id) {
    if (desk_.wants_answer_again(tx_, id)) desk_.page_owner(tx_, *tx_.cases().find(id), now_);
}

std::optional<core::Case> CaseDeeds::by_reference(const core::Fields& saved) {
    const auto id = rules_.references.id_of(saved.get("ref"));
    auto found = id ? tx_.cases().find(*id) : std::nullopt;
    // A safety matter is never confirmed to whoever holds the phone (domain rules 3.4.9).
    if (found && found->kind == core::CaseKind::kSafety) {
        say(found->id, core::CaseEntry::Kind::kLink, "somebody asked how this matter stands");
        wake_owner(*found);
        return std::nullopt;
    }
    return found;
}

/// Whoever asks may be she, and may be whoever found her number: her caseworker has to know. At most once an hour, so
/// that nobody can be worn out with it.
void CaseDeeds::wake_owner(const core::Case& matter) {
    if (matter.status == core::CaseStatus::kClosed) return;
    const std::string event = "safety_asked_" + std::to_string(matter.id.value);
    const auto since = now_ - tx_.journal().last(event);
    if (since >= std::chrono::hours{0} && since < kWokenAgain) return;
    tx_.journal().append({.at = now_, .event = event, .case_id = matter.id});
    desk_.page_owner(tx_, matter, now_);
}

core::Outcome CaseDeeds::find_case(core::Fields& saved) {
    if (memory_.habits.slowed(now_)) return core::Outcome::kNone;
    if (!rules_.references.id_of(saved.get("ref"))) {
        memory_.habits.note_wrong_try(now_);
        return core::Outcome::kNone;
    }
    const auto found = by_reference(saved);
    if (!found) memory_.habits.note_wrong_try(now_);
    if (found && found->petitioner == speaker_.handset.id && !found->anonymous) return fill_status(*found, saved);
    // A well-formed number that does not exist is asked for its PIN too: the question confirms nothing.
    return core::Outcome::kNeedsPin;
}

core::Outcome CaseDeeds::check_pin(core::Fields& saved) {
    if (memory_.habits.slowed(now_)) return core::Outcome::kNone;
    const auto found = by_reference(saved);
    const std::string_view given = saved.get("pin");
    const bool right = found && !found->pin.empty() && found->pin.size() == given.size() &&
                       sodium_memcmp(found->pin.data(), given.data(), given.size()) == 0;
    if (right) return fill_status(*found, saved);
    memory_.habits.note_wrong_try(now_);
    return core::Outcome::kNone;
}

core::Outcome CaseDeeds::fill_status(const core::Case& found, core::Fields& saved) {
    saved.set("ref", found.reference);
    saved.set("state", rules_.book.catalogue.fill(speaker_.language, {.key = std::string{state_key(found.status)}}));
    saved.set("unit", rules_.settings.unit);
    saved.set("date", petition::format_due(found.notice_due, rules_.zone, speaker_.language));
    return core::Outcome::kFound;
}

core::Outcome CaseDeeds::issue_pin(core::Fields& saved) {
    auto about = memory_.about ? tx_.cases().find(memory_.about) : std::nullopt;
    if (!about || about->petitioner != speaker_.handset.id || about->kind == core::CaseKind::kSafety)
        return core::Outcome::kNone;
    if (about->pin.empty()) {
        about->pin = new_pin();
        tx_.cases().update(*about);
    }
    saved.set("ref", about->reference);
    saved.set("pin", about->pin);
    return core::Outcome::kDone;
}

/// Domain rules 3.5: the third silent call from one number in a day is an ORANGE alert, RED from a number with a safety
/// matter before. Calls that show no number
/// can not be told apart, so each of them stands alone.
void CaseDeeds::silent_call(core::Fields& saved) {
    auto& calls = memory_.silent_calls;
    std::erase_if(calls, [&](core::Instant at) { return at > now_ || now_ - at >= kSilentWithin; });
    calls.push_back(now_);
    if (calls.size() < kSilentMax) return;
    calls.clear();
    core::Case opened = fresh(core::CaseKind::kTask, saved.get("place"), petition::department_for("harm"));
    opened.category = "silent_calls";
    const bool known = tx_.cases().count_of(speaker_.handset.id, core::CaseKind::kSafety) > 0;
    opened.level = duty::alert_level(core::Level::kUnknown, known);
    opened.contact = core::ContactBack::kNone;
    file(opened, saved);
    desk_.raise(tx_, opened, now_);
}

core::Outcome CaseDeeds::find_duty() {
    if (!speaker_.rings) return core::Outcome::kNone;
    memory_.session.rings_for = {};
    return desk_.phones_on_duty(tx_, speaker_.handset.number, now_).empty() ? core::Outcome::kNone
                                                                            : core::Outcome::kFound;
}

std::string CaseDeeds::new_pin() {
    const auto drawn = std::to_string(rules_.random.below(10'000));
    return std::string(4 - drawn.size(), '0') + drawn;
}

}  // namespace harborline::gateway
