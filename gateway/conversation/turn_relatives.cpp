// Relatives: the half of TurnTaker that puts a child and one of its people through to one another. Whether they may
// talk is judged when the call is placed, when the other side picks up, when it accepts, and each second of the talk
// (I8): whatever is written down meanwhile holds at once, and the side that is kept away hears nothing of it.
#include <optional>
#include <utility>
#include <vector>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kinship_calls.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto kWatchedEvery = 1s;
constexpr char kTakesIt = '1';

/// How the two stand at an instant, and the phone that was rung while it may be: none where whoever else is reached
/// through either phone is kept from the child by now.
struct Standing {
    kinship::Judgement judgement{};
    std::optional<storage::Handset> rung{};
};
Standing standing_of(storage::Transaction& tx, const Rules& rules, const Known& caller, core::Instant now) {
    const Session& session = caller.memory.session;
    const auto tie = tx.people().tie(session.rings_tie);
    if (!tie) return {};
    Standing standing{.judgement = judge(tx, rules, tie->id, kinship::Passing::kCall, now)};
    if (!is_kept_from(tx, rules, *tie, caller.handset.id, now))
        standing.rung = handset_of(tx, rules, *tie, session.rings_child ? tie->child : tie->adult, now);
    return standing;
}

/// The phone at which the two may talk as things stand now.
std::optional<storage::Handset> phone_to_talk(storage::Transaction& tx, const Rules& rules, const Known& caller,
                                              core::Instant now) {
    auto standing = standing_of(tx, rules, caller, now);
    if (!standing.judgement.may() || !standing.rung || !may_ring_relative(tx, rules, *standing.rung, now))
        return std::nullopt;
    return std::move(standing.rung);
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

/// A 9 of whoever was rung is what it always is (I5).
bool TurnTaker::relative_accepts(storage::Transaction& tx, const Known& caller, const core::Inbound& leg) {
    const char key = flow::read_answer(leg.text).key;
    if (key == '9' && !leg.from.empty()) {
        hear_nine(tx, tx.handsets().find_or_add(leg.from, leg.received_at), leg);
        return false;
    }
    return key == kTakesIt && may_talk(tx, rules_, caller, leg);
}

std::optional<TurnTaker::Talk> TurnTaker::watch_talk(storage::Transaction& tx, core::HandsetId caller,
                                                     core::Instant now) {
    const auto known = recall(tx, tx.handsets().get(caller));
    if (!known) return std::nullopt;
    const Session& session = known->memory.session;
    if (!session.rings_tie || session.over || session.accepted.empty()) return std::nullopt;
    tx.deadlines().add(storage::Deadline::Kind::kTalk, caller.value, now + kWatchedEvery);
    // The hour was right when it began.
    const auto standing = standing_of(tx, rules_, *known, now);
    if (standing.judgement.crossing != kinship::Crossing::kNever && standing.rung) return std::nullopt;
    return Talk{.channel = session.channel, .leg = session.accepted};
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
    KinshipCalls calls(rules_, turn.tx, speaker, turn.memory, turn.now());
    const auto whom = calls.whom_to_ring(turn.memory.flow.saved);
    if (!whom) return;
    session.rings_tie = whom->tie;
    session.rings_child = whom->to_child;
    dial.numbers.push_back(whom->number.reveal_e164());
    dial.longest = rules_.settings.kinship.per_call;
}

/// Of whatever call was last: its flow need not be where it was left.
void TurnTaker::note_talk(Turn& turn) {
    if (!turn.memory.session.rings_tie) return;
    const Speaker speaker = speaker_of(turn);
    KinshipCalls(rules_, turn.tx, speaker, turn.memory, turn.now()).note_end();
}

}  // namespace harborline::gateway
