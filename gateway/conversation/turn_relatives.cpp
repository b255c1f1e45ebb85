// Relatives: the half of TurnTaker that puts a child and one of its people through to one another. Whether they may
// talk is judged when the call is placed, when the other side picks up, when it accepts, and each second of the talk
// (I8): whatever is written down meanwhile holds at once, and the side that is kept away hears nothing of it.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/conversation/call_words.hpp"
#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kinship_calls.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using Event = core::CallInput::Event;

constexpr core::Instant::duration kWatchedEvery = 1s;
/// Behind the longest that a talk may last: if the carrier says nothing for so long, its end was lost on the way.
constexpr auto kEndIsToldWithin = 1min;
constexpr char kTakesIt = '1';
/// No hour ends a talk.
constexpr kinship::Hours kNoRest{.quiet_from_min = 0, .quiet_to_min = 0};

/// The phone of the side that is rung; none where whoever else is reached through either phone is kept from the child
/// by now.
std::optional<storage::Handset> phone_of_side(storage::Transaction& tx, const Rules& rules, const core::Tie& tie,
                                              bool child, core::HandsetId caller, core::Instant now) {
    if (is_kept_from(tx, rules, tie, caller, now)) return std::nullopt;
    return handset_of(tx, rules, tie, child ? tie.child : tie.adult, now);
}

/// The phone at which the two may talk as things stand now.
std::optional<storage::Handset> phone_to_talk(storage::Transaction& tx, const Rules& rules, const Known& caller,
                                              core::Instant now) {
    const Session& session = caller.memory.session;
    const auto tie = tx.people().tie(session.rings_tie);
    if (!tie || !judge(tx, rules, tie->id, kinship::Passing::kCall, now).may()) return std::nullopt;
    auto phone = phone_of_side(tx, rules, *tie, session.rings_child, caller.handset.id, now);
    if (!phone || !may_ring_relative(tx, rules, *phone, now)) return std::nullopt;
    return phone;
}

/// Whether two who talk may go on. What is decided ends a talk at once: a pause, a bar, a court's order, an agreement
/// taken back. What only passes ends none: no hour, and no date, so the days of the tie, the volunteer's check and the
/// guardian's time are those of the day on which it began. A consent is over from the beginning of the day on which it
/// is withdrawn, for nothing tells whether that was written down long ago or just now.
bool may_go_on(storage::Transaction& tx, const Rules& rules, core::HandsetId caller, const KinTalk& talk,
               core::Instant now) {
    auto family = family_of(tx, talk.tie);
    if (!family || is_kept_from(tx, rules, family->tie, talk.rung, now)) return false;
    if (!phone_of_side(tx, rules, family->tie, talk.rang_child, caller, now)) return false;
    const auto today = rules.zone.local(now).date;
    std::erase_if(family->consents,
                  [&](const core::Consent& one) { return one.withdrawn.ok() && one.withdrawn <= today; });
    // No court's order begins by a date, so as of the first day each counts that counts today.
    const auto judgement =
        kinship::may_cross(*family, kinship::Passing::kCall, kNoRest, rules.zone.local(talk.began_at));
    return judgement.crossing != kinship::Crossing::kNever;
}

const KinTalk* talk_of(const Memory& memory, std::string_view leg) {
    const auto found = std::ranges::find(memory.talks, leg, &KinTalk::leg);
    return leg.empty() || found == memory.talks.end() ? nullptr : &*found;
}

/// Where nobody has told us of its end it was over after the longest that it may last.
void note_length(storage::Transaction& tx, const KinTalk& talk, std::chrono::seconds longest, core::Instant now) {
    const auto tie = tx.people().tie(talk.tie);
    if (!tie) return;
    const auto length = std::chrono::duration_cast<std::chrono::seconds>(now - talk.began_at);
    tx.kin_calls().add({.tie = tie->id,
                        .child = tie->child,
                        .at = talk.began_at,
                        .talked = std::max<std::chrono::seconds>(1s, std::min({length, talk.longest, longest})),
                        .by_child = !talk.rang_child});
}

