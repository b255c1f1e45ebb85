#pragma once
#include <string_view>

#include "handlers/core/fields.hpp"

namespace harborline::flow {

/// The most characters that a value of this name can have; 0: there is no such value.
int longest_value(std::string_view name);

/// Adds a value as long as it can get for every `{name}` of `words`; `plain`: of GSM characters only.
void fill_longest(std::string_view words, bool plain, core::Fields& values);

}  // namespace harborline::flow
