#include "handlers/kinship/addressee.hpp"

#include <algorithm>
#include <functional>

namespace harborline::kinship {
namespace {

/// Until then nobody's word for it is needed: whoever answers at once is quicker than many a network.
constexpr std::chrono::minutes kArrivesWithin{5};

}  // namespace

std::vector<core::TieId> meant(const std::vector<Written>& letters, const std::optional<Written>& chosen,
                               std::chrono::hours window, core::Instant now) {
    std::vector<Written> lately;
    // What lies ahead was before the clock was set back.
    const auto look_at = [&](const Written& one) {
        if (std::chrono::abs(now - one.at) <= window) lately.push_back(one);
    };
    std::ranges::for_each(letters, look_at);
    if (chosen) look_at(*chosen);
    std::ranges::stable_sort(lately, std::greater{}, &Written::at);

    const auto is_later = [&](const Written& one) { return one.tie != chosen->tie && one.at >= chosen->at; };
    const bool is_hers = chosen && std::chrono::abs(now - chosen->at) <= window;
    if (is_hers && std::ranges::none_of(lately, is_later)) return {chosen->tie};

    std::vector<core::TieId> ties;
    for (const auto& one : lately)
        if (std::ranges::find(ties, one.tie) == ties.end()) ties.push_back(one.tie);
    return ties;
}

bool may_be_unread(const std::vector<Written>& letters, const std::optional<Written>& chosen, core::TieId tie,
                   core::Instant now) {
    const auto letter = std::ranges::find(letters, tie, &Written::tie);
    if (letter == letters.end() || !letter->on_its_way) return false;
    const bool wrote_since = chosen && chosen->tie == tie && chosen->at >= letter->at;
    return !wrote_since && std::chrono::abs(now - letter->at) > kArrivesWithin;
}

}  // namespace harborline::kinship
