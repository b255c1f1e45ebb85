// Legs: whoever is rung for a caller, and accepts by key or does not.
#include <charconv>
#include <utility>

#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/call_words.hpp"
#include "gateway/conversation/case_deeds.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/level_words.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace calls {
namespace {

constexpr std::string_view kOfRelative = ".1";

}  // namespace

std::string dial_name(const DialName& name) {
    return std::to_string(name.caller.value) + "." + std::to_string(name.step) +
           std::string{name.relative ? kOfRelative : ""};
}

std::optional<DialName> read_dial_name(std::string_view written) {
    DialName name;
    const char* const end = written.data() + written.size();
    const auto handset = std::from_chars(written.data(), end, name.caller.value);
    if (handset.ec != std::errc{} || handset.ptr == end || *handset.ptr != '.') return std::nullopt;
    const auto step = std::from_chars(handset.ptr + 1, end, name.step);
    if (step.ec != std::errc{}) return std::nullopt;
    const std::string_view rest{step.ptr, end};
    name.relative = rest == kOfRelative;
    if (!rest.empty() && !name.relative) return std::nullopt;
    return name;
}

core::CallAnswer last_answer(const Session& session) {
    auto answer = core::decode_call_answer(session.words);
    const auto* end = answer ? std::get_if<core::HangUp>(&answer->act) : nullptr;
    const bool turned_away = end != nullptr && end->unanswered;
    if ((session.over && !turned_away) || !answer) return {.step = session.step};
    return std::move(*answer);
}

TurnOutcome heard(TurnOutcome::Kind kind, core::CallAnswer answer) {
    return {.kind = kind, .answer = {.call = std::move(answer)}};
}

}  // namespace calls

namespace {

using calls::heard;
using Event = core::CallInput::Event;
using Took = TurnOutcome::Kind;

constexpr std::string_view kAccept = "1";
constexpr int kCodeMax = 4;

/// Somebody else may pick up: whom we ask for, and the story, and no more (domain rules 3.4, point 3).
core::CallAnswer greet_person(const Rules& rules, const safety::ContactPlan& plan, std::string_view language) {
    core::CallAnswer answer{.language = std::string{language}, .act = core::Gather{}};
    const std::string story = story_of(plan);
    if (!story.empty()) answer.sounds.push_back({.words = story, .personal = true});
    if (plan.has_keys())
        answer.act = core::Gather{.digits_max = kCodeMax};
    else
        for (auto& sound : render::render_voice(rules.book.catalogue, answer.language, {{.key = "ring.her"}}))
            answer.sounds.push_back(std::move(sound));
    return answer;
}

std::string_view without_end(std::string_view keys) {
    while (keys.ends_with('#')) keys.remove_suffix(1);
    return keys;
}

/// Whoever is rung; none where the carrier does not say whose phone it is.
core::StaffId staff_of(storage::Transaction& tx, const core::PhoneNumber& phone) {
    const auto handset = tx.handsets().find(phone);
    return handset ? handset->staff : core::StaffId{};
}

/// The code that she was paged with for a matter, or 0 where she was not (yet).
int code_on_phone(storage::Transaction& tx, core::CaseId matter, core::StaffId staff) {
    int code = 0;
    for (const auto& page : tx.alerts().pages_for(matter))
        if (page.staff == staff && page.wants_answer()) code = page.code;
    return code;
}

/// What whoever is rung hears before she takes the talk. Of a matter in danger its level and the code on her own
/// phone, and where all that we know is a 9, that she must not speak first. Never a name or a subject: somebody else
/// may have picked up.
std::vector<flow::Say> whisper(storage::Transaction& tx, const flow::Catalogue& texts, std::string_view language,
                               const Known& caller, core::StaffId staff) {
    const auto& session = caller.memory.session;
    const auto matter = session.rings_for ? tx.cases().find(session.rings_for) : std::nullopt;
    if (!matter) return {{.key = "ring.whisper"}};
    const std::string level = texts.fill(language, {.key = std::string{level_key(matter->level)}});
    std::vector<flow::Say> says{{.key = "ring.level", .values = {{"level", level}}}};
    if (const int code = code_on_phone(tx, matter->id, staff); code != 0)
        says.push_back({.key = "ring.code", .values = {{"code", std::to_string(code)}}});
    if (caller.memory.flow.flow == flow::names::kSafety) says.push_back({.key = "ring.listen"});
    says.push_back({.key = "ring.take"});
    return says;
}

/// What it means that the talk was taken: with a matter in danger the matter is, and its alert rests.
void take_the_talk(storage::Transaction& tx, DutyDesk& desk, Session& session, core::StaffId staff, core::Instant now) {
    session.danger = {};
    session.rung.clear();
    const auto matter = session.rings_for ? tx.cases().find(session.rings_for) : std::nullopt;
    if (!matter || matter->status == core::CaseStatus::kClosed) return;
    tx.cases().append(matter->id, {.at = now,
                                   .kind = core::CaseEntry::Kind::kLink,
                                   .by = staff,
                                   .text = "she was put through by telephone to whoever took the call"});
    if (staff) desk.take(tx, *matter, staff, now);
}

}  // namespace

void TurnTaker::raise_alert_of(storage::Transaction& tx, const storage::Handset& her, const core::Inbound& leg) {
    const auto& channel = rules_.text_channel(rules_.channel(leg.channel));
    const Speaker speaker{.handset = her, .channel = channel.name, .language = channel.language, .text = "9"};
    Memory nothing_known;
    CaseDeeds(rules_, desk_, tx, speaker, nothing_known, leg.received_at).raise_alert({});
}

