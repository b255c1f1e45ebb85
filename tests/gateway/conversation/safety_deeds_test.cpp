// What the machine does with danger: opens, raises, calls people, and decides nothing. Tests named after a law hold
// what it binds the machine to (domain rules 3.1).
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "gateway/conversation/risk.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::Level;
using testing::kAdmin;
using testing::kWang;
using testing::phone;
using testing::words;
using testing::World;
using Said = std::vector<std::string>;
using Entry = core::CaseEntry::Kind;

class SafetyTalk : public ::testing::Test {
  protected:
    Said say(std::initializer_list<std::string_view> texts) {
        Said told;
        for (const auto text : texts) told = world_.says(her_, text);
        return told;
    }
    core::Case safety() {
        for (const auto& one : world_.cases())
            if (one.kind == core::CaseKind::kSafety) return one;
        throw std::logic_error("there is no safety matter");
    }
    bool stands(Entry kind, std::string_view text) {
        return std::ranges::any_of(world_.entries(safety().id, kind),
                                   [&](const std::string& entry) { return entry.find(text) != std::string::npos; });
    }

    World world_{};
    core::PhoneNumber her_ = phone(1);
};

using Law_FanJiaBao13 = SafetyTalk;
using Law_FanJiaBao5 = SafetyTalk;
using Law_WeiBao11 = SafetyTalk;
using Law_Pipl24 = SafetyTalk;
using Law_FaShi6 = SafetyTalk;
using Triage_Deeds = SafetyTalk;
using Danger_Words = SafetyTalk;

TEST_F(Law_FanJiaBao13, AComplaintAlwaysOpensACase) {
    EXPECT_EQ(say({"你好", "3"}), Said{words("safe.q0")});

    EXPECT_EQ(safety().category, kHarm);
    EXPECT_EQ(safety().level, Level::kNone);
    EXPECT_TRUE(safety().owner);
}

TEST_F(Law_FanJiaBao13, HarmInAPetitionOpensOneToo) {
    EXPECT_EQ(say({"你好", "2", "1", "3"}), Said{words("safe.q0")});

    EXPECT_EQ(world_.only_case().kind, core::CaseKind::kSafety);
}

TEST_F(Law_FanJiaBao13, WhoeverDoesNotGoOnIsLookedFor) {
    say({"你好", "3"});
    EXPECT_TRUE(world_.open_alerts().empty());

    world_.pass(10min);

    EXPECT_EQ(safety().level, Level::kUnknown);
    ASSERT_EQ(world_.open_alerts().size(), 1U);
    EXPECT_FALSE(world_.news(kWang).empty());
    EXPECT_TRUE(world_.news(her_).empty()) << "no text goes to her unasked";
}

TEST_F(Law_FanJiaBao13, NobodyIsLookedForWhoseLevelIsKnown) {
    say({"你好", "3", "1", "1", "2", "2", "2", "2", "2", "3"});
    ASSERT_EQ(safety().level, Level::kYellow);

    world_.pass(11min);

    EXPECT_EQ(safety().level, Level::kYellow);
}

TEST_F(Law_FanJiaBao5, SheIsReachedOnlyAsSheChooses) {
    say({"你好", "3", "1", "1", "2", "2", "2", "2", "1"});
    EXPECT_EQ(safety().contact, core::ContactBack::kNone);

    say({"1", "3"});

    EXPECT_EQ(safety().contact, core::ContactBack::kCall);
    EXPECT_TRUE(stands(Entry::kFact, "contact=call; when=evening"));
}

