#include "storage/restoration.hpp"

#include <set>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

/// A database that went on after its backup was made.
class Restoration_Test : public OpenStoreFixture {
  protected:
    Restoration_Test() {
        run([&](Transaction& tx) {
            tx.staff().replace(roster_of({"li"}), clock.now());
            matter_ = open_case(tx);
            message_ = tx.outbox().add(some_message());
        });
        back_up(backup_);
        run([&](Transaction& tx) {
            lost_matter_ = open_case(tx);
            lost_message_ = tx.outbox().add(some_message());
        });
        store.reset();
    }

    core::CaseId open_case(Transaction& tx) {
        const auto matter = some_case(tx, tx.staff().by_key("li")->id);
        tx.cases().open(matter);
        return matter.id;
    }
    std::unique_ptr<Restoration> begin() {
        return std::move(*Restoration::begin(backup_, database_, folder / "master.key"));
    }
    std::string refusal() {
        auto begun = Restoration::begin(backup_, database_, folder / "master.key");
        return begun ? "" : begun.error().message;
    }
    std::size_t messages() {
        return run([](Transaction& tx) { return tx.outbox().in_state(core::MessageState::kWaiting, 100).size(); });
    }
    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator{database_.parent_path()})
            names.insert(entry.path().filename().string());
        return names;
    }

    const fs::path database_ = folder / "harborline.db";
    const fs::path backup_ = folder / "backup.db";
    core::CaseId matter_{};
    core::CaseId lost_matter_{};
    core::OutboxId message_{};
    core::OutboxId lost_message_{};
};

TEST_F(Restoration_Test, PutsTheBackupInPlaceAndKeepsWhatWasThere) {
    const auto present = bytes_of(database_);

    const auto aside = begin()->finish(clock.now());

    ASSERT_TRUE(aside) << aside.error().message;
    EXPECT_EQ(bytes_of(*aside), present);
    store = open(options());
    EXPECT_EQ(messages(), 1U);
}

TEST_F(Restoration_Test, DroppedBeforeItsEndNothingHasHappened) {
    const auto before = files();
    const auto present = bytes_of(database_);

    begin().reset();

    EXPECT_EQ(files(), before);
    EXPECT_EQ(bytes_of(database_), present);
    store = open(options());
    EXPECT_EQ(messages(), 2U);
}

