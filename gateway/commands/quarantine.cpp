#include "gateway/commands/quarantine.hpp"

#include <charconv>
#include <string_view>

namespace harborline::gateway {
namespace {

/// The number of the quarantined turn that this one has taken after all; 0: none.
std::int64_t released_by(const storage::Turn& turn) {
    std::string_view note = turn.note;
    if (!note.starts_with(TurnTaker::kReleased)) return 0;
    note.remove_prefix(TurnTaker::kReleased.size());
    std::int64_t id = 0;
    std::from_chars(note.data(), note.data() + note.size(), id);
    return id;
}

}  // namespace

Quarantine::Quarantine(CommandGround& ground) {
    each_turn(ground, [this](const std::vector<storage::Turn>& turns) { read(turns); });
}

const storage::Turn* Quarantine::find(storage::Transaction& tx, std::int64_t number) {
    for (auto turns = tx.turns().since(last_, kTurnsAtOnce); !turns.empty();
         turns = tx.turns().since(last_, kTurnsAtOnce))
        read(turns);
    const auto found = held_.find(number);
    return found == held_.end() ? nullptr : &found->second;
}

void Quarantine::read(const std::vector<storage::Turn>& turns) {
    for (const auto& turn : turns) {
        if (turn.note == TurnTaker::kQuarantined) held_.emplace(turn.id.value, turn);
        held_.erase(released_by(turn));
        last_ = turn.id;
    }
}

}  // namespace harborline::gateway
