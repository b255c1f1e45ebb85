#include "handlers/petition/habits.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline::petition {
namespace {

using core::Instant;
using namespace std::chrono_literals;

const HabitLimits kLimits{};
const Instant kNow = testing::FakeClock{}.now();

Said story(std::uint64_t hash) {
    return {.hash = hash, .characters = 40};
}
Said key(std::uint64_t hash) {
    return {.hash = hash, .characters = 1, .single_key = true};
}

/// Sends one text a minute, none of them soon after an answer of ours.
void say_slowly(Habits& habits, const std::vector<Said>& texts) {
    Instant at = kNow;
    for (const auto& said : texts) habits.note_inbound(said, at += 1min, kNow - 1h, kLimits);
}

TEST(Habits, AFreshHandsetMayDoEverything) {
    const Habits fresh;

    EXPECT_TRUE(fresh.may_answer_automatically(kNow, kLimits));
    EXPECT_FALSE(fresh.slowed(kNow));
    EXPECT_FALSE(fresh.stopped());
    EXPECT_FALSE(fresh.is_repeat_of_last(story(0), kNow));
}

TEST(HabitsRepeat, IsTheSameLongTextWithinAMinuteOfTheTurnJustBefore) {
    Habits habits;
    habits.note_inbound(story(7), kNow, {}, kLimits);

    EXPECT_TRUE(habits.is_repeat_of_last(story(7), kNow));
    EXPECT_TRUE(habits.is_repeat_of_last(story(7), kNow + 60s));
    EXPECT_FALSE(habits.is_repeat_of_last(story(7), kNow + 60s + 1ms));
    EXPECT_FALSE(habits.is_repeat_of_last(story(8), kNow));
    EXPECT_TRUE(habits.is_repeat_of_last({.hash = 7, .characters = 9}, kNow));
    EXPECT_FALSE(habits.is_repeat_of_last({.hash = 7, .characters = 8}, kNow));
    EXPECT_FALSE(habits.is_repeat_of_last(key(7), kNow));
}

TEST(HabitsRepeat, AnotherTextBetweenMakesItHonest) {
    Habits habits;
    habits.note_inbound(story(7), kNow, {}, kLimits);
    habits.note_inbound(key(1), kNow + 1s, {}, kLimits);

    EXPECT_FALSE(habits.is_repeat_of_last(story(7), kNow + 2s));
}

TEST(HabitsRepeat, AClockThatStepsBackALittleHidesNoRepeat) {
    Habits habits;
    habits.note_inbound(story(7), kNow, {}, kLimits);

    EXPECT_TRUE(habits.is_repeat_of_last(story(7), kNow - 5s));
    EXPECT_FALSE(habits.is_repeat_of_last(story(7), kNow - 61s));
}

struct MachineCase {
    std::string name{};
    std::vector<Said> texts{};
    bool stopped = false;
};

class HabitsMachineTest : public ::testing::TestWithParam<MachineCase> {};

TEST_P(HabitsMachineTest, StopsOnIdenticalAnswers) {
    Habits habits;
    say_slowly(habits, GetParam().texts);
    EXPECT_EQ(habits.stopped(), GetParam().stopped);
}

INSTANTIATE_TEST_SUITE_P(
    Habits, HabitsMachineTest,
    ::testing::Values(
        MachineCase{"FiveIdentical", {story(1), story(1), story(1), story(1), story(1)}, true},
        MachineCase{"FourIdentical", {story(1), story(1), story(1), story(1)}, false},
        MachineCase{"FiveAfterOthers", {story(2), story(3), story(1), story(1), story(1), story(1), story(1)}, true},
        MachineCase{"Interrupted", {story(1), story(1), story(1), story(1), story(2), story(1), story(1)}, false},
        MachineCase{"OneKeyAgainAndAgainIsHonest", {key(1), key(1), key(1), key(1), key(1), key(1)}, false},
        MachineCase{"AllDifferent", {story(1), story(2), story(3), story(4), story(5), story(6)}, false},
        MachineCase{"HashZeroIsNoPreviousText", {story(0), story(0), story(0), story(0)}, false}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(HabitsMachine, FiveInstantAnswersStopRepliesFourDoNot) {
    Habits habits;
    for (std::uint64_t n = 1; n <= 4; ++n) habits.note_inbound(story(n), kNow + 999ms, kNow, kLimits);
    EXPECT_FALSE(habits.stopped());

    habits.note_inbound(key(9), kNow + 500ms, kNow, kLimits);
    EXPECT_TRUE(habits.stopped());
}

TEST(HabitsMachine, OnlyAnAnswerOfOursMakesAnInboundInstant) {
    Habits habits;
    for (std::uint64_t n = 1; n <= 10; ++n) {
        habits.note_inbound(story(3 * n), kNow, {}, kLimits);              // We never said anything.
        habits.note_inbound(story(3 * n + 1), kNow, kNow - 1s, kLimits);   // Just late enough for a person.
        habits.note_inbound(story(3 * n + 2), kNow, kNow + 5ms, kLimits);  // The clock stepped back.
    }

    EXPECT_FALSE(habits.stopped());
}

TEST(HabitsMachine, IdenticalAndInstantAnswersCountTogether) {
    Habits habits;
    habits.note_inbound(story(1), kNow, kNow, kLimits);
    habits.note_inbound(story(1), kNow + 1min, kNow, kLimits);
    habits.note_inbound(story(2), kNow + 2min, kNow + 2min, kLimits);
    habits.note_inbound(story(2), kNow + 3min, kNow, kLimits);
    EXPECT_FALSE(habits.stopped());

    habits.note_inbound(story(3), kNow + 4min, kNow + 4min, kLimits);
    EXPECT_TRUE(habits.stopped());
}

TEST(HabitsMachine, StaysStoppedUntilAPersonReleases) {
    Habits habits;
    say_slowly(habits, std::vector<Said>(5, story(1)));
    say_slowly(habits, {story(2), story(3)});
    EXPECT_TRUE(habits.stopped());
    EXPECT_FALSE(habits.may_answer_automatically(kNow, kLimits));

    habits.release();
    EXPECT_FALSE(habits.stopped());
    EXPECT_TRUE(habits.may_answer_automatically(kNow, kLimits));
    say_slowly(habits, std::vector<Said>(4, story(4)));
    EXPECT_FALSE(habits.stopped());
}

TEST(HabitsAutomatic, SixAnHour) {
    Habits habits;
    for (int n = 0; n < 6; ++n) {
        EXPECT_TRUE(habits.may_answer_automatically(kNow + n * 1min, kLimits));
        habits.note_automatic(kNow + n * 1min);
    }

    EXPECT_FALSE(habits.may_answer_automatically(kNow + 6min, kLimits));
    EXPECT_FALSE(habits.may_answer_automatically(kNow + 1h - 1ms, kLimits));
    EXPECT_TRUE(habits.may_answer_automatically(kNow + 1h, kLimits));
}

TEST(HabitsAutomatic, FifteenADay) {
    Habits habits;
    for (int n = 0; n < 15; ++n) {
        EXPECT_TRUE(habits.may_answer_automatically(kNow + n * 1h, kLimits));
        habits.note_automatic(kNow + n * 1h);
    }

    EXPECT_FALSE(habits.may_answer_automatically(kNow + 20h, kLimits));
    EXPECT_TRUE(habits.may_answer_automatically(kNow + 24h, kLimits));
}

TEST(HabitsAutomatic, ALimitBeyondWhatIsKeptIsStillALimit) {
    const HabitLimits wide{.automatic_per_hour = 1'000, .automatic_per_day = 1'000};
    Habits habits;
    for (std::size_t n = 0; n < 3 * Habits::kAutomaticMax; ++n) habits.note_automatic(kNow);

    EXPECT_FALSE(habits.may_answer_automatically(kNow, wide));
    EXPECT_LT(encode(habits).size(), 100U);
}

TEST(HabitsAutomatic, ALimitOfZeroOrLessIsNever) {
    EXPECT_FALSE(Habits{}.may_answer_automatically(kNow, {.automatic_per_hour = 0}));
    EXPECT_FALSE(Habits{}.may_answer_automatically(kNow, {.automatic_per_day = -1}));
}

TEST(HabitsAutomatic, AStepBackOpensNothingAndAClockOnceFarAheadClosesNothing) {
    Habits habits;
    for (int n = 0; n < 6; ++n) habits.note_automatic(kNow);
    EXPECT_FALSE(habits.may_answer_automatically(kNow - 30min, kLimits));

    EXPECT_TRUE(habits.may_answer_automatically(kNow - 24h * 365, kLimits));
}

TEST(HabitsWrongTries, FiveInAnHourSlowTheHandsetDownForAsLongAsTheyLast) {
    Habits habits;
    for (int n = 0; n < 5; ++n) {
        EXPECT_FALSE(habits.slowed(kNow + n * 1min));
        habits.note_wrong_try(kNow + n * 1min);
    }

    EXPECT_TRUE(habits.slowed(kNow + 4min));
    EXPECT_TRUE(habits.slowed(kNow + 1h - 1ms));
    EXPECT_FALSE(habits.slowed(kNow + 1h));
}

TEST(HabitsWrongTries, FiveOverALongerTimeDoNot) {
    Habits habits;
    for (int n = 0; n < 20; ++n) {
        habits.note_wrong_try(kNow + n * 16min);
        EXPECT_FALSE(habits.slowed(kNow + n * 16min));
    }
}

Habits busy(std::uint64_t seed) {
    testing::FakeRandom random{seed};
    Habits habits;
    Instant at = kNow;
    for (int n = 0; n < 40; ++n) {
        at += std::chrono::milliseconds{random.below(1'000'000)} - 20s;
        switch (random.below(4)) {
            case 0:
                habits.note_automatic(at);
                break;
            case 1:
                habits.note_wrong_try(at);
                break;
            case 2:
                habits.note_inbound({.hash = UINT64_MAX - random.below(2), .characters = 20}, at, at, kLimits);
                break;
            default:
                habits.note_inbound(key(random.below(3)), at, {}, kLimits);
        }
    }
    return habits;
}

TEST(HabitsCode, ComesBackAsItWas) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        const auto habits = busy(seed);
        const auto again = decode_habits(encode(habits));
        ASSERT_TRUE(again.has_value());
        ASSERT_EQ(*again, habits);
    }
}

TEST(HabitsCode, NoHabitsAreNoBytes) {
    EXPECT_EQ(encode(Habits{}), "");
    EXPECT_EQ(decode_habits("").value(), Habits{});
}

TEST(HabitsCode, ExtremeInstantsSurvive) {
    Habits habits;
    habits.note_inbound(story(UINT64_MAX), Instant::min(), {}, kLimits);
    EXPECT_EQ(decode_habits(encode(habits)).value(), habits);
    habits.note_inbound(story(0), Instant::max(), {}, kLimits);
    EXPECT_EQ(decode_habits(encode(habits)).value(), habits);
}

TEST(HabitsCode, EveryTruncationAndEveryTailIsRefused) {
    const auto bytes = encode(busy(1));
    for (std::size_t length = 1; length < bytes.size(); ++length)
        EXPECT_FALSE(decode_habits(bytes.substr(0, length)).has_value()) << length;
    EXPECT_FALSE(decode_habits(bytes + '\0').has_value());
}

TEST(HabitsCode, WhateverIsReadIsWhatWouldBeWritten) {
    testing::FakeRandom random{5};
    const auto good = encode(busy(2));
    int read = 0;
    for (int n = 0; n < 20'000; ++n) {
        auto bytes = good;
        bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        const auto habits = decode_habits(bytes);
        if (!habits) continue;
        ++read;
        ASSERT_EQ(encode(*habits), bytes);
    }
    EXPECT_GT(read, 0);
}

TEST(HabitsCode, NoHabitsInSomeBytesAreRefused) {
    EXPECT_FALSE(decode_habits(std::string{"\x01\0\0\0\0", 5}).has_value());
}

TEST(HabitsCode, AnotherVersionIsRefused) {
    auto bytes = encode(busy(3));
    bytes[0] = 2;
    EXPECT_FALSE(decode_habits(bytes).has_value());
}

}  // namespace
}  // namespace harborline::petition
