#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"

namespace harborline::kinship {

/// Words that come without a menu answer those that came within this time.
constexpr std::chrono::hours kAnswersFor{48};

/// That words came to her along a tie, or that she has chosen it for hers.
struct Written {
    core::TieId tie{};
    core::Instant at{};
    bool on_its_way = false;  ///< Words that have left, and nobody has said that they arrived.
};

/// For whom her words are that come without a menu: nobody, one, or those of whom she has to be asked whom she means,
/// who wrote last first. These are all who have written to her within `window` and whom she `chose` within it; her
/// choice holds until somebody else writes. Give letters along ties that nothing may cross any more, too: words for one
/// child must not go to another because the first can not be reached.
std::vector<core::TieId> meant(const std::vector<Written>& letters, const std::optional<Written>& chosen,
                               std::chrono::hours window, core::Instant now);

/// Whether she may well not have had the words that hers would answer: they left some time ago, her phone has not said
/// that it has them, and she has not chosen to write along that tie since.
bool may_be_unread(const std::vector<Written>& letters, const std::optional<Written>& chosen, core::TieId tie,
                   core::Instant now);

}  // namespace harborline::kinship
