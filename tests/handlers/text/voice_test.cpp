#include "handlers/render/voice.hpp"

#include <gtest/gtest.h>

namespace harborline::render {
namespace {

constexpr std::string_view kChinese = "zh-CN";
constexpr std::string_view kEnglish = "en";

flow::Catalogue texts() {
    flow::Catalogue made;
    made.set(kChinese, "list.again", {.voice = "。再说一遍："});
    made.set(kChinese, "list.option", {.words = "{key}{label}", .voice = "{label}，按{key}。"});
    made.set(kChinese, "land", {.words = "土地"});
    made.set(kChinese, "work", {.words = "工作工资", .voice = "工作和工资"});
    made.set(kChinese, "got", {.words = "收到。"});
    made.set(kChinese, "ask", {.words = "回1", .voice = "打电话，按1。"});
    made.set(kChinese, "receipt", {.words = "编号{ref}。", .voice = "您的编号是{ref}。"});
    made.set(kChinese, "added", {.words = "已补到编号{ref}里。", .voice = "已补到您的编号里。"});
    made.set(kChinese, "pin", {.words = "密码{pin}。"});
    made.set(kChinese, "tel", {.words = "电话{tel}。"});
    made.set(kChinese, "code", {.words = "{code}。"});
    made.set(kChinese, "by", {.words = "{by}前。"});
    made.set(kChinese, "date", {.words = "{date}前。"});
    made.set(kChinese, "unit", {.words = "承办{unit}。"});
    made.set(kChinese, "menu", {.words = "{options} 0人工", .voice = "请选：{options}找人工，按0。"});
    made.set(kChinese, "keys", {.words = "请回{keys}。", .voice = "请按{keys}。"});
    made.set(kChinese, "silent", {.words = ""});
    made.set(kChinese, "letter", {.words = "{who}有话捎来。", .voice = "{who}有话捎来：{letter}。再听，按8。"});
    made.set(kChinese, "quiet", {.words = "{open}再来。"});
    made.set(kEnglish, "list.again", {.voice = ". Again: "});
    made.set(kEnglish, "receipt", {.words = "No. {ref}.", .voice = "Your number is {ref}."});
    made.set(kEnglish, "by", {.words = "By {by}."});
    made.set(kEnglish, "date", {.words = "By {date}."});
    return made;
}

struct Spoken {
    std::string name;
    std::string_view language;
    flow::Say say;
    core::Sound sound;
};

void PrintTo(const Spoken& spoken, std::ostream* out) {
    *out << spoken.name;
}

class RenderVoice : public ::testing::TestWithParam<Spoken> {};

TEST_P(RenderVoice, Says) {
    const auto sounds = render_voice(texts(), GetParam().language, {GetParam().say});

    ASSERT_EQ(sounds.size(), 1U);
    EXPECT_EQ(sounds.front().words, GetParam().sound.words);
    EXPECT_EQ(sounds.front(), GetParam().sound);
}

INSTANTIATE_TEST_SUITE_P(
    Voice, RenderVoice,
    ::testing::Values(
        Spoken{"FixedWordsNameTheirRecording", kChinese, {.key = "got"}, {.words = "收到。", .prompt = "got"}},
        Spoken{"OwnWordsBeforeThoseOfATexts", kChinese, {.key = "ask"}, {.words = "打电话，按1。", .prompt = "ask"}},
        Spoken{"ReferenceTwice",
               kChinese,
               {.key = "receipt", .values = {{"ref", "34567891"}}},
               {.words = "您的编号是三四，五六，七八，九幺。再说一遍：三，四，五，六，七，八，九，幺。",
                .personal = true}},
        Spoken{"ReferenceTwiceInEnglish",
               kEnglish,
               {.key = "receipt", .values = {{"ref", "10345678"}}},
               {.words = "Your number is one zero, three four, five six, seven eight. Again: one, zero, three, four, "
                         "five, six, seven, eight.",
                .personal = true}},
        Spoken{"ValueThatIsNotSaidIsNotPersonal",
               kChinese,
               {.key = "added", .values = {{"ref", "34567891"}}},
               {.words = "已补到您的编号里。", .prompt = "added"}},
        Spoken{"PinByPairs",
               kChinese,
               {.key = "pin", .values = {{"pin", "0112"}}},
               {.words = "密码零幺，幺二。", .personal = true}},
        Spoken{"TelephoneWithoutItsDash",
               kChinese,
               {.key = "tel", .values = {{"tel", "045-123"}}},
               {.words = "电话零四，五幺，二三。", .personal = true}},
        Spoken{"Code", kChinese, {.key = "code", .values = {{"code", "1"}}}, {.words = "幺。", .personal = true}},
        Spoken{"Date",
               kChinese,
               {.key = "date", .values = {{"date", "11月20日"}}},
               {.words = "11月20日前。", .personal = true}},
        Spoken{"DayAndMinute",
               kChinese,
               {.key = "by", .values = {{"by", "11月20日18:05"}}},
               {.words = "11月20日18点05分前。", .personal = true}},
        Spoken{"DayAndHour",
               kChinese,
               {.key = "by", .values = {{"by", "11月20日18点"}}},
               {.words = "11月20日18点前。", .personal = true}},
        Spoken{"WhenItOpens",
               kChinese,
               {.key = "quiet", .values = {{"open", "3月4日6:30"}}},
               {.words = "3月4日6点30分再来。", .personal = true}},
        Spoken{"ALettersMarkInPlaceOfItsWords",
               kChinese,
               {.key = "letter", .values = {{"who", "妈妈"}, {"letter", "17"}}},
               {.words = "妈妈有话捎来：\x1a。再听，按8。", .personal = true, .letter = core::LetterId{17}}},
        Spoken{"WholeMonth",
               kEnglish,
               {.key = "by", .values = {{"by", "20 Nov 18:05"}}},
               {.words = "By 20 November 18:05.", .personal = true}},
        Spoken{"MayIsWhole",
               kEnglish,
               {.key = "date", .values = {{"date", "1 May"}}},
               {.words = "By 1 May.", .personal = true}},
        Spoken{"AnyValueIsPersonal",
               kChinese,
               {.key = "unit", .values = {{"unit", "道里区妇联"}}},
               {.words = "承办道里区妇联。", .personal = true}},
        Spoken{"ChoiceBeforeItsKeyAndInItsSpokenWords",
               kChinese,
               {.key = "menu", .choices = {{'2', "land"}, {'4', "work"}, {'7', ""}}},
               {.words = "请选：土地，按2。 工作和工资，按4。找人工，按0。"}},
        Spoken{"KeysOneByOne",
               kChinese,
               {.key = "keys", .choices = {{'1', ""}, {'2', ""}, {'3', ""}, {'7', ""}}},
               {.words = "请按1, 2, 3, 7。"}}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Voice, OneSoundForEachSayInOrderAndNoneForSilence) {
    const auto sounds = render_voice(texts(), kChinese, {{.key = "ask"}, {.key = "silent"}, {.key = "got"}});

    ASSERT_EQ(sounds.size(), 2U);
    EXPECT_EQ(sounds[0].prompt, "ask");
    EXPECT_EQ(sounds[1].prompt, "got");
    EXPECT_TRUE(render_voice(texts(), kChinese, {}).empty());
}

TEST(Voice, DigitsInBothPaces) {
    EXPECT_EQ(spoken_digits(kChinese, ""), "");
    EXPECT_EQ(spoken_digits(kChinese, "120"), "幺二，零");
    EXPECT_EQ(spoken_digits(kChinese, "120", Pace::kSlow), "幺，二，零");
    EXPECT_EQ(spoken_digits(kEnglish, "911"), "nine one, one");
    EXPECT_EQ(spoken_digits(kEnglish, "911", Pace::kSlow), "nine, one, one");
}

}  // namespace
}  // namespace harborline::render
