#pragma once
#include <string>
#include <string_view>

#include "handlers/core/random.hpp"
#include "handlers/core/time.hpp"
#include "storage/staff.hpp"

/// The PIN of the staff line. Fast to check, within a transaction: what keeps it from being tried through is that the
/// third miss locks it, and its hash lies sealed.
namespace harborline::gateway {

/// Six digits.
std::string draw_line_pin(core::Random& random);
/// With a salt of its own in front.
std::string hash_line_pin(std::string_view pin, core::Random& random);

/// Three misses in a row lock it for an hour, whatever is keyed.
bool is_locked(const storage::LinePin& pin, core::Instant now);
/// Compares, and counts a miss in `pin`. False while it is locked.
bool opens(storage::LinePin& pin, std::string_view keyed, core::Instant now);

}  // namespace harborline::gateway
