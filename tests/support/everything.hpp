#pragma once
#include <string>
#include <string_view>

#include "storage/transaction.hpp"

namespace harborline::testing {

/// All that is stored and could hold somebody's words, as one text to look into: turns, conversations, outbox, matters,
/// stranded texts, journal. Not the letters.
inline std::string everything_in(storage::Transaction& tx) {
    constexpr int kAll = 100'000;
    std::string all;
    const auto add = [&](std::string_view text) { all.append(text).append("\n"); };
    for (const auto& turn : tx.turns().since({}, kAll))
        for (const auto* text : {&turn.identity, &turn.text, &turn.answer, &turn.note}) add(*text);
    for (std::int64_t id = 1; id < 100; ++id)
        if (const auto talk = tx.conversations().find({id})) add(talk->state);
    for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
        for (const auto& message : tx.outbox().in_state(static_cast<core::MessageState>(state), kAll)) {
            add(message.text);
            add(message.reason);
        }
    for (const auto& one : tx.cases().list({.open_only = false, .limit = kAll}))
        for (const auto& entry : tx.cases().entries(one.id)) add(entry.text);
    for (const auto& text : tx.stranded().list(kAll)) {
        add(text.inbound.text);
        if (text.inbound.fragment) add(text.inbound.fragment->bytes);
        add(text.identity);
        add(text.error);
    }
    for (const auto& entry : tx.journal().latest(kAll)) add(entry.detail);
    return all;
}

}  // namespace harborline::testing