TEST_F(Restoration_Test, NoNumberOfTheLostTimeIsGivenOutAgain) {
    ASSERT_TRUE(begin()->finish(clock.now()));
    store = open(options());

    run([&](Transaction& tx) {
        EXPECT_GT(tx.cases().next_id(), lost_matter_);
        EXPECT_EQ(tx.cases().next_id().value, matter_.value + 100'001);
        EXPECT_GT(tx.outbox().add(some_message()).value, lost_message_.value + 90'000'000);
        EXPECT_GT(tx.turns().append(some_turn("new")).value, 90'000'000);
        EXPECT_GT(tx.conversations().next_id().value, 90'000'000);
        EXPECT_GT(tx.alerts().raise({.case_id = matter_}).value, 90'000'000);
        EXPECT_GT(tx.alerts().page({.staff = {1}, .code = 1}).value, 90'000'000);
        EXPECT_GT(tx.people().put(core::Person{.external_id = "C-0001"}).value, 90'000'000);
    });
}

/// What carriers repeat is known across the step in the numbers of turns, also once it is folded.
TEST_F(Restoration_Test, RepeatsAreKnownOnBothSidesOfTheStep) {
    store = open(options());
    run([&](Transaction& tx) { tx.turns().append(some_turn("before")); });
    fs::remove(backup_);
    back_up(backup_);
    store.reset();

    ASSERT_TRUE(begin()->finish(clock.now()));
    store = open(options());
    for (int i = 0; i < 5'000; ++i)
        run([&](Transaction& tx) { tx.turns().append(some_turn("after-" + std::to_string(i))); });
    reopen();

    run([&](Transaction& tx) {
        EXPECT_TRUE(tx.turns().find_repeat("kannel", "before").has_value());
        for (const char* identity : {"after-0", "after-4999"})
            EXPECT_TRUE(tx.turns().find_repeat("kannel", identity).has_value()) << identity;
        EXPECT_FALSE(tx.turns().find_repeat("kannel", "never").has_value());
    });
}

TEST_F(Restoration_Test, ReceiptsOfTheLostTimeHitNothing) {
    ASSERT_TRUE(begin()->finish(clock.now()));
    store = open(options());

    run([&](Transaction& tx) {
        tx.outbox().add(some_message());
        const core::Receipt receipt{
            .message = lost_message_, .state = core::ReceiptState::kDelivered, .at = clock.now()};
        EXPECT_FALSE(tx.outbox().record_receipt(receipt).has_value());
    });
}

TEST_F(Restoration_Test, NumbersGoOnFromThereAndASecondRestoreGoesFurther) {
    ASSERT_TRUE(begin()->finish(clock.now()));
    store = open(options());
    const auto [first, second] = run([&](Transaction& tx) {
        const auto one = open_case(tx);
        return std::pair{one, open_case(tx)};
    });
    EXPECT_EQ(second.value, first.value + 1);
    fs::remove(backup_);
    back_up(backup_);
    store.reset();

    ASSERT_TRUE(begin()->finish(clock.now()));
    store = open(options());

    EXPECT_EQ(run([](Transaction& tx) { return tx.cases().next_id(); }).value, second.value + 100'001);
}

TEST_F(Restoration_Test, ADatabaseInUseIsLeftAlone) {
    store = open(options());
    const auto before = files();

    EXPECT_NE(refusal().find("is in use"), std::string::npos) << refusal();
    EXPECT_EQ(files(), before);

    store.reset();
    EXPECT_EQ(refusal(), "");
}

TEST_F(Restoration_Test, NobodyComesInWhileItIsUnderWay) {
    const auto restoration = begin();

    auto with = options();
    with.busy_timeout = 1ms;
    const auto opened = open_sqlite(with);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("is locked by another process"), std::string::npos);
}

TEST_F(Restoration_Test, AWrecklessPlaceAndAWreckAreBothGoodEnough) {
    std::ofstream{database_, std::ios::trunc} << "a wreck";
    std::ofstream{folder / "harborline.db-wal"} << "and its log";

    const auto aside = begin()->finish(clock.now());

    ASSERT_TRUE(aside);
    EXPECT_EQ(bytes_of(*aside), "a wreck");
    EXPECT_EQ(bytes_of(aside->string() + "-wal"), "and its log");
    EXPECT_FALSE(fs::exists(folder / "harborline.db-wal"));

    fs::remove(database_);
    const auto none = begin()->finish(clock.now());
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->empty());
    store = open(options());
    EXPECT_EQ(messages(), 1U);
}

TEST_F(Restoration_Test, TwoInOneSecondKeepBothDatabases) {
    const auto first = begin()->finish(clock.now());
    const auto second = begin()->finish(clock.now());

    ASSERT_TRUE(first && second);
    EXPECT_NE(*first, *second);
    EXPECT_TRUE(fs::exists(*first) && fs::exists(*second));
}

/// As after a power cut between the two moves: no start may make an empty database in the gap.
TEST_F(Restoration_Test, AnInterruptedMoveStopsEveryStartUntilItIsRunAgain) {
    fs::rename(database_, folder / "harborline.db.before-x");
    fs::copy_file(backup_, folder / "harborline.db.restored");

    const auto opened = open_sqlite(options());
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("run harborline restore again"), std::string::npos);
    EXPECT_FALSE(fs::exists(database_));

    ASSERT_TRUE(begin()->finish(clock.now()));
    store = open(options());
    EXPECT_EQ(messages(), 1U);
}

TEST_F(Restoration_Test, ABackupOfEveryOlderVersionCanBeRestored) {
    const auto ours = static_cast<int>(sqlite::migrations().size());
    for (int version = 1; version <= ours; ++version) {
        make_old_database(backup_, version);
        EXPECT_EQ(refusal(), "") << version;
    }
    make_old_database(backup_, 12);

    ASSERT_TRUE(begin()->finish(clock.now()));

    store = open(options());
    EXPECT_EQ(messages(), 0U);
}

TEST_F(Restoration_Test, AMissingBackupLeavesEverythingAsItWas) {
    fs::remove(backup_);
    const auto before = files();

    EXPECT_NE(refusal().find("stays as it was"), std::string::npos);
    EXPECT_EQ(files(), before);
}

}  // namespace
}  // namespace harborline::storage
