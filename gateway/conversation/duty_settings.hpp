#pragma once
#include "config/settings.hpp"
#include "handlers/duty/ladder.hpp"
#include "handlers/duty/pacing.hpp"

namespace harborline::gateway {

/// The settings of [duty] as the rules of handlers/duty take them.
duty::Ladders ladders_of(const config::Settings::Duty& settings);
duty::Night night_of(const config::Settings::Duty& settings);
duty::Pace pace_of(const config::Settings::Duty& settings);

}  // namespace harborline::gateway
