#pragma once
#include <string>
#include <string_view>

#include "storage/sqlite/packing.hpp"
#include "storage/turns.hpp"

namespace harborline::storage::sqlite {

/// The sealed part of a turn's row.
inline constexpr std::string_view kTurnColumn = "turn.sealed";

struct TurnWords {
    std::string identity{};
    std::string text{};
    std::string answer{};
    std::string note{};
    std::string state{};  ///< Of the conversation after the turn, where the turn carries it.
};

/// `state` may be null: the turn carries none.
inline Packer pack(const Turn& turn, const std::string* state) {
    constexpr std::size_t kLengths = 16;  // Of five texts, nearly always.
    Packer packed{turn.identity.size() + turn.text.size() + turn.answer.size() + turn.note.size() +
                  (state == nullptr ? 0 : state->size()) + kLengths};
    packed.text(turn.identity).text(turn.text).text(turn.answer).text(turn.note);
    if (state != nullptr) packed.text(*state);
    return packed;
}

inline TurnWords unpack_turn(std::string_view opened, bool has_state) {
    Unpacker unpacker{opened};
    TurnWords words{
        .identity = unpacker.text(), .text = unpacker.text(), .answer = unpacker.text(), .note = unpacker.text()};
    if (has_state) words.state = unpacker.text();
    return words;
}

}  // namespace harborline::storage::sqlite
