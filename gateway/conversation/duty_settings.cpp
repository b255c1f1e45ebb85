#include "gateway/conversation/duty_settings.hpp"

#include <vector>

namespace harborline::gateway {
namespace {

std::vector<duty::LadderStep> steps_of(const std::vector<config::LadderStep>& written) {
    std::vector<duty::LadderStep> steps;
    for (const auto& step : written) steps.push_back({.after = step.after, .role = step.role});
    return steps;
}

}  // namespace

duty::Ladders ladders_of(const config::Settings::Duty& settings) {
    return {.red = {.steps = steps_of(settings.ladder_red),
                    .repeat = settings.repeat,
                    .handled_within = settings.handled_red},
            .orange = {.steps = steps_of(settings.ladder_orange),
                       .repeat = settings.repeat_orange,
                       .handled_within = settings.handled_orange},
            .yellow = {.steps = steps_of(settings.ladder_yellow),
                       .repeat = settings.repeat_yellow,
                       .handled_within = settings.handled_yellow}};
}

duty::Night night_of(const config::Settings::Duty& settings) {
    return {.from_min = settings.night_from_h * 60, .to_min = settings.night_to_h * 60};
}

duty::Pace pace_of(const config::Settings::Duty& settings) {
    return {.bundle = settings.bundle, .night = night_of(settings)};
}

}  // namespace harborline::gateway
