#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/finding.hpp"
#include "handlers/core/time.hpp"

namespace harborline::config {

/// A number of somebody else that people are sent to (domain rules 2.10).
struct Referral {
    std::string key{};
    std::string number{};
    std::string what{};
    core::Instant verified_on{};  ///< The beginning of that day, UTC.
    int line = 0;
};

/// Reads one city's table (config/referrals says how it is written). Adds every problem with its line to `findings`: a
/// missing or unknown key, a number that is none, two entries with one key, no `sms110`, which texts name.
std::vector<Referral> read_referrals(std::string_view toml, const std::string& file, core::Findings& findings);

/// The number with this key; empty where there is none.
std::string_view number_of(const std::vector<Referral>& referrals, std::string_view key);

/// One warning for each number that nobody has verified within so long.
core::Findings old_referrals(const std::vector<Referral>& referrals, const std::string& file,
                             std::chrono::hours verified_within, core::Instant now);

}  // namespace harborline::config
