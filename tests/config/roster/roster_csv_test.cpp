#include "config/roster/roster_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace harborline::config {
namespace {

using core::Role;
using core::StaffId;

constexpr const char* kHeader = "staff,name,phone,user,role,district,department,days,from,to\n";
constexpr const char* kAdministrator = "admin,管理员,19900000107,root,administrator,,,all,00:00,24:00\n";

class RosterCsvTest : public ::testing::Test {
  protected:
    core::Roster read(std::string_view csv) { return read_roster_csv(csv, "roster.csv", "86", findings, calendar); }
    /// A file in which `row` is line 3.
    core::Roster read_row(std::string_view row) {
        return read(std::string{kHeader} + kAdministrator + std::string{row});
    }

    std::string found() const {
        std::ostringstream out;
        for (const auto& finding : findings) out << finding.line << ": " << finding.message << "\n";
        return out.str();
    }

    core::Findings findings{};
    core::HolidayCalendar calendar{};
};

TEST_F(RosterCsvTest, ReadsAShift) {
    const auto roster = read_row("wang,王示例,199 0000 0104,wang,duty,230184,FAM,\"mon-wed,SUN\",20:00,8:00");

    ASSERT_EQ(found(), "");
    ASSERT_EQ(roster.staff.size(), 2U);
    const auto& member = roster.staff[1];
    EXPECT_EQ(member.id, StaffId{2});
    EXPECT_EQ(member.key, "wang");
    EXPECT_EQ(member.name, "王示例");
    EXPECT_EQ(member.phone.reveal(), "8619900000104");
    EXPECT_EQ(member.os_user, "wang");
    EXPECT_TRUE(member.active);
    ASSERT_EQ(roster.shifts.size(), 2U);
    const auto& shift = roster.shifts[1];
    EXPECT_EQ(shift.staff, StaffId{2});
    EXPECT_EQ(shift.role, Role::kDuty);
    EXPECT_EQ(shift.district, "230184");
    EXPECT_EQ(shift.department, "FAM");
    EXPECT_EQ(shift.days, 0b1000111);
    EXPECT_EQ(shift.from_min, 20 * 60);
    EXPECT_EQ(shift.to_min, 8 * 60);
}

TEST_F(RosterCsvTest, EmptyDaysAndTimesAreAlways) {
    const auto roster = read_row("wang,王,19900000104,,duty,,,,,");

    ASSERT_EQ(found(), "");
    EXPECT_EQ(roster.shifts.at(1).days, 0x7f);
    EXPECT_EQ(roster.shifts.at(1).from_min, 0);
    EXPECT_EQ(roster.shifts.at(1).to_min, 24 * 60);
}

TEST_F(RosterCsvTest, TheOptionalColumnsSayWhoSleepsWhoIsCalledAndWhichDaysDiffer) {
    const auto roster = read(
        "staff,name,phone,user,role,district,department,days,from,to,night,call,on,off\n"
        "admin,管理员,19900000107,root,administrator,,,all,,,,,,\n"
        "wang,王,19900000104,,duty,,,all,,,no,never,,\"2026/12/25,2027-01-01..2027-01-03\"\n"
        "zhao,赵,19900000105,,duty,,,all,,,yes,red,2026-12-25,\n");

    ASSERT_EQ(found(), "");
    EXPECT_TRUE(roster.staff.at(0).night);
    EXPECT_FALSE(roster.staff.at(1).night);
    EXPECT_TRUE(roster.staff.at(2).night);
    EXPECT_TRUE(roster.staff.at(0).call);
    EXPECT_FALSE(roster.staff.at(1).call);
    EXPECT_TRUE(roster.staff.at(2).call);
    EXPECT_TRUE(roster.shifts.at(1).on.empty());
    EXPECT_EQ(core::write_dates(roster.shifts.at(1).off), "2026-12-25 2027-01-01..2027-01-03");
    EXPECT_EQ(core::write_dates(roster.shifts.at(2).on), "2026-12-25");
}

TEST_F(RosterCsvTest, WordsStandForTheDaysOfTheCalendar) {
    calendar = {{.year = std::chrono::year{2026},
                 .holidays = *core::read_dates("2026-10-01..2026-10-07"),
                 .work_weekends = *core::read_dates("2026-09-20 2026-10-10")},
                {.year = std::chrono::year{2027}, .holidays = *core::read_dates("2027-01-01")}};
    const auto roster = read(
        "staff,name,phone,user,role,district,department,days,from,to,night,on,off\n"
        "admin,管理员,19900000107,root,administrator,,,all,,,,,\n"
        "wang,王,19900000104,,duty,,,mon-fri,,,,,holiday\n"
        "wang,王,19900000104,,duty,,,all,,,,workweekend,\n"
        "zhao,赵,19900000105,,duty,,,all,,,,\"2026-12-25,holiday;workweekend\",\n");

    ASSERT_EQ(found(), "");
    EXPECT_EQ(core::write_dates(roster.shifts.at(1).off), "2026-10-01..2026-10-07 2027-01-01");
    EXPECT_EQ(core::write_dates(roster.shifts.at(2).on), "2026-09-20 2026-10-10");
    EXPECT_EQ(core::write_dates(roster.shifts.at(3).on),
              "2026-10-01..2026-10-07 2027-01-01 2026-09-20 2026-10-10 2026-12-25");
    EXPECT_EQ(core::write_days(roster.shifts.at(3).on, calendar), "holiday workweekend 2026-12-25");
}

struct BadDates {
    std::string name{};
    std::string role{};
    std::string cells{};
    std::string finding{};
};

class RosterCsvBadDatesTest : public RosterCsvTest, public ::testing::WithParamInterface<BadDates> {};

TEST_P(RosterCsvBadDatesTest, IsOneFinding) {
    read(
        "staff,name,phone,user,role,district,department,days,from,to,night,call,on,off\n"
        "admin,管理员,19900000107,root,administrator,,,all,,,,,,\n"
        "wang,王,19900000104,," +
        GetParam().role + ",,,all,,," + GetParam().cells + "\n");

    ASSERT_EQ(findings.size(), 1U) << found();
    EXPECT_EQ(findings[0].line, 3);
    EXPECT_EQ(findings[0].message.substr(0, GetParam().finding.size()), GetParam().finding);
}

INSTANTIATE_TEST_SUITE_P(
    RosterCsv, RosterCsvBadDatesTest,
    ::testing::Values(BadDates{"Night", "duty", "sometimes,,,", "night must be"},
                      BadDates{"Call", "duty", ",orange,,", "call must be red, never"},
                      BadDates{"On", "duty", ",,christmas,", "on must be days"},
                      BadDates{"Off", "duty", ",,,2026-02-30", "off must be days"},
                      BadDates{"HolidaysOfNoCalendar", "duty", ",,holiday,", "on says holiday, of"},
                      BadDates{"WeekendsOfNoCalendar", "duty", ",,,workweekend", "off says workweekend, of"},
                      BadDates{"ALongerWord", "duty", ",,,holidays", "off must be days"},
                      BadDates{"OwnersStandIn", "owner", ",,2026-12-25,", "on and off are not"},
                      BadDates{"OwnersLeave", "owner", ",,,2026-12-25", "on and off are not"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(RosterCsvTest, WhetherShePicksUpIsTheSameOnAllHerLines) {
    read(
        "staff,name,phone,user,role,district,department,days,from,to,call\n"
        "admin,管理员,19900000107,root,administrator,,,all,,,\n"
        "admin,管理员,19900000107,root,duty,,,all,,,never\n");

    EXPECT_EQ(found(), "3: call differs from line 2 of the same staff.\n");
}

TEST_F(RosterCsvTest, OnePersonMayHoldSeveralShifts) {
    const auto roster = read_row(
        "wang,王,19900000104,,duty,,,mon-fri,08:00,20:00\n"
        "li,李,19900000101,,owner,,RIGHTS,all,,\n"
        "wang,王,+86 199 0000 0104,,second,,,\"sat,sun\",08:00,20:00\n");

    ASSERT_EQ(found(), "");
    EXPECT_EQ(roster.staff.size(), 3U);
    EXPECT_EQ(roster.shifts.at(1).staff, roster.shifts.at(3).staff);
    EXPECT_EQ(roster.shifts.at(3).role, Role::kSecond);
}

TEST_F(RosterCsvTest, ColumnsComeInAnyOrderWithMarkAndCarriageReturns) {
    const auto roster = read(
        "\xEF\xBB\xBFto,from,days,department,district,role,user,phone,name,staff\r\n"
        "24:00,00:00,all,,,administrator,root,19900000107,管理员,admin\r\n");

    ASSERT_EQ(found(), "");
    EXPECT_EQ(roster.staff.at(0).key, "admin");
    EXPECT_EQ(roster.shifts.at(0).role, Role::kAdministrator);
}

TEST_F(RosterCsvTest, TheDemonstrationRosterIsWithoutFindingsAndFillsEveryRole) {
    std::ifstream file{HARBORLINE_SOURCE_DIR "/config/demo/roster.csv"};
    std::ostringstream csv;
    csv << file.rdbuf();

    const auto roster = read(csv.str());

    EXPECT_EQ(found(), "");
    for (const auto role : {Role::kOwner, Role::kDuty, Role::kSecond, Role::kLeader, Role::kAdministrator})
        EXPECT_NE(std::ranges::find(roster.shifts, role, &core::Shift::role), roster.shifts.end());
}

struct BadRow {
    std::string name{};
    std::string row{};
    std::string finding{};  ///< Its beginning.
};

class RosterCsvBadRowTest : public RosterCsvTest, public ::testing::WithParamInterface<BadRow> {};

TEST_P(RosterCsvBadRowTest, IsOneFindingWithItsLineAndQuotesNoCell) {
    read_row(GetParam().row);

    ASSERT_EQ(findings.size(), 1U) << found();
    EXPECT_EQ(findings[0].file, "roster.csv");
    EXPECT_EQ(findings[0].line, 3);
    EXPECT_EQ(findings[0].message.substr(0, GetParam().finding.size()), GetParam().finding);
    EXPECT_EQ(findings[0].message.find("9900000"), std::string::npos);
    EXPECT_EQ(findings[0].message.find("王"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    RosterCsv, RosterCsvBadRowTest,
    ::testing::Values(BadRow{"NoKey", ",王,19900000104,,duty,,,all,,", "staff"},
                      BadRow{"KeyWithCapitals", "Wang,王,19900000104,,duty,,,all,,", "staff"},
                      BadRow{"KeyTooLong", std::string(33, 'w') + ",王,19900000104,,duty,,,all,,", "staff"},
                      BadRow{"NoName", "wang,,19900000104,,duty,,,all,,", "name"},
                      BadRow{"NameWithALineEnd", "wang,\"王\n王\",19900000104,,duty,,,all,,", "name"},
                      BadRow{"NoPhone", "wang,王,,,duty,,,all,,", "phone"},
                      BadRow{"PhoneIsNone", "wang,王,call me,,duty,,,all,,", "phone"},
                      BadRow{"PhoneIsAServices", "wang,王,12338,,duty,,,all,,", "phone"},
                      BadRow{"PhoneOfAnother", "wang,王,+8619900000107,,duty,,,all,,", "phone is already"},
                      BadRow{"UserOfAnother", "wang,王,19900000104,root,duty,,,all,,", "user is already"},
                      BadRow{"UserWithBlanks", "wang,王,19900000104,w w,duty,,,all,,", "user"},
                      BadRow{"OtherName", "admin,王,19900000107,root,duty,,,all,,", "name differs from line 2"},
                      BadRow{"OtherPhone", "admin,管理员,19900000104,root,duty,,,all,,", "phone differs from line 2"},
                      BadRow{"OtherUser", "admin,管理员,19900000107,,duty,,,all,,", "user differs from line 2"},
                      BadRow{"NoRole", "wang,王,19900000104,,,,,all,,", "role"},
                      BadRow{"UnknownRole", "wang,王,19900000104,,boss,,,all,,", "role"},
                      BadRow{"District", "wang,王,19900000104,,duty,Wuchang,,all,,", "district"},
                      BadRow{"Department", "wang,王,19900000104,,duty,,rights,all,,", "department"},
                      BadRow{"Days", "wang,王,19900000104,,duty,,,mon-,,", "days"},
                      BadRow{"DaysUnknown", "wang,王,19900000104,,duty,,,weekend,,", "days"},
                      BadRow{"DaysTrailingComma", "wang,王,19900000104,,duty,,,\"mon,\",,", "days"},
                      BadRow{"DaysNotQuoted", "wang,王,19900000104,,duty,,,sat,sun,08:00,20:00",
                             "The line has 11 cells"},
                      BadRow{"From", "wang,王,19900000104,,duty,,,all,8,20:00", "from"},
                      BadRow{"FromTwentyFour", "wang,王,19900000104,,duty,,,all,24:00,24:00", "from"},
                      BadRow{"To", "wang,王,19900000104,,duty,,,all,08:00,24:01", "to"},
                      BadRow{"ToMinutes", "wang,王,19900000104,,duty,,,all,08:00,20:60", "to"},
                      BadRow{"ToSigns", "wang,王,19900000104,,duty,,,all,08:00,+1:00", "to"},
                      BadRow{"TooFewCells", "wang,王,19900000104", "The line has 3 cells"},
                      BadRow{"Quotes", "wang,\"王,19900000104,,duty,,,all,,", "A quoted cell never ends"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(RosterCsvTest, EveryProblemIsReportedAtOnce) {
    read_row(
        "wang,王,19900000104,,duty,,,all,,\n"
        "ZHAO,,none,,boss,x,y,z,25:00,26:00\n"
        "li,李,19900000104,,owner,,,all,,\n");

    EXPECT_EQ(std::ranges::count(findings, 4, &core::Finding::line), 9) << found();
    EXPECT_EQ(std::ranges::count(findings, 5, &core::Finding::line), 1) << found();
    EXPECT_EQ(findings.size(), 10U);
}

TEST_F(RosterCsvTest, TheFirstLineIsChecked) {
    read("staff,name,phone,phone,role,district,department,days,from,until\n");

    EXPECT_EQ(found(),
              "1: Column 10 of the first line is none of staff,name,phone,user,role,district,department,days,from,to,"
              "night,call,on,off.\n"
              "1: The first line names the column \"phone\" 2 times; it must be there once.\n"
              "1: The first line names the column \"user\" 0 times; it must be there once.\n"
              "1: The first line names the column \"to\" 0 times; it must be there once.\n");
}

TEST_F(RosterCsvTest, AFileWithoutItsFirstLineQuotesNobody) {
    read(kAdministrator);

    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(found().find("9900000"), std::string::npos);
    EXPECT_EQ(found().find("管理员"), std::string::npos);
}

TEST_F(RosterCsvTest, SomebodyMustBeAdministrator) {
    read(std::string{kHeader} + "wang,王,19900000104,,duty,,,all,,\n");

    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].message.substr(0, 23), "Nobody is administrator");
}

TEST_F(RosterCsvTest, AnEmptyFileIsAFinding) {
    read("");
    read(" \r\n");

    EXPECT_EQ(findings.size(), 2U);
}

TEST_F(RosterCsvTest, AnotherEncodingIsNamed) {
    read("staff,name\nwang,\xCD\xF5\n");  // GBK, what Excel in China writes by default.

    ASSERT_EQ(findings.size(), 1U);
    EXPECT_NE(findings[0].message.find("UTF-8"), std::string::npos);
}

TEST_F(RosterCsvTest, HugeFilesAreRefusedAndFindingsBounded) {
    read(std::string(2 << 20, 'a'));
    EXPECT_EQ(findings.size(), 1U);

    findings.clear();
    std::string many = kHeader;
    for (int row = 0; row < 6'000; ++row) many += "a\n";
    read(many);
    EXPECT_EQ(findings.size(), 1U);

    findings.clear();
    std::string bad = kHeader;
    for (int row = 0; row < 4'000; ++row) bad += "a\n";
    const auto roster = read(bad);
    EXPECT_EQ(findings.size(), 100U);
    EXPECT_TRUE(roster.shifts.empty());
}

}  // namespace
}  // namespace harborline::config
