// On the staff line a caseworker has the person of a safety matter rung: by our number, at her hours, with her code.
#include <algorithm>

#include "gateway/conversation/line_pin.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "tests/gateway/conversation/call_world.hpp"

namespace harborline::gateway {
namespace {

using testing::kWang;
using testing::phone;
using namespace std::chrono_literals;

class StaffRings : public Calls {
  protected:
    static constexpr std::string_view kPin = "271828";

    StaffRings() {
        world.says(phone(1), "9");
        world.says(kWang, "1");
        matter_ = world.only_case().id;
        const auto wang = world.matter(matter_).owner;
        const storage::LinePin pin{.hash = hash_line_pin(kPin, *world.random)};
        world.in([&](storage::Transaction& tx) { tx.staff().put_line_pin(wang, pin); });
        her = kWang;
    }
    void agree(const safety::ContactPlan& plan) {
        ASSERT_EQ(safety::fault_in(plan), "");
        const auto handset = world.handset(phone(1)).id;
        world.in([&](storage::Transaction& tx) { put_contact_plan(tx, handset, plan); });
    }
    /// Wang has called and said that she works on the matter.
    core::CallAnswer takes_it() {
        call();
        key(std::string{kPin} + "#");
        key("1");
        return key("1");
    }
    core::Dial rings() {
        takes_it();
        return std::get<core::Dial>(key("1").act);
    }
    core::CallAnswer leg(Event event, const core::Dial& dial, std::string keys = {}) {
        auto asked = of_leg(event, dial, "l1", std::move(keys));
        asked.from = phone(1);
        return hear(asked);
    }
    bool joins(const core::Dial& dial, std::string keys) {
        return std::holds_alternative<core::Join>(leg(Event::kLegKeys, dial, std::move(keys)).act);
    }
    core::CallAnswer dial_ends(core::DialEnd end) {
        auto ended = request(Event::kDialEnded);
        ended.call->dial_end = end;
        return hear(ended);
    }
    std::vector<std::string> notes() { return world.entries(matter_, core::CaseEntry::Kind::kNote); }

