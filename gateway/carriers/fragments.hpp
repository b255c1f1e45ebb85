#pragma once
#include <string>
#include <vector>

#include "handlers/core/inbound.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// One text from its parts, in whatever order they come, as valid UTF-8. Neighbours in the same charset are joined as
/// bytes first, so that a character cut between two parts is whole again. An ellipsis stands where parts are missing,
/// and U+FFFD for bytes that cannot be read: a text that came is never lost. kMalformed where a message is no part, or
/// the parts are of different texts.
core::Result<std::string> join_fragments(const std::vector<core::Inbound>& parts);

/// Whether every part from 1 to the total is there.
bool is_complete(const std::vector<core::Inbound>& parts);

}  // namespace harborline::gateway
