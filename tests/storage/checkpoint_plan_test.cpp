#include "storage/sqlite/checkpoint_plan.hpp"

#include <gtest/gtest.h>

#include <random>

namespace harborline::storage::sqlite {
namespace {

using Next = CheckpointPlan::Next;

TEST(CheckpointPlan, TwoPassesBesideTheWriterThenItsOwn) {
    CheckpointPlan plan{100};

    EXPECT_EQ(plan.after_commit(99), Next::kNothing);
    EXPECT_EQ(plan.after_commit(101), Next::kPass);
    EXPECT_EQ(plan.after_commit(140), Next::kNothing) << "one is under way";
    plan.passed(101);
    EXPECT_EQ(plan.after_commit(150), Next::kPassAndFlush);
    plan.passed(150);
    EXPECT_EQ(plan.after_commit(155), Next::kFinish);
    plan.passed(155);
}

TEST(CheckpointPlan, WhereNothingIsLeftNoPassBegins) {
    CheckpointPlan plan{100};
    EXPECT_EQ(plan.after_commit(101), Next::kPass);
    plan.passed(101);

    EXPECT_EQ(plan.after_commit(101), Next::kNothing) << "a group that wrote nothing";
    EXPECT_EQ(plan.after_commit(102), Next::kPassAndFlush);
}

/// A quiet service: the first pass takes all, and the next commit begins the log anew.
TEST(CheckpointPlan, ALogThatHasBegunAnewStartsFromTheFirstPass) {
    CheckpointPlan plan{100};
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(plan.after_commit(105), Next::kPass);
        if (round < 2) plan.passed(105);
        EXPECT_EQ(plan.after_commit(3), Next::kNothing);
        if (round == 2) plan.passed(105);  // It was still syncing.
    }
    EXPECT_EQ(plan.after_commit(101), Next::kPass) << "what the last generation had folded does not count";
}

TEST(CheckpointPlan, ALongReaderIsNotTriedAgainAtEveryCommit) {
    CheckpointPlan plan{100};
    for (const auto next : {Next::kPass, Next::kPassAndFlush, Next::kFinish}) {
        static int pages = 100;
        EXPECT_EQ(plan.after_commit(++pages), next);
        plan.passed(50);
    }

    EXPECT_EQ(plan.after_commit(120), Next::kNothing);
    EXPECT_EQ(plan.after_commit(128), Next::kPass);
}

TEST(CheckpointPlan, AFailedPassIsTriedAgain) {
    CheckpointPlan plan{100};
    EXPECT_EQ(plan.after_commit(101), Next::kPass);
    plan.passed({});
    EXPECT_EQ(plan.after_commit(102), Next::kPassAndFlush);
}

/// A log as SQLite keeps it, with commits, readers and passes in any order. It begins anew only where all of it is
/// folded; a pass that is to begin always finds something to fold.
TEST(CheckpointPlan, NoPassBeginsOverALogThatMayBeginAnew) {
    std::mt19937 random{1};
    const auto below = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
    CheckpointPlan plan{40};
    int in_log = 0;
    int in_database = 0;
    bool asked = false;
    bool syncing = false;
    int folded = 0;
    int passes = 0;
    int generations = 0;

    for (int step = 0; step < 200'000; ++step) {
        switch (below(4)) {
            case 0:
            case 1: {
                if (const int wrote = below(6); wrote > 0) {
                    const bool anew = in_log == in_database && below(4) > 0;  // Else somebody reads it.
                    if (anew) {
                        ASSERT_FALSE(asked) << "the pass would take the new log for the old one";
                        ++generations;
                        in_log = in_database = 0;
                    }
                    in_log += wrote;
                }
                const auto next = plan.after_commit(in_log);
                if (next == Next::kNothing) break;
                ASSERT_FALSE(asked || syncing);
                ASSERT_GT(in_log, in_database);
                ++passes;
                asked = next != Next::kFinish;
                if (!asked) {
                    in_database = in_log;
                    plan.passed(in_database);
                }
                break;
            }
            case 2:
                if (!asked) break;
                asked = false;
                syncing = true;
                folded = in_database = below(8) > 0 ? in_log : in_database;
                break;
            default:
                if (!syncing) break;
                syncing = false;
                plan.passed(folded);
        }
    }
    EXPECT_GT(passes, 1'000);
    EXPECT_GT(generations, 1'000);
}

}  // namespace
}  // namespace harborline::storage::sqlite
