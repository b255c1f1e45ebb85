#pragma once
#include <string>
#include <string_view>

#include "handlers/core/inbound.hpp"
#include "handlers/render/ussd.hpp"

namespace harborline::gateway {

/// "52/70 units", "98/160 septets"
std::string written(const render::ScreenLength& length);

/// The screen as a terminal shows it: a box of 32 columns (a Chinese character takes two), its length in the frame.
std::string draw(std::string_view text, const core::ScreenLimits& limits);

}  // namespace harborline::gateway
