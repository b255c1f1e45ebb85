// Conversations' rows are written late. Whatever happens in between, what is found is what was put last and committed.
#include <map>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

constexpr int kHandsets = 12;
constexpr std::size_t kFoldAfter = 16;

constexpr auto kTail = "SELECT count(*) FROM turn WHERE id > (SELECT coalesce(max(last_turn), 0) FROM turn_run)";
constexpr auto kUnfoldedRuns =
    "SELECT count(*) FROM turn_run WHERE last_turn > (SELECT value FROM counter WHERE name = 'folded_turn')";

/// What should be found: the committed state of each handset.
using Model = std::map<int, std::string>;

class Fold_Test : public StoreFixture {
  protected:
    Fold_Test() { open_again(); }

    StoreOptions folding() {
        auto with = options(++seed_);
        with.fold_after_turns = kFoldAfter;
        return with;
    }
    void open_again() {
        store.reset();
        store = open(folding());
    }
    StoreOptions as_command() {
        auto with = options(++seed_);
        with.may_create = false;
        return with;
    }

    Conversation talk(int handset, std::string state) {
        return {.handset = {handset},
                .id = {100 + handset},
                .channel = "kannel",
                .last_turn_at = clock.now(),
                .state = std::move(state)};
    }
    /// As the service does it: the state, then the turn that carries it.
    void take_turn(Transaction& tx, int handset, const std::string& state) {
        tx.conversations().put(talk(handset, state));
        tx.turns().append({.received_at = clock.now(),
                           .channel = "kannel",
                           .handset = {handset},
                           .conversation = {100 + handset},
                           .identity = state,
                           .text = "text"});
    }
    void take_turn(int handset, const std::string& state) {
        run([&](Transaction& tx) { take_turn(tx, handset, state); });
    }
    Model found(Store& where) {
        return in(where, [](Transaction& tx) {
            Model states;
            for (int handset = 1; handset <= kHandsets; ++handset)
                if (auto known = tx.conversations().find({handset})) {
                    EXPECT_EQ(known->channel, "kannel");
                    EXPECT_EQ(known->id.value, 100 + handset);
                    states[handset] = known->state;
                }
            return states;
        });
    }
    int count(const char* query) {
        return run([&](Transaction& tx) { return connection(tx).execAndGet(query).getInt(); });
    }
    /// What a power cut at this moment would leave behind, opened.
    std::unique_ptr<Store> after_a_crash() {
        std::filesystem::remove_all(folder / "crashed");
        std::filesystem::create_directory(folder / "crashed");
        for (const char* name : {"harborline.db", "harborline.db-wal", "master.key"})
            std::filesystem::copy_file(folder / name, folder / "crashed" / name);
        auto with = folding();
        with.database = folder / "crashed" / "harborline.db";
        with.master_key = folder / "crashed" / "master.key";
        return open(with);
    }
};

TEST_F(Fold_Test, ATurnWritesNoRowOfItsConversation) {
    for (int i = 0; i < 10; ++i) take_turn(1 + i % 3, "s" + std::to_string(i));

    EXPECT_EQ(count("SELECT count(*) FROM conversation"), 0);
    EXPECT_EQ(found(*store), (Model{{1, "s9"}, {2, "s7"}, {3, "s8"}}));
}

TEST_F(Fold_Test, ALongTailIsFoldedAndAStartReadsOnlyTheRest) {
    for (int i = 0; i < 400; ++i) take_turn(1 + i % 3, "s" + std::to_string(i));

    EXPECT_EQ(count("SELECT count(*) FROM conversation"), 3);
    EXPECT_LT(count(kTail), static_cast<int>(2 * kFoldAfter));
    EXPECT_LT(count(kUnfoldedRuns), 12);
    open_again();
    EXPECT_EQ(found(*store), (Model{{1, "s399"}, {2, "s397"}, {3, "s398"}}));
}

