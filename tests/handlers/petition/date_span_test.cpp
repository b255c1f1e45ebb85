#include "handlers/core/date_span.hpp"

#include <gtest/gtest.h>

namespace harborline::core {
namespace {

struct DatesCase {
    std::string name{};
    std::string written{};
    std::optional<std::string> read{};  ///< As it is written again; nothing where it is refused.
};

class DatesTest : public ::testing::TestWithParam<DatesCase> {};

TEST_P(DatesTest, AreReadAndWritten) {
    const auto spans = read_dates(GetParam().written);

    ASSERT_EQ(spans.has_value(), GetParam().read.has_value());
    if (!spans) return;
    EXPECT_EQ(write_dates(*spans), *GetParam().read);
    EXPECT_EQ(read_dates(write_dates(*spans)), spans);
}

INSTANTIATE_TEST_SUITE_P(
    Dates, DatesTest,
    ::testing::Values(DatesCase{"None", "", ""}, DatesCase{"Blank", "  ", ""},
                      DatesCase{"ADay", "2026-12-25", "2026-12-25"},
                      DatesCase{"AsASpreadsheetWrites", "2026/3/5", "2026-03-05"},
                      DatesCase{"ASpan", "2026-10-01..2026-10-07", "2026-10-01..2026-10-07"},
                      DatesCase{"ASpanOfADay", "2026-10-01..2026-10-01", "2026-10-01"},
                      DatesCase{"Several", "2026-12-25; 2027-01-01..2027-01-03,2027-02-01",
                                "2026-12-25 2027-01-01..2027-01-03 2027-02-01"},
                      DatesCase{"LeapDay", "2028-02-29", "2028-02-29"}, DatesCase{"NoLeapDay", "2027-02-29", {}},
                      DatesCase{"NoMonth", "2027-13-01", {}}, DatesCase{"BackwardSpan", "2027-01-03..2027-01-01", {}},
                      DatesCase{"HalfASpan", "2027-01-03..", {}}, DatesCase{"TooFewParts", "2027-01", {}},
                      DatesCase{"TooManyParts", "2027-01-01-01", {}}, DatesCase{"EndsInAMark", "2027-01-01-", {}},
                      DatesCase{"TwoDigitYear", "26-12-25", {}}, DatesCase{"Signed", "2027-+1-01", {}},
                      DatesCase{"Words", "christmas", {}}, DatesCase{"DayFirst", "25.12.2026", {}}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Dates, ASpanHoldsItsFirstAndItsLastDay) {
    const auto spans = read_dates("2026-10-01..2026-10-07").value();
    const auto day = [](unsigned month, unsigned number) {
        return LocalDate{std::chrono::year{2026}, std::chrono::month{month}, std::chrono::day{number}};
    };

    EXPECT_FALSE(holds(spans, day(9, 30)));
    EXPECT_TRUE(holds(spans, day(10, 1)));
    EXPECT_TRUE(holds(spans, day(10, 7)));
    EXPECT_FALSE(holds(spans, day(10, 8)));
}

}  // namespace
}  // namespace harborline::core
