#include "handlers/flow/answer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace harborline {
namespace {

using core::Input;
using Kind = Input::Kind;

struct Spelling {
    std::string text;
    Kind kind;
    std::string means;  ///< The key, the digits or the text.
};

const std::vector<Spelling>& spellings() {
    static const std::vector<Spelling> rows{
        {"1", Kind::kKey, "1"},
        {"１", Kind::kKey, "1"},
        {"一", Kind::kKey, "1"},
        {"壹", Kind::kKey, "1"},
        {"幺", Kind::kKey, "1"},
        {"①", Kind::kKey, "1"},
        {"⑴", Kind::kKey, "1"},
        {"⒈", Kind::kKey, "1"},
        {"❶", Kind::kKey, "1"},
        {"㈠", Kind::kKey, "1"},
        {"㊀", Kind::kKey, "1"},
        {"¹", Kind::kKey, "1"},
        {"٢", Kind::kKey, "2"},
        {"𝟗", Kind::kKey, "9"},
        {"按1", Kind::kKey, "1"},
        {"回1", Kind::kKey, "1"},
        {"回复1", Kind::kKey, "1"},
        {"回复：1", Kind::kKey, "1"},
        {"选2", Kind::kKey, "2"},
        {"选择 2", Kind::kKey, "2"},
        {"我选二", Kind::kKey, "2"},
        {"按2键", Kind::kKey, "2"},
        {"1。", Kind::kKey, "1"},
        {"一。", Kind::kKey, "1"},
        {"1.", Kind::kKey, "1"},
        {"1、", Kind::kKey, "1"},
        {" 1 ", Kind::kKey, "1"},
        {"\t1\r\n", Kind::kKey, "1"},
        {"\u30001\u3000", Kind::kKey, "1"},
        {"\uFEFF1", Kind::kKey, "1"},
        {"按 １！", Kind::kKey, "1"},
        {"(1)", Kind::kKey, "1"},
        {"（１）", Kind::kKey, "1"},
        {"＜1＞", Kind::kKey, "1"},
        {"＞9", Kind::kKey, "9"},
        {"【1】", Kind::kKey, "1"},
        {"“1”", Kind::kKey, "1"},
        {"press 1", Kind::kKey, "1"},
        {"二", Kind::kKey, "2"},
        {"两", Kind::kKey, "2"},
        {"贰", Kind::kKey, "2"},
        {"叁", Kind::kKey, "3"},
        {"三", Kind::kKey, "3"},
        {"肆", Kind::kKey, "4"},
        {"伍", Kind::kKey, "5"},
        {"陆", Kind::kKey, "6"},
        {"柒", Kind::kKey, "7"},
        {"八", Kind::kKey, "8"},
        {"九", Kind::kKey, "9"},
        {"玖", Kind::kKey, "9"},
        {"⑨", Kind::kKey, "9"},
        {"９", Kind::kKey, "9"},
        {"按9", Kind::kKey, "9"},
        {"按九", Kind::kKey, "9"},
        {"9！！！", Kind::kKey, "9"},
        {"9#", Kind::kKey, "9"},
        {"9\uFE0F\u20E3", Kind::kKey, "9"},
        {"9\u20E3", Kind::kKey, "9"},
        {"0", Kind::kKey, "0"},
        {"〇", Kind::kKey, "0"},
        {"零", Kind::kKey, "0"},
        {"⓪", Kind::kKey, "0"},
        {"*", Kind::kKey, "*"},
        {"＊", Kind::kKey, "*"},
        {"#", Kind::kKey, "#"},
        {"＃", Kind::kKey, "#"},
        {"按#", Kind::kKey, "#"},
        {"12", Kind::kNumber, "12"},
        {"99", Kind::kNumber, "99"},
        {"19", Kind::kNumber, "19"},
        {"5 12345678", Kind::kNumber, "512345678"},
        {"5加12345678", Kind::kNumber, "512345678"},
        {"5+1234 5678", Kind::kNumber, "512345678"},
        {"５１２３", Kind::kNumber, "5123"},
        {"一二三四", Kind::kNumber, "1234"},
        {"幺二三四", Kind::kNumber, "1234"},
        {"12-34-56-78", Kind::kNumber, "12345678"},
        {"１２ ３４。", Kind::kNumber, "1234"},
        {"12345678#", Kind::kNumber, "12345678"},
        {"发5 12345678", Kind::kNumber, "512345678"},
        {"1\uFE0F\u20E32\uFE0F\u20E3", Kind::kNumber, "12"},
        {"", Kind::kText, ""},
        {"   ", Kind::kText, ""},
        {"。", Kind::kText, "。"},
        {"按", Kind::kText, "按"},
        {"十", Kind::kText, "十"},
        {"九点", Kind::kText, "九点"},
        {"9点来", Kind::kText, "9点来"},
        {"我选1吧", Kind::kText, "我选1吧"},
        {"1.5", Kind::kText, "1.5"},
        {"1,2", Kind::kText, "1,2"},
        {"*0", Kind::kText, "*0"},
        {"*9", Kind::kText, "*9"},
        {"##", Kind::kText, "##"},
        {"+86 199", Kind::kText, "+86 199"},
        {"  丈夫打我  ", Kind::kText, "丈夫打我"},
        {"一个人", Kind::kText, "一个人"},
        {"9\u0301", Kind::kText, "9\u0301"},
        {"👍", Kind::kText, "👍"},
        {"123456789012345678901234567890123", Kind::kText, "123456789012345678901234567890123"},
    };
    return rows;
}

TEST(ReadAnswer, MeansTheSameInEverySpelling) {
    ASSERT_GT(spellings().size(), 80U);
    for (const auto& row : spellings()) {
        const Input input = flow::read_answer(row.text);

        EXPECT_EQ(input.kind, row.kind) << row.text;
        EXPECT_EQ(input.kind == Kind::kKey ? std::string(1, input.key) : input.text, row.means) << row.text;
        EXPECT_EQ(flow::is_danger(row.text), row.kind == Kind::kKey && row.means == "9") << row.text;
    }
}

TEST(ReadAnswer, KeepsTheKeysOwnWords) {
    EXPECT_EQ(flow::read_answer(" 按九。 ").text, "按九。");
}

TEST(ReadAnswer, NeverReadsAnOptOutWordAsAKeyAndTheOtherWayRound) {
    for (const auto& row : spellings())
        if (row.kind != Kind::kText) {
            EXPECT_EQ(flow::read_opt_word(row.text), flow::OptWord::kNone) << row.text;
        }
}

TEST(ReadAnswer, StaysCheapOnHostileTexts) {
    std::string marks = "9";
    while (marks.size() < 64 * 1024) marks += "\u0301";
    std::string digits(64 * 1024, '9');
    std::string spaces = std::string(32 * 1024, ' ') + "9" + std::string(32 * 1024, ' ');
    std::string broken(64 * 1024, '\x80');
    const auto start = std::chrono::steady_clock::now();

    EXPECT_EQ(flow::read_answer(marks).kind, Kind::kText);
    EXPECT_EQ(flow::read_answer(digits).kind, Kind::kText);
    EXPECT_EQ(flow::read_answer(spaces).key, '9');
    EXPECT_EQ(flow::read_answer(broken).kind, Kind::kText);
    EXPECT_EQ(flow::read_opt_word(marks), flow::OptWord::kNone);
    EXPECT_EQ(flow::fold_word(marks), "");
    EXPECT_FALSE(flow::is_covert(marks));

    // Generous: a hundred times what it takes, and still far under what a quadratic reading would.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{200});
}

TEST(ReadAnswer, SurvivesBrokenUtf8) {
    for (const auto* text : {"\xFF", "9\xC3", "\xE4\xB8", "\xF0\x9F\x91", "\x80\x80", "按\xFF"})
        EXPECT_EQ(flow::read_answer(text).kind, Kind::kText);
}

TEST(CovertAnswer, IsStarThenNullInOneText) {
    for (const auto* text : {"*0", "＊０", "* 0", "*0#", "按*0", "*零"}) EXPECT_TRUE(flow::is_covert(text)) << text;
    for (const auto* text : {"*", "0", "0*", "**0", "*0你好", ""}) EXPECT_FALSE(flow::is_covert(text)) << text;
}

struct UrgentCase {
    std::string name{};
    std::string text{};
    bool in_session = false;
    bool cumulative = false;
    bool urgent = false;
    friend void PrintTo(const UrgentCase& test, std::ostream* out) { *out << test.name; }
};

class MustNotWait : public ::testing::TestWithParam<UrgentCase> {};

TEST_P(MustNotWait, IsSeenByTheLastInputOfASession) {
    core::Inbound inbound{.text = GetParam().text};
    if (GetParam().in_session) inbound.session = core::SessionInput{.id = "s", .cumulative = GetParam().cumulative};
    EXPECT_EQ(flow::must_not_wait(inbound), GetParam().urgent);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MustNotWait,
    ::testing::Values(
        UrgentCase{"Nine", "9", false, false, true}, UrgentCase{"Covert", "*0", false, false, true},
        UrgentCase{"One", "1", false, false, false}, UrgentCase{"Null", "0", false, false, false},
        UrgentCase{"StarsInAText", "1*9", false, false, false}, UrgentCase{"NineAtOnce", "9", true, true, true},
        UrgentCase{"NineAtLast", "2*1*9", true, true, true}, UrgentCase{"NineInFullWidth", "2*９", true, true, true},
        UrgentCase{"NineEarlier", "9*1", true, true, false}, UrgentCase{"NineWithinANumber", "2*19", true, true, false},
        UrgentCase{"NineBehindAStory", "2*路口*9", true, true, true},
        UrgentCase{"CovertAtOnce", "*0", true, true, true}, UrgentCase{"CovertAtLast", "2**0", true, true, true},
        UrgentCase{"StarThenNull", "2***0", true, true, true}, UrgentCase{"OpenEnd", "2*", true, true, false},
        UrgentCase{"Empty", "", true, true, false}, UrgentCase{"OneInputAtATime", "2*9", true, false, false},
        UrgentCase{"NineAlone", "9", true, false, true}),
    [](const auto& test) { return test.param.name; });

TEST(OptWord, IsReadInEveryForm) {
    using flow::OptWord;
    for (const auto* text : {"T", "t", "TD", "td。", "ＴＤ", "N", "R", "退订", "退订！", "取消", "不要了", "Stop",
                             "STOP.", "unsubscribe", " t d ", "回TD", "＞退订"})
        EXPECT_EQ(flow::read_opt_word(text), OptWord::kOut) << text;
    for (const auto* text : {"全部停", "STOPALL", "stop all", "全部停。"})
        EXPECT_EQ(flow::read_opt_word(text), OptWord::kOutOfAll) << text;
    for (const auto* text : {"KT", "kt", "ＫＴ！", "start"}) EXPECT_EQ(flow::read_opt_word(text), OptWord::kIn) << text;
    for (const auto* text : {"", "T恤", "取消婚约", "我不要了", "9", "NO", "restart", "退订短信怎么办呢我想问一下"})
        EXPECT_EQ(flow::read_opt_word(text), OptWord::kNone) << text;
}

TEST(NumberWithin, TakesTheOnlyNumber) {
    EXPECT_EQ(flow::number_within("编号是12345678。"), "12345678");
    EXPECT_EQ(flow::number_within("密码１２３４"), "1234");
    EXPECT_EQ(flow::number_within("12 34"), "");
    EXPECT_EQ(flow::number_within("没有"), "");
}

}  // namespace
}  // namespace harborline
