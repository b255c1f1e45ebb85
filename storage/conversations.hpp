#pragma once
#include <optional>
#include <string>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

/// What is kept of one handset's talk with us between two turns: one row a handset, overwritten by every turn.
struct Conversation {
    core::HandsetId handset{};
    core::ConversationId
        id{};  ///< Names the conversation in logs and timelines; a new one begins with each flow from idle.
    std::string channel{};  ///< Where she last wrote.
    core::Instant last_turn_at{};
    std::string state{};  ///< Encoded; opaque here, sealed at rest.
};

/// Nothing above this interface may care when the row itself is written: a backend may keep it in memory and write
/// sorted batches, as long as a restart replays what was committed.
class Conversations {
  public:
    virtual ~Conversations() = default;
    /// Of one that can not be read any more nothing is found but whose it is; its state is then empty.
    virtual std::optional<Conversation> find(core::HandsetId handset) = 0;
    virtual void put(Conversation conversation) = 0;
    /// A fresh conversation number.
    virtual core::ConversationId next_id() = 0;
};

}  // namespace harborline::storage
