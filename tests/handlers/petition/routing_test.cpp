#include "handlers/petition/routing.hpp"

#include <gtest/gtest.h>

namespace harborline::petition {
namespace {

using core::Role;
using core::Shift;
using core::StaffId;

constexpr std::string_view kBayan = "230126";
constexpr std::string_view kWuchang = "230184";

core::Roster roster(std::initializer_list<Shift> shifts, std::initializer_list<std::int64_t> inactive = {}) {
    core::Roster made{.shifts = shifts};
    for (std::int64_t id = 1; id <= 9; ++id) made.staff.push_back({.id = StaffId{id}});
    for (const auto id : inactive) made.staff.at(static_cast<std::size_t>(id - 1)).active = false;
    return made;
}

Shift owner(std::int64_t id, std::string_view district, std::string_view department) {
    return {StaffId{id}, Role::kOwner, std::string{district}, std::string{department}};
}

Shift duty(std::int64_t id, std::uint8_t days, int from_min, int to_min, std::string_view district = "",
           std::string_view department = "") {
    return {StaffId{id}, Role::kDuty, std::string{district}, std::string{department}, days, from_min, to_min};
}

std::vector<StaffId> ids(std::initializer_list<std::int64_t> values) {
    std::vector<StaffId> list;
    for (const auto value : values) list.push_back(StaffId{value});
    return list;
}

core::LocalTime clock(int weekday, int hour, int minute = 0) {
    return {.weekday = weekday, .minute = hour * 60 + minute};
}

constexpr std::uint8_t kMonday = 1;
constexpr std::uint8_t kSunday = 1 << 6;
constexpr std::uint8_t kAllDays = 0x7f;

TEST(Routing, ClassesGoToTheirDepartments) {
    for (const auto* category : {"marriage_family", "land", "harm", "work", "official", "other"})
        EXPECT_EQ(department_for(category), "RIGHTS");
    EXPECT_EQ(department_for("child_or_elder"), "FAM");
    EXPECT_EQ(department_for(""), "RIGHTS");
    EXPECT_EQ(department_for("no such class"), "RIGHTS");
}

struct OwnerCase {
    std::string name{};
    core::Roster roster{};
    std::int64_t owner = 0;
};

class OwnerTest : public ::testing::TestWithParam<OwnerCase> {};

TEST_P(OwnerTest, IsTheClosestFit) {
    EXPECT_EQ(accountable_owner(GetParam().roster, kWuchang, "FAM"), StaffId{GetParam().owner});
}

const Shift kAdministrator{StaffId{9}, Role::kAdministrator};
const Shift kElsewhere = owner(8, kBayan, "FAM");

INSTANTIATE_TEST_SUITE_P(
    Routing, OwnerTest,
    ::testing::Values(
        OwnerCase{"DistrictAndDepartmentFirst",
                  roster({kAdministrator, owner(4, "", ""), owner(3, "", "FAM"), owner(2, kWuchang, ""),
                          owner(1, kWuchang, "FAM")}),
                  1},
        OwnerCase{"ThenTheDistrict",
                  roster({owner(4, "", ""), owner(3, "", "FAM"), owner(2, kWuchang, ""), owner(1, kWuchang, "RIGHTS")}),
                  2},
        OwnerCase{"ThenTheDepartmentCityWide",
                  roster({owner(4, "", ""), owner(3, "", "FAM"), owner(1, kWuchang, "RIGHTS"), kElsewhere}), 3},
        OwnerCase{"ThenTheCityWideOwnerOfAll", roster({owner(5, "", "DEV"), owner(4, "", ""), kElsewhere}), 4},
        OwnerCase{"ThenAnyCityWideOwner", roster({kAdministrator, kElsewhere, owner(5, "", "DEV")}), 5},
        OwnerCase{"ThenTheAdministrator", roster({kElsewhere, duty(1, kAllDays, 0, 1440), kAdministrator}), 9},
        OwnerCase{"ThenWhoeverIsInTheRoster", roster({kElsewhere}), 8},
        OwnerCase{"ThenWhoeverIsActive", roster({}, {1, 2}), 3},
        OwnerCase{"OfEqualsTheFirst", roster({owner(7, "", "FAM"), owner(3, "", "FAM")}), 7},
        OwnerCase{"SkipsTheInactive", roster({owner(1, kWuchang, "FAM"), owner(2, kWuchang, "")}, {1}), 2},
        OwnerCase{"HoursDoNotMatter", roster({{StaffId{1}, Role::kOwner, "", "FAM", kMonday, 60, 61}, kAdministrator}),
                  1},
        OwnerCase{"NobodyActive", roster({owner(1, kWuchang, "FAM")}, {1, 2, 3, 4, 5, 6, 7, 8, 9}), 0},
        OwnerCase{"NobodyAtAll", core::Roster{}, 0}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Routing, AMatterOfNoKnownPlaceGoesToTheCity) {
    const auto staff = roster({owner(1, kWuchang, "FAM"), owner(2, "", ""), owner(3, "", "FAM")});

    EXPECT_EQ(accountable_owner(staff, "", "FAM"), StaffId{3});
}

struct DutyCase {
    std::string name{};
    Shift shift{};
    core::LocalTime local{};
    bool holds = false;
};

class OnDutyTest : public ::testing::TestWithParam<DutyCase> {};

TEST_P(OnDutyTest, FollowsTheHours) {
    const auto& [name, shift, local, holds] = GetParam();
    EXPECT_EQ(on_duty(roster({shift}), {kWuchang, "FAM"}, Role::kDuty, local), holds ? ids({1}) : ids({}));
}

constexpr int kEight = 8 * 60;
constexpr int kTwenty = 20 * 60;

INSTANTIATE_TEST_SUITE_P(
    Routing, OnDutyTest,
    ::testing::Values(DutyCase{"FirstMinute", duty(1, kMonday, kEight, kTwenty), clock(0, 8), true},
                      DutyCase{"MinuteBefore", duty(1, kMonday, kEight, kTwenty), clock(0, 7, 59), false},
                      DutyCase{"LastMinute", duty(1, kMonday, kEight, kTwenty), clock(0, 19, 59), true},
                      DutyCase{"MinuteAfter", duty(1, kMonday, kEight, kTwenty), clock(0, 20), false},
                      DutyCase{"OtherDay", duty(1, kMonday, kEight, kTwenty), clock(1, 12), false},
                      DutyCase{"WholeDayEnds", duty(1, kMonday, 0, 1440), clock(0, 23, 59), true},
                      DutyCase{"WholeDayNotTheNext", duty(1, kMonday, 0, 1440), clock(1, 0), false},
                      DutyCase{"NightEvening", duty(1, kMonday, kTwenty, kEight), clock(0, 20), true},
                      DutyCase{"NightMorning", duty(1, kMonday, kTwenty, kEight), clock(1, 7, 59), true},
                      DutyCase{"NightOver", duty(1, kMonday, kTwenty, kEight), clock(1, 8), false},
                      DutyCase{"NightNotTheMorningOfItsOwnDay", duty(1, kMonday, kTwenty, kEight), clock(0, 3), false},
                      DutyCase{"SundayNightReachesMonday", duty(1, kSunday, kTwenty, kEight), clock(0, 3), true},
                      DutyCase{"RoundTheClockFromEight", duty(1, kMonday, kEight, kEight), clock(1, 7, 59), true},
                      DutyCase{"RoundTheClockIsOver", duty(1, kMonday, kEight, kEight), clock(1, 8), false},
                      DutyCase{"NoDays", duty(1, 0, kEight, kTwenty), clock(0, 12), false},
                      DutyCase{"OtherDistrict", duty(1, kAllDays, 0, 1440, kBayan), clock(0, 12), false},
                      DutyCase{"OtherDepartment", duty(1, kAllDays, 0, 1440, "", "DEV"), clock(0, 12), false},
                      DutyCase{"OtherRole", {StaffId{1}, Role::kSecond}, clock(0, 12), false}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Routing, OverlappingShiftsOfOneFitAllCountInTheirOrderAndOnce) {
    const auto staff = roster({duty(3, kAllDays, 0, 1440), duty(1, kAllDays, kEight, kTwenty),
                               duty(3, kMonday, 0, 1440), duty(2, kAllDays, kTwenty, kEight)});

    EXPECT_EQ(on_duty(staff, {kWuchang, "FAM"}, Role::kDuty, clock(0, 12)), ids({3, 1}));
}

TEST(Routing, TheMostSpecificShiftThatIsFilledNowWins) {
    const auto staff =
        roster({duty(1, kAllDays, 0, 1440), duty(2, kAllDays, kEight, kTwenty, "", "FAM"),
                duty(3, kAllDays, kEight, 12 * 60, kWuchang), duty(4, kAllDays, kEight, 600, kWuchang, "FAM")});
    const auto at = [&](int hour) { return on_duty(staff, {kWuchang, "FAM"}, Role::kDuty, clock(0, hour)); };

    EXPECT_EQ(at(9), ids({4}));
    EXPECT_EQ(at(11), ids({3}));
    EXPECT_EQ(at(13), ids({2}));
    EXPECT_EQ(at(22), ids({1}));
}

TEST(Routing, TheInactiveAreNeverOnDutyAndLeaveTheirPlaceToTheCity) {
    const auto staff = roster({duty(1, kAllDays, 0, 1440), duty(2, kAllDays, 0, 1440, kWuchang)}, {2});

    EXPECT_EQ(on_duty(staff, {kWuchang, "FAM"}, Role::kDuty, clock(0, 12)), ids({1}));
    EXPECT_EQ(on_duty(roster({duty(1, kAllDays, 0, 1440)}, {1}), {}, Role::kDuty, clock(0, 12)), ids({}));
}

TEST(Routing, AShiftOfSomebodyWhoIsNotOnTheStaffIsNobodys) {
    EXPECT_EQ(on_duty(roster({duty(77, kAllDays, 0, 1440)}), {}, Role::kDuty, clock(0, 12)), ids({}));
}

TEST(Routing, AdministratorsCountWhateverTheHour) {
    const Shift nights{StaffId{5}, Role::kAdministrator, std::string{kBayan}, "DEV", kMonday, 0, 1};
    const auto staff = roster({kAdministrator, nights, {StaffId{4}, Role::kAdministrator}, nights}, {4});

    EXPECT_EQ(administrators(staff), ids({9, 5}));
}

struct DatedCase {
    std::string name{};
    std::string on{};
    std::string off{};
    int from_hour = 0;
    int to_hour = 24;
    int day = 25;  ///< Of December 2026; the 25th is a Friday.
    int hour = 12;
    bool holds = false;
};

class DatedShiftTest : public ::testing::TestWithParam<DatedCase> {};

TEST_P(DatedShiftTest, HoldsOnItsDates) {
    const auto& told = GetParam();
    auto shift = duty(1, kAllDays, told.from_hour * 60, told.to_hour * 60);
    shift.on = core::read_dates(told.on).value();
    shift.off = core::read_dates(told.off).value();
    const core::LocalTime local{
        .date = std::chrono::year{2026} / std::chrono::December / std::chrono::day{static_cast<unsigned>(told.day)},
        .weekday = (told.day - 21) % 7,
        .minute = told.hour * 60};

    EXPECT_EQ(on_duty(roster({shift}), {}, Role::kDuty, local), told.holds ? ids({1}) : ids({}));
}

INSTANTIATE_TEST_SUITE_P(
    Routing, DatedShiftTest,
    ::testing::Values(DatedCase{"EveryDayWithoutDates", "", "", 0, 24, 25, 12, true},
                      DatedCase{"AwayOnTheDay", "", "2026-12-25", 0, 24, 25, 12, false},
                      DatedCase{"BackOnTheNext", "", "2026-12-25", 0, 24, 26, 12, true},
                      DatedCase{"StandInOnTheDay", "2026-12-25", "", 0, 24, 25, 12, true},
                      DatedCase{"StandInOnNoOtherDay", "2026-12-25", "", 0, 24, 24, 12, false},
                      DatedCase{"StandInForAWeekButOneDay", "2026-12-21..2026-12-27", "2026-12-25", 0, 24, 25, 12,
                                false},
                      DatedCase{"ANightBelongsToItsFirstDay", "2026-12-25", "", 20, 8, 26, 7, true},
                      DatedCase{"NotToItsSecond", "2026-12-25", "", 20, 8, 25, 7, false},
                      DatedCase{"OffForANightUntilTheMorning", "", "2026-12-25", 20, 8, 26, 7, false},
                      DatedCase{"TheNightBeforeGoesOn", "", "2026-12-25", 20, 8, 25, 7, true}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Routing, AStandInAndWhoeverIsAwayChangePlaces) {
    auto wang = duty(1, kAllDays, 0, 24 * 60);
    auto zhao = duty(2, kAllDays, 0, 24 * 60);
    wang.off = core::read_dates("2026-12-25").value();
    zhao.on = wang.off;
    const auto on = [&](unsigned day) {
        return on_duty(roster({wang, zhao}), {}, Role::kDuty,
                       {.date = std::chrono::year{2026} / std::chrono::December / std::chrono::day{day}});
    };

    EXPECT_EQ(on(24), ids({1}));
    EXPECT_EQ(on(25), ids({2}));
    EXPECT_EQ(on(26), ids({1}));
}

}  // namespace
}  // namespace harborline::petition
