#include "storage/sqlite/fold.hpp"

#include <algorithm>
#include <utility>

namespace harborline::storage::sqlite {

void Fold::some() {
    const auto arrived =
        static_cast<std::size_t>(tail_.last_committed() - std::exchange(seen_, tail_.last_committed()));
    if (under_way_.up_to == 0) {
        if (after_turns_ == 0 || tail_.entries().size() < after_turns_) return;
        begin();
    }
    auto& [up_to, states, next, ended] = under_way_;
    for (const auto stop = std::min(states.size(), next + 2 * arrived + 16); next < stop; ++next)
        conversations_.fold({states[next].first}, states[next].second);
    if (next == states.size()) end();
}

void Fold::begin() {
    under_way_.up_to = tail_.last_committed();
    under_way_.states.assign(tail_.states().begin(), tail_.states().end());
    std::ranges::sort(under_way_.states);
}

void Fold::end() {
    const auto entries = tail_.entries();
    const auto behind = std::ranges::upper_bound(entries, under_way_.up_to, {}, &TurnTail::Entry::turn);
    repeats_.fold({entries.begin(), behind});
    tail_.write_folded(under_way_.up_to);
    under_way_.ended = true;
}

void Fold::publish() {
    if (!under_way_.ended) return;
    tail_.forget_folded(under_way_.up_to);
    under_way_ = {};
}

}  // namespace harborline::storage::sqlite