/// A second one raises nothing while the first is open: it may be the carrier that repeats itself.
void TurnTaker::hear_nine(storage::Transaction& tx, const storage::Handset& her, const core::Inbound& leg) {
    const auto open = tx.cases().latest_open_of(her.id, core::CaseKind::kSafety);
    if (!open || !tx.alerts().open_for(open->id)) raise_alert_of(tx, her, leg);
}

/// A person whom a caseworker has rung: without the agreed code, where there is one, the two do not talk.
/// A 9 of hers is what it always is (I5).
bool TurnTaker::person_accepts(storage::Transaction& tx, const Memory& caller, const core::Inbound& leg) {
    const auto her = tx.handsets().get(caller.session.rings_person);
    if (her.number != leg.from) return false;
    const auto keyed = without_end(leg.text);
    if (keyed == "9") return hear_nine(tx, her, leg), false;
    if (!may_be_rung(tx, her.id, rules_.zone, leg.received_at)) return false;
    const auto plan = contact_plan(tx, her.id);
    if (!plan.has_keys()) return keyed == kAccept;
    if (keyed == plan.safe_word) return true;
    const auto matter = rules_.references.id_of(caller.flow.saved.get("ref"));
    if (matter && !keyed.empty()) note_wrong_code(tx, *matter, keyed == plan.unsafe_word, leg.received_at);
    return false;
}

/// What whoever has picked up hears first. A hang-up, where the talk may not happen any more.
core::CallAnswer TurnTaker::greet_leg(storage::Transaction& tx, const Known& caller, const core::Inbound& leg) {
    const Session& session = caller.memory.session;
    if (session.rings_tie) return greet_relative(tx, caller, leg);
    const auto& channel = rules_.channel(leg.channel);
    if (session.rings_person) {
        const auto her = tx.handsets().get(session.rings_person);
        const bool may = her.number == leg.from && may_be_rung(tx, her.id, rules_.zone, leg.received_at);
        if (!may) return {};
        const auto language = her.language.empty() ? channel.language : her.language;
        return greet_person(rules_, contact_plan(tx, her.id), language);
    }
    const auto& texts = rules_.book.catalogue;
    const auto says = whisper(tx, texts, channel.language, caller, staff_of(tx, leg.from));
    return {.language = channel.language,
            .sounds = render::render_voice(texts, channel.language, says),
            .act = core::Gather{}};
}

bool TurnTaker::accepts_leg(storage::Transaction& tx, const Known& caller, const core::Inbound& leg) {
    if (caller.memory.session.rings_tie) return relative_accepts(tx, caller, leg);
    if (caller.memory.session.rings_person) return person_accepts(tx, caller.memory, leg);
    return flow::read_answer(leg.text).text == kAccept;
}

void TurnTaker::begin_talk(storage::Transaction& tx, Known& caller, const core::Inbound& leg) {
    Session& session = caller.memory.session;
    session.accepted = leg.call->leg;
    if (session.rings_tie) {
        AppointmentDesk(rules_).kept(tx, caller.memory.flow.saved, session.rings_tie, leg.received_at);
        return begin_kin_talk(tx, caller, leg);
    }
    session.accepted_by = staff_of(tx, leg.from);
    take_the_talk(tx, desk_, session, session.accepted_by, leg.received_at);
}

/// Somebody whom we ring for a caller. Whether the talk may still happen is decided here, at the last instant, on the
/// caller's own conversation: the first who accepts wins.
TurnOutcome TurnTaker::take_leg(storage::Transaction& tx, const core::Inbound& inbound) {
    const core::CallInput& leg = *inbound.call;
    const auto name = calls::read_dial_name(leg.dial);
    if (!name || leg.event == Event::kLegEnded) return heard(Took::kRepeat, {});
    if (name->relative && calls_for_help(tx, inbound)) return heard(Took::kTaken, {});
    const core::CallAnswer refused = name->relative ? refuse_relative(tx, inbound) : core::CallAnswer{};
    if (!tx.conversations().find(name->caller)) return heard(Took::kRepeat, refused);
    auto known = recall(tx, tx.handsets().get(name->caller));
    if (!known) return heard(Took::kRepeat, refused);
    // Whom the service before an upgrade has rung is known by the session alone.
    if (known->memory.session.rings_tie && calls_for_help(tx, inbound)) return heard(Took::kTaken, {});
    if (const auto goes_on = goes_on_elsewhere(tx, *known, inbound))
        return heard(Took::kRepeat, *goes_on ? core::CallAnswer{.act = core::Join{}} : refused);
    Session& session = known->memory.session;
    const auto ringing = calls::last_answer(session);
    // Another call of the same phone may stand at the same step.
    const bool open = session.calls && !session.over && session.channel == inbound.channel && session.id == leg.id &&
                      session.step == name->step && std::holds_alternative<core::Dial>(ringing.act);
    if (!open || (!session.accepted.empty() && session.accepted != leg.leg)) return heard(Took::kRepeat, refused);
    if (leg.event == Event::kLegBegan) {
        // Whoever is called must see our number, never hers.
        if (!leg.shown.empty() && !rules_.is_ours(inbound.channel, leg.shown)) {
            desk_.tell_administrator(tx, "foreign_caller_id", inbound.received_at);
            return heard(Took::kTaken, refused);
        }
        return heard(Took::kRepeat, greet_leg(tx, *known, inbound));
    }
    if (!accepts_leg(tx, *known, inbound) || leg.leg.empty()) return heard(Took::kRepeat, refused);
    const bool first = session.accepted.empty();
    if (first) {
        begin_talk(tx, *known, inbound);
        write_down(tx, *known);
    }
    return heard(first ? Took::kTaken : Took::kRepeat, {.act = core::Join{}});
}

}  // namespace harborline::gateway
