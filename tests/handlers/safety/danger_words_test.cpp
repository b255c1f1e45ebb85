#include "handlers/safety/danger_words.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace harborline::safety {
namespace {

using core::Level;

const DangerWords& sample() {
    static const DangerWords words{{.words = {{"杀", Level::kRed},
                                              {"打", Level::kOrange},
                                              {"不想活", Level::kRed},
                                              {"疼", Level::kYellow},
                                              {"kill", Level::kRed},
                                              {"want to die", Level::kRed},
                                              {"dawo", Level::kOrange}},
                                    .harmless = {"打工", "打电话", "skill"}}};
    return words;
}

struct Said {
    std::string name;
    std::string text;
    Level level;
};

void PrintTo(const Said& said, std::ostream* out) {
    *out << said.name;
}

class DangerWordsFind : public ::testing::TestWithParam<Said> {};

TEST_P(DangerWordsFind, TheHighestLevelInAText) {
    EXPECT_EQ(sample().level_of(GetParam().text), GetParam().level);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, DangerWordsFind,
    ::testing::Values(
        Said{"Nothing", "村里把我家三亩地给了别人", Level::kNone}, Said{"Empty", "", Level::kNone},
        Said{"One", "他又打我了", Level::kOrange}, Said{"TheHigherOfTwo", "打我，还说要杀我", Level::kRed},
        Said{"TheHigherFirst", "要杀我，打我", Level::kRed}, Said{"WithSpaces", "不 想 活 了", Level::kRed},
        Said{"WithMarks", "不，想。活", Level::kRed}, Said{"WithLineBreaks", "不想\n活", Level::kRed},
        Said{"WithInvisibleCharacters", "不\u200B想\uFEFF活", Level::kRed},
        Said{"WithPictures", "不😢想😢活", Level::kRed}, Said{"Harmless", "在外打工，打电话找我", Level::kNone},
        Said{"HarmlessAndNot", "打工回来就打我", Level::kOrange},
        Said{"HarmlessAcrossAMark", "他又打，电话也摔了", Level::kOrange},
        Said{"HarmlessAcrossASpace", "他天天打 工地上的人都知道", Level::kOrange},
        Said{"HarmlessAcrossALineBreak", "又打\n工资也拿走", Level::kOrange},
        Said{"HarmlessBehindAMark", "在外，打工", Level::kNone}, Said{"Latin", "he will KILL me", Level::kRed},
        Said{"LatinBeginning", "killing", Level::kRed}, Said{"LatinFullWidth", "ｋｉｌｌ", Level::kRed},
        Said{"NotWithinALatinWord", "overkill", Level::kNone}, Said{"LatinHarmless", "skills", Level::kNone},
        Said{"LatinPhrase", "I want  to-die", Level::kRed}, Said{"LatinBesideChinese", "他dawo了", Level::kOrange},
        Said{"Yellow", "肚子疼", Level::kYellow}, Said{"BrokenBytes", "\xE6\x9D打\xFF", Level::kOrange}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(DangerWords_Test, ACodeWordIsFoundInAShortTextHoweverItIsSpaced) {
    const DangerWords words{{.covert = {"培训班的李老师", "teacher Li of the class"}}};
    for (const auto* text :
         {"培训班的李老师", "请找培训班的 李老师，谢谢", "培训班的，李老师？", "TEACHER  Li of the class!"})
        EXPECT_TRUE(words.asks_covertly(text)) << text;
    for (const auto* text : {"", "李老师", "培训班", "培训班的王老师", "*0"})
        EXPECT_FALSE(words.asks_covertly(text)) << text;
    EXPECT_FALSE(words.asks_covertly(std::string(DangerWords::kCodeTextBytes, 'x') + "培训班的李老师"))
        << "a long text";
    EXPECT_FALSE(DangerWords{}.asks_covertly("培训班的李老师"));
    EXPECT_EQ(words.level_of("培训班的李老师"), Level::kNone) << "nobody who reads along learns from the level";
}

TEST(DangerWords_Test, WithoutWordsFindNothing) {
    EXPECT_EQ(DangerWords{}.level_of("救命"), Level::kNone);
    EXPECT_EQ(DangerWords({.words = {{" 。", Level::kRed}}}).level_of("救命。"), Level::kNone);
}

TEST(DangerWords_Test, AreFoundAtTheEndOf64Kilobytes) {
    std::string text;
    while (text.size() < 64 * 1024) text += "打工";
    EXPECT_EQ(sample().level_of(text), Level::kNone);

    EXPECT_EQ(sample().level_of(text + "杀"), Level::kRed);
}

}  // namespace
}  // namespace harborline::safety
