#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/fields.hpp"
#include "handlers/core/result.hpp"

namespace harborline::core {

/// Where one conversation stands between two turns: one value that survives a restart. Steps are kept by name, so that
/// a changed flow file finds its place again or says that it cannot.
struct FlowState {
    std::string flow{};  ///< Empty: no conversation is going on.
    std::string step{};
    Fields saved{};                    ///< Answers and values so far.
    std::vector<std::string> trail{};  ///< Questions asked before this one in this flow, for `*`; at most 8.
    std::vector<std::pair<std::string, std::uint8_t>> visits{};  ///< How often each bounded step was entered.
    std::uint8_t misses = 0;                                     ///< Answers not understood in a row.
    char last_key = 0;          ///< The key that was the whole last answer, else 0 (`*` then `0` is covert).
    bool resuming = false;      ///< The open question is "go on, or something new?".
    std::uint8_t parts = 0;     ///< Texts taken into the story so far.
    bool silent = false;        ///< The flow is being left: the rest of it is walked without a word.
    std::string then{};         ///< "flow.step" that begins once the silent path has ended; empty: nothing.
    std::string then_answer{};  ///< A number that answers the first question there.
    std::uint8_t quiet = 0;     ///< On a call: times in a row that nothing was keyed.
    bool telling = false;       ///< On a call: her recording was played to her, and waits for her yes.

    friend bool operator==(const FlowState&, const FlowState&) = default;
};

/// Compact, versioned form for storage.
std::string encode(const FlowState& state);
/// Fails with kMalformed on anything `encode` did not write.
Result<FlowState> decode_flow_state(std::string_view bytes);

}  // namespace harborline::core
