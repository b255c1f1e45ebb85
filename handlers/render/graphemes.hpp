#pragma once
#include <functional>
#include <string_view>

namespace harborline::render {

/// What a person sees as one character (Unicode TR 29), one after the other. `text` is valid UTF-8.
void each_grapheme(std::string_view text, const std::function<void(std::string_view)>& take);

}  // namespace harborline::render
