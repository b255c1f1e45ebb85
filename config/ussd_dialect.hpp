#pragma once
#include <toml++/toml.h>

#include "config/given.hpp"
#include "config/settings_table.hpp"

namespace harborline::config {

/// The keys of a channel that say how an operator's own USSD interface names things (carrier "ussd-gateway").
Rows<ChannelSettings> ussd_dialect_rows();

/// What such a channel must have, and what makes no sense together: a finding each. `table` is its section.
void check_ussd_dialect(const ChannelSettings& channel, const toml::table& table, Sheet& sheet);

}  // namespace harborline::config
