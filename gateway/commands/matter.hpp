#pragma once
#include <string>

#include "gateway/commands/command.hpp"
#include "handlers/core/case.hpp"

namespace harborline::gateway {

/// The matter that a command names. Throws CommandFailed in words.
core::Case by_reference(CommandGround& ground, storage::Transaction& tx, const std::string& reference);

}  // namespace harborline::gateway
