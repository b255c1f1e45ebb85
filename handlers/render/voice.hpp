#pragma once
#include <string_view>
#include <vector>

#include "handlers/core/call.hpp"
#include "handlers/flow/catalogue.hpp"

namespace harborline::render {

std::vector<core::Sound> render_voice(const flow::Catalogue& catalogue, std::string_view language,
                                      const std::vector<flow::Say>& says);

}  // namespace harborline::render
