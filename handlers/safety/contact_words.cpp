#include "handlers/safety/contact_words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace harborline::safety {
namespace {

constexpr std::array<std::string_view, 5> kWayWords{"unknown", "none", "call", "text", "either"};
constexpr std::array<std::string_view, 7> kDayWords{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// The answers to safe.when; "any" has no window.
constexpr std::array<std::pair<std::string_view, Window>, 3> kTimesOfDay{{
    {"morning", {.from_min = 8 * 60, .to_min = 12 * 60}},
    {"afternoon", {.from_min = 12 * 60, .to_min = 18 * 60}},
    {"evening", {.from_min = 18 * 60, .to_min = 21 * 60}},
}};

}  // namespace

std::string_view word_of(Way way) {
    return kWayWords.at(static_cast<std::size_t>(way));
}

Way way_named(std::string_view word) {
    const auto* const found = std::ranges::find(kWayWords, word);
    return found == kWayWords.end() ? Way::kUnasked : static_cast<Way>(found - kWayWords.begin());
}

std::string in_words(const Window& window) {
    std::string words;
    for (std::size_t day = 0; day < kDayWords.size(); ++day)
        if ((window.days >> day & 1) != 0) words.append(words.empty() ? "" : ",").append(kDayWords.at(day));
    if (window.days == 0x7f) words = "all";
    return words + " " + core::clock_face(window.from_min) + "-" + core::clock_face(window.to_min);
}

std::string hours_of(const ContactPlan& plan) {
    std::string hours;
    for (const auto& window : plan.windows) hours.append(hours.empty() ? "" : ", ").append(in_words(window));
    return hours.empty() ? "any time" : hours;
}

std::string in_words(const ContactPlan& plan) {
    std::string words{word_of(plan.way)};
    if (plan.way != Way::kNone) words.append(", ").append(hours_of(plan));
    if (plan.has_words()) words.append(", two words are agreed");
    if (!plan.neutral_name.empty()) words.append(", a name");
    if (!plan.cover_story.empty()) words.append(", a cover story");
    return words;
}

std::optional<ContactPlan> chosen_in(const core::Fields& saved) {
    ContactPlan plan{.way = way_named(saved.get("contact"))};
    if (plan.way == Way::kNone) return plan;
    if (plan.way != Way::kCall && plan.way != Way::kText) return std::nullopt;
    const std::string_view when = saved.get("when");
    if (when == "any") return plan;
    const auto* const found = std::ranges::find(kTimesOfDay, when, &decltype(kTimesOfDay)::value_type::first);
    if (found == kTimesOfDay.end()) return std::nullopt;
    plan.windows = {found->second};
    return plan;
}

}  // namespace harborline::safety
