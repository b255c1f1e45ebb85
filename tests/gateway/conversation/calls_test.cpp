// What one call does with a conversation: repeats, ends, recordings. Whom it rings: bridges_test.cpp.
#include "tests/gateway/conversation/call_world.hpp"

namespace harborline::gateway {
namespace {

using testing::words;
using namespace std::chrono_literals;
using Kind = TurnOutcome::Kind;

TEST_F(Calls, EachRequestRepeatedGivesTheSameAnswerAndWritesNothing) {
    const auto repeat = [&](const core::Inbound& inbound) {
        const TurnOutcome first = give(inbound);
        const auto before = world.fingerprint();
        const TurnOutcome again = give(inbound);
        EXPECT_EQ(first.kind, Kind::kTaken) << step;
        EXPECT_EQ(again.kind, Kind::kRepeat) << step;
        EXPECT_EQ(again.answer, first.answer) << step;
        EXPECT_EQ(world.fingerprint(), before) << step;
        step = first.answer.call->step;
    };
    repeat(request(Event::kBegan));
    for (const char* one : {"2", "1", "2", "3", "1"}) repeat(request(Event::kKeys, one));
    repeat(spoken(Event::kRecorded, "r1"));
    for (const char* one : {"1", "2", "8"}) repeat(request(Event::kKeys, one));
    repeat(request(Event::kKeys));
    repeat(request(Event::kEnded));

    EXPECT_EQ(world.only_case().category, "land");
    EXPECT_EQ(recording("r1")->case_id, world.only_case().id);
}

TEST_F(Calls, ALateRequestOfAnOldStepGetsTheLastAnswerAndChangesNothing) {
    call();
    const auto early = request(Event::kKeys, "5");
    key("2");
    const auto last = key("1");
    const auto before = world.fingerprint();

    EXPECT_EQ(give(early).answer.call, last);
    EXPECT_EQ(give(request(Event::kBegan)).answer.call, last);
    EXPECT_EQ(world.fingerprint(), before);
}

TEST_F(Calls, ACallWithoutANumberIsTakenAndEachStandsAlone) {
    her = {};
    tell_land_up_to_the_story();
    EXPECT_EQ(words_of(says("r1")), said("pet.text.heard"));
    id = "c2";
    EXPECT_NE(words_of(call()), said("err.timeout"));
    id = "c1";
    step = 7;
    key("1");
    key("3");
    hangs_up();

    const auto matter = world.only_case();
    EXPECT_EQ(recording("r1")->case_id, matter.id);
    const auto who = world.in([&](storage::Transaction& tx) { return tx.handsets().get(matter.petitioner).number; });
    EXPECT_FALSE(who.is_subscriber());
    EXPECT_TRUE(world.messages_to(who).empty());
}

TEST_F(Calls, AnEndThatNobodyTellsOfLeavesNothingOpen) {
    tell_land_up_to_the_story();
    says("r1");
    EXPECT_TRUE(world.cases().empty());

    world.pass(46min);

    EXPECT_EQ(recording("r1")->case_id, world.only_case().id);
    EXPECT_TRUE(memory_of(her).session.over);
    EXPECT_EQ(memory_of(her).flow.flow, "");
    EXPECT_EQ(world.news(her), std::vector<std::string>{});
}

TEST_F(Calls, ACallThatGoesOnIsNotEndedByItsAge) {
    call();
    for (int heard = 0; heard < 4; ++heard) {
        world.pass(20min);
        EXPECT_FALSE(memory_of(her).session.over);
        key("8");
    }
}

TEST_F(Calls, AHangUpWhileSheSpeaksFilesWhatSheHasSaid) {
    tell_land_up_to_the_story();

    give(spoken(Event::kEnded, "r1"));

    const auto matter = world.only_case();
    EXPECT_EQ(matter.category, "land");
    EXPECT_EQ(recording("r1")->case_id, matter.id);
    EXPECT_EQ(world.pages_of("wang").size(), 1U);
    EXPECT_EQ(memory_of(her).flow.flow, "");
}

TEST_F(Calls, AHangUpBeforeAnythingWasToldFilesNothing) {
    tell_land_up_to_the_story();
    hangs_up();
    EXPECT_TRUE(world.cases().empty());
    EXPECT_EQ(memory_of(her).flow.flow, "");
}

TEST_F(Calls, AnEndThatNobodyKnowsWritesNothing) {
    EXPECT_EQ(hangs_up().kind, Kind::kRepeat);
    call();
    const auto before = world.fingerprint();
    id = "another";
    EXPECT_EQ(hangs_up().kind, Kind::kRepeat);
    EXPECT_EQ(world.fingerprint(), before);
}

TEST_F(Calls, EightSaysTheLastWordsAgainEvenAReceipt) {
    tell_land_up_to_the_story();
    says("r1");
    key("1");
    const auto receipt = key("2");

    const auto again = key("8");

    EXPECT_EQ(again.sounds, receipt.sounds);
    EXPECT_EQ(again.act, receipt.act);
    EXPECT_EQ(again.step, receipt.step + 1);
    EXPECT_EQ(world.cases().size(), 1U);
}

TEST_F(Calls, SurvivesARestartBetweenAnyTwoRequests) {
    call();
    for (const char* one : {"2", "1", "2", "3", "1"}) {
        world.reopen();
        key(one);
    }
    world.reopen();
    says("r1");
    world.reopen();
    EXPECT_EQ(words_of(key("1")), said("pet.contact"));
}

TEST_F(Calls, AKeyBehindARecordingThatCallsForHelpIsHeard) {
    tell_land_up_to_the_story();
    auto spoken_up_to_nine = spoken(Event::kRecorded, "r1");
    spoken_up_to_nine.text = "9";

    EXPECT_EQ(words_of(hear(spoken_up_to_nine)), said("safe.received") + "\n" + said("safe.wait"));

    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_TRUE(recording("r1")->case_id);
}

TEST_F(Calls, NineOnACallWhoseBeginningWasNeverTakenIsHeard) {
    step = 3;
    EXPECT_EQ(words_of(key("9")), said("safe.received") + "\n" + said("safe.wait"));
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Calls, WhatWasSaidOnACallWhoseBeginningWasNeverTakenIsKept) {
    step = 3;
    says("r1");
    EXPECT_TRUE(recording("r1"));
}

TEST_F(Calls, ANineThatSheHungUpBehindIsHeardOnce) {
    call();
    const auto ended = request(Event::kEnded, "9");
    EXPECT_EQ(give(ended).kind, Kind::kTaken);
    const auto before = world.fingerprint();
    EXPECT_EQ(give(ended).kind, Kind::kRepeat);
    EXPECT_EQ(world.fingerprint(), before);

    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_EQ(world.only_case().level, core::Level::kRed);
    EXPECT_TRUE(memory_of(her).session.over);
    EXPECT_EQ(memory_of(her).flow.flow, "safety") << "she may write later";
    EXPECT_TRUE(world.messages_to(her).empty());

    her = testing::phone(2);
    id = "never taken";
    EXPECT_EQ(give(request(Event::kEnded, "9")).kind, Kind::kTaken);
    EXPECT_EQ(world.open_alerts().size(), 2U);
}

TEST_F(Calls, WhatTheEndOfItsCallHasOvertakenIsKeptOnce) {
    tell_land_up_to_the_story();
    const auto overtaken = spoken(Event::kRecorded, "r1");
    hangs_up();

    EXPECT_EQ(give(overtaken).kind, Kind::kTaken);

    ASSERT_TRUE(recording("r1"));
    EXPECT_EQ(recording("r1")->handset, world.handset(her).id);
    EXPECT_EQ(world.news(testing::kAdmin), std::vector{words("adm.recording_alone")});
    const auto before = world.fingerprint();
    EXPECT_EQ(give(overtaken).kind, Kind::kRepeat);
    EXPECT_EQ(world.fingerprint(), before);
}

TEST_F(Calls, ANineThatTheEndOfItsCallHasOvertakenIsHeard) {
    call();
    const auto overtaken = request(Event::kKeys, "9");
    const auto harmless = request(Event::kKeys, "2");
    hangs_up();
    EXPECT_EQ(give(harmless).kind, Kind::kRepeat);
    EXPECT_TRUE(world.open_alerts().empty());

    EXPECT_EQ(give(overtaken).kind, Kind::kTaken);
    give(overtaken);

    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_EQ(world.cases().size(), 1U);
    EXPECT_TRUE(world.messages_to(her).empty());
}

TEST_F(Calls, AStrandedRequestIsAnsweredByEarAndKnownWhenItIsRepeated) {
    const flow::Book failing = testing::book_that_does("fail");
    world.reopen(failing);
    call();
    key("7");
    const auto fatal = request(Event::kKeys, "55");
    EXPECT_THROW(give(fatal), std::exception);

    const auto answer =
        world.in([&](storage::Transaction& tx) { return world.ground->taker().strand(tx, fatal, "why"); });

    EXPECT_EQ(words_of(answer.call.value()), said("err.busy"));
    EXPECT_TRUE(std::holds_alternative<core::Gather>(answer.call->act));
    ASSERT_EQ(world.stranded().size(), 1U);
    EXPECT_EQ(world.stranded().front().inbound.text, "55");
    EXPECT_EQ(world.news(testing::kAdmin), std::vector{words("adm.stranded")});
    EXPECT_EQ(give(fatal).kind, Kind::kRepeat);
    EXPECT_EQ(give(fatal).answer, answer);
    world.reopen();
}

TEST_F(Calls, WhereTheBeginningStrandsTheCallGoesOnAndNineIsHeard) {
    const auto began = request(Event::kBegan);
    const auto answer =
        world.in([&](storage::Transaction& tx) { return world.ground->taker().strand(tx, began, "why"); });
    EXPECT_EQ(give(began).answer, answer);
    step = answer.call->step;
    EXPECT_EQ(words_of(key("9")), said("safe.received") + "\n" + said("safe.wait"));
}

TEST_F(Calls, AStrandedRecordingKeepsItsRow) {
    tell_land_up_to_the_story();
    const auto fatal = spoken(Event::kRecorded, "r1");
    const storage::Recording told{.name = "r1", .digest = std::string(32, 'd')};
    world.in([&](storage::Transaction& tx) { world.ground->taker().strand(tx, fatal, "why", &told); });

    ASSERT_TRUE(recording("r1"));
    EXPECT_EQ(recording("r1")->handset, world.handset(her).id);
    EXPECT_EQ(world.stranded().size(), 1U);
}

}  // namespace
}  // namespace harborline::gateway
