#pragma once
#include <string_view>
#include <vector>

#include "handlers/flow/book.hpp"

namespace harborline::flow {

struct NamedPlace {
    const Area* area = nullptr;
    const Place* place = nullptr;
};

/// The place that a short text names or contains ("我在道里区"); none where it names several.
NamedPlace place_named(const std::vector<Area>& areas, std::string_view text);

}  // namespace harborline::flow
