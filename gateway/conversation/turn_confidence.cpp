// The kinship line: the part of TurnTaker that knows which words are a relative's, and keeps them nowhere (I7).
#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
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

bool is_by_card(const core::FlowState& flow) {
    return !flow.saved.get(kin::kByCard).empty();
}

/// Where words are waited for without having been asked for, the letter that came since she last wrote is answered
/// first.
bool came_since(const Memory& memory, core::Instant last_turn_at) {
    return std::ranges::any_of(memory.letters, [&](const kinship::Written& one) { return one.at > last_turn_at; });
}

}  // namespace

/// Known before anything is done with what she sent. What stays of such a turn is that it was one.
void TurnTaker::note_confidence(Turn& turn) const {
    const auto& flow = turn.memory.flow;
    turn.kin_words = flow::wants_kin_words(rules_.book, flow) && (turn.walked || turn.silence() <= kWritesFor);
    if (!flow::is_kinship(flow)) turn.kin_words = answers_relative(turn);
    const bool asked_for = flow::is_kinship(flow) && !flow::wants_kin_words(rules_.book, flow);
    turn.confidential = turn.confidential || turn.kin_words || asked_for;
}

bool TurnTaker::is_in_confidence(const Turn& turn) {
    return turn.confidential || flow::is_kinship(turn.memory.flow);
}

/// Words without a menu, on a phone that a relative has written to. A question of ours is answered first, but for the
/// menu's; so is whoever is in danger.
bool TurnTaker::answers_relative(const Turn& turn) const {
    const Memory& memory = turn.memory;
    if (turn.within_dialogue() || turn.input.kind != core::Input::Kind::kText || memory.letters.empty()) return false;
    if (flow::is_covert(turn.input.text) || flow::read_opt_word(turn.inbound.text) != flow::OptWord::kNone)
        return false;
    if (memory.habits.stopped() || rules_.book.flow(flow::names::kKinship) == nullptr) return false;
    const auto& flow = memory.flow;
    const auto* open = rules_.book.flow(flow.flow);
    const bool is_free = open == nullptr || flow.flow == flow::names::kMenu;
    const bool is_asked = flow::waits_for_answer(rules_.book, flow);
    if (!is_free && (is_asked || open->sensitive || !came_since(memory, turn.conversation.last_turn_at))) return false;
    return !addressees(turn.tx, turn.handset, memory, turn.now()).empty();
}

void TurnTaker::leave_kinship_in_time(Turn& turn) const {
    auto& flow = turn.memory.flow;
    if (!flow::is_kinship(flow) || turn.walked) return;
    const bool elsewhere = turn.conversation.channel != turn.channel.name;
    const bool lent = is_by_card(flow) && (elsewhere || turn.silence() > kCardFor);
    if (lent || turn.silence() > kWritesFor) flow = {};
}

std::uint64_t TurnTaker::hash_in_memory(std::string_view text) {
    if (!hash_key_) rules_.random.fill(std::as_writable_bytes(std::span{hash_key_.emplace()}));
    std::uint64_t hash = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), hash_key_->data());
    return hash;
}

bool TurnTaker::is_confidential(storage::Transaction& tx, const core::Inbound& inbound) const {
    auto known = recall(tx, tx.handsets().find(inbound.from));
    if (!known) return false;
    const auto& channel =
        rules_.has_channel(inbound.channel) ? rules_.channel(inbound.channel) : rules_.staff_channel();
    Turn turn{.tx = tx, .inbound = inbound, .channel = channel, .taken_at = inbound.received_at};
    turn.handset = std::move(known->handset);
    turn.conversation = std::move(known->conversation);
    turn.memory = std::move(known->memory);
    turn.input = read(inbound.text);
    note_confidence(turn);
    return turn.confidential;
}

}  // namespace harborline::gateway
