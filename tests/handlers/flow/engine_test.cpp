#include "handlers/flow/engine.hpp"

#include <gtest/gtest.h>

#include "tests/handlers/flow/talk.hpp"

namespace harborline {
namespace {

using testing::Talk;
using Keys = std::vector<std::string>;

const Keys kToStory{"你好", "2", "1", "1", "1", "2"};  ///< Up to the question for the story; the place is 南岗.

Talk told_story() {
    Talk talk;
    talk.send_all(kToStory);
    talk.send("房子的事");
    return talk;
}

struct Script {
    std::string name;
    Keys texts;
    Keys told;          ///< By the last text.
    Keys deeds;         ///< Of the last turn.
    std::string place;  ///< "flow.step" afterwards.
    bool understood = true;
};

void PrintTo(const Script& script, std::ostream* out) {
    *out << script.name;
}

class EngineTest : public ::testing::TestWithParam<Script> {};

TEST_P(EngineTest, AnswersTheLastText) {
    Talk talk;
    Keys told;
    for (const auto& text : GetParam().texts) told = text == "(silence)" ? talk.lapse() : talk.send(text);

    EXPECT_EQ(told, GetParam().told);
    EXPECT_EQ(talk.turn_deeds, GetParam().deeds);
    EXPECT_EQ(talk.state.flow.empty() ? "" : talk.state.flow + "." + talk.state.step, GetParam().place);
    EXPECT_EQ(talk.understood, GetParam().understood);
}

const Keys kNone{};
const Keys kAlert{"raise_alert"};

Keys after(const Keys& first, const Keys& then) {
    Keys all = first;
    all.insert(all.end(), then.begin(), then.end());
    return all;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, EngineTest,
    ::testing::Values(
        Script{"FirstTextShowsTheMenu", {"你好"}, {"main.menu"}, kNone, "menu.main"},
        Script{"FirstDigitShowsTheMenu", {"2"}, {"main.menu"}, kNone, "menu.main"},
        Script{"MenuDigitBegins", {"hi", "2"}, {"pet.start"}, kNone, "petition.start"},
        Script{"MenuThreeAsksWhetherSheIsFree", {"hi", "3"}, {"safe.q0"}, {"open_safety"}, "triage.free"},
        Script{"NotFreeIsDanger", {"hi", "3", "2"}, {"safe.received"}, kAlert, "safety.listening"},
        Script{"WatchedIsDanger", {"hi", "3", "3"}, {"safe.received"}, kAlert, "safety.listening"},
        Script{"FreeAsksForTheAge", {"hi", "3", "1"}, {"safe.age"}, kNone, "triage.age"},
        Script{"AdultIsAskedTheFirst", {"hi", "3", "1", "1"}, {"safe.q1"}, kNone, "safety_adult.weapon"},
        Script{"RedStopsTheQuestions",
               {"hi", "3", "1", "1", "1"},
               {"safe.red"},
               {"triage", "find_help"},
               "safety_adult.red"},
        Script{
            "RedThenOneIsACall", {"hi", "3", "1", "1", "1", "按1"}, {"safe.received"}, {"triage"}, "safety.listening"},
        Script{"RedThenWordsAreAdded",
               {"hi", "3", "1", "1", "1", "他在门口"},
               {"safe.received"},
               {"add_to_case"},
               "safety.listening"},
        Script{"RedThenAnotherKeyIsAdded",
               {"hi", "3", "1", "1", "1", "4"},
               {"safe.received"},
               {"add_to_case"},
               "safety.listening"},
        Script{
            "ChildHearsFirstWhatIsKept", {"hi", "3", "1", "2"}, {"safe.child.private"}, kNone, "safety_child.promise"},
        Script{"ChildHurtIsRed",
               {"hi", "3", "1", "2", "1", "1"},
               {"safe.child.stay"},
               {"triage", "find_help"},
               "safety_child.stay"},
        Script{"NineInTheMiddleOfTheQuestions",
               {"hi", "3", "1", "1", "2", "9"},
               {"safe.received"},
               {"triage", "raise_alert"},
               "safety.listening"},
        Script{"CovertInTheMiddleOfTheQuestions",
               {"hi", "3", "1", "1", "*", "0"},
               {"safe.cover"},
               {"triage", "raise_alert"},
               "safety.covert_listening"},
        Script{"CovertAtTheFirstQuestion",
               {"hi", "3", "*0"},
               {"safe.cover"},
               {"triage", "raise_alert"},
               "safety.covert_listening"},
        Script{"SilenceWritesTheAnswersDown", {"hi", "3", "1", "1", "2", "(silence)"}, kNone, {"triage"}, ""},
        Script{"NineFromNothing", {"9"}, {"safe.received"}, kAlert, "safety.listening"},
        Script{"NullFromNothing", {"0"}, {"safe.how"}, kNone, "person.how"},
        Script{"ShortcutFromNothing", {"5 12345678"}, {"status.ok"}, {"find_case"}, ""},
        Script{"ShortcutFromAQuestion", {"hi", "2", "5 12345678"}, {"status.ok"}, {"find_case"}, ""},
        Script{"ShortcutWhereTheNumberIsAsked", {"hi", "5", "5加12345678"}, {"status.ok"}, {"find_case"}, ""},
        Script{"NumberInWords", {"hi", "5", "编号是12345678"}, {"status.ok"}, {"find_case"}, ""},
        Script{"NumberTooShort", {"hi", "5", "1234567"}, {"err.number"}, kNone, "progress.number", false},
        Script{"NineWhereANumberIsAsked", {"hi", "5", "9"}, {"safe.received"}, kAlert, "safety.listening"},
        Script{"NinesInANumberAreDigits", {"hi", "5", "99999999"}, {"status.ok"}, {"find_case"}, ""},
        Script{"ShortcutIsNoStory", after(kToStory, {"5 12345678"}), {"pet.text.more"}, kNone, "petition.story"},
        Script{"HarmAsksWhetherSheIsFree", {"hi", "2", "1", "3"}, {"safe.q0"}, {"open_safety"}, "triage.free"},
        Script{"PlaceByKeys", {"hi", "2", "1", "1", "1", "2"}, {"pet.text"}, kNone, "petition.story"},
        Script{"AreaUnsure", {"hi", "2", "1", "1", "7"}, {"pet.text"}, kNone, "petition.story"},
        Script{"DistrictUnsure", {"hi", "2", "1", "1", "1", "7"}, {"pet.text"}, kNone, "petition.story"},
        Script{"PlaceByNameAnswersBoth", {"hi", "2", "1", "1", "我在呼兰区"}, {"pet.text"}, kNone, "petition.story"},
        Script{"PlaceByEnglishName", {"hi", "2", "1", "1", "bin county"}, {"pet.text"}, kNone, "petition.story"},
        Script{"OtherPlaceByName", {"hi", "2", "1", "1", "1", "木兰"}, {"pet.text"}, kNone, "petition.story"},
        Script{
            "TwoPlacesAreNone", {"hi", "2", "1", "1", "道里还是道外"}, {"err.invalid"}, kNone, "petition.area", false},
        Script{
            "AreaKeyNotOffered", {"hi", "2", "1", "1", "3", "5"}, {"err.invalid"}, kNone, "petition.district", false},
        Script{"StoryEndNeedsAStory", after(kToStory, {"1"}), {"err.story"}, kNone, "petition.story", false},
        Script{"StoryOtherKey", after(kToStory, {"说", "4"}), {"err.story"}, kNone, "petition.story", false},
        Script{"StoryPartsAreTakenInSilence", after(kToStory, {"一段", "二段"}), kNone, kNone, "petition.story"},
        Script{"StoryTakesNumbers", after(kToStory, {"12345678"}), {"pet.text.more"}, kNone, "petition.story"},
        Script{"StoryEndsByOne", after(kToStory, {"说", "1"}), {"pet.contact"}, kNone, "petition.contact"},
        Script{"StoryEndsByHash", after(kToStory, {"说", "#"}), {"pet.contact"}, kNone, "petition.contact"},
        Script{"Receipt", after(kToStory, {"说", "1", "1"}), {"pet.receipt"}, {"open_case"}, "supplement.wait"},
        Script{"TextAfterReceiptIsAdded",
               after(kToStory, {"说", "1", "1", "还有"}),
               {"pet.added"},
               {"add_to_case"},
               "supplement.wait"},
        Script{"NumberAfterReceiptIsAdded",
               after(kToStory, {"说", "1", "1", "19900001234"}),
               {"pet.added"},
               {"add_to_case"},
               "supplement.wait"},
        Script{
            "ShortcutAfterReceipt", after(kToStory, {"说", "1", "1", "5加12345678"}), {"status.ok"}, {"find_case"}, ""},
        Script{"PinAfterReceipt",
               after(kToStory, {"说", "1", "1", "pin。"}),
               {"pet.pin"},
               {"issue_pin"},
               "supplement.wait"},
        Script{
            "DigitAfterReceiptBegins", after(kToStory, {"说", "1", "1", "2"}), {"pet.start"}, kNone, "petition.start"},
        Script{"OtherKeyAfterReceiptIsMenu", after(kToStory, {"说", "1", "1", "8"}), {"main.menu"}, kNone, "menu.main"},
        Script{"NineFilesTheStoryFirst",
               after(kToStory, {"说", "9"}),
               {"safe.received"},
               {"open_case", "raise_alert"},
               "safety.listening"},
        Script{"NullFilesTheStoryFirst", after(kToStory, {"说", "0"}), {"safe.how"}, {"open_case"}, "person.how"},
        Script{"NineAtContactFilesTheStory",
               after(kToStory, {"说", "1", "9"}),
               {"safe.received"},
               {"open_case", "raise_alert"},
               "safety.listening"},
        Script{"BackFromTheStoryKeepsIt",
               after(kToStory, {"说", "*", "9"}),
               {"safe.received"},
               {"open_case", "raise_alert"},
               "safety.listening"},
        Script{"NineWithoutAStoryFilesNothing", after(kToStory, {"9"}), {"safe.received"}, kAlert, "safety.listening"},
        Script{"SilenceFilesTheStoryWithoutAWord", after(kToStory, {"说", "(silence)"}), kNone, {"open_case"}, ""},
        Script{"SilenceBeforeTheStoryFilesNothing", after(kToStory, {"(silence)"}), kNone, kNone, ""},
        Script{"EightSaysAgain", {"hi", "2", "8"}, {"pet.start"}, kNone, "petition.start"},
        Script{"EightAtTheStory", after(kToStory, {"8"}), {"pet.text"}, kNone, "petition.story"},
        Script{"StarGoesBack", {"hi", "2", "1", "1", "*"}, {"pet.type"}, kNone, "petition.kind"},
        Script{"StarTwice", {"hi", "2", "1", "1", "*", "*"}, {"pet.start"}, kNone, "petition.start"},
        Script{"StarWithNothingBefore", {"hi", "2", "*"}, {"pet.start"}, kNone, "petition.start"},
        Script{"StarThenNullIsCovert", {"hi", "2", "*", "0"}, {"safe.cover"}, kAlert, "safety.covert_listening"},
        Script{"CovertInOneText", {"*0"}, {"safe.cover"}, kAlert, "safety.covert_listening"},
        Script{"CovertInFullWidth", {"hi", "＊０"}, {"safe.cover"}, kAlert, "safety.covert_listening"},
        Script{"CovertFromTheStory",
               after(kToStory, {"说", "*", "0"}),
               {"safe.cover"},
               {"open_case", "raise_alert"},
               "safety.covert_listening"},
        Script{"CovertFromSafety", {"9", "*", "0"}, {"safe.cover"}, kAlert, "safety.covert_listening"},
        Script{"StarAndMuchLaterNull", {"hi", "2", "*", "1", "0"}, {"safe.how"}, kNone, "person.how"},
        Script{"CovertTextIsAdded", {"*0", "在家"}, {"safe.cover"}, {"add_to_case"}, "safety.covert_listening"},
        Script{"CovertKeyIsAdded", {"*0", "2"}, {"safe.cover"}, {"add_to_case"}, "safety.covert_listening"},
        Script{"CovertNullIsAdded", {"*0", "0"}, {"safe.cover"}, {"add_to_case"}, "safety.covert_listening"},
        Script{"CovertNineIsAnAlert", {"*0", "9"}, {"safe.cover"}, kAlert, "safety.covert_listening"},
        Script{"SafetyTextIsAdded", {"9", "在家"}, {"safe.received"}, {"add_to_case"}, "safety.listening"},
        Script{"SafetyKeyIsAdded", {"9", "1"}, {"safe.received"}, {"add_to_case"}, "safety.listening"},
        Script{"SafetyNumberIsAdded", {"9", "512345678"}, {"safe.received"}, {"add_to_case"}, "safety.listening"},
        Script{"SafetyNineAgain", {"9", "9"}, {"safe.received"}, kAlert, "safety.listening"},
        Script{"SafetyNull", {"9", "0"}, {"safe.how"}, kNone, "person.how"},
        Script{"SafetySilence", {"9", "(silence)"}, kNone, kNone, ""},
        Script{"FirstMiss", {"hi", "什么"}, {"err.invalid"}, kNone, "menu.main", false},
        Script{"SecondMiss", {"hi", "什么", "什么"}, {"err.twice"}, kNone, "menu.main", false},
        Script{"ThirdMiss", {"hi", "什么", "什么", "什么"}, {"err.third"}, {"open_task"}, "", false},
        Script{"ThirdMissInTheStoryFilesIt",
               after(kToStory, {"说", "4", "4", "4"}),
               {"err.third"},
               {"open_case", "open_task"},
               "",
               false},
        Script{"CallAccepted", {"hi", "什么", "什么", "1"}, {"person.when"}, {"open_task"}, ""},
        Script{"CallRefused", {"hi", "什么", "什么", "2"}, {"main.menu"}, kNone, "menu.main"},
        Script{"AnswerAfterTheOffer", {"hi", "2", "1", "8x", "8x", "3"}, {"safe.q0"}, {"open_safety"}, "triage.free"},
        Script{"NineAfterTheOffer", {"hi", "什么", "什么", "9"}, {"safe.received"}, kAlert, "safety.listening"},
        Script{"AnUnderstoodAnswerForgivesMisses",
               {"hi", "什么", "2", "什么"},
               {"err.invalid"},
               kNone,
               "petition.start",
               false},
        Script{"PersonByCall", {"0", "1", "2"}, {"person.when"}, {"open_task"}, ""},
        Script{"PersonNoContact", {"0", "3"}, {"person.none"}, {"open_task"}, ""},
        Script{"PersonAskedTwiceIsOneTask", {"0", "0"}, {"safe.how"}, kNone, "person.how"},
        Script{"PersonSilence", {"0", "(silence)"}, kNone, {"open_task"}, ""},
        Script{"PersonNine", {"0", "9"}, {"safe.received"}, {"open_task", "raise_alert"}, "safety.listening"},
        Script{"SilenceFromNothing", {"(silence)"}, kNone, kNone, ""}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Engine, FilesWhatWasAnswered) {
    Talk talk;
    talk.send_all({"hi", "2", "2", "2", "宾县", "房子", "的事", "1", "3"});

    ASSERT_EQ(talk.deeds.size(), 1U);
    const auto& [deed, saved] = talk.deeds.front();
    EXPECT_EQ(deed, "open_case");
    EXPECT_EQ(saved.get("anonymous"), "1");
    EXPECT_EQ(saved.get("category"), "land");
    EXPECT_EQ(saved.get("place"), "230125");
    EXPECT_EQ(saved.get("narrative"), "房子\n的事");
    EXPECT_EQ(saved.get("contact"), "none");
}

TEST(Engine, ForgetsThePlaceThatSheIsNoLongerSureOf) {
    Talk talk;
    talk.send_all({"hi", "2", "1", "1", "宾县", "*", "*", "7", "说", "1", "1"});

    ASSERT_EQ(talk.deeds.size(), 1U);
    EXPECT_EQ(talk.deeds.front().second.get("place"), "");
}

TEST(Engine, TakesThePlaceAlongIntoDangerAndNothingElse) {
    Talk talk = told_story();
    talk.send("9");

    const auto& [deed, saved] = talk.deeds.back();
    EXPECT_EQ(deed, "raise_alert");
    EXPECT_EQ(saved, (core::Fields{{"place", "230103"}}));
}

TEST(Engine, MarksTheCovertAlert) {
    Talk talk;
    talk.send("*0");

    EXPECT_EQ(talk.deeds.back().second.get("covert"), "1");
}

TEST(Engine, HandsTheLastTextToTheMatter) {
    Talk talk;
    talk.send_all({"9", "在家里"});
    EXPECT_EQ(talk.deeds.back().second.get("text"), "在家里");

    talk.send("按3");
    EXPECT_EQ(talk.deeds.back().second.get("text"), "按3");
}

TEST(Engine, OpensTheTaskWithTheWayToReachHer) {
    Talk offered, given_up, chosen;
    offered.send_all({"hi", "x", "x", "1"});
    given_up.send_all({"hi", "x", "x", "x"});
    chosen.send_all({"0", "2", "3"});

    EXPECT_EQ(offered.deeds.back().second.get("contact"), "call");
    EXPECT_EQ(given_up.deeds.back().second.get("contact"), "unknown");
    EXPECT_EQ(chosen.deeds.back().second.get("contact"), "text");
    EXPECT_EQ(chosen.deeds.back().second.get("when"), "evening");
}

TEST(Engine, KeepsTwoThousandCharactersOfAStoryAndSaysSoOnce) {
    Talk talk;
    talk.send_all(kToStory);
    std::string long_part;
    for (int at = 0; at < 1'500; ++at) long_part += "事";
    EXPECT_EQ(talk.send(long_part), Keys{"pet.text.more"});
    EXPECT_EQ(talk.send(long_part), Keys{"err.long"});
    EXPECT_EQ(talk.send("还有"), Keys{});
    EXPECT_TRUE(talk.understood);

    const std::string_view story = talk.state.saved.get("narrative");
    EXPECT_EQ(story.size(), 1'999U * 3 + 1);  // A new line between the parts.
    EXPECT_EQ(talk.send("1"), Keys{"pet.contact"});
}

TEST(Engine, AsksToGoOnWhereSomethingWouldBeLost) {
    Talk talk = told_story();
    EXPECT_TRUE(flow::worth_resuming(testing::shipped_book(), talk.state));

    EXPECT_EQ(talk.resume(), Keys{"err.timeout"});
    EXPECT_EQ(talk.send("随便"), Keys{"err.invalid"});
    EXPECT_EQ(talk.words(), Keys{"没看懂，没关系。请只回一个数字：1 2，或回0找人工。"});
    EXPECT_EQ(talk.state.saved.get("narrative"), "房子的事");
    EXPECT_EQ(talk.send("1"), Keys{"pet.text"});
    EXPECT_FALSE(talk.state.resuming);
}

TEST(Engine, SomethingNewFilesWhatWasLeft) {
    Talk talk = told_story();
    talk.resume();

    EXPECT_EQ(talk.send("2"), Keys{"main.menu"});
    EXPECT_EQ(talk.turn_deeds, Keys{"open_case"});
}

TEST(Engine, DangerAndPersonComeBeforeTheQuestionToGoOn) {
    Talk danger = told_story(), person = told_story();
    danger.resume();
    person.resume();

    EXPECT_EQ(danger.send("9"), Keys{"safe.received"});
    EXPECT_EQ(person.send("0"), Keys{"safe.how"});
}

TEST(Engine, NothingIsWorthResumingWhereNothingWasSaid) {
    for (const auto& texts : std::vector<Keys>{{"hi"}, {"hi", "2"}, {"9"}, after(kToStory, {"说", "1", "1"})}) {
        Talk talk;
        talk.send_all(texts);
        EXPECT_FALSE(flow::worth_resuming(testing::shipped_book(), talk.state)) << texts.back();
    }
    EXPECT_FALSE(flow::worth_resuming(testing::shipped_book(), {}));
}

TEST(Engine, AWishForAPersonIsNotForgottenUnasked) {
    Talk talk;
    talk.send("0");
    EXPECT_TRUE(flow::worth_resuming(testing::shipped_book(), talk.state));
    talk.resume();

    EXPECT_EQ(talk.send("2"), Keys{"main.menu"});
    EXPECT_EQ(talk.turn_deeds, Keys{"open_task"});
}

TEST(Engine, AStepThatIsGoneFilesTheStoryAndShowsTheMenu) {
    Talk talk = told_story();
    talk.state.step = "renamed";

    EXPECT_EQ(talk.send("1"), Keys{"main.menu"});
    EXPECT_EQ(talk.turn_deeds, Keys{"open_case"});
}

TEST(Engine, AFlowThatIsGoneShowsTheMenu) {
    Talk talk;
    talk.state.flow = "removed";
    talk.state.step = "gone";

    EXPECT_EQ(talk.send("1"), Keys{"main.menu"});
}

TEST(Engine, OutcomesLeadWhereTheFlowSays) {
    using core::Outcome;
    Talk pin;
    pin.outcomes = {{"find_case", Outcome::kNeedsPin}, {"check_pin", Outcome::kNone}};
    EXPECT_EQ(pin.send("5 12345678"), Keys{"status.pin"});
    EXPECT_EQ(pin.send("1234"), Keys{"status.none"});
    EXPECT_TRUE(pin.state.flow.empty());

    Talk anonymous;
    anonymous.outcomes = {{"open_case", Outcome::kAnonymous}};
    EXPECT_EQ(anonymous.send_all(after(kToStory, {"说", "1", "3"})), Keys{"pet.anon"});

    Talk closed;
    closed.send("9");
    closed.outcomes = {{"add_to_case", Outcome::kNone}};
    EXPECT_EQ(closed.send("还在"), Keys{"safe.received"});
    EXPECT_EQ(closed.turn_deeds, (Keys{"add_to_case", "raise_alert"}));
}

TEST(Engine, RefusesAnOutcomeThatNobodyAskedFor) {
    EXPECT_THROW(flow::advance(testing::shipped_book(), {}, {.kind = core::Input::Kind::kOutcome}), std::logic_error);
}

TEST(Engine, IsPure) {
    Talk talk = told_story();
    const core::FlowState before = talk.state;
    const auto once = flow::advance(testing::shipped_book(), before, flow::read_answer("1"));
    const auto twice = flow::advance(testing::shipped_book(), before, flow::read_answer("1"));

    EXPECT_EQ(before, talk.state);
    EXPECT_EQ(once.state, twice.state);
    EXPECT_EQ(once.says, twice.says);
}

TEST(Engine, StopsAFlowThatNeverRests) {
    flow::Book book = testing::shipped_book();
    auto& menu = book.flows.at("menu");
    menu.first = "round";
    menu.steps["round"] = {
        .name = "round", .kind = flow::Step::Kind::kSay, .text = "pet.text", .next = flow::Target{.step = "round"}};

    EXPECT_THROW(flow::advance(book, {}, flow::read_answer("hi")), std::logic_error);
}

TEST(Engine, ABoundedCircleEndsWithAPerson) {
    flow::Book book = testing::shipped_book();
    auto& menu = book.flows.at("menu");
    menu.first = "round";
    menu.steps["round"] = {.name = "round",
                           .kind = flow::Step::Kind::kSay,
                           .text = "pet.text",
                           .next = flow::Target{.step = "round"},
                           .visits_max = 3};
    Talk talk{book};

    EXPECT_EQ(talk.send("hi"), (Keys{"pet.text", "pet.text", "pet.text", "err.third"}));
    EXPECT_EQ(talk.turn_deeds, Keys{"open_task"});
}

TEST(Engine, ABoundedCircleEndsInSilenceToo) {
    flow::Book book = testing::shipped_book();
    auto& menu = book.flows.at("menu");
    menu.silence = flow::Target{.step = "round"};
    menu.steps["round"] = {.name = "round",
                           .kind = flow::Step::Kind::kSay,
                           .text = "pet.text",
                           .next = flow::Target{.step = "round"},
                           .visits_max = 3};
    Talk talk{book};
    talk.send("hi");

    EXPECT_EQ(talk.send("9"), Keys{"safe.received"});
    EXPECT_EQ(talk.turn_deeds, Keys{"raise_alert"});
}

/// The proof asks for a way out of every question, and of nothing else.
flow::Book with_ways_of_questions_only() {
    flow::Book book = testing::shipped_book();
    auto& menu = book.flows.at("menu");
    for (auto& [name, step] : menu.steps)
        if (step.kind == flow::Step::Kind::kAsk) step.silence = menu.silence;
    menu.silence.reset();
    return book;
}

TEST(Engine, ANineIsHeardWhereTheQuestionIsGoneSince) {
    flow::Book book = with_ways_of_questions_only();
    Talk talk{book};
    talk.send("hi");
    talk.state.step = "gone";

    EXPECT_EQ(talk.send("9"), Keys{"safe.received"});
    EXPECT_EQ(talk.turn_deeds, Keys{"raise_alert"});
}

TEST(Engine, ABoundedCircleEndsWithAPersonWhereOnlyQuestionsHaveAWayOut) {
    flow::Book book = with_ways_of_questions_only();
    auto& menu = book.flows.at("menu");
    menu.first = "round";
    menu.steps["round"] = {.name = "round",
                           .kind = flow::Step::Kind::kSay,
                           .text = "pet.text",
                           .next = flow::Target{.step = "round"},
                           .visits_max = 3};
    Talk talk{book};

    EXPECT_EQ(talk.send("hi"), (Keys{"pet.text", "pet.text", "pet.text", "err.third"}));
    EXPECT_EQ(talk.turn_deeds, Keys{"open_task"});
}

TEST(Words, MenuShowsWhatIsLoaded) {
    Talk talk;
    talk.send("hi");

    EXPECT_EQ(talk.words(), Keys{"您好！回数字选：1亲情电话 2反映问题 3安全求助 5查办理进度 0人工。有危险回9或打110"});
    EXPECT_EQ(talk.words("en"), Keys{"Hello. Reply: 1 Family line 2 Report a problem 3 Safety 5 Check status 0 A "
                                     "person. In danger reply 9 or call "
                                     "110."});
}

TEST(Words, PlacesAreListedByArea) {
    Talk talk;
    talk.send_all({"hi", "2", "1", "1"});
    EXPECT_EQ(talk.words(),
              Keys{"第2步，在哪一片？1市区 2呼兰阿城双城 3五常尚志 4宾县巴彦木兰 5依兰方正 6通河延寿 7不清楚"});

    talk.send("4");
    EXPECT_EQ(talk.words(), Keys{"具体是哪里？1宾县 2巴彦 3木兰 7不清楚"});
    talk.send("5");
    EXPECT_EQ(talk.words(), Keys{"没看懂，没关系。请只回一个数字：1-3 7，或回0找人工。"});
}

TEST(Words, AMissingValueOrTextIsABug) {
    const auto& catalogue = testing::shipped_book().catalogue;

    EXPECT_THROW(catalogue.fill("zh-CN", {.key = "pet.added"}), std::logic_error);
    EXPECT_THROW(catalogue.fill("zh-CN", {.key = "no.such"}), std::logic_error);
    EXPECT_THROW(catalogue.fill("fr", {.key = "pet.added"}), std::logic_error);
    EXPECT_EQ(catalogue.fill("zh-CN", {.key = "pet.added", .values = {{"ref", "{keys}"}}}), "已补到编号{keys}里。");
}

/// The five questions, each answered with no.
const Keys kAllNo{"hi", "3", "1", "1", "2", "2", "2", "2", "2"};

TEST(SafetyAdult, IsToldOfTracesOnlyWhereSheChoosesToBeReached) {
    for (const auto* way : {"1", "2"}) {
        Talk talk;
        talk.outcomes["triage"] = core::Outcome::kOrange;
        EXPECT_EQ(talk.send_all(kAllNo), Keys{"safe.how"});
        EXPECT_EQ(talk.send(way), (Keys{"safe.trace", "safe.when"}));
        EXPECT_EQ(talk.send("3"), Keys{"safe.orange"});
        EXPECT_EQ(talk.deeds.back().second.get("when"), "evening");
        EXPECT_EQ(talk.state.flow, "safety");
    }
    Talk talk;
    talk.outcomes["triage"] = core::Outcome::kLower;
    talk.send_all(kAllNo);
    EXPECT_EQ(talk.send("3"), Keys{"person.none"});
    EXPECT_EQ(talk.deeds.back().second.get("contact"), "none");
}

TEST(SafetyAdult, WhoeverHoldsThePhoneLaterReadsNoQuestion) {
    Talk talk;
    talk.send_all({"hi", "3", "1", "1", "2"});
    ASSERT_EQ(talk.state.step, "threat");

    EXPECT_FALSE(flow::worth_resuming(testing::shipped_book(), talk.state));
    const auto dialled = flow::advance(testing::shipped_book(), talk.state, {.kind = core::Input::Kind::kDialled});
    EXPECT_EQ(dialled.deed, core::Deed::kTriage);
    EXPECT_TRUE(dialled.says.empty());
}

}  // namespace
}  // namespace harborline
