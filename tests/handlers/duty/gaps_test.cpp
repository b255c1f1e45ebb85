// What `roster gaps` finds, over rosters as a federation writes them.
#include "handlers/duty/gaps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "handlers/petition/routing.hpp"

namespace harborline::duty {
namespace {

using core::Role;
using core::Shift;
using namespace std::chrono_literals;

constexpr std::int64_t kGapWang = 1;
constexpr std::int64_t kGapZhao = 2;
constexpr std::int64_t kGapSun = 3;
constexpr std::int64_t kGapAdmin = 4;
constexpr std::uint8_t kWeekdays = 0x1f;
constexpr std::uint8_t kSaturdayAndSunday = 0x60;

const Ladders kGapLadders{
    .red = {{{0s, Role::kDuty}, {300s, Role::kSecond}, {600s, Role::kLeader}, {900s, Role::kAdministrator}}},
    .orange = {{{0s, Role::kDuty}, {1800s, Role::kSecond}}},
    .yellow = {{{0s, Role::kDuty}}}};

core::LocalDate day(unsigned month, unsigned number) {
    return core::LocalDate{std::chrono::year{2026}, std::chrono::month{month}, std::chrono::day{number}};
}

std::vector<core::DateSpan> days(std::string_view written) {
    return core::read_dates(written).value();
}

Shift always(std::int64_t who, Role role) {
    return {.staff = {who}, .role = role};
}

/// Everybody verified, everybody else's step filled around the clock; `duty` is what the test is about.
core::Roster with_duty(std::vector<Shift> duty) {
    core::Roster roster{.shifts = std::move(duty)};
    for (std::int64_t id = 1; id <= 5; ++id) roster.staff.push_back({.id = {id}, .verified = true});
    roster.shifts.push_back(always(kGapZhao, Role::kSecond));
    roster.shifts.push_back(always(kGapSun, Role::kLeader));
    roster.shifts.push_back(always(kGapAdmin, Role::kAdministrator));
    return roster;
}

std::string told(const WallTime& at) {
    std::ostringstream out;
    out << core::write_date(at.date).substr(5) << " " << at.minute / 60 << ":" << (at.minute % 60 < 10 ? "0" : "")
        << at.minute % 60;
    return out.str();
}

std::string told(const std::vector<Gap>& gaps) {
    static constexpr const char* kKinds[] = {"nobody", "same", "unverified", "calendar ends", "calendar old"};
    static constexpr const char* kRoles[] = {"owner", "duty", "second", "leader", "administrator"};
    std::ostringstream out;
    for (const auto& gap : gaps) {
        out << kKinds[static_cast<int>(gap.kind)] << " " << kRoles[static_cast<int>(gap.role)];
        if (gap.level != core::Level::kRed) out << " level " << static_cast<int>(gap.level);
        if (gap.kind == Gap::Kind::kSamePerson) out << " after " << kRoles[static_cast<int>(gap.earlier)];
        if (gap.staff) out << " " << gap.staff.value;
        if (!gap.department.empty()) out << " " << gap.department;
        out << " " << told(gap.from);
        if (gap.to != gap.from) out << " - " << told(gap.to);
        out << "\n";
    }
    return out.str();
}

struct GapCase {
    std::string name{};
    core::Roster roster{};
    std::string gaps{};
    int days = 7;
};

class RosterGapsTest : public ::testing::TestWithParam<GapCase> {};

// From Monday, 21 December 2026, 9:30.
TEST_P(RosterGapsTest, Finds) {
    const auto found = find_gaps({.roster = GetParam().roster,
                                  .ladders = kGapLadders,
                                  .from = {.date = day(12, 21), .weekday = 0, .minute = 9 * 60 + 30},
                                  .days = GetParam().days});

    EXPECT_EQ(told(found), GetParam().gaps);
}

core::Roster with_night_shift(std::string_view off = "") {
    return with_duty({{.staff = {kGapWang}, .days = kWeekdays, .from_min = 8 * 60, .to_min = 20 * 60},
                      {.staff = {5}, .days = kWeekdays, .from_min = 20 * 60, .to_min = 8 * 60, .off = days(off)},
                      {.staff = {kGapWang}, .days = kSaturdayAndSunday, .from_min = 8 * 60, .to_min = 8 * 60}});
}

core::Roster where(core::Roster roster, std::int64_t id, bool night, bool verified) {
    auto& member = roster.staff.at(static_cast<std::size_t>(id - 1));
    member.night = night;
    member.verified = verified;
    return roster;
}

core::Roster with(core::Roster roster, std::vector<Shift> more) {
    roster.shifts.insert(roster.shifts.end(), more.begin(), more.end());
    return roster;
}

core::Roster without(core::Roster roster, Role role) {
    std::erase_if(roster.shifts, [role](const Shift& shift) { return shift.role == role; });
    return roster;
}

INSTANTIATE_TEST_SUITE_P(
    RosterGaps, RosterGapsTest,
    ::testing::Values(
        GapCase{"NothingWhereSomebodyIsAlwaysThere", with_duty({always(kGapWang, Role::kDuty)}), "", 30},
        GapCase{"NothingWhereShiftsMeetOverMidnightAndTheWeekend", with_night_shift(), "", 14},
        GapCase{"AFridayNightWithoutItsNightShift", with_night_shift("2026-12-25"),
                "nobody duty 12-25 20:00 - 12-26 8:00\n"},
        GapCase{"AWeekOff", with_night_shift("2026-12-21..2026-12-24"),
                "nobody duty 12-21 20:00 - 12-22 8:00\nnobody duty 12-22 20:00 - 12-23 8:00\n"
                "nobody duty 12-23 20:00 - 12-24 8:00\nnobody duty 12-24 20:00 - 12-25 8:00\n"},
        GapCase{"TheStandInFillsIt",
                with(with_night_shift("2026-12-25"),
                     {{.staff = {kGapWang}, .from_min = 20 * 60, .to_min = 8 * 60, .on = days("2026-12-25")}}),
                ""},
        GapCase{"AStandInOfTheWrongHours",
                with(with_night_shift("2026-12-25"),
                     {{.staff = {kGapWang}, .from_min = 20 * 60, .to_min = 24 * 60, .on = days("2026-12-25")}}),
                "nobody duty 12-26 0:00 - 12-26 8:00\n"},
        GapCase{"OfficeHoursOnly",
                with_duty({{.staff = {kGapWang}, .days = kWeekdays, .from_min = 8 * 60, .to_min = 17 * 60 + 30}}),
                "nobody duty 12-21 17:30 - 12-22 8:00\n", 1},
        GapCase{"AHoliday", with_duty({{.staff = {kGapWang}, .off = days("2026-12-24..2026-12-25")}}),
                "nobody duty 12-24 0:00 - 12-26 0:00\n"},
        GapCase{"OneDepartmentOnly",
                with_duty({{.staff = {kGapWang}, .department = "RIGHTS", .off = days("2026-12-22")},
                           {.staff = {5}, .department = "FAM"}}),
                "nobody duty RIGHTS 12-22 0:00 - 12-23 0:00\n"},
        GapCase{"ADistrictsOwnPersonIsNobodyForAPlaceThatIsNotKnown",
                with_duty({{.staff = {kGapWang}, .district = "230184"}}), "nobody duty 12-21 9:30 - 12-22 9:30\n", 1},
        GapCase{"TheSamePersonOnTwoSteps",
                with(with_duty({always(kGapWang, Role::kDuty)}),
                     {{.staff = {kGapWang}, .role = Role::kLeader, .days = 1 << 2, .from_min = 60, .to_min = 120}}),
                "same leader after duty 1 12-23 1:00 - 12-23 2:00\n"},
        GapCase{"WhoeverSleepsIsAGapForOrangeOnly",
                where(with_duty({always(kGapWang, Role::kDuty)}), kGapWang, false, true),
                "nobody duty level 4 12-21 22:00 - 12-22 7:00\n", 1},
        GapCase{"ANumberThatWasNeverAnsweredFrom",
                where(with_duty({{.staff = {kGapWang}, .from_min = 12 * 60, .to_min = 8 * 60},
                                 {.staff = {5}, .from_min = 8 * 60, .to_min = 12 * 60}}),
                      kGapWang, true, false),
                "unverified duty 1 12-21 12:00\n"},
        GapCase{"WhoeverIsNotOnDutyNeedsNoNumber", where(with_duty({always(kGapWang, Role::kDuty)}), 5, true, false),
                ""},
        GapCase{"TheLastResortCoversEveryHour",
                with(without(with_duty({always(kGapWang, Role::kDuty)}), Role::kAdministrator),
                     {{.staff = {kGapAdmin}, .role = Role::kAdministrator, .from_min = 480, .to_min = 540}}),
                ""},
        GapCase{"NobodyAtAll", without(with_duty({always(kGapWang, Role::kDuty)}), Role::kSecond),
                "nobody second 12-21 9:30 - 12-23 9:30\n", 2}),
    [](const auto& param_info) { return param_info.param.name; });

/// What is said of the holidays where shifts go by them.
std::string told_of_calendar(const core::HolidayCalendar& calendar, std::string_view off) {
    const auto roster = with_duty({always(kGapWang, Role::kDuty), {.staff = {5}, .off = days(off)}});
    return told(find_gaps({.roster = roster,
                           .ladders = kGapLadders,
                           .from = {.date = day(12, 21), .weekday = 0, .minute = 9 * 60 + 30},
                           .calendar = calendar}));
}

TEST(RosterGaps, SayWhenADayLiesBeyondTheCalendarThatShiftsGoBy) {
    const core::HolidayYear this_year{
        .year = std::chrono::year{2026}, .checked = true, .holidays = days("2026-10-01..2026-10-07")};
    core::HolidayYear next_year{.year = std::chrono::year{2027}, .holidays = days("2027-01-01")};
    const auto* const all = "2026-10-01..2026-10-07 2027-01-01";

    EXPECT_EQ(told_of_calendar({this_year, next_year}, all), "calendar ends duty 01-01 0:00 - 01-04 9:30\n");
    EXPECT_EQ(told_of_calendar({this_year, next_year}, "2026-12-25"), "");
    EXPECT_EQ(told_of_calendar({}, all), "");
    next_year.checked = true;
    EXPECT_EQ(told_of_calendar({this_year, next_year}, all), "");
    EXPECT_EQ(told_of_calendar({this_year, next_year}, "2026-10-01..2026-10-07"), "calendar old duty 12-21 9:30\n");
    EXPECT_EQ(told_of_calendar({next_year}, "2027-01-01"), "");
    next_year.checked = false;
    EXPECT_EQ(told_of_calendar({next_year}, "2027-01-01"), "calendar ends duty 12-21 9:30 - 01-04 9:30\n");
}

/// The finding of a minute is what the ladder itself finds at that minute.
TEST(RosterGaps, ArePreciselyTheMinutesInWhichAStepFindsNobody) {
    const auto roster = with_night_shift("2026-12-22 2026-12-25");
    const auto found = find_gaps({.roster = roster,
                                  .ladders = kGapLadders,
                                  .from = {.date = day(12, 21), .weekday = 0, .minute = 0},
                                  .days = 7});
    int holes = 0;
    for (int minute = 0; minute < 7 * 24 * 60; ++minute) {
        const int of_day = minute % (24 * 60);
        const core::LocalTime local{
            .date = core::LocalDate{std::chrono::sys_days{day(12, 21)} + std::chrono::days{minute / (24 * 60)}},
            .weekday = minute / (24 * 60) % 7,
            .minute = of_day};
        const bool hole = petition::on_duty(roster, {}, Role::kDuty, local).empty();
        const WallTime at{local.date, of_day};
        const bool named = std::ranges::any_of(found, [&](const Gap& gap) { return gap.from <= at && at < gap.to; });
        ASSERT_EQ(named, hole) << told(at);
        holes += hole ? 1 : 0;
    }
    EXPECT_EQ(holes, 2 * 12 * 60);
}

}  // namespace
}  // namespace harborline::duty
