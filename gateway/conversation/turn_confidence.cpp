// For whom a text is: the part of TurnTaker that knows words for a relative, what is entered on the kinship line, and
// the digits that open it. They are kept nowhere (I7).
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/identity.hpp"
#include "gateway/conversation/kinship_deeds.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

/// A child takes its time to write. Whoever writes still later has something else in mind.
constexpr auto kWritesFor = 1h;
/// A card opens the line for whoever holds the phone now, and for nobody who holds it later.
constexpr auto kCardFor = 10min;
/// Of a PIN, a card, and the one behind the other.
constexpr std::array<std::size_t, 3> kSecretDigits{4, 8, 12};
constexpr std::size_t kPinDigits = 4;

bool is_by_card(const core::FlowState& flow) {
    return !flow.saved.get(kin::kByCard).empty();
}

bool opens_the_line(const core::Input& input) {
    return input.kind == core::Input::Kind::kNumber &&
           std::ranges::find(kSecretDigits, input.text.size()) != kSecretDigits.end();
}

}  // namespace

/// Known before anything is done with what she sent. What stays of such a turn is that it was one.
void TurnTaker::note_confidence(Turn& turn) const {
    const auto& flow = turn.memory.flow;
    const bool left = flow::is_kinship(flow) && !turn.walked && (!is_in_time(turn) || !is_still_hers(turn));
    // Late as they are, they may be the words that were waited for: they go nowhere, and are kept nowhere.
    const bool late = left && !turn.taken_again && flow::wants_kin_words(rules_.book, flow);
    if (left) drop_flow(turn);
    if (flow::is_kinship(flow)) turn.memory.kin_line_at = turn.now();
    turn.kind = kind_of(turn);
    turn.confidential = turn.confidential || late || turn.kind != TextKind::kOrdinary;
}

bool TurnTaker::is_in_confidence(const Turn& turn) {
    return turn.confidential || flow::is_kinship(turn.memory.flow);
}

/// With it goes the question for whom her words are that wait for the answer: she is told that they did not arrive.
void TurnTaker::drop_flow(Turn& turn) {
    if (const auto parked = parked_in(turn.memory.flow.saved)) turn.given_up = parked;
    turn.memory.flow = {};
}

/// Whoever goes on there too late may be somebody else, or has something else in mind. A bare digit answers what was
/// asked last for as long as anywhere.
bool TurnTaker::is_in_time(const Turn& turn) const {
    if (turn.taken_again || turn.was_overtaken_by(turn.conversation.last_turn_at)) return false;
    const auto& flow = turn.memory.flow;
    if (is_by_card(flow)) return turn.conversation.channel == turn.channel.name && turn.silence() <= kCardFor;
    const auto* step = rules_.book.step(flow.flow, flow.step);
    const bool picks = turn.key() != '\0' && step != nullptr && step->expect == flow::Expect::kChoice;
    return turn.silence() <= (picks ? rules_.settings.conversation.digit_window : kWritesFor);
}

/// Whoever is known by her phone is so while it is hers. It may have been written down since as somebody else's, or as
/// one that others read.
bool TurnTaker::is_still_hers(const Turn& turn) {
    const auto talking = who_talks(turn.memory.flow.saved);
    if (talking.empty() || is_by_card(turn.memory.flow)) return true;
    const auto here = turn.tx.people().at(turn.handset.id);
    const auto is_here = [&](core::PersonId id) {
        return std::ranges::find(here, id, &core::Person::id) != here.end();
    };
    return is_own_phone(turn.tx, turn.handset, here, turn.now()) && std::ranges::all_of(talking, is_here);
}

TurnTaker::TextKind TurnTaker::kind_of(const Turn& turn) const {
    // What a person has let through was for us when it came.
    if (turn.taken_again) return TextKind::kOrdinary;
    const auto& flow = turn.memory.flow;
    if (flow::is_kinship(flow))
        return flow::wants_kin_words(rules_.book, flow) ? TextKind::kForRelative : TextKind::kSecret;
    const auto kind = kind_without_menu(turn);
    return kind == TextKind::kOrdinary && is_secret(turn) ? TextKind::kSecret : kind;
}

