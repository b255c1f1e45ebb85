#include "config/referrals.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <set>

namespace harborline::config {

namespace {

constexpr std::string_view kPoliceByText = "sms110";

bool is_dialled(std::string_view number) {
    return number.size() >= 3 && number.size() <= 12 &&
           std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

class ReferralReader {
  public:
    ReferralReader(const std::string& file, core::Findings& findings) : file_(file), findings_(findings) {}

    std::vector<Referral> read(const toml::table& root) {
        for (const auto& [key, node] : root) {
            if (key != "number" || !node.is_array_of_tables()) {
                report(node, "write [[number]] sections, nothing else");
                continue;
            }
            for (const auto& entry : *node.as_array()) read_number(*entry.as_table());
        }
        if (number_of(found_, kPoliceByText).empty())
            findings_.push_back({file_, 1, "needs a [[number]] with key = \"sms110\": texts name it"});
        return std::move(found_);
    }

  private:
    void report(const toml::node& node, std::string message) {
        findings_.push_back({file_, static_cast<int>(node.source().begin.line), std::move(message)});
    }

    void read_number(const toml::table& table) {
        Referral referral{.line = static_cast<int>(table.source().begin.line)};
        const auto* day = table["verified_on"].as_date();
        for (const auto& [key, node] : table) {
            std::string* text = key == "key"      ? &referral.key
                                : key == "number" ? &referral.number
                                : key == "what"   ? &referral.what
                                                  : nullptr;
            if (text != nullptr && node.is_string()) {
                *text = node.as_string()->get();
            } else if (key != "verified_on") {
                report(node, "a number has key, number and what in quotes, and verified_on, nothing else");
            }
        }
        if (referral.key.empty() || referral.what.empty() || !is_dialled(referral.number))
            report(table, "a number needs key, number (3 to 12 digits) and what");
        if (day == nullptr) return report(table, "a number needs verified_on = YYYY-MM-DD, without quotes");
        const std::chrono::year_month_day verified{
            std::chrono::year{day->get().year}, std::chrono::month{day->get().month}, std::chrono::day{day->get().day}};
        referral.verified_on = std::chrono::sys_days{verified};
        if (!seen_.insert(referral.key).second) return report(table, "this key stands here twice");
        found_.push_back(std::move(referral));
    }

    const std::string& file_;
    core::Findings& findings_;
    std::vector<Referral> found_{};
    std::set<std::string> seen_{};
};

}  // namespace

std::vector<Referral> read_referrals(std::string_view toml, const std::string& file, core::Findings& findings) {
    try {
        return ReferralReader{file, findings}.read(toml::parse(toml));
    } catch (const toml::parse_error& error) {
        findings.push_back({file, static_cast<int>(error.source().begin.line), "not valid TOML"});
        return {};
    }
}

std::string_view number_of(const std::vector<Referral>& referrals, std::string_view key) {
    const auto found = std::ranges::find(referrals, key, &Referral::key);
    return found == referrals.end() ? std::string_view{} : std::string_view{found->number};
}

core::Findings old_referrals(const std::vector<Referral>& referrals, const std::string& file,
                             std::chrono::hours verified_within, core::Instant now) {
    core::Findings warnings;
    for (const auto& referral : referrals)
        if (referral.verified_on + verified_within < now)
            warnings.push_back({file, referral.line,
                                "warning: nobody has verified the number \"" + referral.key +
                                    "\" for long; dial it and write the day into verified_on"});
    return warnings;
}

}  // namespace harborline::config
