#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/conversation/session.hpp"
#include "gateway/conversation/turn_taker.hpp"
#include "handlers/core/call.hpp"

/// What the caller's turns and those of the legs that are rung for her share.
namespace harborline::gateway::calls {

/// Which answer rang the legs: stands in the address that each of them asks.
struct DialName {
    core::HandsetId caller{};
    int step = 0;
};
/// "<handset>.<step>".
std::string dial_name(const DialName& name);
std::optional<DialName> read_dial_name(std::string_view written);

/// What was answered last on a call; hangs up where that is over.
core::CallAnswer last_answer(const Session& session);

TurnOutcome heard(TurnOutcome::Kind kind, core::CallAnswer answer);

}  // namespace harborline::gateway::calls
