// What one USSD dialogue does with a conversation, with the habits that operators have.
#include <gtest/gtest.h>

#include "gateway/conversation/memory.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using core::SessionInput;
using testing::kWang;
using testing::phone;
using testing::words;
using testing::World;
using namespace std::chrono_literals;
using Kind = TurnOutcome::Kind;

config::Settings with_screens(core::ScreenLimits screen = {}) {
    config::Settings settings = testing::shipped().settings;
    std::erase_if(settings.channels, [](const auto& channel) { return channel.kind == core::ChannelKind::kUssd; });
    settings.channels.push_back(
        {.name = "ussd", .carrier = "handset", .kind = core::ChannelKind::kUssd, .number = "12338", .screen = screen});
    return settings;
}

/// The words of a text as a screen shows them.
std::string shown(std::string_view key, core::Fields values = {}) {
    return testing::shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}, .values = std::move(values)},
                                                  core::ChannelKind::kUssd);
}

const std::string kMenu = "您好！回数字选：1亲情电话 2反映问题 3安全求助 5查办理进度 0人工。有危险回9或打110";
const std::string kArea = "第2步，在哪一片？1市区 2呼兰阿城双城 3五常尚志 4宾县巴彦木兰 5依兰方正 6通河延寿 7不清楚";

class Sessions : public ::testing::Test {
  protected:
    explicit Sessions(core::ScreenLimits screen = {}) : world(testing::shipped_roster(), with_screens(screen)) {}

    core::Inbound request(std::string text, SessionInput session) {
        return {.channel = "ussd",
                .kind = core::ChannelKind::kUssd,
                .from = her,
                .to = "12338",
                .received_at = world.clock.now(),
                .text = std::move(text),
                .session = std::move(session)};
    }
    TurnOutcome give(const core::Inbound& inbound) {
        return world.in([&](storage::Transaction& tx) { return world.ground->taker().take(tx, inbound); });
    }
    /// Africa's Talking: every answer so far joined by *.
    TurnOutcome cumulative(const std::string& text) {
        world.clock.advance(5s);
        return give(request(text, {.id = id, .cumulative = true}));
    }
    /// Gateways that send the last input alone, and say when a session begins.
    core::Answer dial() {
        world.clock.advance(5s);
        id = "s" + std::to_string(++dialled_);
        return give(request("", {.id = id, .event = SessionInput::Event::kBegan})).answer;
    }
    core::Answer enter(const std::string& text) {
        world.clock.advance(5s);
        return give(request(text, {.id = id})).answer;
    }
    TurnOutcome ended(bool unseen = false) {
        return give(request("", {.id = id, .event = SessionInput::Event::kEnded, .unseen = unseen}));
    }
    core::Answer tell_land_up_to_the_story() {
        core::Answer last = dial();
        for (const char* key : {"2", "1", "2", "3", "1"}) last = enter(key);
        return last;
    }

    World world;
    const core::PhoneNumber her = phone(1);
    std::string id = "ATUid_1";

  private:
    int dialled_ = 0;
};

TEST_F(Sessions, DiallingShowsTheMenuWithoutASignature) {
    EXPECT_EQ(dial(), (core::Answer{kMenu, true}));
    EXPECT_TRUE(world.news(her).empty());
}

TEST_F(Sessions, AWholePetitionIsToldOnScreensAndEndsWithItsNumber) {
    EXPECT_EQ(tell_land_up_to_the_story(), (core::Answer{shown("pet.text"), true}));
    EXPECT_EQ(enter("村里把我家三亩地给了别人"), (core::Answer{shown("pet.text.more"), true}));
    EXPECT_EQ(enter("我丈夫在外地"), (core::Answer{shown("pet.text.more"), true}));
    EXPECT_EQ(enter("1"), (core::Answer{shown("pet.contact"), true}));

    const core::Answer receipt = enter("2");

    const auto matter = world.only_case();
    EXPECT_EQ(receipt, (core::Answer{shown("pet.receipt", {{"ref", matter.reference}}), false}));
    EXPECT_EQ(world.news(her), std::vector<std::string>{});
    EXPECT_EQ(matter.channel, world.channel().name) << "the answer has to reach her by text";
    EXPECT_EQ(world.entries(matter.id, core::CaseEntry::Kind::kSaid).front(), "村里把我家三亩地给了别人\n我丈夫在外地");
}

