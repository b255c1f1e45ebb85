#pragma once
#include "config/given.hpp"
#include "config/settings_table.hpp"

namespace harborline::config {

Rows<Settings> kinship_rows();
/// What no single value of [kinship] can be blamed for.
void check_kinship(const Settings& settings, Sheet& sheet);

}  // namespace harborline::config
