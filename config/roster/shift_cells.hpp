#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "handlers/core/staff.hpp"

namespace harborline::config {

/// The cells of a shift as values; nothing where a cell says nothing that could be meant.
std::optional<core::Role> read_role(std::string_view cell);
/// "mon-fri", "sat,sun", "sat-mon", "all" or empty, in any case. Bit 0 is Monday.
std::optional<std::uint8_t> read_days(std::string_view cell);
/// "8:00" or "08:00" up to 24:00, as minutes of the day.
std::optional<int> read_minute(std::string_view cell);
/// Digits only, or empty.
bool is_district(std::string_view cell);
/// One of the five departments of domain rules 1.1, or empty.
bool is_department(std::string_view cell);

}  // namespace harborline::config
