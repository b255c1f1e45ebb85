#pragma once
#include <string_view>

#include "handlers/core/family.hpp"

namespace harborline::kinship {

/// Key of the text by which a child calls this relative: "kin.rel.mother", "kin.rel.caring_mom" … Unknown ones are
/// relatives.
std::string_view relation_key(core::Relation relation);

}  // namespace harborline::kinship
