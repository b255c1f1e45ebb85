#include "handlers/safety/contact_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "handlers/core/compact.hpp"

namespace harborline::safety {
namespace {

constexpr std::uint8_t kPlanVersion = 2;
/// Named no matter for an exception: one that was not used yet has to be decided again.
constexpr std::uint8_t kPlanBefore = 1;
constexpr int kDayMinutes = 24 * 60;
constexpr std::size_t kKeysMax = 4;
constexpr std::size_t kWindowsMax = 50;
constexpr std::size_t kWordsMax = 500;

/// Nobody is called unasked outside of these.
constexpr std::array kCallHours{Window{.from_min = 8 * 60, .to_min = 20 * 60}};

/// Of a text to a watched phone (3.4, point 2): neither these, nor who we are, nor a link.
constexpr std::array<std::string_view, 11> kBetraying{"家暴", "维权", "报警", "保护令", "案件", "心理",
                                                      "妇联", "妇女", "http", "www.",   "://"};

bool is_digits(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

/// In how many days from today, and at which minute, the window begins next.
std::pair<int, int> next_begin(const Window& window, const core::LocalTime& local) {
    int days = window.from_min > local.minute ? 0 : 1;
    while (!begins_on(window, local.weekday + days)) ++days;
    return {days, window.from_min};
}

template <class Windows>
Verdict within(const Windows& windows, const core::LocalTime& local) {
    if (windows.empty() || std::ranges::any_of(windows, [&](const Window& one) { return holds(one, local); }))
        return {};
    auto soonest = next_begin(windows.front(), local);
    for (const Window& one : windows) soonest = std::min(soonest, next_begin(one, local));
    const auto day = std::chrono::local_days{local.date} + std::chrono::days{soonest.first};
    return {.kind = Verdict::Kind::kWait, .date = core::LocalDate{day}, .minute = soonest.second};
}

constexpr Verdict never(std::string_view why) {
    return {.kind = Verdict::Kind::kNever, .why = why};
}

bool is_answer(const Outgoing& what) {
    const bool hers = what.kind == core::MessageClass::kAnswer || what.kind == core::MessageClass::kCover;
    // One that was made later than now was made before the clock was set back: nobody knows how long ago.
    return hers && !what.call && what.age >= std::chrono::milliseconds{0} && what.age <= kAtOnce;
}

Verdict by_plan(const ContactPlan& plan, bool safety_open, const Outgoing& what, const core::LocalTime& local) {
    if (plan.way == Way::kNone) return never("only she contacts us");
    if (what.call && plan.way == Way::kText) return never("she has chosen texts, not calls");
    if (!what.call && plan.way == Way::kCall) return never("she has chosen calls, not texts");
    if (what.by_person) return within(plan.windows, local);
    // Anybody can pick up, and a machine hears keys only (3.4, point 3).
    if (what.call && (plan.has_words() || safety_open) && !plan.has_keys())
        return never("no agreed code can be keyed in a call: a person has to call her");
    if (what.call && plan.windows.empty()) return within(kCallHours, local);
    return within(plan.windows, local);
}

}  // namespace

bool ContactPlan::has_keys() const {
    return is_digits(safe_word) && is_digits(unsafe_word);
}

std::string_view fault_in(const ContactPlan& plan) {
    if (plan.safe_word.empty() != plan.unsafe_word.empty()) return "agree on two words, one for safe and one for not";
    if (plan.has_words() && plan.safe_word == plan.unsafe_word) return "the two agreed words must differ";
    if (is_digits(plan.safe_word) != is_digits(plan.unsafe_word)) return "agree on two words or on two codes of digits";
    for (const auto* word : {&plan.safe_word, &plan.unsafe_word}) {
        if (!is_digits(*word)) continue;
        if (word->size() > kKeysMax) return "an agreed code has one to four digits";
        if (*word == "0" || *word == "8" || *word == "9") return "0, 8 and 9 mean something else already";
    }
    if (plan.has_keys() && plan.cover_story.empty())
        return "a call with agreed codes begins with a cover story: add one";
    if (plan.windows.size() > kWindowsMax) return "these are more windows than anybody can keep to";
    for (const auto* words : {&plan.safe_word, &plan.unsafe_word, &plan.neutral_name, &plan.cover_story})
        if (words->size() > kWordsMax) return "agreed words, the name and the story are short";
    if (!std::ranges::all_of(plan.windows, core::is_sound))
        return "a window begins and ends within a day, or crosses midnight";
    return {};
}

std::string encode(const ContactPlan& plan) {
    core::CompactWriter out(64);
    out.byte(kPlanVersion);
    out.byte(static_cast<std::uint8_t>(plan.way));
    out.number(plan.windows.size());
    for (const auto& window : plan.windows) {
        out.byte(window.days);
        out.number(static_cast<std::size_t>(window.from_min));
        out.number(static_cast<std::size_t>(window.to_min));
    }
    for (const auto* words : {&plan.safe_word, &plan.unsafe_word, &plan.neutral_name, &plan.cover_story})
        out.text(*words);
    for (const auto instant : {plan.safe_until, plan.exception_until})
        out.number(
            static_cast<std::size_t>(std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count()));
    out.number(static_cast<std::size_t>(plan.exception.value));
    out.number(static_cast<std::size_t>(plan.exception_in.value));
    return out.take();
}

core::Result<ContactPlan> decode_contact_plan(std::string_view bytes) {
    core::CompactReader in(bytes);
    ContactPlan plan;
    const auto version = in.byte();
    if (version != kPlanVersion && version != kPlanBefore) in.fail();
    const auto way = in.byte();
    if (way > static_cast<std::uint8_t>(Way::kEither)) in.fail();
    plan.way = static_cast<Way>(way);
    const std::size_t windows = in.number();
    if (windows != in.at_most(windows)) in.fail();
    for (std::size_t i = 0; in.ok() && i < windows; ++i) {
        Window window{.days = in.byte()};
        window.from_min = static_cast<int>(std::min<std::size_t>(in.number(), kDayMinutes + 1));
        window.to_min = static_cast<int>(std::min<std::size_t>(in.number(), kDayMinutes + 1));
        plan.windows.push_back(window);
    }
    for (auto* words : {&plan.safe_word, &plan.unsafe_word, &plan.neutral_name, &plan.cover_story}) *words = in.text();
    plan.safe_until = core::Instant{std::chrono::seconds{in.number()}};
    plan.exception_until = core::Instant{std::chrono::seconds{in.number()}};
    plan.exception = {static_cast<std::int64_t>(in.number())};
    if (version != kPlanBefore) plan.exception_in = {static_cast<std::int64_t>(in.number())};
    if (!in.at_end() || !fault_in(plan).empty()) return core::malformed("this is no contact plan of ours");
    return plan;
}

bool betrays(std::string_view text) {
    return std::ranges::any_of(kBetraying, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

Verdict may_reach(const ContactPlan& plan, bool safety_open, const Outgoing& what, const core::LocalTime& local) {
    if (core::is_page(what.kind) || is_answer(what)) return {};
    if (plan.exception && what.id == plan.exception) return {};
    if (plan.way != Way::kUnasked) return by_plan(plan, safety_open, what, local);
    if (safety_open || what.by_person)
        return never("a safety matter is open, and she has not been asked how she may be reached");
    return what.call ? within(kCallHours, local) : Verdict{};
}

}  // namespace harborline::safety
