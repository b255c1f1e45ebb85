#include "storage/verification.hpp"

#include <algorithm>
#include <set>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

/// A backup of a database with rows in every table that seals anything.
class Verification_Test : public OpenStoreFixture {
  protected:
    Verification_Test() {
        run([&](Transaction& tx) { fill(tx); });
        back_up(backup_);
    }

    void fill(Transaction& tx) {
        tx.staff().replace(roster_of({"li"}), clock.now());
        tx.staff().put_line_pin(tx.staff().by_key("li")->id, {.hash = "salt and hash"});
        tx.contact_plans().put(tx.handsets().find_or_add(number(1), clock.now()).id, "plan");
        auto matter = some_case(tx, tx.staff().by_key("li")->id);
        tx.cases().open(matter);
        tx.cases().append(matter.id, {.at = clock.now(), .text = "said"});
        for (int i = 0; i < 300; ++i) tx.outbox().add(some_message());
        tx.carrier_ids().add("at", "ATXid_1", {{1}, 1}, clock.now() + 1h);
        tx.carrier_ids().keep_early({.carrier_id = "ATXid_2", .channel = "at", .at = clock.now()});
        tx.turns().append(some_turn("id-1"));
        tx.conversations().put({.handset = {1}, .id = {1}, .channel = "kannel", .state = "state"});
        tx.journal().append({.at = clock.now(), .event = "tested", .detail = "detail"});
        const core::Inbound inbound{.channel = "kannel", .from = number(1), .received_at = clock.now(), .text = "text"};
        tx.stranded().add({.inbound = inbound, .at = clock.now(), .error = "error"});
        auto part = inbound;
        part.fragment = core::Fragment{.reference = 1, .total = 2, .index = 1, .bytes = "half", .charset = "UTF-8"};
        tx.fragments().add(part, {1});
        tx.recordings().add({.name = "still with the carrier",
                             .state = Recording::State::kFetching,
                             .carrier_url = "http://127.0.0.1/r"});
        fill_family(tx);
    }
    static void fill_family(Transaction& tx) {
        auto& people = tx.people();
        const auto child = people.put(core::Person{.external_id = "child", .kind = core::PersonKind::kChild});
        const auto adult = people.put(core::Person{.external_id = "adult"});
        people.put(core::Tie{.child = child, .adult = adult});
        people.put(core::Care{.child = child, .carer = adult});
        people.put(core::Consent{.child = child, .guardian = adult});
        people.put(core::ProtectionOrder{.person = child, .against = adult});
        people.put(core::Card{.child = child, .number = "12345678"});
    }

    Verification verify(bool full = false) { return verify_sqlite({backup_, folder / "master.key", full}); }
    /// The first finding; empty where it is sound.
    std::string finding(bool full = false) {
        const auto found = verify(full);
        return found.sound() ? "" : found.findings.front();
    }
    void change(const std::string& sql) { SQLite::Database{backup_, SQLite::OPEN_READWRITE}.exec(sql); }
    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator{backup_.parent_path()})
            names.insert(entry.path().filename().string());
        return names;
    }

    const fs::path backup_ = folder / "backup.db";
};

TEST_F(Verification_Test, ASoundBackupIsCountedAndOpened) {
    const auto found = verify();

    EXPECT_TRUE(found.sound()) << found.findings.front();
    EXPECT_EQ(found.rows.at("outbox"), 300);
    EXPECT_EQ(found.rows.at("case_file"), 1);
    EXPECT_GE(found.version, 1);
}

TEST_F(Verification_Test, FullOpensEverySealedValueOfEveryTable) {
    const auto some = verify();
    const auto all = verify(true);

    EXPECT_TRUE(all.sound()) << all.findings.front();
    // 300 messages, of which the first and the last hundred are the sample.
    EXPECT_EQ(all.opened - some.opened, 100);
    std::int64_t sealed = all.rows.at("data_key");
    SQLite::Database db{backup_, SQLite::OPEN_READONLY};
    SQLite::Statement tables{
        db,
        "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'sealed'"};
    while (tables.executeStep()) {
        const auto name = tables.getColumn(0).getString();
        EXPECT_GT(all.rows.at(name), 0) << name << " has no row here: fill() must write one";
        sealed += all.rows.at(name);
    }
    EXPECT_EQ(all.opened, sealed);
}

TEST_F(Verification_Test, WritesNothingNotEvenBesideIt) {
    for (const char* mode : {"DELETE", "WAL"}) {
        change(std::string{"PRAGMA journal_mode = "} + mode);
        const auto bytes = bytes_of(backup_);
        const auto before = files();

        EXPECT_EQ(finding(true), "");

        EXPECT_EQ(files(), before) << mode;
        EXPECT_EQ(bytes_of(backup_), bytes) << mode;
    }
}

