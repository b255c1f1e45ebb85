#include <sqlite3.h>

#include <atomic>
#include <latch>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

enum class Heard { kNothing, kCommitted, kUnavailable, kOther };

Heard heard(std::exception_ptr error) {
    if (!error) return Heard::kCommitted;
    try {
        std::rethrow_exception(error);
    } catch (const Unavailable&) {
        return Heard::kUnavailable;
    } catch (...) {
        return Heard::kOther;
    }
}

class GroupCommit_Test : public OpenStoreFixture {
  protected:
    /// Lets several pieces run as one group and says what each was told.
    std::vector<Heard> run_as_group(const std::vector<Store::Work>& pieces) {
        std::vector<Heard> told(pieces.size(), Heard::kNothing);
        std::latch all{static_cast<std::ptrdiff_t>(pieces.size())};
        Blocker blocker{*store};
        for (std::size_t at = 0; at < pieces.size(); ++at)
            store->submit(Store::Lane::kOrdinary, pieces[at], [&, at](std::exception_ptr error) {
                told[at] = heard(error);
                all.count_down();
            });
        blocker.release();
        all.wait();
        return told;
    }

    static Store::Work add(int last_digits) {
        return [=](Transaction& tx) { tx.handsets().find_or_add(number(last_digits), {}); };
    }
    bool stored(int last_digits) {
        return run([=](Transaction& tx) { return tx.handsets().find(number(last_digits)).has_value(); });
    }
};

TEST_F(GroupCommit_Test, APieceThatThrowsIsUndoneAlone) {
    const auto told = run_as_group({add(1),
                                    [](Transaction& tx) {
                                        tx.handsets().find_or_add(number(2), {});
                                        throw std::out_of_range("a bug");
                                    },
                                    add(3)});

    EXPECT_EQ(told, (std::vector{Heard::kCommitted, Heard::kOther, Heard::kCommitted}));
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_TRUE(stored(3));
}

TEST_F(GroupCommit_Test, PassesAPiecesOwnExceptionOnUnchanged) {
    struct Strange {
        int value;
    };
    try {
        store->run([](Transaction&) { throw Strange{42}; });
        FAIL();
    } catch (const Strange& strange) {
        EXPECT_EQ(strange.value, 42);
    }
    EXPECT_TRUE(store->healthy());
}

