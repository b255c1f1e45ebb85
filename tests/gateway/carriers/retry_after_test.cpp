#include "gateway/carriers/retry_after.hpp"

#include <gtest/gtest.h>

#include <string>

namespace harborline::gateway {
namespace retry_after_test {

using namespace std::chrono_literals;

constexpr auto kNow = "Sun, 06 Nov 1994 08:49:37 GMT";

struct RetryAfterCase {
    std::string name{};
    std::string value{};
    std::optional<std::chrono::seconds> wait{};
    std::string date = kNow;
    friend void PrintTo(const RetryAfterCase& test, std::ostream* out) { *out << test.name; }
};

class RetryAfter_Test : public ::testing::TestWithParam<RetryAfterCase> {};

TEST_P(RetryAfter_Test, Reads) {
    EXPECT_EQ(read_retry_after(GetParam().value, GetParam().date), GetParam().wait);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RetryAfter_Test,
    ::testing::Values(
        RetryAfterCase{"Seconds", "120", 120s}, RetryAfterCase{"Zero", "0", 0s},
        RetryAfterCase{"Absurd", "99999999", 24h}, RetryAfterCase{"BeyondAnyNumber", "99999999999999999999", 24h},
        RetryAfterCase{"Negative", "-5", {}}, RetryAfterCase{"NegativeBeyondAnyNumber", "-99999999999999999999", {}},
        RetryAfterCase{"WithRubbish", "12 parsecs", {}}, RetryAfterCase{"Fraction", "1.5", {}},
        RetryAfterCase{"Words", "soon", {}}, RetryAfterCase{"Empty", "", {}},
        RetryAfterCase{"Date", "Sun, 06 Nov 1994 08:50:37 GMT", 60s},
        RetryAfterCase{"DateAcrossANewYear", "Sun, 01 Jan 1995 00:00:05 GMT", 10s, "Sat, 31 Dec 1994 23:59:55 GMT"},
        RetryAfterCase{"DateInThePast", "Sun, 06 Nov 1994 08:00:00 GMT", 0s},
        RetryAfterCase{"DateFarAway", "Sun, 06 Nov 2094 08:49:37 GMT", 24h},
        RetryAfterCase{"DateWithoutADateOfTheAnswer", "Sun, 06 Nov 1994 08:50:37 GMT", {}, ""},
        RetryAfterCase{"DateThatIsNone", "Sun, 31 Feb 1994 08:50:37 GMT", {}},
        RetryAfterCase{"DateInAnOldForm", "Sunday, 06-Nov-94 08:49:37 GMT", {}}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace retry_after_test
}  // namespace harborline::gateway
