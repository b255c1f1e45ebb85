#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/fields.hpp"
#include "handlers/safety/contact_plan.hpp"

/// A safe contact plan as people say it: to the machine by answers, to the staff by words.
namespace harborline::safety {

/// "none", "call", "text", "either"; "unknown" for kUnasked.
std::string_view word_of(Way way);
/// The same the other way round; kUnasked for any other word.
Way way_named(std::string_view word);

/// "mon,tue 09:00-11:00", "all 22:00-06:00".
std::string in_words(const Window& window);
/// "all 09:00-11:00, sun 14:00-16:00"; "any time".
std::string hours_of(const ContactPlan& plan);
/// "call, any time, two words are agreed, a name": for the timeline, which many read, so without the words themselves.
std::string in_words(const ContactPlan& plan);

/// What she has chosen, as a flow has saved it: contact "call", "text" or "none"; when "morning", "afternoon",
/// "evening" or "any". Nothing where she has not said both; "none" needs no time.
std::optional<ContactPlan> chosen_in(const core::Fields& saved);

}  // namespace harborline::safety