TEST_F(Fold_Test, ThePaceIsThatOfTheTurnsHoweverManyComeInOnePiece) {
    for (int piece = 0; piece < 30; ++piece)
        run([&](Transaction& tx) {
            for (int i = 0; i < 200; ++i) take_turn(tx, 1 + i % kHandsets, std::to_string(1'000 * piece + i));
        });

    EXPECT_LE(count(kTail), 2 * 200);
    EXPECT_LT(count(kUnfoldedRuns), 12);
}

TEST_F(Fold_Test, APieceThatThrowsDoesNotBeginItAnew) {
    for (int i = 0; i < 600; ++i) {
        take_turn(1 + i % 300, "s" + std::to_string(i));
        EXPECT_THROW(run([](Transaction&) { throw std::runtime_error("undone"); }), std::runtime_error);
    }

    EXPECT_LT(count(kUnfoldedRuns), 20);
    EXPECT_EQ(found(*store).at(1), "s300");
}

TEST_F(Fold_Test, ARowThatCannotBeReadStopsNobody) {
    for (int i = 0; i < 100; ++i) take_turn(1 + i % 20, "s" + std::to_string(i));
    run([](Transaction& tx) {
        connection(tx).exec(
            "UPDATE turn SET sealed = zeroblob(60) WHERE id = (SELECT max(id) FROM turn WHERE handset = 3)");
    });
    open_again();

    for (int i = 100; i < 300; ++i) take_turn(5, "s" + std::to_string(i));

    EXPECT_LT(count(kUnfoldedRuns), 12);
    const auto states = found(*store);
    EXPECT_EQ(states.at(2), "s81");
    EXPECT_EQ(states.at(5), "s299");
    EXPECT_FALSE(states.contains(3));
}

TEST_F(Fold_Test, OneThatCannotBeReadShutsNobodyOut) {
    const auto found_of = [&](int handset) {
        return run([&](Transaction& tx) { return tx.conversations().find({handset}).value(); });
    };
    take_turn(1, "on a turn");
    take_turn(2, "of somebody else");
    run([&](Transaction& tx) { tx.conversations().put(talk(3, "by itself")); });
    run([](Transaction& tx) {
        connection(tx).exec("UPDATE turn SET sealed = zeroblob(60) WHERE handset = 1");
        connection(tx).exec("UPDATE conversation SET sealed = zeroblob(60) WHERE handset = 3");
    });
    open_again();

    for (const int handset : {1, 3}) {
        EXPECT_EQ(found_of(handset).handset.value, handset);
        EXPECT_EQ(found_of(handset).state, "");
        take_turn(handset, "anew");
    }

    open_again();
    EXPECT_EQ(found(*store), (Model{{1, "anew"}, {2, "of somebody else"}, {3, "anew"}}));
}

TEST_F(Fold_Test, WhatNoTurnTakesAlongIsWrittenAtOnceAndStandsAgainstAnEarlierTurn) {
    take_turn(1, "on a turn");
    run([&](Transaction& tx) { tx.conversations().put(talk(1, "by itself")); });

    EXPECT_EQ(count("SELECT count(*) FROM conversation"), 1);
    open_again();
    EXPECT_EQ(found(*store), (Model{{1, "by itself"}}));
    for (int i = 0; i < 300; ++i) take_turn(2, std::to_string(i));
    open_again();
    EXPECT_EQ(found(*store), (Model{{1, "by itself"}, {2, "299"}}));
}

TEST_F(Fold_Test, AStateRidesOnlyOnTheTurnThatTellsOfIt) {
    run([&](Transaction& tx) {
        tx.conversations().put(talk(1, "waits"));
        tx.turns().append({.received_at = clock.now(), .channel = "kannel", .handset = {2}, .text = "another's"});
        tx.turns().append(
            {.received_at = clock.now() + 1s, .channel = "kannel", .handset = {1}, .conversation = {101}});
    });

    open_again();

    EXPECT_EQ(found(*store), (Model{{1, "waits"}}));
    EXPECT_EQ(count("SELECT count(*) FROM conversation"), 1);
}

TEST_F(Fold_Test, AnUndonePieceLeavesTheStateBefore) {
    take_turn(1, "before");
    EXPECT_THROW(run([&](Transaction& tx) {
                     take_turn(tx, 1, "undone");
                     tx.conversations().put(talk(2, "undone too"));
                     throw std::runtime_error("undone");
                 }),
                 std::runtime_error);

    EXPECT_EQ(found(*store), (Model{{1, "before"}}));
    open_again();
    EXPECT_EQ(found(*store), (Model{{1, "before"}}));
}

TEST_F(Fold_Test, ALostGroupLeavesTheStateBeforeWhileAFoldIsUnderWay) {
    for (int i = 0; i < 143; ++i) take_turn(1 + i % kHandsets, "s" + std::to_string(i));
    const Model before = found(*store);
    for (int i = 0; i < 40; ++i)
        EXPECT_THROW(run([&](Transaction& tx) {
                         take_turn(tx, 1, "lost");
                         connection(tx).exec("ROLLBACK");
                     }),
                     Unavailable);

    EXPECT_EQ(found(*store), before);
    for (int i = 0; i < 20; ++i) take_turn(12, std::to_string(i));
    open_again();
    auto after = before;
    after[12] = "19";
    EXPECT_EQ(found(*store), after);
}

TEST_F(Fold_Test, TwoServicesOnOneFileSeeEachOthersFolds) {
    auto other = open(folding());
    Model model;
    for (int i = 0; i < 600; ++i) {
        const int handset = 1 + i % kHandsets;
        model[handset] = "s" + std::to_string(i);
        auto& where = i % 3 == 0 ? *other : *store;
        in(where, [&](Transaction& tx) { take_turn(tx, handset, model[handset]); });
        if (i % 17 == 0) {
            EXPECT_EQ(found(*other), model);
        }
    }

    EXPECT_EQ(found(*store), model);
    EXPECT_EQ(found(*other), model);
    const auto knows = [](Transaction& tx) {
        for (int i = 0; i < 600; ++i)
            if (!tx.turns().find_repeat("kannel", "s" + std::to_string(i))) return false;
        return true;
    };
    EXPECT_TRUE(run(knows));
    EXPECT_TRUE(in(*other, knows));
}

TEST_F(Fold_Test, I1_ACrashAtAnyMomentLosesNoState) {
    Model model;
    for (int i = 0; i < 200; ++i) {
        const int handset = 1 + (i * 7) % kHandsets;
        model[handset] = "s" + std::to_string(i);
        take_turn(handset, model[handset]);

        const auto crashed = after_a_crash();

        ASSERT_EQ(found(*crashed), model) << "after turn " << i;
        ASSERT_TRUE(in(*crashed,
                       [&](Transaction& tx) { return tx.turns().find_repeat("kannel", model[handset]).has_value(); }));
    }
}

/// Everything that can happen to a state, in any order.
TEST_F(Fold_Test, AgreesWithAModelWhateverHappens) {
    testing::FakeRandom chance{11};
    auto command = open(as_command());
    Model model;
    for (int step = 0; step < 3'000; ++step) {
        const int handset = 1 + static_cast<int>(chance.below(kHandsets));
        const std::string state = "s" + std::to_string(step);
        switch (chance.below(12)) {
            default:
                take_turn(handset, model[handset] = state);
                break;
            case 0:
                run([&](Transaction& tx) { tx.conversations().put(talk(handset, state)); });
                model[handset] = state;
                break;
            case 1:
                in(*command, [&](Transaction& tx) { take_turn(tx, handset, state); });
                model[handset] = state;
                break;
            case 2:
                in(*command, [&](Transaction& tx) { tx.conversations().put(talk(handset, state)); });
                model[handset] = state;
                break;
            case 3:
                EXPECT_ANY_THROW(run([&](Transaction& tx) {
                    take_turn(tx, handset, state);
                    throw std::runtime_error("undone");
                }));
                break;
            case 4:
                EXPECT_ANY_THROW(run([&](Transaction& tx) {
                    take_turn(tx, handset, state);
                    connection(tx).exec("ROLLBACK");
                }));
                break;
            case 5:
                if (chance.below(8) == 0) open_again();
                break;
        }
        if (step % 10 == 0) {
            ASSERT_EQ(found(*store), model) << "at step " << step;
        }
        if (step % 25 == 0) {
            ASSERT_EQ(found(*command), model) << "at step " << step;
        }
    }
}

}  // namespace
}  // namespace harborline::storage
