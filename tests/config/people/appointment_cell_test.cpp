#include "config/people/appointment_cell.hpp"

#include <gtest/gtest.h>

namespace harborline::config {
namespace {

TEST(AppointmentCell, IsADayOfTheWeekOrOneDay) {
    const auto weekly = read_appointment("sun 19:00");
    ASSERT_TRUE(weekly);
    EXPECT_EQ(weekly->weekday, 6);
    EXPECT_EQ(weekly->minute, 19 * 60);
    EXPECT_FALSE(weekly->is_once());
    const auto once = read_appointment("2027-03-07 8:05");
    ASSERT_TRUE(once);
    EXPECT_EQ(once->once, (core::LocalDate{std::chrono::year{2027} / 3 / 7}));
    EXPECT_EQ(once->minute, 8 * 60 + 5);
    for (const char* written : {"mon 00:00", "sun 19:00", "2027-03-07 08:05"})
        EXPECT_EQ(write_appointment(read_appointment(written).value()), written);
}

TEST(AppointmentCell, IsNothingElse) {
    for (const char* written :
         {"", "sun", "19:00", " 19:00", "sun 24:00", "sun 25:00", "sun 19", "sun-mon 19:00", "sun,mon 19:00",
          "all 19:00", "sunday 19:00", "2027-02-30 19:00", "2027-03-07..2027-03-08 19:00", "sun  19:00", "sun 19:00 "})
        EXPECT_FALSE(read_appointment(written)) << written;
}

}  // namespace
}  // namespace harborline::config
