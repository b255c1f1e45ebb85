#include "gateway/conversation/known.hpp"

#include <utility>

namespace harborline::gateway {

std::optional<Known> recall(storage::Transaction& tx, const std::optional<storage::Handset>& handset) {
    if (!handset) return std::nullopt;
    auto conversation = tx.conversations().find(handset->id);
    if (!conversation) return std::nullopt;
    auto memory = decode_memory(conversation->state);
    if (!memory) return std::nullopt;
    return Known{*handset, std::move(*conversation), std::move(*memory)};
}

void write_down(storage::Transaction& tx, Known& known) {
    known.conversation.state = encode(known.memory);
    tx.conversations().put(known.conversation);
}

}  // namespace harborline::gateway
