#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "handlers/core/finding.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/flow/book.hpp"

namespace harborline::flow {

/// What a channel can carry, as far as the proof needs to know.
struct ChannelLimits {
    std::string name{};
    core::ChannelKind kind = core::ChannelKind::kSms;
    std::string signature{};      ///< Put before every text, counted in.
    std::string neutral{};        ///< Put there instead on a phone that may be watched; empty: never. Not for staff.
    std::string language{};       ///< The language it speaks; empty: every one.
    core::ScreenLimits screen{};  ///< kUssd.
};

struct ProofReport {
    std::size_t flows = 0;
    std::size_t steps = 0;
    std::size_t states = 0;  ///< (step, counters) pairs of the graph.
    std::size_t edges = 0;
    core::Findings findings{};
};

/// Proves what design's section 3 promises of flows, on the graph, without enumerating paths: every step is reachable
/// and reaches an end; every outcome of every deed has a way on; every wait has a way out when nobody answers; every
/// cycle has a bound or a person; every text exists in every language and fits; sensitive flows have neutral texts,
/// or are entered only by whoever said that nobody reads along; reserved keys stay reserved.
ProofReport prove(const Book& book, const std::vector<ChannelLimits>& channels);

}  // namespace harborline::flow