bool takes_it(const core::Inbound& leg) {
    return leg.call->event == Event::kLegKeys && flow::read_answer(leg.text).key == kTakesIt;
}

/// Whether it is the phone that was rung, and the two may talk as things stand now.
bool may_talk(storage::Transaction& tx, const Rules& rules, const Known& caller, const core::Inbound& leg) {
    const auto phone = phone_to_talk(tx, rules, caller, leg.received_at);
    return phone && phone->number == leg.from;
}

}  // namespace

/// Who wants to talk to her, and how she takes it.
core::CallAnswer TurnTaker::greet_relative(storage::Transaction& tx, const Known& caller, const core::Inbound& leg) {
    const Session& session = caller.memory.session;
    const auto tie = tx.people().tie(session.rings_tie);
    if (!tie || !may_talk(tx, rules_, caller, leg)) return {};
    const auto phone = tx.handsets().find_or_add(leg.from, leg.received_at);
    core::CallAnswer answer{.language = std::string{rules_.language(rules_.channel(leg.channel), phone.language)},
                            .act = core::Gather{}};
    flow::Say whisper{.key = "kin.whisper"};
    whisper.values.set(kin::kWho, session.rings_child ? called_by_child(tx, rules_, *tie, answer.language)
                                                      : called_by_adult(tx, *tie));
    answer.sounds = render::render_voice(rules_.book.catalogue, answer.language, {whisper});
    return answer;
}

/// A 9 of whoever was rung is what it always is, also where whoever called has hung up meanwhile (I5).
bool TurnTaker::calls_for_help(storage::Transaction& tx, const core::Inbound& leg) {
    const bool nine = leg.call->event == Event::kLegKeys && flow::read_answer(leg.text).key == '9';
    if (!nine || leg.from.empty()) return false;
    hear_nine(tx, tx.handsets().find_or_add(leg.from, leg.received_at), leg);
    return true;
}

/// What nobody could watch does not begin.
bool TurnTaker::relative_accepts(storage::Transaction& tx, const Known& caller, const core::Inbound& leg) {
    const auto& talks = caller.memory.talks;
    const bool room = talks.size() < Memory::kTalksKept || talk_of(caller.memory, leg.call->leg) != nullptr;
    return room && takes_it(leg) && may_talk(tx, rules_, caller, leg);
}

/// Whoever accepts and is not put through hears one sentence, the same whatever the reason: she is not to know whether
/// whoever called has hung up, or somebody has decided that the two do not talk.
core::CallAnswer TurnTaker::refuse_relative(storage::Transaction& tx, const core::Inbound& leg) const {
    if (!takes_it(leg)) return {};
    const auto phone = leg.from.empty() ? std::nullopt : tx.handsets().find(leg.from);
    const std::string_view hers = phone ? std::string_view{phone->language} : std::string_view{};
    core::CallAnswer answer{.language = std::string{rules_.language(rules_.channel(leg.channel), hers)}};
    answer.sounds = render::render_voice(rules_.book.catalogue, answer.language, {{.key = "kin.gone"}});
    return answer;
}

void TurnTaker::begin_kin_talk(storage::Transaction& tx, Known& caller, const core::Inbound& leg) {
    const Session& session = caller.memory.session;
    const auto ringing = calls::last_answer(session);
    auto& talks = caller.memory.talks;
    // While there is one its watch goes on by itself.
    if (talks.empty()) tx.deadlines().add(storage::Deadline::Kind::kTalk, caller.handset.id.value, leg.received_at);
    talks.push_back({.tie = session.rings_tie,
                     .rang_child = session.rings_child,
                     .rung = tx.handsets().find_or_add(leg.from, leg.received_at).id,
                     .call = session.id,
                     .channel = session.channel,
                     .leg = leg.call->leg,
                     .began_at = leg.received_at,
                     .longest = std::get<core::Dial>(ringing.act).longest});
}

