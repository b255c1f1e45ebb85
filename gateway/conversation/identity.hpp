#pragma once
#include <string>
#include <string_view>

#include "gateway/conversation/word_hash.hpp"
#include "handlers/core/inbound.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// What makes a second delivery of the same message recognisable (I2): the carrier's id where there is one, else
/// number, port, text and the carrier's time stamp. Empty where neither is there, and for a lone key without an id:
/// `1` then `1` is an honest answer. Danger without an id never has an identity, so that it is never dropped.
std::string identity_of(const core::Inbound& inbound);

/// The same with a hash in the place of her words, where they stand in it: for a text that is kept nowhere (I7). A
/// repeat that comes after a restart is not known by it.
std::string without_words(std::string_view identity, WordHash& hash);

/// The same of what came in: nothing stands in their place.
core::Inbound without_words(core::Inbound inbound);

/// Whether this very message was taken before, by either.
bool came_before(storage::Transaction& tx, std::string_view channel, std::string_view identity, WordHash& hash);

/// Whether an identity is the carrier's own id and so names nobody.
bool is_carrier_id(std::string_view identity);
/// The carrier's id inside such an identity.
std::string_view carrier_id_of(std::string_view identity);

}  // namespace harborline::gateway