TEST_F(Verification_Test, ABackupNeedsNoLogBesideIt) {
    SQLite::Database{backup_, SQLite::OPEN_READONLY}.execAndGet("SELECT count(*) FROM outbox");

    EXPECT_FALSE(fs::exists(folder / "backup.db-wal"));
}

TEST_F(Verification_Test, AValueThatWasMovedToAnotherRowIsFound) {
    change("UPDATE outbox SET sealed = (SELECT sealed FROM outbox WHERE id = 2) WHERE id = 150");

    EXPECT_EQ(finding(), "") << "row 150 is not in the sample";
    EXPECT_NE(finding(true).find("1 sealed values in outbox that do not open, the first in row 150"),
              std::string::npos);
}

TEST_F(Verification_Test, EveryChangedSealedValueIsFoundInItsTable) {
    std::vector<std::string> sealed;
    {
        SQLite::Database db{backup_, SQLite::OPEN_READONLY};
        SQLite::Statement tables{
            db,
            "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' "
            "AND c.name = 'sealed' ORDER BY 1"};
        while (tables.executeStep()) sealed.push_back(tables.getColumn(0).getString());
    }
    ASSERT_GE(sealed.size(), 9U);
    for (const auto& table : sealed) {
        SQLite::Database db{backup_, SQLite::OPEN_READWRITE};
        db.exec("DROP TRIGGER IF EXISTS case_entry_stays");
        db.exec("UPDATE " + table + " SET sealed = sealed || x'00'");
    }

    const auto found = verify(true);
    for (const auto& table : sealed)
        EXPECT_TRUE(std::ranges::any_of(found.findings, [&](const std::string& one) {
            return one.find("sealed values in " + table + " that do not open") != std::string::npos;
        })) << table;
}

TEST_F(Verification_Test, ARowThatBelongsToNothingIsFound) {
    change(
        "PRAGMA foreign_keys = OFF; INSERT INTO shift (staff, role, district, department, days, from_min, to_min) "
        "VALUES (99, 0, '', '', 1, 0, 1)");

    EXPECT_NE(finding().find("1 rows of shift that belong to nothing"), std::string::npos) << finding();
}

TEST_F(Verification_Test, AnotherKeyIsTold) {
    fs::remove(folder / "master.key");
    EXPECT_NE(finding().find("is missing"), std::string::npos);

    std::ofstream{folder / "master.key"} << std::string(32, 'k');
    fs::permissions(folder / "master.key", fs::perms{0600});
    EXPECT_NE(finding().find("sealed under another master key"), std::string::npos) << finding();
}

TEST_F(Verification_Test, ANewerOrForeignFileIsTold) {
    change("PRAGMA user_version = 999");
    EXPECT_NE(finding().find("is of version 999"), std::string::npos) << finding();

    change("PRAGMA application_id = 7");
    EXPECT_NE(finding().find("belongs to another program"), std::string::npos) << finding();
}

TEST_F(Verification_Test, WhatIsNotThereOrNoDatabaseIsTold) {
    fs::resize_file(backup_, 0);
    EXPECT_NE(finding().find("is not there or empty"), std::string::npos);
    std::ofstream{backup_} << std::string(8'192, 'j');
    EXPECT_NE(finding().find("is damaged or no database"), std::string::npos) << finding();
    fs::remove(backup_);
    EXPECT_NE(finding().find("is not there or empty"), std::string::npos);
}

TEST_F(Verification_Test, ADatabaseInUseIsNoBackup) {
    const auto found = verify_sqlite({folder / "harborline.db", folder / "master.key"});

    ASSERT_FALSE(found.sound());
    EXPECT_NE(found.findings.front().find("unfinished log"), std::string::npos);
}

/// Half a file, and a page overwritten at each place in turn: never sound, never a crash.
TEST_F(Verification_Test, NoDamagedPagePasses) {
    const auto whole = bytes_of(backup_);
    const auto pages = whole.size() / 4096;
    ASSERT_GT(pages, 20U);
    for (std::size_t page = 0; page < pages; ++page) {
        auto damaged = whole;
        damaged.replace(page * 4096, 4096, std::string(4096, '\x5a'));
        std::ofstream{backup_, std::ios::binary | std::ios::trunc} << damaged;
        EXPECT_NE(finding(true), "") << "page " << page;
    }
    for (std::size_t page = 1; page < pages; ++page) {
        std::ofstream{backup_, std::ios::binary | std::ios::trunc} << whole.substr(0, page * 4096 - 100);
        EXPECT_NE(finding(true), "") << "cut in page " << page;
    }
}

TEST_F(Verification_Test, FindingsQuoteNothingOfWhatIsStored) {
    change("UPDATE handset SET sealed = x'00'; UPDATE turn SET sealed = x'01'");

    for (const auto& one : verify(true).findings) {
        EXPECT_EQ(one.find("19900000"), std::string::npos);
        EXPECT_EQ(std::ranges::count(one, '\n'), 0);
    }
}

}  // namespace
}  // namespace harborline::storage
