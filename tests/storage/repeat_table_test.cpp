#include "storage/sqlite/repeat_table.hpp"

#include <map>
#include <set>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

using sqlite::RepeatTable;
using Turns = std::vector<RepeatTable::TurnId>;

TEST(RepeatTable, ShowsTheRunningGroupAtOnceAndUndoesToAMark) {
    RepeatTable table;
    table.add(5, 1);
    const auto mark = table.mark();
    table.add(5, 2);
    table.add(6, 3);

    EXPECT_EQ(table.find(5), (Turns{1, 2}));
    table.undo(mark);
    EXPECT_EQ(table.find(5), (Turns{1}));
    EXPECT_TRUE(table.find(6).empty());
    table.publish();
    table.undo(0);
    EXPECT_EQ(table.find(5), (Turns{1}));
}

TEST(RepeatTable, AgreesWithAMapThroughGrowthCollisionsAndRemoval) {
    testing::FakeRandom random{3};
    RepeatTable table;
    std::map<RepeatTable::Hash, std::set<RepeatTable::TurnId>> model;
    for (RepeatTable::TurnId turn = 1; turn <= 20'000; ++turn) {
        // Few home slots: long runs, wrapped around the end.
        const RepeatTable::Hash hash =
            random.below(2) == 0 ? random.below(64) << 32 | random.below(40) * 50 : ~random.below(1'000);
        table.insert(hash, turn);
        model[hash].insert(turn);
        if (random.below(3) != 0) continue;
        const auto victim = model.begin();
        table.remove(victim->first, *victim->second.begin());
        victim->second.erase(victim->second.begin());
        if (victim->second.empty()) model.erase(victim);
    }
    table.remove(123'456'789, 7);  // Not there: nothing happens.

    std::size_t left = 0;
    for (const auto& [hash, turns] : model) {
        EXPECT_EQ(table.find(hash), Turns(turns.begin(), turns.end()));
        left += turns.size();
    }
    EXPECT_EQ(table.size(), left);
}

class RepeatTable_Test : public OpenStoreFixture {
  protected:
    core::TurnId take(const std::string& identity) {
        return run([&](Transaction& tx) { return tx.turns().append(some_turn(identity)); });
    }
    std::optional<Turn> repeat_of(const std::string& identity, const std::string& channel = "kannel") {
        return run([&](Transaction& tx) { return tx.turns().find_repeat(channel, identity); });
    }
    int rows() {
        return run([&](Transaction& tx) { return connection(tx).execAndGet("SELECT count(*) FROM repeat").getInt(); });
    }
};

TEST_F(RepeatTable_Test, I2_TheSameMessageTwiceFindsTheFirstTurnAndItsAnswer) {
    const auto id = take("carrier-1");

    const auto repeat = repeat_of("carrier-1");

    ASSERT_TRUE(repeat);
    EXPECT_EQ(repeat->id, id);
    EXPECT_EQ(repeat->answer, "answer");
    EXPECT_FALSE(repeat_of("carrier-2"));
    EXPECT_FALSE(repeat_of("carrier-1", "another"));
}

TEST_F(RepeatTable_Test, I2_ARepeatInsideTheSamePieceAndTheSameGroupIsFound) {
    const bool in_piece = run([this](Transaction& tx) {
        tx.turns().append(some_turn("a"));
        return tx.turns().find_repeat("kannel", "a").has_value();
    });
    bool in_group = false;
    Blocker blocker{*store};
    store->submit(
        Store::Lane::kOrdinary, [this](Transaction& tx) { tx.turns().append(some_turn("b")); },
        [](std::exception_ptr) {});
    store->submit(
        Store::Lane::kOrdinary, [&](Transaction& tx) { in_group = tx.turns().find_repeat("kannel", "b").has_value(); },
        [](std::exception_ptr) {});
    blocker.release();
    store->run([](Transaction&) {});

    EXPECT_TRUE(in_piece);
    EXPECT_TRUE(in_group);
}

TEST_F(RepeatTable_Test, ATurnThatWasUndoneIsNoRepeat) {
    EXPECT_THROW(store->run([this](Transaction& tx) {
        tx.turns().append(some_turn("a"));
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_FALSE(repeat_of("a"));

    EXPECT_THROW(store->run([this](Transaction& tx) {
        tx.turns().append(some_turn("a"));
        connection(tx).exec("ROLLBACK");
    }),
                 Unavailable);
    EXPECT_FALSE(repeat_of("a"));
    EXPECT_EQ(rows(), 0);

    take("a");
    EXPECT_TRUE(repeat_of("a"));
}

TEST_F(RepeatTable_Test, AnEmptyIdentityIsNeverARepeat) {
    take("");
    take("");

    EXPECT_FALSE(repeat_of(""));
    EXPECT_EQ(rows(), 0);
}

TEST_F(RepeatTable_Test, I2_IsReadBackAfterARestart) {
    for (int i = 0; i < 300; ++i) take("m" + std::to_string(i));

    reopen();

    for (int i = 0; i < 300; ++i) EXPECT_TRUE(repeat_of("m" + std::to_string(i))) << i;
}

TEST_F(RepeatTable_Test, ACommandFindsRepeatsTooWhenItAsks) {
    take("a");
    auto with = options(50);
    with.may_create = false;
    auto command = open(with);

    const auto asks = [](Transaction& tx) { return tx.turns().find_repeat("kannel", "a").has_value(); };

    EXPECT_TRUE(in(*command, asks));
}

TEST_F(RepeatTable_Test, ForgetsAfterSeventyTwoHoursAndDropsTheRowsLittleByLittle) {
    auto with = options(9);
    with.repeats_kept = 0;
    store.reset();
    store = open(with);
    for (int i = 0; i < 100; ++i) take("m" + std::to_string(i));
    clock.advance(71h);
    EXPECT_TRUE(repeat_of("m0"));
    take("young");

    clock.advance(2h);

    EXPECT_FALSE(repeat_of("m0"));
    for (int i = 0; i < 10; ++i) store->run([](Transaction&) {});
    EXPECT_EQ(rows(), 1);
    EXPECT_TRUE(repeat_of("young"));
    reopen();
    EXPECT_FALSE(repeat_of("m5"));
    EXPECT_TRUE(repeat_of("young"));
}

}  // namespace
}  // namespace harborline::storage
