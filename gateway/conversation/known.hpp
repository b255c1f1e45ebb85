#pragma once
#include <optional>

#include "gateway/conversation/memory.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// What is known of a handset, read without a write.
struct Known {
    storage::Handset handset{};
    storage::Conversation conversation{};
    Memory memory{};
};

/// Nothing where the handset is new, or its state can not be read.
std::optional<Known> recall(storage::Transaction& tx, const std::optional<storage::Handset>& handset);

/// What has changed in its memory.
void write_down(storage::Transaction& tx, Known& known);

}  // namespace harborline::gateway
