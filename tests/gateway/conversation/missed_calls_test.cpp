// Missed calls: turned away unanswered, called back, and then as if she had called.
#include <string>
#include <vector>

#include "gateway/conversation/safe_contact.hpp"
#include "gateway/workers/claim.hpp"
#include "handlers/kinship/call_reason.hpp"
#include "tests/gateway/conversation/call_world.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using namespace std::chrono_literals;

/// Ming's phone is 1, its own.
class MissedCalls : public Calls {
  protected:
    MissedCalls() {
        world.settings.kinship.missed_call = true;
        world.settings.kinship.call_channel = "handset-voice";
        world.in([&](storage::Transaction& tx) {
            auto& people = tx.people();
            ming_ = people.put(
                {.external_id = "c1", .kind = core::PersonKind::kChild, .name = "小明", .age = core::AgeBand::k8To13});
            people.put({.person = ming_, .number = phone(1), .is_private = true}, world.clock.now());
        });
    }

    core::Inbound ringing(Event event = Event::kBegan) {
        auto rings = request(event);
        rings.call->unanswered = true;
        rings.call->step = 0;
        return rings;
    }
    core::CallAnswer rings() {
        id = "c" + std::to_string(++rung_);
        return hear(ringing());
    }
    static bool is_turned_away(const core::CallAnswer& answer) {
        const auto* end = std::get_if<core::HangUp>(&answer.act);
        return end != nullptr && end->unanswered && answer.sounds.empty();
    }
    bool turned_away() { return is_turned_away(rings()); }

    std::vector<core::Message> calls_to(const core::PhoneNumber& number) {
        auto all = world.messages_to(number);
        std::erase_if(all, [](const auto& one) { return one.channel != "handset-voice"; });
        return all;
    }
    core::Message last_call() { return calls_to(phone(1)).back(); }
    /// As the sender does it when the call is due.
    std::string placed() {
        world.clock.time = std::max(world.clock.time, last_call().due_at);
        return world.in([&](storage::Transaction& tx) {
            const auto now = world.clock.now();
            std::string why_not = "nothing is due";
            for (auto& claimed :
                 claim_allowed(tx, {.channel = "handset-voice", .now = now, .lease_until = now + 1min, .limit = 10},
                               core::ChannelKind::kVoice, world.ground->rules())) {
                auto row = claimed.message;
                why_not = claimed.why_not;
                row.state = why_not.empty() ? core::MessageState::kSent : core::MessageState::kDropped;
                tx.outbox().settle(row);
            }
            return why_not;
        });
    }
    void reaches_nobody() {
        const auto call = last_call().id;
        world.in([&](storage::Transaction& tx) {
            world.ground->replies().receipt(
                tx, {.message = call, .state = core::ReceiptState::kFailed, .at = world.clock.now()});
        });
    }
    core::CallAnswer picks_up() {
        id = "p" + std::to_string(++rung_);
        auto answered = request(Event::kAnswered);
        answered.call->step = 0;
        answered.call->placed = last_call().id;
        return hear(answered);
    }

    core::PersonId ming_{};

  private:
    int rung_ = 0;
};