TEST_F(Law_FanJiaBao5, PeopleAreCalledBeforeSheIsAskedHow) {
    EXPECT_EQ(say({"你好", "3", "1", "1", "2", "2", "2", "3", "2"}), Said{words("safe.how")});

    EXPECT_EQ(safety().level, Level::kOrange);
    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

TEST_F(Law_WeiBao11, AChildsMatterIsReportedWhateverAnybodyChooses) {
    EXPECT_EQ(say({"你好", "3", "1", "2"}), Said{words("safe.child.private")});
    EXPECT_EQ(say({"1", "1"}), Said{words("safe.child.stay")});

    EXPECT_EQ(safety().level, Level::kRed);
    EXPECT_EQ(safety().category, kHarmToChild);
    EXPECT_TRUE(stands(Entry::kFact, "report=MR4; "));
    EXPECT_TRUE(stands(Entry::kFact, "police within 0 h"));
}

TEST_F(Law_WeiBao11, WhoeverSpeaksForAChildIsHeardLikeTheChild) {
    EXPECT_EQ(say({"你好", "3", "1", "3"}), Said{words("safe.about.q1")});
    EXPECT_EQ(say({"1"}), Said{words("safe.about.red", {{"sms110", "12110"}}) + "\n" + words("safe.how")});

    EXPECT_EQ(safety().level, Level::kRed);
    EXPECT_EQ(safety().category, kHarmToChild);
    EXPECT_EQ(world_.open_alerts().size(), 1U);
    EXPECT_TRUE(stands(Entry::kFact, "age=about_child; hurt=yes"));
    EXPECT_TRUE(stands(Entry::kFact, "report=MR4; "));

    EXPECT_EQ(say({"2", "1"}), Said{words("safe.about.ok")});
    EXPECT_TRUE(stands(Entry::kFact, "safe contact: text, all 08:00-12:00"));
    EXPECT_EQ(say({"孩子在三单元"}), Said{words("safe.received")});
    EXPECT_TRUE(stands(Entry::kSaid, "孩子在三单元"));
}

TEST_F(Law_WeiBao11, AChildThatSomebodySpeaksForIsNeverLowerThanOrange) {
    say({"你好", "3", "1", "3", "2"});

    EXPECT_EQ(safety().level, Level::kOrange);
    EXPECT_EQ(safety().category, kHarmToChild);
}

TEST_F(Law_WeiBao11, WhoeverSpeaksForAChildAndDoesNotGoOnIsLookedFor) {
    say({"你好", "3", "1", "3"});
    world_.pass(25h);

    EXPECT_GE(safety().level, Level::kUnknown);
    EXPECT_EQ(safety().category, kHarmToChild);
}

TEST_F(Law_WeiBao11, TheOutcomeIsAskedForEverySevenDays) {
    say({"你好", "3", "1", "2", "1", "1"});
    say({"1"});
    world_.says(kWang, "1");
    const auto matter = safety().id;
    const auto pages = [&] {
        return world_.in([&](storage::Transaction& tx) { return tx.alerts().pages_for(matter).size(); });
    };
    const auto asked = [&] { return world_.entries(safety().id, Entry::kNote).size(); };
    world_.pass(6 * 24h);
    EXPECT_EQ(asked(), 0U);
    const auto before = pages();

    world_.pass(24h);
    EXPECT_EQ(asked(), 1U);
    EXPECT_GT(pages(), before);

    world_.pass(7 * 24h);
    EXPECT_EQ(asked(), 2U);
}

TEST_F(Law_WeiBao11, NoGuardianIsToldByTheMachine) {
    say({"你好", "3", "1", "2", "1", "1", "我爸打我"});
    world_.pass(8 * 24h);
    say({"0", "3", "你好", "3", "1", "3", "1", "3", "他爸打他"});
    world_.pass(8 * 24h);

    std::set<std::int64_t> staff;
    for (const auto& number : {testing::kLi, kWang, testing::kZhao, testing::kSun, kAdmin})
        staff.insert(world_.handset(number).id.value);
    const auto child = world_.handset(her_).id.value;
    world_.in([&](storage::Transaction& tx) {
        for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
            for (const auto& message : tx.outbox().in_state(static_cast<core::MessageState>(state), World::kAll))
                EXPECT_TRUE(message.to.value == child || staff.contains(message.to.value));
    });
}

TEST_F(Law_WeiBao11, AChildThatDoesNotGoOnIsLookedFor) {
    say({"你好", "3", "1", "2", "1"});
    world_.pass(25h);

    EXPECT_GE(safety().level, Level::kUnknown);
    EXPECT_EQ(safety().category, kHarmToChild);
}

TEST_F(Law_Pipl24, TheMachineOnlyRaises) {
    say({"你好", "他说要杀我"});
    ASSERT_EQ(safety().level, Level::kRed);

    say({"3", "1", "1", "2", "2", "2", "2", "2", "3"});

    EXPECT_EQ(safety().level, Level::kRed);
}

TEST_F(Law_Pipl24, ItIsWrittenDownThatTheMachineRaisedAndNotByWhichWord) {
    say({"你好", "他打我"});

    const auto notes = world_.entries(safety().id, Entry::kStatus);
    EXPECT_EQ(notes, Said{"level=orange; raised by the machine: words"});
}

TEST_F(Law_FaShi6, HerWordsAreKeptAsSheWroteThem) {
    say({"你好", "3", "2"});
    say({"他 打我！！ 在厨房"});

    EXPECT_TRUE(stands(Entry::kSaid, "他 打我！！ 在厨房"));
}

TEST_F(Triage_Deeds, ARedAnswerCallsPeopleAndStopsTheQuestions) {
    const auto told = say({"你好", "3", "1", "1", "2", "1"});

    EXPECT_EQ(told, Said{words("safe.red", {{"sms110", "12110"}})});
    EXPECT_EQ(safety().level, Level::kRed);
    EXPECT_EQ(safety().contact, core::ContactBack::kNone);
    ASSERT_EQ(world_.open_alerts().size(), 1U);
    EXPECT_EQ(world_.open_alerts().front().level, Level::kRed);
    EXPECT_TRUE(stands(Entry::kFact, "weapon=no; threat=yes"));

    EXPECT_EQ(say({"1"}), Said{words("safe.received")});
    EXPECT_EQ(safety().contact, core::ContactBack::kCall);
}

TEST_F(Triage_Deeds, ANineInTheMiddleIsRedAndKeepsTheAnswers) {
    say({"你好", "3", "1", "1", "2"});

    EXPECT_EQ(say({"9"}), Said{words("safe.received")});

    EXPECT_EQ(safety().level, Level::kRed);
    EXPECT_TRUE(stands(Entry::kFact, "weapon=no"));
    EXPECT_EQ(world_.cases().size(), 1U);
}

TEST_F(Triage_Deeds, WhoeverIsWatchedGetsWhatANineGets) {
    EXPECT_EQ(say({"你好", "3", "3"}), Said{words("safe.received")});

    EXPECT_EQ(safety().level, Level::kRed);
    EXPECT_TRUE(stands(Entry::kFact, "free=watched"));
}

TEST_F(Triage_Deeds, TheLadderBeginsAnewWhenTheLevelRises) {
    say({"你好", "3", "1", "1", "2", "2", "2", "3", "2"});
    const auto before = world_.open_alerts().at(0);
    world_.pass(3min);

    say({"9"});

    const auto after = world_.open_alerts();
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0].id, before.id);
    EXPECT_EQ(after[0].level, Level::kRed);
    EXPECT_GT(after[0].ladder_from, before.ladder_from);
}

