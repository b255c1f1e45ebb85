#include "handlers/duty/answer_grammar.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/fakes.hpp"

namespace harborline::duty {
namespace {

using core::Page;
using Kind = DutyAnswer::Kind;
using namespace std::chrono_literals;

const core::Instant kNow = testing::FakeClock{}.now();

Page page(int code, Page::State state = Page::State::kOpen, std::chrono::minutes ago = 5min) {
    return {.id = core::PageId{100 + code}, .code = code, .sent_at = kNow - ago, .state = state};
}

struct ReadCase {
    std::string name{};
    std::vector<std::string> texts{};
    std::optional<Command::Kind> kind{};
    int code = 0;
};

class CommandTest : public ::testing::TestWithParam<ReadCase> {};

TEST_P(CommandTest, IsReadInEverySpelling) {
    for (const auto& text : GetParam().texts) {
        const auto command = read_command(text);
        ASSERT_EQ(command.has_value(), GetParam().kind.has_value()) << text;
        if (!command) continue;
        EXPECT_EQ(command->kind, *GetParam().kind) << text;
        EXPECT_EQ(command->code, GetParam().code) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(
    DutyAnswer, CommandTest,
    ::testing::Values(
        ReadCase{"Take",
                 {"1",
                  "１",
                  "一",
                  "壹",
                  "①",
                  "幺",
                  " 1 ",
                  "1。",
                  "1．",
                  "1!",
                  "回1",
                  "回复１",
                  "按1",
                  "收到",
                  "收到。",
                  " 收到！",
                  "接",
                  "接。",
                  "1\n",
                  "\xe2\x80\x8b"
                  "1"},
                 Command::Kind::kTake},
        ReadCase{"HandBack", {"2", "２", "二", "②", "2。", "回2", "退", "退。", "两"}, Command::Kind::kHandBack},
        ReadCase{"TakeByCode",
                 {"接3", "接三", "接叁", "接３", "接 3", "接3。", "收到3", "3a", "3A", "３ａ", "３Ａ", "3 a", "三a",
                  "③A。", "回3a", "回接3", "按3a"},
                 Command::Kind::kTake,
                 3},
        ReadCase{"HandBackByCode",
                 {"退3", "退三", "退 ３。", "3b", "3B", "３ｂ", " 3 B ", "回复3b"},
                 Command::Kind::kHandBack,
                 3},
        ReadCase{"TwoDigits", {"接12", "接十二", "接一二", "12a", "１２Ａ"}, Command::Kind::kTake, 12},
        ReadCase{"Tens", {"接二十一", "21a", "二十一a"}, Command::Kind::kTake, 21},
        ReadCase{"CodeLikeABareDigit", {"接1", "1a", "1A"}, Command::Kind::kTake, 1},
        ReadCase{"NotWhole",
                 {"",       " ",
                  "。",     "3",
                  "9",      "0",
                  "a",      "b",
                  "3c",     "ab",
                  "3ab",    "a3",
                  "接a",    "接3a",
                  "接3了",  "我接3",
                  "收到了", "好的，收到",
                  "1 2",    "11",
                  "1.5",    "接0",
                  "0a",     "接12345",
                  "99999a", "接十十",
                  "接一百", "接二十一二",
                  "-3a",    "3-a",
                  "3а",     "按",
                  "回",     "接接3",
                  "退订",   "TD",
                  "救命",   "我的地被收了，接3"},
                 std::nullopt}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(DutyAnswer, TheDigitOfAnEmojiIsADigit) {
    EXPECT_EQ(read_command("1\uFE0F\u20E3")->kind, Command::Kind::kTake);
    EXPECT_EQ(read_command("2\u20E3")->kind, Command::Kind::kHandBack);
    EXPECT_EQ(read_command("接3\uFE0F\u20E3")->code, 3);
    EXPECT_FALSE(read_command("\u20E3"));
}

TEST(DutyAnswer, ALongTextIsAStory) {
    EXPECT_FALSE(read_command(std::string(1'000'000, '1')));
    EXPECT_FALSE(read_command(std::string(1'000'000, ' ') + "1"));
}

TEST(DutyAnswer, WhateverIsSentIsReadOrLeftAlone) {
    testing::FakeRandom random{1};
    const std::vector<std::string> parts{"1",  "2",  "３", "十", "接", "退",   "收到", "a",
                                         "Ｂ", "。", " ",  "回", "①",  "\xff", "\0"};
    for (int n = 0; n < 50'000; ++n) {
        std::string text;
        for (auto length = random.below(6); length > 0; --length) text += parts[random.below(parts.size())];
        const auto command = read_command(text);
        if (!command) continue;
        EXPECT_GE(command->code, 0);
        EXPECT_LE(command->code, 9999);
        EXPECT_EQ(text.find('\xff'), std::string::npos);
    }
}

struct InterpretCase {
    std::string name{};
    std::string text{};
    std::vector<Page> pages{};
    Kind kind = Kind::kNotForDuty;
    int page = 0;  ///< Its code; 0: none.
    std::vector<int> open{};
};

class InterpretTest : public ::testing::TestWithParam<InterpretCase> {};

TEST_P(InterpretTest, DecidesByThePhonesPages) {
    const auto& expected = GetParam();

    const auto answer = interpret(expected.text, expected.pages, kNow);

    EXPECT_EQ(answer.kind, expected.kind);
    EXPECT_EQ(answer.page ? answer.page->code : 0, expected.page);
    EXPECT_EQ(answer.open, expected.open);
}

constexpr auto kTaken = Page::State::kTaken;
constexpr auto kHandedBack = Page::State::kHandedBack;
constexpr auto kGone = Page::State::kStale;

INSTANTIATE_TEST_SUITE_P(
    DutyAnswer, InterpretTest,
    ::testing::Values(
        InterpretCase{"OneOpenIsTaken", "1", {page(3)}, Kind::kTake, 3},
        InterpretCase{"OneOpenIsTakenInWords", "收到", {page(3)}, Kind::kTake, 3},
        InterpretCase{"OneOpenIsHandedBack", "2", {page(3)}, Kind::kHandBack, 3},
        InterpretCase{"OnlyTheOpenOneCounts", "1", {page(4, kTaken), page(3), page(2, kGone)}, Kind::kTake, 3},
        InterpretCase{"TwoOpenAreListed", "1", {page(4), page(3)}, Kind::kListOpen, 0, {3, 4}},
        InterpretCase{"TwoOpenAreListedForWords", "收到", {page(4), page(3)}, Kind::kListOpen, 0, {3, 4}},
        InterpretCase{"TwoOpenAreNotHandedBack", "2", {page(4), page(3)}, Kind::kListOpen, 0, {3, 4}},
        InterpretCase{"ACodeTakesItsOwn", "接3", {page(4), page(3)}, Kind::kTake, 3},
        InterpretCase{"ACodeHandsItsOwnBack", "4b", {page(4), page(3)}, Kind::kHandBack, 4},
        InterpretCase{"CodeOneIsNotTheBareDigit", "1a", {page(2), page(1)}, Kind::kTake, 1},
        InterpretCase{"BareOneIsNotCodeOne", "1", {page(2), page(1, kGone)}, Kind::kTake, 2},
        InterpretCase{"ATakenPageMayBeHandedBack", "退3", {page(3, kTaken)}, Kind::kHandBack, 3},
        InterpretCase{"ButNotByABareDigit", "2", {page(3, kTaken)}, Kind::kNotForDuty},
        InterpretCase{"TakenTwiceIsStale", "3a", {page(3, kTaken)}, Kind::kStale, 3},
        InterpretCase{"HandedBackTwiceIsStale", "3b", {page(3, kHandedBack)}, Kind::kStale, 3},
        InterpretCase{"TakenByAnotherIsStale", "3a", {page(3, kGone)}, Kind::kStale, 3},
        InterpretCase{"AGonePageIsNotHandedBack", "3b", {page(3, kGone)}, Kind::kStale, 3},
        InterpretCase{"AnUnknownCodeIsStale", "5a", {page(3)}, Kind::kStale},
        InterpretCase{"WordsAfterItIsGoneAreStale", "收到", {page(4, kGone), page(3, kTaken)}, Kind::kStale, 4},
        InterpretCase{"ABareDigitWithNothingOpenIsHers", "1", {page(3, kGone)}, Kind::kNotForDuty},
        InterpretCase{"WithoutPagesCodesAreHers", "接3", {}, Kind::kNotForDuty},
        InterpretCase{"WithoutPagesWordsAreHers", "收到", {}, Kind::kNotForDuty},
        InterpretCase{"AStoryWhileAPageIsOpenIsHers", "收到了，马上去", {page(3)}, Kind::kNotForDuty},
        InterpretCase{"AMenuKeyWhileAPageIsOpenIsHers", "3", {page(3)}, Kind::kNotForDuty},
        InterpretCase{"TheNewestOfACodeIsMeant", "3a", {page(3), page(3, kGone, 23h)}, Kind::kTake, 3},
        InterpretCase{"YesterdaysAreForgotten", "3a", {page(3, kGone, 25h)}, Kind::kNotForDuty},
        InterpretCase{"ButNotWhileOpen", "1", {page(3, Page::State::kOpen, 24h * 7)}, Kind::kTake, 3},
        InterpretCase{"PagesFromAfterAClockJumpCount", "1", {page(3, Page::State::kOpen, -2h)}, Kind::kTake, 3}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(DutyPageCode, CountsUpWithoutReservedDigits) {
    std::vector<Page> pages;
    std::vector<int> given;
    for (int n = 0; n < 60; ++n) {
        given.push_back(next_code(pages, kNow));
        pages.insert(pages.begin(), page(given.back()));
    }

    EXPECT_EQ((std::vector<int>{given.begin(), given.begin() + 10}),
              (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 11, 12, 13}));
    EXPECT_EQ(given.back(), 114);  // 7 of one digit, 49 of two, then 111 …
    for (const int code : given) EXPECT_EQ(std::to_string(code).find_first_of("089"), std::string::npos);
    EXPECT_EQ(std::set<int>(given.begin(), given.end()).size(), given.size());
}

TEST(DutyPageCode, FillsTheGapAndIsNotReusedInAnyState) {
    EXPECT_EQ(next_code({page(3, kGone), page(1, kTaken)}, kNow), 2);
    EXPECT_EQ(next_code({page(2, kHandedBack), page(1, kGone)}, kNow), 3);
}

TEST(DutyPageCode, IsFreeAgainAfterADayUnlessStillOpen) {
    EXPECT_EQ(next_code({page(1, kTaken, 24h)}, kNow), 1);
    EXPECT_EQ(next_code({page(1, kTaken, 24h - 1min)}, kNow), 2);
    EXPECT_EQ(next_code({page(1, Page::State::kOpen, 48h)}, kNow), 2);
}

TEST(DutyPageCode, EveryCodeIsReadBackAsItself) {
    std::vector<Page> pages;
    for (int n = 0; n < 200; ++n) {
        const int code = next_code(pages, kNow);
        pages.push_back(page(code));
        EXPECT_EQ(read_command("接" + std::to_string(code))->code, code);
        EXPECT_EQ(read_command(std::to_string(code) + "b")->code, code);
    }
}

TEST(DutyAnswer, APageThatSheIsAskedAboutIsOpenForOneKey) {
    const auto now = core::from_millis(1'000'000);
    const std::vector<core::Page> asked{{.id = {1}, .code = 3, .sent_at = now, .state = core::Page::State::kAsked}};

    for (const auto* text : {"1", "接3", "3a", "收到"})
        EXPECT_EQ(interpret(text, asked, now).kind, DutyAnswer::Kind::kTake) << text;
    for (const auto* text : {"2", "退3", "3b"})
        EXPECT_EQ(interpret(text, asked, now).kind, DutyAnswer::Kind::kHandBack) << text;
}

TEST(DutyAnswer, APageThatWaitsToBeToldAnswersToItsCodeOnly) {
    const auto now = core::from_millis(1'000'000);
    const std::vector<core::Page> pages{{.id = {1}, .code = 3, .sent_at = now, .told = false},
                                        {.id = {2}, .code = 2, .sent_at = now}};

    EXPECT_EQ(interpret("1", pages, now).page->id, core::PageId{2});
    EXPECT_EQ(interpret("接3", pages, now).page->id, core::PageId{1});
}

TEST(DutyAnswer, DigitsAreReadInAnySpelling) {
    for (const auto* text : {"4711", " 4711。", "４７１１", "四七一一", "47 11"}) EXPECT_EQ(read_digits(text), "4711");
    for (const auto* text : {"", "4711a", "接4711", "hello"}) EXPECT_EQ(read_digits(text), "") << text;
}

}  // namespace
}  // namespace harborline::duty
