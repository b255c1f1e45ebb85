#include "handlers/safety/triage.hpp"

#include <gtest/gtest.h>

#include <string>

namespace harborline::safety {
namespace {

using core::Level;

constexpr Answer kNo = Answer::kNo;
constexpr Answer kYes = Answer::kYes;
constexpr Answer kUnsure = Answer::kUnsure;
constexpr Answer kOpen = Answer::kUnasked;

struct AdultCase {
    std::string name;
    AdultAnswers answers;
    Level level;
};

void PrintTo(const AdultCase& row, std::ostream* out) {
    *out << row.name;
}

class TriageAdult : public ::testing::TestWithParam<AdultCase> {};

TEST_P(TriageAdult, HasItsLevel) {
    EXPECT_EQ(level_of(GetParam().answers), GetParam().level);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, TriageAdult,
    ::testing::Values(
        AdultCase{"WeaponIsEnough", {.weapon = kYes}, Level::kRed},
        AdultCase{"ThreatIsEnough", {.weapon = kNo, .threat = kYes}, Level::kRed},
        AdultCase{"ChokingIsEnough", {.weapon = kNo, .threat = kNo, .choking = kYes}, Level::kRed},
        AdultCase{"FearOfDeathIsEnough", {.weapon = kNo, .threat = kNo, .choking = kNo, .fear = kYes}, Level::kRed},
        AdultCase{"RedWhateverElse", {kNo, kYes, kNo, kNo, kNo}, Level::kRed},
        AdultCase{"NotSureIsOrange", {kNo, kNo, kNo, kUnsure, kNo}, Level::kOrange},
        AdultCase{"AgainWithinAWeekIsOrange", {kNo, kNo, kNo, kNo, kNo, true}, Level::kOrange},
        AdultCase{"NothingOfItIsYellow", {kNo, kNo, kNo, kNo, kNo}, Level::kYellow},
        AdultCase{"NothingAnsweredIsUnknown", {}, Level::kUnknown},
        AdultCase{"CutOffIsUnknown", {kNo, kNo, kNo}, Level::kUnknown},
        AdultCase{"LastOneOpenIsUnknown", {kNo, kNo, kNo, kNo, kOpen}, Level::kUnknown}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Law_FanJiaBao5, WhomItProtectsRaisesByOneLevel) {
    const AdultAnswers yellow{kNo, kNo, kNo, kNo, kYes};
    const AdultAnswers not_sure{kNo, kNo, kNo, kUnsure, kYes};
    const AdultAnswers again{kNo, kNo, kNo, kNo, kYes, true};
    const AdultAnswers unknown{.others = kYes};

    EXPECT_EQ(level_of(yellow), Level::kOrange);
    EXPECT_EQ(level_of(not_sure), Level::kRed);
    EXPECT_EQ(level_of(again), Level::kRed);
    EXPECT_EQ(level_of(unknown), Level::kOrange);
}

TEST(Law_FanJiaBao5, AChildIsOneLevelHigher) {
    EXPECT_EQ(level_of(ChildAnswers{.hurt = kYes}), Level::kRed);
    EXPECT_EQ(level_of(ChildAnswers{.hurt = kUnsure, .safe_adult = kYes}), Level::kRed);
    EXPECT_EQ(level_of(ChildAnswers{.hurt = kNo, .safe_adult = kNo}), Level::kRed);
    EXPECT_EQ(level_of(ChildAnswers{.hurt = kNo, .safe_adult = kYes}), Level::kOrange);
    EXPECT_EQ(level_of(ChildAnswers{}), Level::kOrange);
}

TEST(Law_Pipl24, TheMachineNeverLowers) {
    for (int old = 0; old <= static_cast<int>(Level::kRed); ++old)
        for (int heard = 0; heard <= static_cast<int>(Level::kRed); ++heard) {
            const auto level = raise_only(static_cast<Level>(old), static_cast<Level>(heard));
            EXPECT_GE(level, static_cast<Level>(old));
            EXPECT_GE(level, static_cast<Level>(heard));
        }
    for (int old = 0; old <= static_cast<int>(Level::kRed); ++old)
        EXPECT_GE(raised_by_one(static_cast<Level>(old)), static_cast<Level>(old));
}

TEST(Triage, MoreYesNeverMeansLess) {
    const auto each = {kOpen, kNo, kYes};
    for (const auto weapon : each)
        for (const auto choking : each)
            for (const auto others : each) {
                const AdultAnswers without{weapon, kNo, choking, kNo, others};
                AdultAnswers with = without;
                with.threat = kYes;
                EXPECT_GE(level_of(with), level_of(without));
                with = without;
                with.fear = kUnsure;
                EXPECT_GE(level_of(with), level_of(without));
            }
}

TEST(Triage, ReadsWhatAFlowHasSaved) {
    const core::Fields saved{{"weapon", "no"}, {"threat", "yes"}, {"fear", "unsure"}, {"others", "perhaps"}};
    const AdultAnswers answers = adult_answers(saved);

    EXPECT_EQ(answers.weapon, kNo);
    EXPECT_EQ(answers.threat, kYes);
    EXPECT_EQ(answers.choking, kOpen);
    EXPECT_EQ(answers.fear, kUnsure);
    EXPECT_EQ(answers.others, kOpen);
}

TEST(Triage, KnowsARepeatedCallAsTheDeedSavesIt) {
    EXPECT_TRUE(adult_answers({{"repeated", "1"}}).repeated);
    EXPECT_FALSE(adult_answers({}).repeated);
}

}  // namespace
}  // namespace harborline::safety