std::optional<bool> TurnTaker::goes_on_elsewhere(storage::Transaction& tx, const Known& caller,
                                                 const core::Inbound& leg) const {
    const auto* talk = talk_of(caller.memory, leg.call->leg);
    if (talk == nullptr || caller.memory.session.accepted == talk->leg) return std::nullopt;
    return takes_it(leg) && may_go_on(tx, rules_, caller.handset.id, *talk, leg.received_at);
}

std::optional<TurnTaker::Talk> TurnTaker::watch_talk(storage::Transaction& tx, core::HandsetId caller,
                                                     core::Instant now) {
    auto known = recall(tx, tx.handsets().get(caller));
    if (!known) return std::nullopt;
    auto& talks = known->memory.talks;
    if (end_talks(tx, known->memory, {}, now)) write_down(tx, *known);
    if (talks.empty()) return std::nullopt;
    // One is handed out at a time, each in its turn, and all within the same second.
    tx.deadlines().add(storage::Deadline::Kind::kTalk, caller.value,
                       now + kWatchedEvery / static_cast<int>(talks.size()));
    const auto forbidden =
        std::ranges::find_if(talks, [&](const KinTalk& talk) { return !may_go_on(tx, rules_, caller, talk, now); });
    if (forbidden == talks.end()) return std::nullopt;
    Talk to_end{.channel = forbidden->channel, .leg = forbidden->leg};
    if (talks.size() == 1) return to_end;
    std::rotate(forbidden, forbidden + 1, talks.end());
    write_down(tx, *known);
    return to_end;
}

bool TurnTaker::may_ring_again(storage::Transaction& tx, const Known& caller, const core::CallAnswer& answer,
                               core::Instant now) const {
    const auto* dial = std::get_if<core::Dial>(&answer.act);
    if (dial == nullptr || !caller.memory.session.rings_tie) return true;
    const auto phone = phone_to_talk(tx, rules_, caller, now);
    return phone && dial->numbers == std::vector{phone->number.reveal_e164()};
}

void TurnTaker::ring_relative(Turn& turn, core::Dial& dial) {
    Session& session = turn.memory.session;
    const Speaker speaker = speaker_of(turn);
    KinshipCalls calls(rules_, turn.tx, speaker, turn.now());
    const auto whom = calls.whom_to_ring(turn.memory.flow.saved);
    if (!whom) return;
    session.rings_tie = whom->tie;
    session.rings_child = whom->to_child;
    dial.numbers.push_back(whom->number.reveal_e164());
    dial.longest = rules_.settings.kinship.per_call;
}

/// Whoever was rung by whatever call was last is not rung any more; its flow need not be where it was left. A talk is
/// over when its own call, or the dial in it, is.
void TurnTaker::note_talk(Turn& turn) {
    Session& session = turn.memory.session;
    const auto rung = std::exchange(session.rings_tie, core::TieId{});
    const auto tie = rung && session.accepted.empty() ? turn.tx.people().tie(rung) : std::nullopt;
    if (tie)
        turn.tx.kin_calls().add(
            {.tie = tie->id, .child = tie->child, .at = turn.now(), .by_child = !session.rings_child});
    const auto& call = turn.inbound.call;
    const bool ends = call && (call->event == Event::kDialEnded || call->event == Event::kEnded);
    end_talks(turn.tx, turn.memory, ends ? std::string_view{call->id} : std::string_view{}, turn.now());
}

bool TurnTaker::end_talks(storage::Transaction& tx, Memory& memory, std::string_view call, core::Instant now) const {
    const auto is_over = [&](const KinTalk& talk) {
        return talk.call == call || now - talk.began_at >= talk.longest + kEndIsToldWithin;
    };
    for (const auto& talk : memory.talks)
        if (is_over(talk)) note_length(tx, talk, rules_.settings.kinship.per_call, now);
    return std::erase_if(memory.talks, is_over) > 0;
}

}  // namespace harborline::gateway