TEST_F(GroupCommit_Test, KeysAndNamesMadeByAThrowingPieceAreMadeAgain) {
    const auto use_new_key_and_channel = [this](Transaction& tx) {
        auto message = some_message();
        message.channel = "another";
        message.case_id = {77};
        return tx.outbox().add(message);
    };
    EXPECT_THROW(store->run([&](Transaction& tx) {
        use_new_key_and_channel(tx);
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);

    const auto id = run(use_new_key_and_channel);
    reopen();

    const auto found = run([&](Transaction& tx) { return *tx.outbox().find(id); });
    EXPECT_EQ(found.channel, "another");
    EXPECT_EQ(found.text, "您好");
}

TEST_F(GroupCommit_Test, WhenTheWholeGroupIsGoneOnlyTheCulpritFails) {
    int runs_of_first = 0;
    const auto told = run_as_group({[&](Transaction& tx) {
                                        ++runs_of_first;
                                        add(1)(tx);
                                    },
                                    [](Transaction& tx) {
                                        add(2)(tx);
                                        connection(tx).exec("ROLLBACK");
                                    },
                                    add(3)});

    EXPECT_EQ(told, (std::vector{Heard::kCommitted, Heard::kUnavailable, Heard::kCommitted}));
    EXPECT_EQ(runs_of_first, 2);
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_TRUE(stored(3));
}

TEST_F(GroupCommit_Test, AFullDiskFailsThePieceThatFillsItAndLosesNobodyElse) {
    const auto fill = [this](Transaction& tx) {
        auto& db = connection(tx);
        const auto pages = db.execAndGet("PRAGMA page_count").getInt();
        db.exec("PRAGMA max_page_count = " + std::to_string(pages + 2));
        auto turn = some_turn("");
        turn.text.assign(100'000, 'x');
        tx.turns().get(tx.turns().append(turn));
    };
    const auto make_room = [](Transaction& tx) { connection(tx).exec("PRAGMA max_page_count = 1000000"); };

    const auto told = run_as_group({add(1), fill, make_room, add(3)});

    EXPECT_EQ(told, (std::vector{Heard::kCommitted, Heard::kUnavailable, Heard::kCommitted, Heard::kCommitted}));
    EXPECT_TRUE(stored(1));
    EXPECT_TRUE(stored(3));
}

TEST_F(GroupCommit_Test, RowsThatDoNotFitAtTheEndOfAGroupFailOnlyThePieceTheyAreOf) {
    const auto fill = [this](Transaction& tx) {
        auto& db = connection(tx);
        const auto pages = db.execAndGet("PRAGMA page_count").getInt();
        db.exec("PRAGMA max_page_count = " + std::to_string(pages + 2));
        auto turn = some_turn("");
        turn.text.assign(100'000, 'x');
        tx.turns().append(turn);
    };
    const auto take = [this](Transaction& tx) { tx.turns().append(some_turn("id:fits")); };

    const auto told = run_as_group({add(1), fill, take, add(3)});

    EXPECT_EQ(told, (std::vector{Heard::kCommitted, Heard::kUnavailable, Heard::kCommitted, Heard::kCommitted}));
    EXPECT_TRUE(stored(1));
    EXPECT_TRUE(stored(3));
    EXPECT_EQ(run([](Transaction& tx) { return tx.turns().since({}, 10); }).size(), 1U);
}

TEST_F(GroupCommit_Test, APieceSeesTheRowsThatItsGroupHasWaiting) {
    core::TurnId turn{};
    core::OutboxId message{};
    const auto write = [&](Transaction& tx) {
        turn = tx.turns().append(some_turn("id:seen"));
        message = tx.outbox().add(some_message());
    };
    bool seen = false;
    const auto look = [&](Transaction& tx) {
        seen = tx.turns().get(turn) && tx.outbox().find(message) &&
               tx.turns().find_repeat(some_turn("").channel, "id:seen") && tx.outbox().count_waiting() == 1;
    };

    run_as_group({write, look});

    EXPECT_TRUE(seen);
}

TEST_F(GroupCommit_Test, WaitingRowsOfAnUndonePieceAreNotWritten) {
    const auto throws = [this](Transaction& tx) {
        tx.turns().append(some_turn("id:undone"));
        tx.outbox().add(some_message());
        throw std::out_of_range("a bug");
    };
    const auto take = [this](Transaction& tx) { tx.turns().append(some_turn("id:kept")); };

    run_as_group({take, throws, take});

    EXPECT_EQ(run([](Transaction& tx) { return tx.turns().since({}, 10); }).size(), 2U);
    EXPECT_EQ(run([](Transaction& tx) { return tx.outbox().count_waiting(); }), 0U);
}

TEST_F(GroupCommit_Test, ANumberOfAConversationIsNotGivenOutAgainAfterAnUndonePiece) {
    std::vector<std::int64_t> given(3);
    const auto name = [&](std::size_t at, bool throws) {
        return [&given, at, throws](Transaction& tx) {
            given[at] = tx.conversations().next_id().value;
            if (throws) throw std::out_of_range("a bug");
        };
    };

    run_as_group({name(0, false), name(1, true), name(2, false)});
    const auto later = run([](Transaction& tx) { return tx.conversations().next_id().value; });

    EXPECT_LT(given[0], given[2]);
    EXPECT_LT(given[2], later);
}

TEST_F(GroupCommit_Test, APieceThatSwallowsTheLossWritesNothingOneByOne) {
    const auto told = run_as_group({[](Transaction& tx) {
        connection(tx).exec("ROLLBACK");
        for (int i = 0; i < 3; ++i) {
            try {
                add(i)(tx);
            } catch (const std::exception&) {
            }
        }
    }});

    EXPECT_EQ(told, (std::vector{Heard::kUnavailable}));
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(stored(i));
}

TEST_F(GroupCommit_Test, WhenCommitFailsEverybodyIsToldUnavailable) {
    const auto refuse_commits = [](Transaction& tx) {
        sqlite3_commit_hook(
            connection(tx).getHandle(), [](void*) { return 1; }, nullptr);
    };
    const auto told = run_as_group({add(1), refuse_commits, add(3)});
    const bool healthy_after = store->healthy();
    // The hook lets go again from inside a piece whose own commit still fails.
    EXPECT_THROW(store->run([](Transaction& tx) {
        sqlite3_commit_hook(connection(tx).getHandle(), nullptr, nullptr);
        throw Unavailable("only to undo the piece");
    }),
                 Unavailable);

    EXPECT_EQ(told, (std::vector(3, Heard::kUnavailable)));
    EXPECT_FALSE(healthy_after);
    EXPECT_TRUE(store->healthy());
    EXPECT_FALSE(stored(1));
    EXPECT_FALSE(stored(3));
}

TEST_F(GroupCommit_Test, ALockedDatabaseIsUnavailableAndComesBack) {
    auto with = options(3);
    with.busy_timeout = 1ms;
    store.reset();
    store = open(with);
    {
        SQLite::Database other{folder / "harborline.db", SQLite::OPEN_READWRITE};
        other.exec("BEGIN IMMEDIATE");
        EXPECT_THROW(store->run(add(1)), Unavailable);
        EXPECT_FALSE(store->healthy());
    }

    store->run(add(1));

    EXPECT_TRUE(store->healthy());
    EXPECT_TRUE(stored(1));
}

TEST_F(GroupCommit_Test, ABrokenRuleOfTheSchemaIsABugOfThePieceAlone) {
    const auto told = run_as_group(
        {add(1), [](Transaction& tx) { connection(tx).exec("INSERT INTO shift VALUES (1, 999, 0, '', '', 0, 0, 0)"); },
         add(3)});

    EXPECT_EQ(told, (std::vector{Heard::kCommitted, Heard::kOther, Heard::kCommitted}));
}

TEST_F(GroupCommit_Test, AFullQueueAnswersAtOnce) {
    auto with = options(3);
    with.queue_max = 2;
    store.reset();
    store = open(with);
    Blocker blocker{*store};
    std::vector<Heard> told(4, Heard::kNothing);
    std::latch taken{3};

    const auto submit = [&](Store::Lane lane, std::size_t at, bool queued) {
        store->submit(lane, add(static_cast<int>(at)), [&told, &taken, at, queued](std::exception_ptr error) {
            told[at] = heard(error);
            if (queued) taken.count_down();
        });
    };
    submit(Store::Lane::kOrdinary, 0, true);
    submit(Store::Lane::kOrdinary, 1, true);
    submit(Store::Lane::kOrdinary, 2, false);
    submit(Store::Lane::kDanger, 3, true);

    EXPECT_EQ(store->waiting(), 3U);
    EXPECT_EQ(told[2], Heard::kUnavailable);
    blocker.release();
    taken.wait();
    EXPECT_EQ(told[0], Heard::kCommitted);
    EXPECT_EQ(told[1], Heard::kCommitted);
    EXPECT_EQ(told[3], Heard::kCommitted);
}

TEST_F(GroupCommit_Test, DangerOvertakesTenThousandOrdinaryPieces) {
    constexpr int kOrdinary = 10'000;
    std::atomic<int> ordinary_done = 0;
    int done_before_danger = -1;
    std::latch all{kOrdinary + 1};
    Blocker blocker{*store};
    for (int i = 0; i < kOrdinary; ++i)
        store->submit(
            Store::Lane::kOrdinary, [](Transaction& tx) { tx.handsets().find(number(1)); },
            [&](std::exception_ptr) {
                ++ordinary_done;
                all.count_down();
            });
    store->submit(Store::Lane::kDanger, add(9), [&](std::exception_ptr) {
        done_before_danger = ordinary_done;
        all.count_down();
    });

    blocker.release();
    all.wait();

    EXPECT_EQ(done_before_danger, 0);
    EXPECT_EQ(ordinary_done, kOrdinary);
}

TEST_F(GroupCommit_Test, ManyThreadsEachHearOfTheirOwnCommit) {
    constexpr int kThreads = 4;
    constexpr int kEach = 200;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread)
        threads.emplace_back([this, thread] {
            for (int i = 0; i < kEach; ++i) store->run(add(thread * kEach + i));
        });
    for (auto& thread : threads) thread.join();

    for (int i = 0; i < kThreads * kEach; ++i) EXPECT_TRUE(stored(i)) << i;
}

TEST_F(GroupCommit_Test, StopFinishesWhatIsQueuedAndRefusesWhatComesAfter) {
    std::atomic<int> committed = 0;
    for (int i = 0; i < 1'000; ++i)
        store->submit(Store::Lane::kOrdinary, add(i), [&](std::exception_ptr error) { committed += !error; });

    store->stop();

    EXPECT_EQ(committed, 1'000);
    EXPECT_THROW(store->run(add(1)), Unavailable);
    EXPECT_EQ(std::filesystem::file_size(folder / "harborline.db-wal"), 0U);
    store->stop();
}

TEST_F(GroupCommit_Test, ByTheTimeSomebodyIsToldNothingOfHersIsHeld) {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = held;
    std::promise<bool> gone;

    store->submit(
        Store::Lane::kOrdinary, [mine = std::move(held)](Transaction&) { ASSERT_EQ(*mine, 1); },
        [&](std::exception_ptr) { gone.set_value(watch.expired()); });

    EXPECT_TRUE(gone.get_future().get());
}

TEST_F(GroupCommit_Test, ADoneThatThrowsKeepsNobodyFromHearing) {
    std::promise<void> second;
    Blocker blocker{*store};
    store->submit(Store::Lane::kOrdinary, add(1), [](std::exception_ptr) { throw std::runtime_error("careless"); });
    store->submit(Store::Lane::kOrdinary, add(2), [&](std::exception_ptr) { second.set_value(); });
    blocker.release();

    second.get_future().wait();

    EXPECT_TRUE(stored(1));
}

// I1: whoever is told "committed" finds it in the file, from another connection, at that very moment.
TEST_F(GroupCommit_Test, I1_NothingIsToldBeforeItIsInTheFile) {
    std::atomic<int> seen_early = 0;
    std::atomic<int> seen_late = 0;
    const auto rows = [this] {
        SQLite::Database reader{folder / "harborline.db", SQLite::OPEN_READONLY};
        return reader.execAndGet("SELECT count(*) FROM handset").getInt();
    };
    std::latch both{2};
    Blocker blocker{*store};
    for (int i = 0; i < 2; ++i)
        store->submit(
            Store::Lane::kOrdinary,
            [&, i](Transaction& tx) {
                add(i)(tx);
                seen_early += rows();
            },
            [&](std::exception_ptr) {
                seen_late += rows();
                both.count_down();
            });
    blocker.release();
    both.wait();

    EXPECT_EQ(seen_early, 0);
    EXPECT_EQ(seen_late, 4);
}

}  // namespace
}  // namespace harborline::storage