    core::CaseId matter_{};
};

TEST_F(StaffRings, OnlyWhoeverHasChosenCalls) {
    EXPECT_EQ(words_of(takes_it()).find(said("staff.ring")), std::string::npos) << "nobody has asked her";
    hangs_up();
    for (const auto way : {safety::Way::kNone, safety::Way::kText}) {
        agree({.way = way});
        EXPECT_NE(words_of(takes_it()).find(said("staff.taken")), std::string::npos);
        hangs_up();
    }
    agree({.way = safety::Way::kCall});
    EXPECT_EQ(words_of(takes_it()), said("staff.ring"));
}

/// Whoever holds that phone may be the danger, and the plan there is somebody else's.
TEST_F(StaffRings, NobodyWhereAChildsCardHasCalledForHelp) {
    agree({.way = safety::Way::kCall});
    world.in([&](storage::Transaction& tx) {
        auto before = *tx.cases().find(matter_);
        auto of_child = before;
        before.status = core::CaseStatus::kClosed;
        tx.cases().update(before);
        of_child.id = tx.cases().next_id();
        of_child.reference = *world.ground->rules().references.of(of_child.id);
        of_child.child = {7};
        tx.cases().open(of_child);
    });

    EXPECT_NE(words_of(takes_it()).find(said("staff.taken")), std::string::npos);
}

TEST_F(StaffRings, ThePersonHearsNothingOfWhomOrWhat) {
    agree({.way = safety::Way::kCall});
    const auto dial = rings();

    EXPECT_EQ(dial.numbers, std::vector{phone(1).reveal_e164()});
    EXPECT_EQ(words_of(leg(Event::kLegBegan, dial)), said("ring.her"));
    EXPECT_TRUE(joins(dial, "1"));
    EXPECT_NE(words_of(dial_ends(core::DialEnd::kTalked)).find(said("staff.talked")), std::string::npos);
    EXPECT_EQ(notes(), std::vector<std::string>{"talked to her on the telephone"});
}

TEST_F(StaffRings, TheAgreedCodeComesBeforeTheTalk) {
    agree({.way = safety::Way::kEither, .safe_word = "12", .unsafe_word = "34", .cover_story = "培训的事"});
    const auto dial = rings();

    const auto greeting = leg(Event::kLegBegan, dial);
    EXPECT_EQ(words_of(greeting), "培训的事");
    EXPECT_EQ(std::get<core::Gather>(greeting.act).digits_max, 4);
    EXPECT_FALSE(joins(dial, "1"));
    EXPECT_FALSE(joins(dial, "34"));
    EXPECT_FALSE(joins(dial, "34")) << "its repeat";
    EXPECT_TRUE(joins(dial, "12#"));
    EXPECT_EQ(notes(),
              (std::vector<std::string>{"called: a wrong code was keyed", "called: the code for not safe was keyed"}));
}

TEST_F(StaffRings, NotOutsideOfHerHours) {
    const auto minute = world.ground->rules().zone.local(world.clock.now()).minute;
    const int from = (minute + 60) % 1440;
    const int to = (from + 60) % 1440;
    agree({.way = safety::Way::kCall, .windows = {{.from_min = from, .to_min = to == 0 ? 1440 : to}}});
    EXPECT_NE(words_of(takes_it()).find(said("staff.taken")), std::string::npos);
}

TEST_F(StaffRings, APlanThatChangesWhileItRingsHolds) {
    agree({.way = safety::Way::kCall});
    const auto dial = rings();
    leg(Event::kLegBegan, dial);
    agree({.way = safety::Way::kNone});

    EXPECT_TRUE(hangs_up_on(leg(Event::kLegBegan, dial)));
    EXPECT_FALSE(joins(dial, "1"));
}

TEST_F(StaffRings, WhoIsNotReachedIsNotCalledAgainByItself) {
    agree({.way = safety::Way::kCall});
    rings();

    EXPECT_NE(words_of(dial_ends(core::DialEnd::kNoAnswer)).find(said("staff.not_reached")), std::string::npos);
    EXPECT_EQ(world.entries(matter_, core::CaseEntry::Kind::kLink), std::vector<std::string>{"rang her: not reached"});
    world.pass(24h);
    EXPECT_TRUE(std::ranges::all_of(world.messages_to(phone(1)),
                                    [](const core::Message& one) { return one.channel != "handset-voice"; }));
}

TEST_F(StaffRings, ATalkThatTheCaseworkerEndsIsNotedToo) {
    agree({.way = safety::Way::kCall});
    const auto dial = rings();
    leg(Event::kLegBegan, dial);
    joins(dial, "1");
    hangs_up();

    EXPECT_EQ(notes(), std::vector<std::string>{"talked to her on the telephone"});
}

TEST_F(StaffRings, HerNineIsDanger) {
    agree({.way = safety::Way::kEither, .safe_word = "12", .unsafe_word = "34", .cover_story = "培训的事"});
    const auto dial = rings();
    leg(Event::kLegBegan, dial);
    ASSERT_TRUE(world.open_alerts().empty());

    EXPECT_FALSE(joins(dial, "9"));
    EXPECT_FALSE(joins(dial, "9")) << "its repeat";

    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_TRUE(notes().empty()) << "no wrong code";
}

TEST_F(StaffRings, ATextOfTheCaseworkerMeanwhileChangesNothingForThePerson) {
    agree({.way = safety::Way::kEither, .safe_word = "12", .unsafe_word = "34", .cover_story = "培训的事"});
    const auto dial = rings();
    world.says(kWang, "好的");

    EXPECT_EQ(words_of(leg(Event::kLegBegan, dial)), "培训的事");
    EXPECT_FALSE(joins(dial, "1"));
    EXPECT_TRUE(joins(dial, "12"));
}

TEST_F(StaffRings, NotReachedIsNoWorkDone) {
    agree({.way = safety::Way::kCall});
    rings();
    dial_ends(core::DialEnd::kNoAnswer);
    hangs_up();

    world.pass(2h);

    EXPECT_FALSE(world.open_alerts().empty()) << "whoever has it was asked, said nothing, and it climbs on";
}

TEST_F(StaffRings, NobodyIsRungWithoutThePin) {
    agree({.way = safety::Way::kCall});
    call();
    for (const char* keys : {"1", "1", "1"}) EXPECT_FALSE(std::holds_alternative<core::Dial>(key(keys).act));
}

}  // namespace
}  // namespace harborline::gateway
