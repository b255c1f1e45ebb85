#include "storage/sqlite/repeat_table.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "storage/sqlite/turn_index.hpp"
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

using sqlite::RepeatTable;
using sqlite::TurnIndex;
using Turns = std::vector<RepeatTable::TurnId>;

Turns found(const RepeatTable& table, RepeatTable::Hash hash) {
    Turns turns;
    table.find(hash, turns);
    std::ranges::sort(turns);
    return turns;
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
        EXPECT_EQ(found(table, hash), Turns(turns.begin(), turns.end()));
        left += turns.size();
    }
    EXPECT_EQ(table.size(), left);
}

TEST(TurnIndex, FindsWhatWasPackedAndNothingElse) {
    constexpr auto kLargest = ~std::uint64_t{0};
    const std::vector<TurnIndex::Entry> entries{{1, 70'001}, {7, 100}, {7, 70'000}, {kLargest, 102}};

    const TurnIndex index{100, TurnIndex::pack(100, entries)};

    ASSERT_EQ(index.size(), entries.size());
    for (std::size_t at = 0; at < entries.size(); ++at) {
        EXPECT_EQ(index.key(at), entries[at].key);
        EXPECT_EQ(index.turn(at), entries[at].turn);
    }
    EXPECT_EQ(index.lower_bound(0), 0U);
    EXPECT_EQ(index.lower_bound(7), 1U);
    EXPECT_EQ(index.lower_bound(8), 3U);
    EXPECT_EQ(index.lower_bound(kLargest), 3U);
    EXPECT_EQ((TurnIndex{1, {}}.lower_bound(7)), 0U);
}

class RepeatTable_Test : public OpenStoreFixture {
  protected:
    core::TurnId take(const std::string& identity) {
        return run([&](Transaction& tx) { return tx.turns().append(some_turn(identity)); });
    }
    std::optional<Turn> repeat_of(const std::string& identity, const std::string& channel = "kannel") {
        return run([&](Transaction& tx) { return tx.turns().find_repeat(channel, identity); });
    }
    int count(const char* query) {
        return run([&](Transaction& tx) { return connection(tx).execAndGet(query).getInt(); });
    }
    int known_turns() { return count("SELECT count(*) FROM turn WHERE repeat_hash <> 0"); }
    int runs() { return count("SELECT count(*) FROM turn_run"); }
    void open_folding_often(std::int64_t repeats_kept = 0) {
        store.reset();
        auto with = options(++seed_);
        with.fold_after_turns = 10;
        with.repeats_kept = repeats_kept;
        store = open(with);
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
    EXPECT_EQ(known_turns(), 0);

    take("a");
    EXPECT_TRUE(repeat_of("a"));
}

TEST_F(RepeatTable_Test, AnEmptyIdentityIsNeverARepeat) {
    take("");
    take("");

    EXPECT_FALSE(repeat_of(""));
    EXPECT_EQ(known_turns(), 0);
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

TEST_F(RepeatTable_Test, I2_IsReadBackFromRunsAndTailAlike) {
    open_folding_often();
    for (int i = 0; i < 305; ++i) take("m" + std::to_string(i));
    EXPECT_GT(runs(), 10);

    reopen();

    for (int i = 0; i < 305; ++i) EXPECT_TRUE(repeat_of("m" + std::to_string(i))) << i;
    EXPECT_FALSE(repeat_of("m305"));
}

TEST_F(RepeatTable_Test, ForgetsAfterSeventyTwoHoursAndDropsTheRunsLittleByLittle) {
    open_folding_often();
    for (int i = 0; i < 100; ++i) take("m" + std::to_string(i));
    const int old_runs = runs();
    clock.advance(71h);
    EXPECT_TRUE(repeat_of("m0"));
    take("young");

    clock.advance(2h);

    EXPECT_FALSE(repeat_of("m0"));
    EXPECT_EQ(runs(), old_runs);
    for (int i = 0; i < 100; ++i) take("n" + std::to_string(i));
    EXPECT_LE(runs(), old_runs + 2);
    EXPECT_FALSE(repeat_of("m0"));
    EXPECT_TRUE(repeat_of("young"));
    open_folding_often();
    EXPECT_FALSE(repeat_of("m5"));
    EXPECT_TRUE(repeat_of("young"));
    EXPECT_TRUE(repeat_of("n5"));
}

TEST_F(RepeatTable_Test, AClockThatStoodAheadForgetsNoneOfTheNewest) {
    open_folding_often(100);
    for (int i = 0; i < 200; ++i) take("m" + std::to_string(i));
    clock.advance(365 * 24h);
    for (int i = 0; i < 50; ++i) take("ahead" + std::to_string(i));
    clock.advance(-365 * 24h);

    for (int i = 150; i < 200; ++i) EXPECT_TRUE(repeat_of("m" + std::to_string(i))) << i;
    EXPECT_FALSE(repeat_of("m5"));
}

}  // namespace
}  // namespace harborline::storage
