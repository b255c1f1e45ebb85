#include "handlers/flow/place_names.hpp"

#include <algorithm>

#include "handlers/flow/answer.hpp"

namespace harborline::flow {

NamedPlace place_named(const std::vector<Area>& areas, std::string_view text) {
    const std::string said = fold_word(text);
    NamedPlace found;
    if (said.empty()) return found;
    for (const auto& area : areas) {
        for (const auto& place : area.places) {
            const bool named = std::ranges::any_of(
                place.names, [&](const std::string& name) { return said.find(fold_word(name)) != std::string::npos; });
            if (!named) continue;
            if (found.place != nullptr) return {};
            found = {&area, &place};
        }
    }
    return found;
}

}  // namespace harborline::flow
