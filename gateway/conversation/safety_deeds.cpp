// The deeds of CaseDeeds that are about safety.
#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <string>

#include "gateway/conversation/case_deeds.hpp"
#include "gateway/conversation/duty_settings.hpp"
#include "gateway/conversation/risk.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/petition/routing.hpp"
#include "handlers/safety/contact_words.hpp"
#include "handlers/safety/mandatory_report.hpp"
#include "handlers/safety/triage.hpp"

namespace harborline::gateway {
namespace {

using Entry = core::CaseEntry::Kind;

/// So long whatever she writes belongs to the danger that her words told of.
constexpr std::chrono::hours kHeedsFor{24};

/// Words of danger call nobody again who was called so short a time ago.
constexpr std::chrono::minutes kCalledLately{30};

core::Outcome told_by(core::Level level) {
    switch (level) {
        case core::Level::kRed:
            return core::Outcome::kRed;
        case core::Level::kOrange:
        case core::Level::kUnknown:
        case core::Level::kNone:
            return core::Outcome::kOrange;
        case core::Level::kYellow:
        case core::Level::kGreen:
            break;
    }
    return core::Outcome::kLower;
}

}  // namespace

bool told_of_danger(const Memory& memory, core::Instant now) {
    return memory.danger_heard_at && std::chrono::abs(now - *memory.danger_heard_at) <= kHeedsFor;
}

/// Nothing goes out to her unless she chooses it (I6).
core::Case CaseDeeds::new_safety_matter(core::Level level, const core::Fields& saved) {
    core::Case opened = fresh(core::CaseKind::kSafety, saved.get("place"), petition::department_for(kHarm));
    opened.category = kHarm;
    opened.level = level;
    opened.contact = core::ContactBack::kNone;
    file(opened, saved);
    return opened;
}

void CaseDeeds::raise_alert(const core::Fields& saved) {
    auto known = tx_.cases().latest_open_of(speaker_.handset.id, core::CaseKind::kSafety);
    const core::Case matter = known ? *known : new_safety_matter(core::Level::kRed, saved);
    if (known) say(matter.id, Entry::kFact, answers_in(saved));
    say(matter.id, Entry::kSaid, speaker_.text);
    filed_ = matter.id;
    memory_.about = matter.id;
    memory_.danger_heard_at = now_;
    call_is_about(matter.id);
    if (known && raise_level(tx_, desk_, *known, core::Level::kRed, "she called for help", now_)) return;
    // While nobody has taken the alert its ladder is climbing already; once taken, a second call rings again.
    if (!tx_.alerts().open_for(matter.id)) desk_.raise(tx_, matter, now_);
}

/// A turn that fails is answered otherwise than one that does not, and whoever holds the phone reads it: what goes
/// wrong here ends here. What could be written by then is true, and stays.
void CaseDeeds::raise_silently(const core::Person& child) {
    try {
        call_people_to(child);
    } catch (const std::exception&) {
        tx_.journal().append({.at = now_, .event = "card_alarm_failed", .detail = child.external_id});
        desk_.tell_administrator(tx_, "alarm_failed", now_);
    }
}

/// The phone may be anybody's, and whoever holds it may be the danger: no word of the child's stands in the matter, and
/// the conversation does not know of it. Of two children at one phone each has a matter, and people called, of its own.
void CaseDeeds::call_people_to(const core::Person& child) {
    auto known = tx_.cases().latest_open_of_child(child.id);
    if (!known) {
        known = fresh(core::CaseKind::kSafety, child.place, petition::department_for(kHarm));
        known->child = child.id;
        known->category = kHarm;
        known->level = core::Level::kRed;
        known->contact = core::ContactBack::kNone;
        const auto about = memory_.about;
        file(*known, {});
        memory_.about = about;
        core::Fields nothing_asked;
        mark_child(*known, nothing_asked);
    }
    say(known->id, Entry::kFact,
        "on this phone the PIN of a child's card was keyed that calls for help; child: " + child.name + " (" +
            child.external_id + "); nothing was said to whoever holds the phone, and nothing may be");
    if (raise_level(tx_, desk_, *known, core::Level::kRed, "the PIN that calls for help", now_)) return;
    if (!tx_.alerts().open_for(known->id)) desk_.raise(tx_, *known, now_);
}

/// 反家暴法 13: whoever complains is helped, so the matter is there before anything is asked.
core::Outcome CaseDeeds::open_safety(core::Fields& saved) {
    if (const auto known = tx_.cases().latest_open_of(speaker_.handset.id, core::CaseKind::kSafety)) {
        memory_.about = known->id;
        say(known->id, Entry::kFact, "asked for safety again");
        if (now_ - known->opened_at < safety::kRepeatedWithin) saved.set("repeated", "1");
        const bool has_level = known->level != core::Level::kNone;
        if (has_level && !tx_.alerts().open_for(known->id)) desk_.raise(tx_, *known, now_);
        return core::Outcome::kJoinedExisting;
    }
    const core::Case opened = new_safety_matter(core::Level::kNone, saved);
    tx_.deadlines().add(storage::Deadline::Kind::kSafety, opened.id.value, now_ + safety::kAnswersWithin);
    return core::Outcome::kOpened;
}

core::Outcome CaseDeeds::triage(core::Fields& saved) {
    auto matter = memory_.about ? tx_.cases().find(memory_.about) : std::nullopt;
    const bool hers = matter && matter->kind == core::CaseKind::kSafety && matter->status != core::CaseStatus::kClosed;
    if (!hers) {
        open_safety(saved);
        matter = tx_.cases().find(memory_.about);
    }
    // Done twice, before and after the question how to reach her.
    const std::string answers = answers_in(saved);
    const std::string mark = std::to_string(std::hash<std::string>{}(answers));
    const bool news = saved.get("noted") != mark;
    if (news) say(matter->id, Entry::kFact, answers);
    saved.set("noted", mark);
    if (saved.has("contact")) {
        matter->contact = contact_of(saved.get("contact"));
        tx_.cases().update(*matter);
    }
    call_is_about(matter->id);
    if (news) keep_wish(matter->id, saved);
    const bool child = saved.get("child") == "1";
    if (child) mark_child(*matter, saved);
    const core::Level level =
        child ? safety::level_of(safety::child_answers(saved)) : safety::level_of(safety::adult_answers(saved));
    // She may still go on; where she does not, the deadline finds the matter without a level.
    if (fell_silent(saved, child))
        raise_level(tx_, desk_, *matter, core::Level::kRed, "she began to answer by telephone and fell silent", now_);
    else if (level != core::Level::kUnknown)
        raise_level(tx_, desk_, *matter, level, "her answers", now_);
    if (news && matter->level == core::Level::kOrange) note_night(matter->id, saved);
    // Whatever breaks off now, what she writes next is read by whoever comes.
    if (matter->level == core::Level::kRed) memory_.danger_heard_at = now_;
    saved.set("sms110", config::number_of(rules_.settings.numbers, "sms110"));
    return told_by(matter->level);
}

/// Domain rules 3.3, RED: she answered, and in the middle of the questions the line went silent or dead.
bool CaseDeeds::fell_silent(const core::Fields& saved, bool child) const {
    if (!speaker_.by_phone || !speaker_.text.empty() || saved.get("begun") != "1") return false;
    return child ? safety::is_open(safety::child_answers(saved)) : safety::is_open(safety::adult_answers(saved));
}

/// So that it is noted where the line breaks before anybody has talked to her.
void CaseDeeds::call_is_about(core::CaseId matter) {
    if (speaker_.by_phone) memory_.session.danger = matter;
}

/// The alert's ladder climbs all the while: ringing takes nothing from it.
core::Outcome CaseDeeds::find_help(const core::Fields& saved) {
    const auto matter = memory_.about ? tx_.cases().find(memory_.about) : std::nullopt;
    const bool hushed = saved.get(flow::names::kHushed) == "1";
    if (!speaker_.rings || hushed || !matter || matter->kind != core::CaseKind::kSafety) return core::Outcome::kNone;
    auto& session = memory_.session;
    const duty::Passed passed{.caller = speaker_.handset.number, .rung = session.rung};
    if (desk_.next_to_ring(tx_, *matter, passed, now_).empty()) return core::Outcome::kNone;
    session.rings_for = matter->id;
    return core::Outcome::kFound;
}

/// How she says that she may be reached is her plan from here on (I6), until somebody agrees on a better one with her.
/// Where there is one, whoever holds the phone now may not be she: her words are noted, and only less is done at once.
void CaseDeeds::keep_wish(core::CaseId matter, const core::Fields& saved) {
    const auto note = [&](const std::string& text) { say(matter, Entry::kFact, text); };
    auto plan = contact_plan(tx_, speaker_.handset.id);
    const bool planned = plan.way != safety::Way::kUnasked;
    const std::string against = planned ? "; the plan says " + safety::in_words(plan) + ": decide with her" : "";
    // A promise for this moment, and no plan.
    if (saved.get("when") == "now") {
        note("at " + core::format_day_time(now_, rules_.zone, "en") + " she says that a call is safe now" + against);
        if (planned) return;
        plan.safe_until = now_ + safety::kSafeFor;
        return put_contact_plan(tx_, speaker_.handset.id, plan);
    }
    const auto chosen = safety::chosen_in(saved);
    if (!chosen) return;
    const bool none = chosen->way == safety::Way::kNone;
    if (chosen->way == plan.way && (none || chosen->windows == plan.windows)) return;
    if (planned && !none) return note("she now says: " + safety::in_words(*chosen) + against);
    note("safe contact: " + safety::in_words(*chosen) + "; made by the machine from her answers" +
         (planned ? "; the plan was " + safety::in_words(plan) : ""));
    plan.way = chosen->way;
    if (!planned) plan.windows = chosen->windows;
    put_contact_plan(tx_, speaker_.handset.id, plan);
}

/// What she answers in a matter that is none of safety. A plan outlives the danger it was made for, and goes before
/// what she says in any matter: so less is done at once there too.
void CaseDeeds::keep_wish_beside(core::CaseId filed, const core::Fields& saved) {
    const auto handset = speaker_.handset.id;
    if (const auto watched = tx_.cases().latest_open_of(handset, core::CaseKind::kSafety))
        keep_wish(watched->id, saved);
    else if (contact_plan(tx_, handset).way != safety::Way::kUnasked)
        keep_wish(filed, saved);
}

/// ORANGE may wait until 8:00 where she chose so (domain rules 3.3). That is a person's decision: people are called all
/// the same, and read what she chose.
void CaseDeeds::note_night(core::CaseId matter, const core::Fields& saved) {
    const bool night = night_of(rules_.settings.duty).holds(rules_.zone.local(now_).minute);
    const auto chosen = safety::chosen_in(saved);
    if (!night || saved.get("when") != "morning" || !chosen) return;
    say(matter, Entry::kFact,
        "it is night, and she chose " + safety::hours_of(*chosen) +
            "; the alert goes out all the same: whoever takes it decides when to reach her");
}

/// A child's matter is reported whatever anybody wants (未保法 11), and its outcome is asked for. No guardian is told
/// by the machine, ever: the guardian may be the one (domain rules 3.2).
void CaseDeeds::mark_child(core::Case& matter, core::Fields& saved) {
    if (matter.category != kHarmToChild) {
        matter.category = kHarmToChild;
        tx_.cases().update(matter);
        tx_.deadlines().add(storage::Deadline::Kind::kSafety, matter.id.value,
                            matter.opened_at + safety::kOutcomeWithin);
    }
    const auto situation = safety::suspected(saved);
    if (!situation) return;
    const auto& duty = safety::duty_of(*situation);
    if (saved.get("report") == duty.code) return;
    saved.set("report", duty.code);
    say(matter.id, Entry::kFact, safety::line_of(duty));
}

/// The level can not rise any more, and whoever took the alert may have done her part: words of danger much later call
/// people as a second 9 does.
void CaseDeeds::call_again(const core::Case& matter, core::Level heard) {
    if (heard < core::Level::kUnknown || tx_.alerts().open_for(matter.id)) return;
    const auto pages = tx_.alerts().pages_for(matter.id);
    const bool lately = std::ranges::any_of(pages, [&](const core::Page& page) {
        return page.alert && std::chrono::abs(now_ - page.sent_at) < kCalledLately;
    });
    if (!lately) desk_.raise(tx_, matter, now_);
}

bool CaseDeeds::heed(std::string_view text, bool confided, core::CaseId filed) {
    const core::Level heard = rules_.danger.level_of(text);
    auto& heard_at = memory_.danger_heard_at;
    if (heard != core::Level::kNone) heard_at = now_;
    if (!told_of_danger(memory_, now_)) heard_at.reset();
    if (!heard_at && !confided) return false;
    auto matter = tx_.cases().latest_open_of(speaker_.handset.id, core::CaseKind::kSafety);
    if (heard == core::Level::kNone) {
        if (!matter || matter->id == filed) return false;
        say(matter->id, Entry::kSaid, text);
        answer_again(matter->id);
        return false;
    }
    if (!matter && filed) matter = tx_.cases().find(filed);
    if (!matter) matter = new_safety_matter(core::Level::kNone, {});
    if (matter->id != filed) say(matter->id, Entry::kSaid, text);
    if (!raise_level(tx_, desk_, *matter, heard, "words", now_)) call_again(*matter, heard);
    return true;
}

}  // namespace harborline::gateway
