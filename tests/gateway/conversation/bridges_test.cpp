// A caller is put through: whom it rings, who accepts first, what a leg is shown.
#include "tests/gateway/conversation/call_world.hpp"

namespace harborline::gateway {
namespace {

using testing::kWang;
using testing::kZhao;
using testing::words;
using namespace std::chrono_literals;

/// Zhao is on duty beside wang.
core::Roster with_two_on_duty() {
    core::Roster roster = testing::shipped_roster();
    for (auto& shift : roster.shifts)
        if (shift.role == core::Role::kSecond) shift.role = core::Role::kDuty;
    return roster;
}

class Bridges : public Calls {
  protected:
    Bridges() : Calls(with_two_on_duty()) {}

    core::CallAnswer leg(Event event, const core::Dial& dial, std::string_view name, std::string keys = {}) {
        return hear(of_leg(event, dial, name, std::move(keys)));
    }
    bool joins(const core::Dial& dial, std::string_view name) {
        return std::holds_alternative<core::Join>(leg(Event::kLegKeys, dial, name, "1").act);
    }
    core::CallAnswer dial_ends(core::DialEnd end) {
        auto ended = request(Event::kDialEnded);
        ended.call->dial_end = end;
        return hear(ended);
    }
};

TEST_F(Bridges, RingsWhoeverIsOnDutyAndNeverTheCallerHerself) {
    const auto all = ask_for_a_person();
    EXPECT_EQ(all.numbers, (std::vector{kWang.reveal_e164(), kZhao.reveal_e164()}));
    EXPECT_TRUE(core::is_dial_name(all.name));
    EXPECT_EQ(all.warned.size(), 1U);
    her = kWang;
    EXPECT_EQ(ask_for_a_person().numbers, std::vector{kZhao.reveal_e164()});
}

TEST_F(Bridges, TheFirstWhoAcceptsTalksToHer) {
    const auto dial = ask_for_a_person();
    EXPECT_EQ(words_of(leg(Event::kLegBegan, dial, "l1")), said("ring.whisper"));
    EXPECT_EQ(words_of(leg(Event::kLegBegan, dial, "l2")), said("ring.whisper"));

    EXPECT_TRUE(joins(dial, "l2"));
    const auto before = world.fingerprint();
    EXPECT_TRUE(joins(dial, "l2")) << "its repeat";
    EXPECT_TRUE(hangs_up_on(leg(Event::kLegKeys, dial, "l1", "1")));
    EXPECT_EQ(world.fingerprint(), before);

    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kTalked)), said("ring.over"));
    EXPECT_EQ(world.only_case().kind, core::CaseKind::kTask);
}

TEST_F(Bridges, AnyOtherKeyAndSilenceRefuse) {
    const auto dial = ask_for_a_person();
    leg(Event::kLegBegan, dial, "l1");
    for (const char* keys : {"", "2", "9", "11"})
        EXPECT_TRUE(hangs_up_on(leg(Event::kLegKeys, dial, "l1", keys))) << keys;
    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kRefused)), said("safe.how"));
}

TEST_F(Bridges, ALegAfterTheCallerHasHungUpIsRefused) {
    const auto dial = ask_for_a_person();
    leg(Event::kLegBegan, dial, "l1");
    hangs_up();

    EXPECT_FALSE(joins(dial, "l1"));
    EXPECT_TRUE(hangs_up_on(leg(Event::kLegBegan, dial, "l2")));
    EXPECT_EQ(world.only_case().kind, core::CaseKind::kTask) << "she wanted somebody";
}

TEST_F(Bridges, ALegOfADialThatIsOverIsRefused) {
    const auto dial = ask_for_a_person();
    leg(Event::kLegBegan, dial, "l1");
    dial_ends(core::DialEnd::kNoAnswer);
    EXPECT_FALSE(joins(dial, "l1"));
}

TEST_F(Bridges, ALegOfNoDialOfOursIsRefused) {
    const auto dial = ask_for_a_person();
    for (const char* name : {"", "1", "x.1", "1.", "999.2", "1.2.3", "99999999999999999999.1"}) {
        auto asked = of_leg(Event::kLegKeys, dial, "l1", "1");
        asked.call->dial = name;
        EXPECT_TRUE(hangs_up_on(hear(asked))) << name;
    }
}

TEST_F(Bridges, ALegThatIsShownAForeignNumberIsRefusedAndToldOf) {
    const auto dial = ask_for_a_person();
    auto asked = of_leg(Event::kLegBegan, dial, "l1");
    asked.call->shown = "12338";
    EXPECT_EQ(words_of(hear(asked)), said("ring.whisper"));
    EXPECT_EQ(world.news(testing::kAdmin), std::vector<std::string>{});

    asked.call->shown = her.reveal_e164();
    EXPECT_TRUE(hangs_up_on(hear(asked)));
    EXPECT_EQ(world.news(testing::kAdmin), std::vector{words("adm.foreign_caller_id")});
}

TEST_F(Bridges, WhoeverAcceptsAndIsNotPutThroughHasTalkedToNobody) {
    for (const auto end : {core::DialEnd::kNoAnswer, core::DialEnd::kBusy, core::DialEnd::kRefused}) {
        her = testing::phone(1 + static_cast<int>(end));
        const auto dial = ask_for_a_person();
        leg(Event::kLegBegan, dial, "l1");
        EXPECT_TRUE(joins(dial, "l1"));
        EXPECT_EQ(words_of(dial_ends(end)), said("safe.how"));
    }
}

TEST_F(Bridges, AHangUpInTheTalkIsATalk) {
    const auto dial = ask_for_a_person();
    leg(Event::kLegBegan, dial, "l1");
    joins(dial, "l1");
    hangs_up();
    const auto opened = world.entries(world.only_case().id, core::CaseEntry::Kind::kOpened).front();
    EXPECT_NE(opened.find("talked"), std::string::npos) << opened;
    EXPECT_EQ(memory_of(her).flow.flow, "");
}

TEST_F(Bridges, ATalkWhoseEndNobodyTellsOfLeavesNothingOpen) {
    const auto dial = ask_for_a_person();
    leg(Event::kLegBegan, dial, "l1");
    joins(dial, "l1");
    world.pass(46min);
    EXPECT_EQ(world.cases().size(), 1U);
    EXPECT_TRUE(memory_of(her).session.over);
}

}  // namespace
}  // namespace harborline::gateway