TEST_F(Sessions, WhatIsNotUnderstoodStandsBesideTheQuestion) {
    dial();
    enter("2");
    EXPECT_EQ(enter("好的呀"), (core::Answer{shown("err.invalid") + "\n" + shown("pet.start"), true}));
    EXPECT_EQ(enter("好的呀"), (core::Answer{shown("err.twice"), true}));
    EXPECT_EQ(enter("好的呀"), (core::Answer{shown("err.third"), false}));
}

TEST_F(Sessions, NineIsAnsweredWithOneWordAndEndsTheSession) {
    dial();
    EXPECT_EQ(enter("9"), (core::Answer{"收到。", false}));
    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_EQ(world.pages_of("wang").size(), 1U);
}

TEST_F(Sessions, WhileAnAlertIsOpenDiallingShowsNoMenuAndListens) {
    dial();
    enter("9");
    EXPECT_EQ(dial(), (core::Answer{"收到。", true}));
    EXPECT_EQ(enter("他在门外"), (core::Answer{"收到。", false}));
    const auto said = world.entries(world.only_case().id, core::CaseEntry::Kind::kSaid);
    EXPECT_EQ(said.back(), "他在门外");
}

TEST_F(Sessions, ACovertCallKeepsItsStoryOnTheNextDial) {
    dial();
    enter("*");
    EXPECT_EQ(enter("0"), (core::Answer{shown("safe.cover"), false}));
    EXPECT_EQ(dial(), (core::Answer{shown("safe.cover"), true}));
}

TEST_F(Sessions, ADroppedSessionIsOfferedOnTheNextDialByANeutralQuestion) {
    tell_land_up_to_the_story();
    enter("村里把我家三亩地给了别人");
    ended();

    EXPECT_EQ(dial(), (core::Answer{shown("err.timeout"), true}));
    EXPECT_EQ(enter("1"), (core::Answer{shown("pet.text"), true}));
    EXPECT_EQ(enter("1"), (core::Answer{shown("pet.contact"), true}));
    EXPECT_TRUE(world.news(her).empty()) << "nothing unasked goes to a handset that may be shared";
}

TEST_F(Sessions, SomebodyElseBeginsAnewAndWhatWasToldIsFiled) {
    tell_land_up_to_the_story();
    enter("村里把我家三亩地给了别人");
    world.pass(2h);

    EXPECT_EQ(dial(), (core::Answer{shown("err.timeout"), true}));
    EXPECT_EQ(enter("2"), (core::Answer{kMenu, true}));
    EXPECT_EQ(world.cases().size(), 1U);
}

TEST_F(Sessions, APrivateHandsetIsAskedOnceByText) {
    world.make_private(her);
    tell_land_up_to_the_story();
    enter("村里把我家三亩地给了别人");
    ended();
    EXPECT_TRUE(world.news(her).empty()) << "the last input may still be on its way";

    world.pass(1min);
    EXPECT_EQ(world.news(her), std::vector{words("err.timeout")});
    world.pass(3h);
    EXPECT_EQ(world.news(her), std::vector<std::string>{});

    EXPECT_EQ(world.says(her, "1"), std::vector{words("pet.text")});
    EXPECT_EQ(world.says(her, "1"), std::vector{words("pet.contact")});
}

TEST_F(Sessions, APrivateHandsetIsAskedByTextWhenNobodyTellsOfTheEnd) {
    world.make_private(her);
    tell_land_up_to_the_story();
    world.pass(world.settings.channels.back().session_max + 1s);
    EXPECT_EQ(world.news(her), std::vector{words("err.timeout")});
}

TEST_F(Sessions, NoTextFollowsADroppedCallForHelp) {
    world.make_private(her);
    dial();
    enter("9");
    ended(true);
    world.pass(10min);
    EXPECT_EQ(world.news(her), std::vector<std::string>{});
}

TEST_F(Sessions, WhoHasGoneOnByTextIsNotAskedByText) {
    world.make_private(her);
    tell_land_up_to_the_story();
    ended();
    EXPECT_EQ(world.says(her, "村里把我家三亩地给了别人"), std::vector{words("pet.text.more")});
    world.pass(10min);
    EXPECT_EQ(world.news(her), std::vector<std::string>{});
}

