#include "handlers/safety/mandatory_report.hpp"

#include <gtest/gtest.h>

namespace harborline::safety {
namespace {

TEST(MandatoryReport, HasNineSituationsByTheirCodes) {
    ASSERT_EQ(report_duties().size(), 9U);
    int number = 0;
    for (const auto& duty : report_duties()) {
        EXPECT_EQ(duty.code, "MR" + std::to_string(++number));
        EXPECT_EQ(situation_named(duty.code), duty.situation);
        EXPECT_EQ(&duty_of(duty.situation), &duty);
        EXPECT_FALSE(duty.what.empty());
    }
    EXPECT_FALSE(situation_named("MR10"));
    EXPECT_FALSE(situation_named(""));
}

TEST(Law_WeiBao11, ThePoliceAreToldAtOnceInEverySituation) {
    for (const auto& duty : report_duties()) {
        EXPECT_EQ(duty.police_within.count(), 0) << duty.code;
        EXPECT_LE(duty.civil_affairs_within.count(), 24) << duty.code;
    }
}

TEST(MandatoryReport, IsSuspectedFromAChildsAnswers) {
    EXPECT_EQ(suspected({{"hurt", "yes"}}), Situation::kMr4);
    EXPECT_EQ(suspected({{"hurt", "unsure"}, {"safe_adult", "yes"}}), Situation::kMr9);
    EXPECT_EQ(suspected({{"hurt", "no"}, {"safe_adult", "no"}}), Situation::kMr9);
    EXPECT_FALSE(suspected({{"hurt", "no"}, {"safe_adult", "yes"}}));
    EXPECT_FALSE(suspected({}));
}

TEST(MandatoryReport, IsWrittenAsOneLine) {
    const std::string line = line_of(duty_of(Situation::kMr4));

    EXPECT_TRUE(line.starts_with("report=MR4; ")) << line;
    EXPECT_NE(line.find("police within 0 h"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace harborline::safety
