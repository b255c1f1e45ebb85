#include "gateway/people/people_import.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "config/files.hpp"
#include "storage/open.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHeader = "record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed\n";
/// A child with both parents, a volunteer and another child.
constexpr const char* kFamily =
    "person,ming,,child,小明,,,,,,,,,\n"
    "person,hong,,child,小红,,,,,,,,,\n"
    "person,ma,,relative,妈,,,,,,,,,\n"
    "person,ba,,relative,爸,,,,,,,,,\n"
    "person,liu,,volunteer,姨,,,,,,,2027-12-31,,\n"
    "tie,ming,ma,mother,,,,,allowed,,,,papers,yes\n"
    "care,ming,ma,guardian,,,,,,,,,,\n"
    "consent,ming,ma,paper,,,,,,,2026-09-01,,,\n"
    "card,ming,,,,,,,,,,,12345678,\n";

std::string demonstration_csv() {
    return config::read_text_file(std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config" / "demo" / "people.csv")
        .value();
}

class PeopleImport_Test : public ::testing::Test {
  protected:
    PeopleImport_Test() {
        auto opened = storage::open_sqlite(
            {.database = folder / "people.db", .master_key = folder / "key", .clock = &clock, .random = &random});
        if (!opened) throw std::runtime_error(opened.error().message);
        store = std::move(*opened);
    }

    /// Reads, compares, and writes unless there are findings, which are those of both.
    PeopleChanges import(const std::string& csv) {
        core::Findings findings;
        file = config::read_people_csv(csv, "people.csv", "86", findings);
        PeopleChanges changes;
        store->run([&](storage::Transaction& tx) {
            changes = compare_people(file, tx.people(), kToday);
            if (findings.empty() && changes.findings.empty()) write_people(changes, tx.people(), clock.now());
        });
        found = findings;
        found.insert(found.end(), changes.findings.begin(), changes.findings.end());
        return changes;
    }
    /// What lines behind a header make of the families that are there.
    PeopleChanges lines(const std::string& rows) { return import(kHeader + rows); }

    std::string exported() {
        std::string csv;
        store->run([&](storage::Transaction& tx) { csv = config::write_people_csv(all_people(tx.people()), "86"); });
        return csv;
    }
    std::string findings() const {
        std::ostringstream out;
        for (const auto& finding : found) out << finding.line << ": " << finding.message << "\n";
        return out.str();
    }
    core::Card card_of(const std::string& child) {
        core::Card card;
        store->run([&](storage::Transaction& tx) {
            card = tx.people().card_of(tx.people().by_external_id(child)->id).value();
        });
        return card;
    }

    static constexpr core::LocalDate kToday = 2027y / 3 / 3;
    testing::TemporaryFolder folder{};
    testing::FakeClock clock{};
    testing::FakeRandom random{};
    std::unique_ptr<storage::Store> store{};
    config::PeopleFile file{};  ///< That was imported last; its changes point into it.
    core::Findings found{};
};

TEST_F(PeopleImport_Test, WhatWasImportedComesOutToTheByteAndChangesNothingAgain) {
    const auto csv = demonstration_csv();

    const auto first = import(csv);
    EXPECT_EQ(findings(), "");
    EXPECT_EQ(first.added, file.size());
    EXPECT_EQ(exported(), csv);

    const auto again = import(exported());
    EXPECT_EQ(again.size(), 0U);
    EXPECT_EQ(again.left, file.size());
    EXPECT_EQ(exported(), csv);
}

TEST_F(PeopleImport_Test, OnlyWhatDiffersIsChangedAndNobodyVanishes) {
    lines(kFamily);

    const auto changes = lines(
        "person,ma,,relative,妈妈,,,,,,,,,\n"
        "person,ba,,relative,爸,,,,,,,,,\n"
        "tie,ming,ma,mother,,,,,paused,,,,papers,yes\n"
        "tie,ming,ba,father,,,,,allowed,,,,papers,yes\n"
        "phone,ba,,private,,,,19900000212,,,,,,\n");

    EXPECT_EQ(findings(), "");
    EXPECT_EQ(changes.added, 2U);
    EXPECT_EQ(changes.changed, 2U);
    EXPECT_EQ(changes.left, 1U);
    EXPECT_EQ(exported(), kHeader + std::string{"person,ming,,child,小明,,,,,,,,,\n"
                                                "person,hong,,child,小红,,,,,,,,,\n"
                                                "person,ma,,relative,妈妈,,,,,,,,,\n"
                                                "person,ba,,relative,爸,,,,,,,,,\n"
                                                "person,liu,,volunteer,姨,,,,,,,2027-12-31,,\n"
                                                "phone,ba,,private,,,,19900000212,,,,,,\n"
                                                "tie,ming,ma,mother,,,,,paused,,,,papers,yes\n"
                                                "tie,ming,ba,father,,,,,allowed,,,,papers,yes\n"
                                                "care,ming,ma,guardian,,,,,,,,,,\n"
                                                "consent,ming,ma,paper,,,,,,,2026-09-01,,,\n"
                                                "card,ming,,,,,,,,,,,12345678,\n"});
}

struct WrongLine {
    std::string name{};
    std::string row{};
    std::string finding{};  ///< Its beginning.
};

class PeopleImportWrongLine : public PeopleImport_Test, public ::testing::WithParamInterface<WrongLine> {};

TEST_P(PeopleImportWrongLine, IsOneFindingBesideAFamilyInTheSameFileOrBefore) {
    lines(kFamily + GetParam().row);
    ASSERT_EQ(found.size(), 1U) << findings();
    EXPECT_EQ(found[0].line, 11);
    EXPECT_EQ(found[0].message.substr(0, GetParam().finding.size()), GetParam().finding);
    EXPECT_EQ(exported(), kHeader);

    lines(kFamily);
    const auto before = exported();
    lines(GetParam().row);
    ASSERT_EQ(found.size(), 1U) << findings();
    EXPECT_EQ(found[0].file, "people.csv");
    EXPECT_EQ(found[0].line, 2);
    EXPECT_EQ(found[0].message.substr(0, GetParam().finding.size()), GetParam().finding);
    EXPECT_EQ(exported(), before);
}

INSTANTIATE_TEST_SUITE_P(
    PeopleImport, PeopleImportWrongLine,
    ::testing::Values(
        WrongLine{"PhoneOfNobody", "phone,nai,,private,,,,19900000213,,,,,,\n", "id is nobody's"},
        WrongLine{"TieOfNobody", "tie,lei,ba,father,,,,,allowed,,,,,yes\n", "id is nobody's"},
        WrongLine{"TieWithNobody", "tie,ming,nai,carer,,,,,allowed,,,,,yes\n", "other is nobody's"},
        WrongLine{"TieOfAnAdult", "tie,ba,ma,mother,,,,,allowed,,,,,yes\n", "id must be a child's"},
        WrongLine{"TieWithAChild", "tie,ming,hong,relative,,,,,allowed,,,,,yes\n", "other must be an adult's"},
        WrongLine{"CareByAChild", "care,ming,hong,guardian,,,,,,,,,,\n", "other must be an adult's"},
        WrongLine{"CardOfAnAdult", "card,ba,,,,,,,,,,,12345679,\n", "id must be a child's"},
        WrongLine{"CaringMomIsNoVolunteer", "tie,ming,ba,caring_mom,,,,,allowed,,,,,yes\n",
                  "other must be a volunteer's"},
        WrongLine{"ConsentOfNoGuardian", "consent,ming,ba,paper,,,,,,,2026-09-01,,,\n", "other must be a guardian"},
        WrongLine{"OrderAgainstNobody", "order,ming,nai,,,,,,,,,,No. 1,\n", "other is nobody's"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(PeopleImport_Test, APhoneThatIsGoneIsTakenAwayOnce) {
    lines(kFamily + std::string{"phone,ma,,private,,,,19900000211,,,,,,\n"
                                "phone,ba,,private,,,,19900000212,,,,,,\n"});
    const std::string gone = "phone,ma,,gone,,,,19900000211,,,,,,\n";

    const auto changes = lines(gone + "phone,ma,,private,,,,19900000213,,,,,,\n");
    EXPECT_EQ(findings(), "");
    EXPECT_EQ(changes.changed, 1U);
    EXPECT_EQ(changes.added, 1U);
    const auto out = exported();
    EXPECT_EQ(out.find("19900000211"), std::string::npos);
    EXPECT_NE(out.find("phone,ma,,private,,,,19900000213"), std::string::npos);
    EXPECT_NE(out.find("phone,ba,,private,,,,19900000212"), std::string::npos);

    // Not hers any more, of somebody new, and of another's phone: nothing is there to be taken away.
    const auto again = lines(gone +
                             "person,xin,,relative,新,,,,,,,,,\nphone,xin,,gone,,,,19900000214,,,,,,\n"
                             "phone,ba,,gone,,,,19900000213,,,,,,\n");
    EXPECT_EQ(again.changed, 0U);
    EXPECT_EQ(again.added, 1U);
    EXPECT_EQ(again.left, 3U);
    EXPECT_NE(exported().find("phone,ma,,private,,,,19900000213"), std::string::npos);
}

TEST_F(PeopleImport_Test, ACardIsNoOtherChildsAndChildrenStayChildren) {
    lines(kFamily);

    lines(
        "person,ming,,relative,小明,,,,,,,,,\n"
        "person,ma,,volunteer,妈,,,,,,,2027-12-31,,\n"
        "card,hong,,,,,,,,,,,12345678,\n");

    ASSERT_EQ(found.size(), 2U) << findings();
    EXPECT_EQ(found[0].line, 2);
    EXPECT_EQ(found[0].message.substr(0, 14), "kind must stay");
    EXPECT_EQ(found[1].line, 4);
    EXPECT_EQ(found[1].message, "number is already that of another child's card.");
}

TEST_F(PeopleImport_Test, GuardianshipIsTheFilesWhereTheFileSpeaksOfIt) {
    lines(kFamily);

    lines(
        "care,ming,ba,guardian,,,,,,,,,,\n"
        "consent,ming,ba,visit,,,,,,,2027-01-01,,,\n");
    EXPECT_EQ(findings(), "");

    lines(
        "care,ming,ma,entrusted,,,,,,,,,,\n"
        "consent,ming,ma,visit,,,,,,,2027-01-01,,,\n");
    ASSERT_EQ(found.size(), 1U) << findings();
    EXPECT_EQ(found[0].line, 3);
}

TEST_F(PeopleImport_Test, WhoseLineIsBrokenIsThereForTheOthers) {
    lines(
        "person,ming,,child,小明,old,,,,,,,,\n"
        "person,ma,,mother,妈,,,,,,,,,\n"
        "tie,ming,ma,mother,,,,,allowed,,,,papers,yes\n"
        "care,ming,ma,mother,,,,,,,,,,\n"
        "consent,ming,ma,paper,,,,,,,2026-09-01,,,\n"
        "card,lei,,,,,,,,,,,12345678,\n");

    EXPECT_EQ(findings(),
              "2: age must be under8, 8-13, 14-15, 16-17, adult or empty.\n"
              "3: kind must be child, relative or volunteer.\n"
              "5: kind must be guardian or entrusted.\n"
              "7: id is nobody's: no line of record person has it, nor was it imported before.\n");
    EXPECT_EQ(exported(), kHeader);
}

TEST_F(PeopleImport_Test, AChildHasFiveOpenTiesAtMost) {
    std::string rows = "person,ming,,child,小明,,,,,,,,,\n";
    for (const std::string id : {"a", "b", "c", "d", "e", "f", "g"})
        rows += "person," + id + ",,relative,人" + id + ",,,,,,,,,\n";
    const auto tie = [](const std::string& other, const std::string& state = "allowed", const std::string& to = "") {
        return "tie,ming," + other + ",relative,,,,," + state + ",,," + to + ",,yes\n";
    };
    for (const std::string id : {"a", "b", "c", "d"}) rows += tie(id);

    lines(rows + tie("e", "paused") + tie("f", "barred") + tie("g", "allowed", "2027-03-02"));
    EXPECT_EQ(findings(), "");

    lines(tie("g", "allowed", "2027-03-03"));
    ASSERT_EQ(found.size(), 1U) << findings();
    EXPECT_EQ(found[0].message.substr(0, 28), "id would have 6 open ties, o");

    lines(tie("g") + tie("a", "barred"));
    EXPECT_EQ(findings(), "");
}

TEST_F(PeopleImport_Test, ACardKeepsItsPinAndANewNumberHasNone) {
    lines(kFamily);
    auto card = card_of("ming");
    card.pin = "a hash";
    card.duress = "another";
    store->run([&](storage::Transaction& tx) { tx.people().put(card); });

    EXPECT_EQ(lines(kFamily).size(), 0U);
    EXPECT_EQ(card_of("ming"), card);

    EXPECT_EQ(lines("card,ming,,,,,,,,,,,12345679,\n").changed, 1U);
    EXPECT_EQ(card_of("ming").number, "12345679");
    EXPECT_EQ(card_of("ming").pin, "");
    EXPECT_EQ(card_of("ming").duress, "");
}

/// A piece of work may run more than once before it is committed.
TEST_F(PeopleImport_Test, ComparingTwiceIsComparingOnce) {
    core::Findings none;
    file = config::read_people_csv(demonstration_csv(), "people.csv", "86", none);
    std::size_t heard = 0;
    PeopleChanges changes;
    const auto work = [&](storage::Transaction& tx) {
        changes = compare_people(file, tx.people(), kToday, [&] { ++heard; });
        write_people(changes, tx.people(), clock.now());
    };
    try {
        store->run([&](storage::Transaction& tx) {
            work(tx);
            throw std::runtime_error("undone");
        });
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(exported(), kHeader);

    store->run(work);

    EXPECT_EQ(changes.added, file.size());
    EXPECT_EQ(heard, 2 * file.size());
    EXPECT_EQ(exported(), demonstration_csv());
}

}  // namespace
}  // namespace harborline::gateway
