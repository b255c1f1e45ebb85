#include "gateway/conversation/staff_deeds.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "gateway/conversation/level_words.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/flow/conventions.hpp"

namespace harborline::gateway {
namespace {

/// Saved once the PIN was right. It dies with the call, because nobody goes on in this flow later.
constexpr std::string_view kEntered = "entered";
constexpr std::string_view kPin = "line_pin";
constexpr std::string_view kTalk = "talk";

/// Danger first, then as they came.
bool before(const core::Case& one, const core::Case& other) {
    return one.level != other.level ? one.level > other.level : one.id.value < other.id.value;
}

}  // namespace

bool has_staff_line(storage::Transaction& tx, const storage::Handset& handset, core::Instant now) {
    const auto pin = handset.staff ? tx.staff().line_pin(handset.staff) : std::nullopt;
    return pin && !is_locked(*pin, now);
}

StaffDeeds::StaffDeeds(const Rules& rules, DutyDesk& desk, storage::Transaction& tx, const Speaker& speaker,
                       core::Instant now)
    : rules_(rules), desk_(desk), tx_(tx), speaker_(speaker), now_(now) {}

core::Outcome StaffDeeds::perform(core::Deed deed, core::Fields& saved) {
    if (deed == core::Deed::kStaffEnter) return enter(saved);
    if (!speaker_.by_phone || !speaker_.handset.staff || saved.get(kEntered).empty()) return core::Outcome::kNone;
    switch (deed) {
        case core::Deed::kStaffNext:
            return next(saved);
        case core::Deed::kStaffTake:
            return take(saved);
        case core::Deed::kStaffAnswer:
            return answer(saved);
        case core::Deed::kStaffReach:
            return reach(saved);
        case core::Deed::kStaffRang:
            return rang(saved);
        default:
            throw std::logic_error("no deed of the staff line");
    }
}

core::Outcome StaffDeeds::enter(core::Fields& saved) {
    const std::string keyed{saved.get(kPin)};
    saved.set(kPin, "");
    const core::StaffId staff = speaker_.handset.staff;
    auto pin = speaker_.by_phone && staff ? tx_.staff().line_pin(staff) : std::nullopt;
    if (!pin) return core::Outcome::kNeedsPin;
    const storage::LinePin was = *pin;
    const bool right = opens(*pin, keyed, now_);
    if (pin->misses != was.misses || pin->missed_at != was.missed_at) tx_.staff().put_line_pin(staff, *pin);
    if (!right) {
        tx_.journal().append({.at = now_, .event = "line_pin_missed", .staff = staff});
        return core::Outcome::kNeedsPin;
    }
    tx_.journal().append({.at = now_, .event = "staff_line_entered", .staff = staff});
    saved.set(kEntered, "1");
    const auto count = matters().size();
    if (count == 0) return core::Outcome::kNone;
    saved.set("count", std::to_string(count));
    return core::Outcome::kFound;
}

/// Hers, and not answered yet.
std::vector<core::Case> StaffDeeds::matters() {
    auto all = tx_.cases().list({.owner = speaker_.handset.staff, .limit = std::numeric_limits<int>::max()});
    std::erase_if(all, [](const core::Case& one) { return one.status == core::CaseStatus::kReplied; });
    std::ranges::sort(all, before);
    return all;
}

core::Outcome StaffDeeds::next(core::Fields& saved) {
    const auto last_id = rules_.references.id_of(saved.get("ref"));
    const auto last = last_id ? tx_.cases().find(*last_id) : std::nullopt;
    const auto all = matters();
    const auto found = std::ranges::find_if(all, [&](const core::Case& one) { return !last || before(*last, one); });
    if (found == all.end()) return core::Outcome::kNone;
    saved.set("ref", found->reference);
    saved.set("level", rules_.book.catalogue.fill(speaker_.language, {.key = std::string{level_key(found->level)}}));
    return core::Outcome::kFound;
}

std::optional<core::Case> StaffDeeds::heard(const core::Fields& saved) {
    const auto id = rules_.references.id_of(saved.get("ref"));
    auto matter = id ? tx_.cases().find(*id) : std::nullopt;
    const bool hers = matter && matter->owner == speaker_.handset.staff && matter->status != core::CaseStatus::kClosed;
    return hers ? std::move(matter) : std::nullopt;
}

core::Outcome StaffDeeds::take(const core::Fields& saved) {
    const auto matter = heard(saved);
    if (!matter) return core::Outcome::kNone;
    if (matter->status == core::CaseStatus::kRegistered || tx_.alerts().open_for(matter->id))
        desk_.take(tx_, *matter, speaker_.handset.staff, now_);
    // A safety matter is answered by the way that she chose, and by nothing that a machine plays.
    return matter->kind == core::CaseKind::kSafety ? core::Outcome::kNone : core::Outcome::kDone;
}

std::optional<core::PhoneNumber> StaffDeeds::whom_to_ring(const core::Fields& saved) {
    const auto matter = saved.get(kEntered).empty() ? std::nullopt : heard(saved);
    // Who holds the phone on which a child's card has called for help may be the danger.
    if (!matter || matter->kind != core::CaseKind::kSafety || !matter->petitioner || matter->child) return std::nullopt;
    if (!may_be_rung(tx_, matter->petitioner, rules_.zone, now_)) return std::nullopt;
    auto number = tx_.handsets().get(matter->petitioner).number;
    const bool rings = number.is_subscriber() && number != speaker_.handset.number;
    return rings ? std::optional{std::move(number)} : std::nullopt;
}

core::Outcome StaffDeeds::reach(const core::Fields& saved) {
    return speaker_.rings && whom_to_ring(saved) ? core::Outcome::kFound : core::Outcome::kNone;
}

/// The talk is work done; that she was not reached is hers to weigh, and nothing calls again by itself.
core::Outcome StaffDeeds::rang(const core::Fields& saved) {
    const auto matter = heard(saved);
    if (!matter) return core::Outcome::kNone;
    const bool talked = saved.get(kTalk) == flow::names::kTalked;
    const auto kind = talked ? core::CaseEntry::Kind::kNote : core::CaseEntry::Kind::kLink;
    tx_.cases().append(matter->id, {.at = now_,
                                    .kind = kind,
                                    .by = speaker_.handset.staff,
                                    .text = talked ? "talked to her on the telephone" : "rang her: not reached"});
    return talked ? core::Outcome::kDone : core::Outcome::kNone;
}

core::Outcome StaffDeeds::answer(core::Fields& saved) {
    const std::string name{saved.get(flow::names::kRecording)};
    saved.set(flow::names::kRecording, "");
    const auto matter = heard(saved);
    auto told = name.empty() ? std::nullopt : tx_.recordings().find(name);
    if (!matter || !told || told->case_id) return core::Outcome::kNone;
    told->case_id = matter->id;
    tx_.recordings().update(*told);
    ReplyDesk replies(rules_, desk_);
    const auto called = replies.reply_by_phone(tx_, *matter, speaker_.handset.staff, {.recording = name}, now_);
    if (called) return core::Outcome::kDone;
    tx_.cases().append(matter->id, {.at = now_,
                                    .kind = core::CaseEntry::Kind::kReply,
                                    .by = speaker_.handset.staff,
                                    .text = words_of_recording(name) + "; not sent: " + called.error().message});
    return core::Outcome::kAdded;
}

}  // namespace harborline::gateway
