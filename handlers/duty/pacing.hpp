#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "handlers/core/alert.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/duty/ladder.hpp"

namespace harborline::duty {

/// How often a phone may be texted of what is no danger, so that nobody gets forty texts.
struct Pace {
    std::chrono::seconds bundle{600};  ///< Pages of so long a time are told in one text.
    Night night{};
};

/// When a page is told to its phone: at once, or in one text with others that wait. `pages` are the phone's own.
///  - RED: at once, whatever the hour.
///  - A new matter, to somebody who is not to be woken for it: when the night is over. (An alert that got through the
///    night rule of its ladder is not kept from the last who can be told.)
///  - Else at once, unless a text of this level or a higher one, RED not counted, went there less than `bundle` ago.
core::Instant tell_at(const core::Page& page, const core::StaffMember& member, const std::vector<core::Page>& pages,
                      const Pace& pace, const core::LocalTime& local, core::Instant now);

/// What one text says of the pages that waited for it.
struct Bundle {
    core::Level level = core::Level::kNone;  ///< The highest.
    std::vector<int> codes{};                ///< In rising order.
};
Bundle bundle_of(const std::vector<core::Page>& waiting);

}  // namespace harborline::duty