/// Words without a menu go along the tie along which she is in touch. A question of ours is answered first, and a child
/// must not read what its mother has written in danger for us.
TurnTaker::TextKind TurnTaker::kind_without_menu(const Turn& turn) const {
    const bool may_be = is_in_touch(turn) && !turn.within_dialogue() && is_free(turn) && may_be_words(turn);
    if (!may_be || rules_.book.flow(flow::names::kKinship) == nullptr) return TextKind::kOrdinary;
    const auto& memory = turn.memory;
    const auto to = addressees(turn.tx, turn.handset, memory, turn.now());
    if (to.ties.empty()) return TextKind::kOrdinary;
    // A machine that answers has been relayed often enough.
    if (memory.habits.stopped()) return TextKind::kSecret;

    const bool unread = std::ranges::any_of(to.ties, [&](const core::Tie& tie) {
        return kinship::may_be_unread(memory.letters, memory.kin_chosen, tie.id, turn.now());
    });
    if (to.by_child) return unread ? TextKind::kUnsure : TextKind::kForRelative;
    const bool alarming = rules_.danger.level_of(turn.inbound.text) != core::Level::kNone;
    const bool in_danger = told_of_danger(memory, turn.now()) ||
                           turn.tx.cases().latest_open_of(turn.handset.id, core::CaseKind::kSafety).has_value();
    // Whoever has told us of danger before tells us of it again.
    if (alarming && in_danger) return TextKind::kOrdinary;
    return alarming || in_danger || unread ? TextKind::kUnsure : TextKind::kForRelative;
}

/// A number is words too ("520", "1830"), unless it is a card's or leads somewhere by itself.
bool TurnTaker::may_be_words(const Turn& turn) const {
    const auto& input = turn.input;
    if (input.kind == core::Input::Kind::kNumber) {
        const bool is_card = opens_the_line(input) && input.text.size() != kPinDigits;
        return !is_card && rules_.book.by_shortcut(input.text) == nullptr;
    }
    return input.kind == core::Input::Kind::kText && !flow::is_covert(input.text) &&
           flow::read_opt_word(turn.inbound.text) == flow::OptWord::kNone;
}

/// Whether nothing is going on with us that this would answer. Behind a receipt she may write to her matter, or answer
/// a letter that came since.
bool TurnTaker::is_free(const Turn& turn) const {
    const auto& flow = turn.memory.flow;
    const auto* open = rules_.book.flow(flow.flow);
    if (open == nullptr || flow.flow == flow::names::kMenu || flow::names::is_unasked(flow.flow)) return true;
    if (open->sensitive || flow::waits_for_answer(rules_.book, flow)) return false;
    return std::ranges::any_of(turn.memory.letters,
                               [&](const kinship::Written& one) { return one.at > turn.conversation.last_turn_at; });
}

/// Whether she can have had words that hers may answer, or has just written some and goes on.
bool TurnTaker::is_in_touch(const Turn& turn) {
    const auto& memory = turn.memory;
    const auto counts = [&](const kinship::Written& one, std::chrono::hours within) {
        return !turn.was_overtaken_by(one.at) && std::chrono::abs(turn.now() - one.at) <= within;
    };
    const auto is_recent = [&](const kinship::Written& one) { return counts(one, kinship::kAnswersFor); };
    return (memory.kin_chosen && counts(*memory.kin_chosen, kWritesFor)) ||
           std::ranges::any_of(memory.letters, is_recent);
}

/// What nobody has asked for, and may be a PIN or words for a relative all the same.
bool TurnTaker::is_secret(const Turn& turn) const {
    const auto& memory = turn.memory;
    // What answers no question of ours there may be meant for the child.
    if (flow::names::is_unasked(memory.flow.flow) && !turn.within_dialogue()) return true;
    if (turn.key() != '\0' || !is_free(turn)) return false;
    const bool was_on_line = memory.kin_line_at && std::chrono::abs(turn.now() - *memory.kin_line_at) <= kCardFor;
    return was_on_line || (opens_the_line(turn.input) && !told_of_danger(memory, turn.now()));
}

bool TurnTaker::is_confidential(storage::Transaction& tx, const core::Inbound& inbound) const {
    auto known = recall(tx, tx.handsets().find(inbound.from)).value_or(Known{});
    const auto& channel =
        rules_.has_channel(inbound.channel) ? rules_.channel(inbound.channel) : rules_.staff_channel();
    Turn turn{.tx = tx, .inbound = inbound, .channel = channel, .taken_at = inbound.received_at};
    turn.handset = std::move(known.handset);
    turn.conversation = std::move(known.conversation);
    turn.memory = std::move(known.memory);
    turn.input = read(inbound.text);
    note_confidence(turn);
    return turn.confidential;
}

TurnTaker::Keepable TurnTaker::keepable(storage::Transaction& tx, const core::Inbound& inbound,
                                        std::string_view identity) {
    if (!is_confidential(tx, inbound)) return {.inbound = inbound, .identity = std::string{identity}};
    return {.inbound = without_words(inbound), .identity = without_words(identity, hash_), .without_words = true};
}

}  // namespace harborline::gateway
