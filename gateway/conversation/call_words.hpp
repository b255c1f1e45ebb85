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
    bool relative = false;  ///< It rang one. The caller's own turn may not be there any more to tell.
};
/// "<handset>.<step>", with ".1" behind it where a relative is rung.
std::string dial_name(const DialName& name);
std::optional<DialName> read_dial_name(std::string_view written);

/// So far apart are the numbers of answers that ask for words for a relative.
inline constexpr int kLetterSteps = 1'000;
/// The number of the answer behind that of number `step`. One that asks for words for a relative has a number of a kind
/// of its own: whatever brings them is known by it, however late, and is kept in no row (I7).
constexpr int step_after(int step, bool asks_for_letter) {
    return asks_for_letter ? (step / kLetterSteps + 1) * kLetterSteps : step + 1;
}
constexpr bool brings_letter(int step) {
    return step > 0 && step % kLetterSteps == 0;
}

/// What was answered last on a call; hangs up where that is over, unless it was turned away.
core::CallAnswer last_answer(const Session& session);

TurnOutcome heard(TurnOutcome::Kind kind, core::CallAnswer answer);

}  // namespace harborline::gateway::calls
