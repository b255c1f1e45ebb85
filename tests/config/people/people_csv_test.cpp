#include "config/people/people_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "config/people/people_cells.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::config {
namespace {

using namespace std::chrono_literals;
using core::PersonKind;

constexpr const char* kHeader = "record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed\n";
constexpr const char* kFamily =
    "person,ming,,child,小明,8-13,230184,,,,,,,\n"
    "person,ma,,relative,小明妈,adult,,,,,,,,\n";  // Lines 2 and 3.

class PeopleCsvTest : public ::testing::Test {
  protected:
    PeopleFile read(std::string_view csv) { return read_people_csv(csv, "people.csv", "86", findings); }
    /// A file in which `row` is line 4, behind a child and its mother.
    PeopleFile read_row(std::string_view row) { return read(std::string{kHeader} + kFamily + std::string{row}); }

    std::string found() const {
        std::ostringstream out;
        for (const auto& finding : findings) out << finding.line << ": " << finding.message << "\n";
        return out.str();
    }

    core::Findings findings{};
};

TEST_F(PeopleCsvTest, ReadsPersons) {
    const auto people = read(std::string{kHeader} +
                             "person,ming,,child,小明,8-13,230184,,no_reminders,,,,,\n"
                             "person,A.1_b-2,,volunteer,\"刘, 姨\",adult,,,,,,2027-06-30,,\n"
                             "person,ma,,relative,Ma 2,,,,,,,,,\n");

    ASSERT_EQ(found(), "");
    ASSERT_EQ(people.persons.size(), 3U);
    const auto& child = people.persons[0];
    EXPECT_EQ(child.line, 2);
    EXPECT_EQ(child.id, "ming");
    EXPECT_TRUE(child.sound);
    EXPECT_EQ(child.value.external_id, "ming");
    EXPECT_EQ(child.value.kind, PersonKind::kChild);
    EXPECT_EQ(child.value.name, "小明");
    EXPECT_EQ(child.value.age, core::AgeBand::k8To13);
    EXPECT_EQ(child.value.place, "230184");
    EXPECT_FALSE(child.value.weekly);
    EXPECT_FALSE(child.value.checked_until.ok());
    const auto& volunteer = people.persons[1].value;
    EXPECT_EQ(volunteer.kind, PersonKind::kVolunteer);
    EXPECT_EQ(volunteer.name, "刘, 姨");
    EXPECT_EQ(volunteer.checked_until, 2027y / 6 / 30);
    EXPECT_TRUE(volunteer.weekly);
    EXPECT_EQ(people.persons[2].value.age, core::AgeBand::kUnknown);
}

TEST_F(PeopleCsvTest, ReadsPhonesThatSeveralShare) {
    const auto people = read_row(
        "phone,ming,,shared,,,,199 0000 0202,,,,,,\n"
        "phone,ma,,private,,,,+8619900000202,,,,,,\n");

    ASSERT_EQ(found(), "");
    ASSERT_EQ(people.phones.size(), 2U);
    EXPECT_EQ(people.phones[0].value.number, people.phones[1].value.number);
    EXPECT_EQ(people.phones[0].value.number.reveal(), "8619900000202");
    EXPECT_FALSE(people.phones[0].value.is_private);
    EXPECT_TRUE(people.phones[1].value.is_private);
}

TEST_F(PeopleCsvTest, ReadsPhonesThatAreGoneAndWritesThemAgain) {
    const std::string csv = std::string{kHeader} + kFamily +
                            "phone,ma,,private,,,,19900000211,,,,,,\n"
                            "phone,ma,,gone,,,,19900000202,,,,,,\n";

    const auto people = read(csv);

    ASSERT_EQ(found(), "");
    EXPECT_EQ(people.phones.size(), 1U);
    ASSERT_EQ(people.gone.size(), 1U);
    EXPECT_EQ(people.gone[0].id, "ma");
    EXPECT_EQ(people.gone[0].value.number.reveal(), "8619900000202");
    EXPECT_EQ(people.size(), 4U);
    EXPECT_EQ(write_people_csv(people, "86"), csv);
    read(csv + "phone,ma,,gone,,,,19900000211,,,,,,\n");
    EXPECT_EQ(found(), "6: id names the same phone as line 4.\n");
}

TEST_F(PeopleCsvTest, ReadsTies) {
    const auto people = read_row(
        "person,ba,,relative,爸,,,,,,,,,\n"
        "tie,ming,ma,mother,,,,,allowed,,2026-09-01,2027-08-31,papers,yes\n"
        "tie,ming,ba,father,,,,,hours,\"mon-fri 18:00-20:00; sat,sun 9:00-24:00\",,,,no\n");

    ASSERT_EQ(found(), "");
    ASSERT_EQ(people.ties.size(), 2U);
    const auto& mother = people.ties[0];
    EXPECT_EQ(mother.id, "ming");
    EXPECT_EQ(mother.other, "ma");
    EXPECT_EQ(mother.value.relation, core::Relation::kMother);
    EXPECT_EQ(mother.value.state, core::Tie::State::kAllowed);
    EXPECT_EQ(mother.value.from, 2026y / 9 / 1);
    EXPECT_EQ(mother.value.to, 2027y / 8 / 31);
    EXPECT_EQ(mother.value.proved_by, "papers");
    EXPECT_TRUE(mother.value.agreed);
    const auto& father = people.ties[1].value;
    EXPECT_EQ(father.state, core::Tie::State::kHoursOnly);
    ASSERT_EQ(father.hours.size(), 2U);
    EXPECT_EQ(father.hours[0], (core::Window{.days = 0b0011111, .from_min = 18 * 60, .to_min = 20 * 60}));
    EXPECT_EQ(father.hours[1], (core::Window{.days = 0b1100000, .from_min = 9 * 60, .to_min = 24 * 60}));
    EXPECT_FALSE(father.agreed);
}

TEST_F(PeopleCsvTest, ReadsCaresConsentsOrdersAndCards) {
    const auto people = read_row(
        "care,ming,ma,guardian,,,,,,,2020-01-01,,,\n"
        "consent,ming,ma,visit,,,,,word_watch,,2026-09-01,2026/12/5,,\n"
        "order,ming,ma,,,,,,,,,2027-05-31,（2026）黑0184民保令3号,\n"
        "order,ming,ma,,,,,,,,,,（2026）黑0184民保令4号,\n"
        "card,ming,,,,,,,,,,,71234567,\n");

    ASSERT_EQ(found(), "");
    EXPECT_TRUE(people.cares.at(0).value.guardian);
    EXPECT_EQ(people.cares.at(0).value.from, 2020y / 1 / 1);
    const auto& consent = people.consents.at(0).value;
    EXPECT_EQ(consent.how, "visit");
    EXPECT_EQ(consent.given, 2026y / 9 / 1);
    EXPECT_EQ(consent.withdrawn, 2026y / 12 / 5);
    EXPECT_TRUE(consent.word_watch);
    EXPECT_EQ(people.orders.at(0).value.number, "（2026）黑0184民保令3号");
    EXPECT_EQ(people.orders.at(0).value.until, 2027y / 5 / 31);
    EXPECT_FALSE(people.orders.at(1).value.until.ok());
    EXPECT_EQ(people.cards.at(0).id, "ming");
    EXPECT_EQ(people.cards.at(0).value.number, "71234567");
    EXPECT_EQ(people.size(), 7U);
}

TEST_F(PeopleCsvTest, ColumnsComeInAnyOrderAndMayBeLeftOut) {
    const auto people = read("\xEF\xBB\xBFname,kind,id,record\r\n小明,child,ming,person\r\n");

    ASSERT_EQ(found(), "");
    EXPECT_EQ(people.persons.at(0).value.name, "小明");
}

TEST_F(PeopleCsvTest, TheFirstLineIsChecked) {
    read("record,other,kind,kind,pin\n");

    EXPECT_EQ(found(),
              "1: Column 5 of the first line is none of "
              "record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed.\n"
              "1: The first line names the column \"id\" 0 times; it must be there once.\n"
              "1: The first line names the column \"kind\" 2 times; it must be there once.\n");
}

struct BadPeopleRow {
    std::string name{};
    std::string row{};
    std::string finding{};  ///< Its beginning.
};

class PeopleCsvBadRowTest : public PeopleCsvTest, public ::testing::WithParamInterface<BadPeopleRow> {};

TEST_P(PeopleCsvBadRowTest, IsOneFindingWithItsLineAndColumnAndQuotesNoCell) {
    const auto people = read_row(GetParam().row + "\nphone,ma,,private,,,,19900000211,,,,,,\n");

    ASSERT_EQ(findings.size(), 1U) << found();
    EXPECT_EQ(findings[0].file, "people.csv");
    EXPECT_EQ(findings[0].line, 4);
    EXPECT_EQ(findings[0].message.substr(0, GetParam().finding.size()), GetParam().finding);
    for (const auto* private_cell : {"9900000", "小", "ming"})
        EXPECT_EQ(findings[0].message.find(private_cell), std::string::npos) << private_cell;
    EXPECT_TRUE(people.phones.back().sound);  // The line behind it is read all the same.
}

INSTANTIATE_TEST_SUITE_P(
    PeopleCsv, PeopleCsvBadRowTest,
    ::testing::Values(
        BadPeopleRow{"Record", "parent,ba,,relative,爸,,,,,,,,,", "record must be"},
        BadPeopleRow{"NoId", "person,,,relative,爸,,,,,,,,,", "id must be"},
        BadPeopleRow{"IdWithBlank", "person,b a,,relative,爸,,,,,,,,,", "id must be"},
        BadPeopleRow{"IdTooLong", "person," + std::string(41, 'b') + ",,relative,爸,,,,,,,,,", "id must be"},
        BadPeopleRow{"IdTwice", "person,ming,,child,小明,,,,,,,,,", "id names the same person as line 2"},
        BadPeopleRow{"Kind", "person,ba,,parent,爸,,,,,,,,,", "kind must be child, relative"},
        BadPeopleRow{"NoName", "person,ba,,relative,,,,,,,,,,", "name must be"},
        BadPeopleRow{"NameOfDigits", "person,ba,,relative,１2 3,,,,,,,,,", "name must be"},
        BadPeopleRow{"NameTooLong", "person,ba,,relative,一二三四五六七八九十一二三四五六七八九十一二三四五,,,,,,,,,",
                     "name must be"},
        BadPeopleRow{"NameOfTwoLines", "person,ba,,relative,\"爸\n爸\",,,,,,,,,", "name must be"},
        BadPeopleRow{"Age", "person,ba,,relative,爸,13-Aug,,,,,,,,", "age must be"},
        BadPeopleRow{"Place", "person,ba,,relative,爸,,Wuchang,,,,,,,", "place must be"},
        BadPeopleRow{"Reminders", "person,ba,,relative,爸,,,,weekly,,,,,", "state must be no_reminders"},
        BadPeopleRow{"CheckOfNoVolunteer", "person,ba,,relative,爸,,,,,,,2027-01-01,,", "to is the last day"},
        BadPeopleRow{"CheckIsNoDay", "person,liu,,volunteer,姨,,,,,,,2027-02-30,,", "to must be one day"},
        BadPeopleRow{"CheckIsASpan", "person,liu,,volunteer,姨,,,,,,,2027-01-01..2027-02-01,,", "to must be one day"},
        BadPeopleRow{"CellOfAnotherRecord", "person,ba,,relative,爸,,,19900000212,,,,,,",
                     "phone must be empty on the line of record person"},
        BadPeopleRow{"Phone", "phone,ming,,shared,,,,12338,,,,,,", "phone must be"},
        BadPeopleRow{"PhoneGoneWithoutANumber", "phone,ming,,gone,,,,,,,,,,", "phone must be a subscriber's number"},
        BadPeopleRow{"PhoneKind", "phone,ming,,,,,,19900000202,,,,,,", "kind must be private, shared or gone"},
        BadPeopleRow{"TieWithItself", "tie,ming,ming,mother,,,,,allowed,,,,,yes", "other must be somebody else"},
        BadPeopleRow{"TieWithoutOther", "tie,ming,,mother,,,,,allowed,,,,,yes", "other must be 1 to 40"},
        BadPeopleRow{"Relation", "tie,ming,ma,aunt,,,,,allowed,,,,,yes", "kind must be mother"},
        BadPeopleRow{"TieState", "tie,ming,ma,mother,,,,,open,,,,,yes", "state must be allowed"},
        BadPeopleRow{"Agreed", "tie,ming,ma,mother,,,,,allowed,,,,,", "agreed must be yes or no"},
        BadPeopleRow{"Proof", "tie,ming,ma,mother,,,,,allowed,,,,seen,yes", "number must be statement"},
        BadPeopleRow{"NoHours", "tie,ming,ma,mother,,,,,hours,,,,,yes", "hours must be like"},
        BadPeopleRow{"HoursOfNoLength", "tie,ming,ma,mother,,,,,hours,mon 9:00-9:00,,,,yes", "hours must be like"},
        BadPeopleRow{"HoursWithoutState", "tie,ming,ma,mother,,,,,allowed,mon 9:00-10:00,,,,yes",
                     "hours must be empty"},
        BadPeopleRow{"TieEndsBeforeItBegins", "tie,ming,ma,mother,,,,,allowed,,2026-09-02,2026-09-01,,yes",
                     "to must not be before from"},
        BadPeopleRow{"Care", "care,ming,ma,mother,,,,,,,,,,", "kind must be guardian or entrusted"},
        BadPeopleRow{"CareEndsBeforeItBegins", "care,ming,ma,guardian,,,,,,,2026-09-02,2026-09-01,,",
                     "to must not be before from"},
        BadPeopleRow{"ConsentHow", "consent,ming,ma,,,,,,,,2026-09-01,,,", "kind must be paper, visit"},
        BadPeopleRow{"ConsentOfNoDay", "consent,ming,ma,paper,,,,,,,,,,", "from must be the day"},
        BadPeopleRow{"ConsentWithdrawnBefore", "consent,ming,ma,paper,,,,,,,2026-09-02,2026-09-01,,",
                     "to must not be before from"},
        BadPeopleRow{"WordWatch", "consent,ming,ma,paper,,,,,yes,,2026-09-01,,,", "state must be word_watch"},
        BadPeopleRow{"OrderWithoutNumber", "order,ming,ma,,,,,,,,,,,", "number must be the order's"},
        BadPeopleRow{"CardTooShort", "card,ming,,,,,,,,,,,1234567,", "number must be 8 digits"},
        BadPeopleRow{"CardBeginsWithAKey", "card,ming,,,,,,,,,,,91234567,", "number must be 8 digits"},
        BadPeopleRow{"TooFewCells", "card,ming,12345678", "The line has 3 cells"},
        BadPeopleRow{"HoursNotQuoted", "tie,ming,ma,mother,,,,,hours,sat,sun 9:00-10:00,,,,yes",
                     "The line has 15 cells"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(PeopleCsvTest, TheSameRecordIsThereOnce) {
    for (const std::string row : {"phone,ming,,shared,,,,19900000202,,,,,,\n",
                                  "tie,ming,ma,mother,,,,,allowed,,,,,yes\n", "care,ming,ma,guardian,,,,,,,,,,\n",
                                  "consent,ming,ma,paper,,,,,,,2026-09-01,,,\n", "order,ming,ma,,,,,,,,,,No. 3,\n"}) {
        findings.clear();
        read_row(row + row);

        ASSERT_EQ(findings.size(), 1U) << found();
        EXPECT_EQ(findings[0].line, 5);
        EXPECT_NE(findings[0].message.find("as line 4."), std::string::npos) << found();
    }
}

TEST_F(PeopleCsvTest, ACardIsOneChildsAndAChildHasOne) {
    read_row(
        "person,hong,,child,小红,,,,,,,,,\n"
        "card,ming,,,,,,,,,,,12345678,\n"
        "card,hong,,,,,,,,,,,12345678,\n"
        "card,ming,,,,,,,,,,,12345679,\n");

    EXPECT_EQ(found(),
              "6: number is already that of the card on line 5.\n"
              "7: id names the same card as line 5.\n");
}

TEST_F(PeopleCsvTest, EveryProblemIsReportedAtOnceAndWhoIsBrokenIsThere) {
    const auto people = read_row(
        "person,ba,,father,,old,x,1,y,z,,2027-01-01,1,yes\n"
        "tie,ming,ba,,,,,,,,,,,\n");

    EXPECT_EQ(std::ranges::count(findings, 4, &core::Finding::line), 9) << found();
    EXPECT_EQ(std::ranges::count(findings, 5, &core::Finding::line), 3) << found();
    ASSERT_EQ(people.persons.size(), 3U);
    EXPECT_EQ(people.persons.back().id, "ba");
    EXPECT_FALSE(people.persons.back().sound);
    EXPECT_FALSE(people.ties.at(0).sound);
}

TEST_F(PeopleCsvTest, AnotherEncodingAndAnEmptyFileAreNamed) {
    read("record,id\nperson,\xCD\xF5\n");  // GBK, what Excel in China writes by default.
    read("");

    ASSERT_EQ(findings.size(), 2U);
    EXPECT_NE(findings[0].message.find("UTF-8"), std::string::npos);
    EXPECT_NE(findings[1].message.find("empty"), std::string::npos);
}

std::string demonstration() {
    std::ifstream file{HARBORLINE_SOURCE_DIR "/config/demo/people.csv"};
    std::ostringstream csv;
    csv << file.rdbuf();
    return csv.str();
}

TEST_F(PeopleCsvTest, TheDemonstrationFamiliesAreWithoutFindingsAndComeOutToTheByte) {
    const auto csv = demonstration();

    const auto people = read(csv);

    EXPECT_EQ(found(), "");
    EXPECT_GT(people.size(), 40U);
    EXPECT_EQ(write_people_csv(people, "86"), csv);
}

TEST_F(PeopleCsvTest, WhatIsWrittenIsQuotedAndReadTheSame) {
    const std::string csv = std::string{kHeader} +
                            "person,ba,,relative,\"\"\"Big\"\", 爸\",,,,,,,,,\n"
                            "phone,ba,,private,,,,+14155550123,,,,,,\n"
                            "phone,ba,,shared,,,,045187654321,,,,,,\n"
                            "order,ba,ma,,,,,,,,,,\"3, 4\",\n";

    const auto people = read(csv);

    ASSERT_EQ(found(), "");
    EXPECT_EQ(people.persons.at(0).value.name, "\"Big\", 爸");
    const auto written = write_people_csv(people, "86");
    EXPECT_NE(written.find("+14155550123"), std::string::npos);
    EXPECT_NE(written.find("\"\"\"Big\"\", 爸\""), std::string::npos);
    EXPECT_EQ(write_people_csv(read(written), "86"), written);
    EXPECT_EQ(found(), "");
}

struct HoursCase {
    std::string name{};
    std::string cell{};
    std::string written{};  ///< Empty: nothing that could be kept to.
};

class PeopleHoursTest : public ::testing::TestWithParam<HoursCase> {};

TEST_P(PeopleHoursTest, IsWrittenOneWay) {
    const auto hours = read_hours(GetParam().cell);

    ASSERT_EQ(hours.has_value(), !GetParam().written.empty());
    if (!hours) return;
    EXPECT_EQ(write_hours(*hours), GetParam().written);
    EXPECT_EQ(read_hours(write_hours(*hours)), hours);
}

INSTANTIATE_TEST_SUITE_P(Hours, PeopleHoursTest,
                         ::testing::Values(HoursCase{"Usual", "mon-fri 18:00-20:00; sat,sun 09:00-20:00",
                                                     "mon-fri 18:00-20:00; sat,sun 09:00-20:00"},
                                           HoursCase{"WithoutDays", "9:00-10:00", "all 09:00-10:00"},
                                           HoursCase{"OverTheWeekend", "sat-mon 22:00-6:00", "mon,sat,sun 22:00-06:00"},
                                           HoursCase{"ThreeListed", "MON,tue,wed,fri 0:00-24:00;sun 8:00-9:00",
                                                     "mon-wed,fri 00:00-24:00; sun 08:00-09:00"},
                                           HoursCase{"Nothing", "", ""}, HoursCase{"NoEnd", "mon 9:00", ""},
                                           HoursCase{"NoSuchDay", "holiday 9:00-10:00", ""},
                                           HoursCase{"OneTooMany", "9:00-10:00;", ""},
                                           HoursCase{"NoLength", "9:00-9:00", ""},
                                           HoursCase{"TooLate", "9:00-24:01", ""},
                                           HoursCase{"BeginsAtTheEnd", "24:00-9:00", ""}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST_F(PeopleCsvTest, WhateverIsReadWithoutFindingsComesOutAndInAgain) {
    testing::FakeRandom random{7};
    const std::vector<std::string> cells{"",         "ming",        "ma",    "child",      "relative",
                                         "mother",   "shared",      "yes",   "allowed",    "小明",
                                         "paper",    "2026-09-01",  "adult", "guardian",   "9:00-10:00",
                                         "12345678", "19900000202", "hours", "\"a,\"\"b\""};
    const std::vector<std::string> records{"person", "phone", "tie", "care", "consent", "order", "card"};
    int sound = 0;
    for (int n = 0; n < 20'000; ++n) {
        std::string csv = std::string{kHeader} + records[random.below(records.size())];
        for (int column = 1; column < 14; ++column)
            csv += "," + (random.below(3) == 0 ? cells[random.below(cells.size())] : std::string{});
        findings.clear();
        const auto people = read(csv);
        if (!findings.empty()) continue;
        ++sound;
        const auto written = write_people_csv(people, "86");
        const auto again = read(written);
        ASSERT_TRUE(findings.empty()) << found();
        ASSERT_EQ(write_people_csv(again, "86"), written);
    }
    EXPECT_GT(sound, 0);
}

}  // namespace
}  // namespace harborline::config