TEST_F(Sessions, AConversationBegunByTextIsFinishedOnScreens) {
    for (const char* said : {"你好", "2", "1", "2", "3", "1", "村里把我家三亩地给了别人"}) world.says(her, said);
    EXPECT_EQ(dial(), (core::Answer{shown("err.timeout"), true}));
    EXPECT_EQ(enter("1"), (core::Answer{shown("pet.text"), true}));
    EXPECT_EQ(enter("1"), (core::Answer{shown("pet.contact"), true}));
    EXPECT_FALSE(enter("2").goes_on);
    EXPECT_EQ(world.cases().size(), 1U);
}

TEST_F(Sessions, LastWordsThatWereNotShownAreShownOnTheNextDial) {
    tell_land_up_to_the_story();
    for (const char* said : {"村里把我家三亩地给了别人", "1"}) enter(said);
    const core::Answer receipt = enter("2");
    ended(true);

    EXPECT_EQ(dial(), (core::Answer{shown("err.timeout"), true}));
    EXPECT_EQ(enter("1"), receipt);
    EXPECT_EQ(dial(), (core::Answer{kMenu, true}));
}

TEST_F(Sessions, LastWordsThatWereNotShownAreShownToNobodyElse) {
    tell_land_up_to_the_story();
    for (const char* said : {"村里把我家三亩地给了别人", "1", "2"}) enter(said);
    ended(true);
    world.pass(1h);
    EXPECT_EQ(dial(), (core::Answer{kMenu, true}));
}

TEST_F(Sessions, WhoeverDoesNotWantTheLastWordsGetsTheMenu) {
    tell_land_up_to_the_story();
    for (const char* said : {"村里把我家三亩地给了别人", "1", "2"}) enter(said);
    ended(true);
    dial();
    EXPECT_EQ(enter("2"), (core::Answer{kMenu, true}));
}

TEST_F(Sessions, LastWordsThatWereNotShownGoToAPrivateHandsetByText) {
    world.make_private(her);
    tell_land_up_to_the_story();
    for (const char* said : {"村里把我家三亩地给了别人", "1"}) enter(said);
    const core::Answer receipt = enter("2");
    ended(true);
    world.pass(1min);
    EXPECT_EQ(world.news(her), std::vector{receipt.words});
}

TEST_F(Sessions, AnEndThatOvertakesTheLastInputLosesNothing) {
    tell_land_up_to_the_story();
    ended();
    EXPECT_EQ(enter("村里把我家三亩地给了别人").words, shown("pet.text.more"));
    EXPECT_EQ(dial(), (core::Answer{shown("err.timeout"), true}));
    enter("1");
    enter("1");
    enter("2");
    EXPECT_EQ(world.entries(world.only_case().id, core::CaseEntry::Kind::kSaid).front(), "村里把我家三亩地给了别人");
}

TEST_F(Sessions, AnEndThatOvertakesTheLastAnswerShowsItOnTheNextDial) {
    tell_land_up_to_the_story();
    for (const char* said : {"村里把我家三亩地给了别人", "1"}) enter(said);
    ended();
    const core::Answer receipt = enter("2");
    EXPECT_EQ(dial().words, shown("err.timeout"));
    EXPECT_EQ(enter("1"), receipt);
}

TEST_F(Sessions, AnEndThatNobodyKnowsWritesNothing) {
    EXPECT_EQ(ended().kind, Kind::kRepeat);
    dial();
    ended();
    const auto before = world.fingerprint();
    EXPECT_EQ(ended().kind, Kind::kRepeat);
    EXPECT_EQ(world.fingerprint(), before);
}

TEST_F(Sessions, OnAScreenACaseworkersKeysBelongToTheScreen) {
    world.petition(phone(2));
    ASSERT_EQ(world.pages_of("wang").size(), 1U);
    const auto at_wang = [&](const std::string& text, SessionInput::Event event) {
        core::Inbound inbound = request(text, {.id = "w", .event = event});
        inbound.from = kWang;
        return give(inbound).answer;
    };
    at_wang("", SessionInput::Event::kBegan);
    EXPECT_EQ(at_wang("2", SessionInput::Event::kInput).words, shown("pet.start"));
    EXPECT_EQ(world.pages_of("wang").front().state, core::Page::State::kOpen);
}