TEST_F(MissedCalls, AreTurnedAwayUnansweredAndCalledBackAtOnce) {
    ASSERT_TRUE(turned_away());

    ASSERT_EQ(calls_to(phone(1)).size(), 1U);
    const auto call = last_call();
    EXPECT_EQ(call.kind, core::MessageClass::kKinship);
    EXPECT_EQ(call.channel, "handset-voice");
    EXPECT_EQ(call.text, kinship::encode({})) << "no word of anybody's";
    EXPECT_LE(call.due_at, world.clock.now() + 5s);
    EXPECT_LE(call.expires_at, world.clock.now() + 10min);
    EXPECT_TRUE(world.cases().empty());

    EXPECT_EQ(placed(), "");
    const auto menu = picks_up();
    EXPECT_NE(words_of(menu).find("亲情电话"), std::string::npos);
    EXPECT_EQ(last_call().state, core::MessageState::kDelivered);
    EXPECT_NE(words_of(key("1")), words_of(menu)) << "she is in the flow as if she had called";
    key("9");
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(MissedCalls, ARepeatOfTheRingIsTurnedAwayAgainAndChangesNothing) {
    rings();
    const auto before = world.fingerprint();
    EXPECT_TRUE(is_turned_away(hear(ringing())));
    EXPECT_TRUE(is_turned_away(hear(ringing(Event::kRings))));
    give(request(Event::kEnded));
    EXPECT_TRUE(is_turned_away(hear(ringing())));
    EXPECT_EQ(world.fingerprint(), before);
}

TEST_F(MissedCalls, AreAskedAboutBeforeTheyBegin) {
    id = "r1";
    EXPECT_TRUE(is_turned_away(hear(ringing(Event::kRings))));
    world.settings.kinship.missed_call = false;
    id = "r2";
    const auto before = world.fingerprint();
    const auto answered = hear(ringing(Event::kRings));
    EXPECT_FALSE(is_turned_away(answered));
    EXPECT_FALSE(is_turned_away(hear(ringing(Event::kRingsNoMore))));
    EXPECT_EQ(world.fingerprint(), before) << "it begins only now";
    EXPECT_NE(words_of(hear(request(Event::kBegan))).find("亲情电话"), std::string::npos);
}

TEST_F(MissedCalls, AreAnsweredWhereNothingMayTurnThemAway) {
    const auto answered = [&] {
        const bool is = !turned_away();
        hangs_up();
        return is;
    };
    world.settings.kinship.missed_call = false;
    EXPECT_TRUE(answered());
    world.settings.kinship.missed_call = true;
    world.settings.kinship.call_channel = "another";
    EXPECT_TRUE(answered()) << "called back, she would see another number";
    world.settings.kinship.call_channel = "handset-voice";

    her = phone(2);
    EXPECT_TRUE(answered()) << "a phone of nobody";
    her = {};
    EXPECT_TRUE(answered()) << "it shows no number";
    her = phone(1);
    EXPECT_FALSE(is_turned_away(call())) << "somebody has answered already";
    hangs_up();

    world.settings.country = "254";
    EXPECT_TRUE(answered()) << "abroad";
    world.settings.country = "86";
    world.clock.time += 12h;
    EXPECT_TRUE(answered()) << "at night";
    world.clock.time += 12h;
    const auto handset = world.handset(phone(1)).id;
    world.in([&](storage::Transaction& tx) { put_contact_plan(tx, handset, {.way = safety::Way::kEither}); });
    EXPECT_TRUE(answered()) << "a plan";
    EXPECT_TRUE(calls_to(phone(1)).empty());
}

TEST_F(MissedCalls, OfWhoeverIsInDangerAreAnswered) {
    world.raise(core::Level::kOrange, core::CaseKind::kSafety, 1);
    EXPECT_FALSE(turned_away());
}

TEST_F(MissedCalls, WhileAnotherCallOfHersIsOpenAreAnswered) {
    call();
    EXPECT_FALSE(turned_away());
}

TEST_F(MissedCalls, AreCalledBackThreeTimesADay) {
    for (int times = 0; times < 3; ++times) {
        ASSERT_TRUE(turned_away()) << times;
        ASSERT_EQ(placed(), "");
        picks_up();
        hangs_up();
    }
    EXPECT_FALSE(turned_away());
    hangs_up();
    world.clock.time += 24h;
    EXPECT_TRUE(turned_away());
}

TEST_F(MissedCalls, ThatReachNobodyAreTriedOnceMoreAndThenTheNextIsAnswered) {
    rings();
    ASSERT_EQ(placed(), "");
    reaches_nobody();
    ASSERT_EQ(calls_to(phone(1)).size(), 2U);
    EXPECT_EQ(last_call().due_at, world.clock.now() + 30s);
    ASSERT_EQ(placed(), "");
    reaches_nobody();
    EXPECT_EQ(calls_to(phone(1)).size(), 2U);

    EXPECT_FALSE(turned_away());
    hangs_up();
    EXPECT_TRUE(turned_away()) << "and the one after it is turned away";
}

TEST_F(MissedCalls, AreNotPlacedOnceSomethingForbidsIt) {
    rings();
    world.raise(core::Level::kOrange, core::CaseKind::kSafety, 1);
    EXPECT_EQ(placed(), "this phone is not to be called any more");
    EXPECT_EQ(last_call().state, core::MessageState::kDropped);
}

TEST_F(MissedCalls, WhoeverPicksUpThenHearsNothing) {
    rings();
    ASSERT_EQ(placed(), "");
    const auto handset = world.handset(phone(1)).id;
    world.in([&](storage::Transaction& tx) { put_contact_plan(tx, handset, {.way = safety::Way::kText}); });
    EXPECT_TRUE(hangs_up_on(picks_up()));
}

TEST_F(MissedCalls, AnotherPhoneOrRowIsNoCallBack) {
    rings();
    ASSERT_EQ(placed(), "");
    her = phone(2);
    EXPECT_TRUE(hangs_up_on(picks_up()));
    EXPECT_NE(last_call().state, core::MessageState::kDelivered);
}

}  // namespace
}  // namespace harborline::gateway
