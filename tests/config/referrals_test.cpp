#include "config/referrals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "config/files.hpp"

namespace harborline::config {
namespace {

using namespace std::chrono_literals;

constexpr auto kOneNumber = R"([[number]]
key = "sms110"
number = "12110"
what = "短信报警"
verified_on = 2026-11-23
)";

std::string messages(std::string_view toml) {
    core::Findings findings;
    read_referrals(toml, "referrals.toml", findings);
    std::string all;
    for (const auto& finding : findings) all += std::to_string(finding.line) + ": " + finding.message + "\n";
    return all;
}

std::string kept_with(std::string_view written, std::string_view becomes) {
    std::string toml = kOneNumber;
    return toml.replace(toml.find(written), written.size(), becomes);
}

TEST(Referrals, AreReadWithTheDayOnWhichTheyWereVerified) {
    core::Findings findings;
    const auto numbers = read_referrals(kOneNumber, "referrals.toml", findings);

    EXPECT_TRUE(findings.empty());
    ASSERT_EQ(numbers.size(), 1U);
    EXPECT_EQ(number_of(numbers, "sms110"), "12110");
    EXPECT_EQ(number_of(numbers, "nobody"), "");
    EXPECT_EQ(numbers.front().verified_on, std::chrono::sys_days{std::chrono::year{2026} / std::chrono::November / 23});
}

TEST(Referrals, FaultsNameTheirLine) {
    EXPECT_EQ(messages(kOneNumber), "");
    EXPECT_NE(messages("").find("1: needs a [[number]] with key = \"sms110\""), std::string::npos);
    EXPECT_NE(messages(kept_with("12110", "call the police")).find("1: a number needs key, number"), std::string::npos);
    EXPECT_NE(messages(kept_with("2026-11-23", "\"2026-11-23\"")).find("1: a number needs verified_on"),
              std::string::npos);
    EXPECT_NE(messages(std::string{kOneNumber} + kOneNumber).find("6: this key stands here twice"), std::string::npos);
    EXPECT_NE(messages(std::string{kOneNumber} + "colour = 1\n").find("6: a number has key"), std::string::npos);
    EXPECT_NE(messages("[[number]").find("1: not valid TOML"), std::string::npos);
}

TEST(Referrals, OneThatNobodyHasVerifiedForLongIsAWarning) {
    core::Findings findings;
    const auto numbers = read_referrals(kOneNumber, "referrals.toml", findings);
    const core::Instant verified = numbers.front().verified_on;

    EXPECT_TRUE(old_referrals(numbers, "referrals.toml", 24h, verified + 24h).empty());
    const auto warnings = old_referrals(numbers, "referrals.toml", 24h, verified + 25h);
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings.front().line, 1);
    EXPECT_NE(warnings.front().message.find("\"sms110\""), std::string::npos);
}

TEST(Referrals, TheShippedTableReadsWithoutAFinding) {
    const auto file = std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config" / "referrals" / "harbin.toml";
    core::Findings findings;
    const auto numbers = read_referrals(read_text_file(file).value(), file.string(), findings);

    EXPECT_TRUE(findings.empty()) << findings.front().message;
    for (const auto* number : {"110", "12110", "12338", "12345", "120", "12348", "12355"})
        EXPECT_TRUE(std::ranges::any_of(numbers, [&](const Referral& one) { return one.number == number; })) << number;
}

}  // namespace
}  // namespace harborline::config