TEST_F(Triage_Deeds, WhoeverAsksAgainCallsSomebodyAgain) {
    say({"你好", "3", "2"});
    world_.says(kWang, "1");
    ASSERT_TRUE(world_.open_alerts().empty());
    world_.pass(25h);

    say({"你好", "3"});

    EXPECT_EQ(world_.open_alerts().size(), 1U);
    EXPECT_EQ(world_.cases().size(), 1U);
}

TEST_F(Triage_Deeds, WhoeverHoldsThePhoneAfterHalfAnHourReadsTheMenu) {
    say({"你好", "3", "1", "1", "2"});
    world_.pass(40min);

    const auto told = say({"1"});

    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told.front().starts_with("您好！")) << told.front();
    EXPECT_TRUE(stands(Entry::kFact, "weapon=no"));
}

TEST_F(Triage_Deeds, WordsInTheMiddleOfTheQuestionsAreKept) {
    say({"你好", "3", "1", "1", "在王家屯"});

    EXPECT_TRUE(stands(Entry::kSaid, "在王家屯"));
}

TEST_F(Danger_Words, AtTheMenuOpenASafetyMatterAndCallSomebody) {
    const auto told = say({"救命"});

    EXPECT_TRUE(told.front().starts_with("您好！"));
    EXPECT_EQ(safety().level, Level::kRed);
    EXPECT_EQ(safety().contact, core::ContactBack::kNone);
    EXPECT_TRUE(stands(Entry::kSaid, "救命"));
    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

TEST_F(Danger_Words, InTheStoryOfAPetitionDoNotWaitForItsEnd) {
    say({"你好", "2", "1", "2", "3", "1", "村长拿刀到我家"});
    ASSERT_EQ(safety().level, Level::kRed);

    say({"1", "2"});

    ASSERT_EQ(world_.cases().size(), 2U);
    const auto petition = world_.cases().front();
    EXPECT_EQ(world_.entries(petition.id, Entry::kLink), Said{"see also " + safety().reference});
}

TEST_F(Danger_Words, AfterAReceiptRaiseThatMatter) {
    const auto petition = world_.petition(her_);
    ASSERT_EQ(world_.matter(petition).level, Level::kNone);

    say({"他们来我家打人"});

    EXPECT_EQ(world_.cases().size(), 1U);
    EXPECT_EQ(world_.matter(petition).level, Level::kOrange);
    EXPECT_EQ(world_.entries(petition, Entry::kSaid).size(), 2U);
    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

TEST_F(Danger_Words, ASecondTimeCallNobodyAgain) {
    say({"你好", "他打我"});
    world_.says(kWang, "1");

    say({"他又打我了"});

    EXPECT_TRUE(world_.open_alerts().empty());
    EXPECT_TRUE(stands(Entry::kSaid, "他又打我了"));
}

TEST_F(Danger_Words, MuchLaterCallPeopleAsASecondNineDoes) {
    say({"你好", "他打我"});
    world_.says(kWang, "1");
    world_.pass(1h);
    world_.says(kWang, "1");
    ASSERT_TRUE(world_.open_alerts().empty());

    say({"他又打我了"});

    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

TEST_F(Danger_Words, LetHerCaseworkerReadWhatSheWritesForADay) {
    say({"你好", "2", "1", "2", "3", "1", "他要杀我"});
    say({"在王家屯", "19900000099"});
    const Said all{"他要杀我", "在王家屯", "19900000099"};
    EXPECT_EQ(world_.entries(safety().id, Entry::kSaid), all);

    say({"1", "2"});
    EXPECT_EQ(world_.entries(safety().id, Entry::kSaid), all) << "no key is a word";

    say({"他又回来了"});
    EXPECT_EQ(world_.entries(safety().id, Entry::kSaid).size(), 4U) << "in the matter that she adds to, and in this";

    world_.pass(25h);
    say({"地还没还"});
    EXPECT_EQ(world_.entries(safety().id, Entry::kSaid).size(), 4U);
}

TEST_F(Danger_Words, LetNobodyReadANumberThatSheWasAskedFor) {
    const auto petition = world_.petition(phone(2), "2", "2");
    say({"你好", "他要杀我", "5 " + world_.matter(petition).reference});

    say({"0001"});

    EXPECT_NE(world_.entries(safety().id, Entry::kSaid).back(), "0001");
}

TEST_F(Danger_Words, AreWrittenDownOnceWhereTheFlowKeepsThemItself) {
    say({"9", "他要杀我", "在厨房"});

    EXPECT_EQ(world_.entries(safety().id, Entry::kSaid), (Said{"9", "他要杀我", "在厨房"}));
}

TEST_F(Danger_Words, ThatNobodyWroteLeaveAPetitionAlone) {
    world_.petition(her_);
    say({"还有水渠"});

    EXPECT_EQ(world_.only_case().kind, core::CaseKind::kPetition);
}

TEST_F(Danger_Words, WhileSheIsAskedWhetherToGoOnAreHeardAtOnce) {
    say({"你好", "2", "1", "2", "3", "1", "地没了"});
    world_.pass(40min);

    EXPECT_EQ(say({"他要杀我"}), Said{words("err.timeout")});

    EXPECT_EQ(safety().level, Level::kRed);
}

TEST(Danger_List, KnowsChildrenAndWhoeverCanNotSpell) {
    const safety::DangerWords list{testing::shipped().settings.danger};
    for (const auto* text :
         {"叔叔摸我下面",       "他脱我裤子",  "爸爸打我，好疼", "我不想活了",     "救我",          "我被锁起来了",
          "不让告诉妈妈",       "我害怕回家",  "他大我",         "沙我",           "他莫我",        "jiuming",
          "bu xiang huo",       "ba ba da wo", "Help me",        "HE WILL KIL ME", "i want to die", "他拿農药 不，农药",
          "奶奶说不许告诉别人", "流血了",      "帮我报井",       "不给饭吃",       "他要殺我"})
        EXPECT_GE(list.level_of(text), Level::kOrange) << text;
}

TEST(Danger_List, LeavesOrdinaryMattersAlone) {
    const safety::DangerWords list{testing::shipped().settings.danger};
    for (const auto* text :
         {"村里把我家三亩地给了别人", "我丈夫在外地打工", "请给我打电话", "老板拖欠工资，打欠条", "想办低保和医疗救助",
          "我血压高", "妇女两癌检查在哪里", "孩子上学的事", "how do I get land back", "my skill training class"})
        EXPECT_EQ(list.level_of(text), Level::kNone) << text;
}

}  // namespace
}  // namespace harborline::gateway