TEST_F(Sessions, AStrandedInputIsAnsweredOnTheScreenAndTakenLater) {
    const flow::Book failing = testing::book_that_does("fail");
    world.reopen(failing);
    dial();
    enter("7");
    world.clock.advance(5s);
    const core::Inbound fatal = request("三亩地", {.id = id});
    EXPECT_THROW(give(fatal), std::exception);
    const core::Answer answer =
        world.in([&](storage::Transaction& tx) { return world.ground->taker().strand(tx, fatal, "why"); });

    EXPECT_EQ(answer.words, shown("err.busy"));
    ASSERT_EQ(world.stranded().size(), 1U);
    EXPECT_EQ(world.stranded().front().inbound.text, "三亩地");
    world.reopen();
}

/// Requests as an operator sends them, and the number of turns that are taken of them.
struct Habit {
    std::string name{};
    std::vector<std::string> requests{};
    std::string screen{};  ///< The last answer.
    std::size_t turns = 0;
};

class OperatorHabits : public Sessions, public ::testing::WithParamInterface<Habit> {};

TEST_P(OperatorHabits, TakesEveryInputOnce) {
    core::Answer last;
    for (const auto& text : GetParam().requests) last = cumulative(text).answer;
    EXPECT_EQ(last, (core::Answer{GetParam().screen, true}));
    EXPECT_EQ(world.turns().size(), GetParam().turns);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OperatorHabits,
    ::testing::Values(Habit{"EmptyFirstText", {""}, kMenu, 1}, Habit{"TwoStarts", {"", ""}, kMenu, 1},
                      Habit{"EveryInputTwice", {"", "2", "2", "2*1", "2*1"}, shown("pet.type"), 3},
                      Habit{"TheSameKeyTwiceIsTwoInputs", {"", "2", "2*2", "2*2*2"}, kArea, 4},
                      Habit{"AnEarlierRequestComesLate", {"", "2", "2*1", "2"}, shown("pet.type"), 3},
                      Habit{"TheStartComesLate", {"", "2", ""}, shown("pet.start"), 2},
                      Habit{"StarsWithinAStory",
                            {"", "2", "2*1", "2*1*2", "2*1*2*7", "2*1*2*7*地*三亩*我的"},
                            shown("pet.text.more"),
                            6},
                      Habit{"AStarIsTheKeyBack", {"", "2", "2*1", "2*1**"}, shown("pet.start"), 4},
                      Habit{"DialledBehindTheServiceCode", {"2"}, shown("pet.start"), 1},
                      Habit{"NothingAsTheFirstInput", {"", "", "*2", "*2*1"}, shown("pet.type"), 3},
                      Habit{"DialledFurther", {"2*1"}, shown("pet.type"), 1},
                      Habit{"TheStartWasLost", {"2*1", "2*1*2"}, kArea, 2}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(Sessions, ARepeatGetsTheSameAnswerAndWritesNothing) {
    cumulative("");
    const TurnOutcome first = cumulative("2");
    const auto before = world.fingerprint();

    const TurnOutcome again = cumulative("2");

    EXPECT_EQ(again.kind, Kind::kRepeat);
    EXPECT_EQ(again.answer, first.answer);
    EXPECT_EQ(world.fingerprint(), before);
}

TEST_F(Sessions, AnIdThatIsUsedAgainIsANewSession) {
    for (const char* text : {"", "2", "2*1", "2*1*2"}) cumulative(text);
    ended();
    EXPECT_EQ(cumulative("").answer.words, shown("err.timeout"));
    EXPECT_EQ(cumulative("2").answer.words, kMenu);
}

TEST_F(Sessions, AnIdThatIsUsedAgainAnotherDayIsANewSession) {
    cumulative("");
    cumulative("5");
    world.pass(30h);
    EXPECT_EQ(cumulative("").answer.words, kMenu);
    EXPECT_EQ(cumulative("5").answer.words, shown("status.ask"));
}

TEST_F(Sessions, NobodyIsShownTheLastScreenOfAnIdThatIsUsedAgain) {
    cumulative("5");
    world.pass(30h);
    const auto before = world.turns().size();
    EXPECT_EQ(cumulative("5").kind, Kind::kTaken);
    EXPECT_EQ(world.turns().size(), before + 1);
    world.pass(30h);
    EXPECT_EQ(cumulative("5*12345678").answer.words, shown("status.none"));
}

TEST_F(Sessions, WhatWasDialledBehindTheCodeAnswersNoQuestionThatSheHasNotSeen) {
    for (const char* text : {"", "2", "2*1", "2*1*2"}) cumulative(text);
    ended();
    id = "ATUid_2";
    EXPECT_EQ(cumulative("1").answer, (core::Answer{shown("err.timeout"), true}));
    EXPECT_EQ(cumulative("1*1").answer.words, kArea);
    id = "ATUid_3";
    EXPECT_EQ(cumulative("9").answer, (core::Answer{"收到。", false}));
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Sessions, ANewSessionTakesThePlaceOfOneThatNobodyEnded) {
    for (const char* text : {"", "5"}) cumulative(text);
    id = "ATUid_2";
    EXPECT_EQ(cumulative("").answer.words, kMenu);
    EXPECT_EQ(cumulative("2").answer.words, shown("pet.start"));
}

TEST_F(Sessions, ACumulativeNineIsDangerWhereverItStands) {
    for (const char* text : {"", "2", "2*1", "2*1*9"}) cumulative(text);
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Sessions, ANineBehindAFirstInputOfNothingIsDanger) {
    for (const char* text : {"", ""}) cumulative(text);
    EXPECT_EQ(cumulative("*9").answer, (core::Answer{"收到。", false}));
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Sessions, AStarAndANoughtInOneAreACovertCallAsTheFirstInputToo) {
    cumulative("");
    EXPECT_EQ(cumulative("*0").answer, (core::Answer{shown("safe.cover"), false}));
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Sessions, ARequestIdIsARepeatWhateverTheText) {
    dial();
    core::Inbound first = request("2", {.id = id});
    first.external_id = "r-1";
    const auto answer = give(first).answer;
    EXPECT_EQ(give(first).kind, Kind::kRepeat);
    EXPECT_EQ(give(first).answer, answer);
}

TEST_F(Sessions, SurviveARestartBetweenAnyTwoRequests) {
    dial();
    for (const char* key : {"2", "1", "2", "3"}) {
        enter(key);
        world.reopen();
    }
    EXPECT_EQ(enter("1").words, shown("pet.text"));
}

class SmallScreens : public Sessions {
  protected:
    SmallScreens() : Sessions({.septets = 40, .units = 30}) {}
};

TEST_F(SmallScreens, WordsLongerThanAScreenAreTurnedLikePages) {
    const core::Answer first = dial();
    EXPECT_TRUE(first.words.ends_with("\n#下页")) << first.words;
    EXPECT_TRUE(first.goes_on);
    const core::Answer second = enter("#");
    EXPECT_TRUE(second.words.ends_with("\n*上页")) << second.words;
    EXPECT_EQ(enter("*"), first);
    EXPECT_EQ(enter("#"), second);
    EXPECT_EQ(enter("2").words.substr(0, 12), "反映问题");
}

TEST_F(SmallScreens, LastWordsEndTheSessionOnTheirLastPage) {
    tell_land_up_to_the_story();
    for (const char* said : {"村里把我家三亩地给了别人", "1"}) enter(said);
    core::Answer page = enter("2");
    EXPECT_TRUE(page.goes_on);
    for (int turned = 0; page.goes_on && turned < 5; ++turned) page = enter("#");
    EXPECT_FALSE(page.goes_on);
}

TEST_F(SmallScreens, StarOnALaterPageThenNoughtStillCallsForHelp) {
    dial();
    enter("#");
    enter("*");
    EXPECT_EQ(enter("0").words, shown("safe.cover"));
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST(SessionMemory, ComesBackAsItWasKept) {
    Memory memory;
    memory.session = {.id = "s",
                      .channel = "ussd",
                      .seen = "1*2",
                      .words = "您好",
                      .kept = "已登记",
                      .page = 3,
                      .over = true,
                      .goes_on = true,
                      .unseen = true};
    const auto back = decode_memory(encode(memory));
    ASSERT_TRUE(back);
    EXPECT_EQ(encode(*back), encode(memory));
    EXPECT_EQ(back->session.seen, "1*2");
    EXPECT_EQ(back->session.page, 3U);
    const std::string whole = encode(memory);
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_memory(whole.substr(0, size)));
}

}  // namespace
}  // namespace harborline::gateway
