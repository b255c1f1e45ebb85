// Floods: the same text from very many handsets that we do not know (domain rules 3.7).
#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using testing::World;
using namespace std::chrono_literals;
using Kind = TurnOutcome::Kind;

const std::string kWares = "低价代开各类发票，请加微信联系";

class Flood : public ::testing::Test {
  protected:
    Kind text(int from, std::string_view words) { return world.take(world.text(phone(from), words)); }
    /// The same text from so many strangers at once.
    void strangers(int count, int first = 1'000) {
        for (int one = 0; one < count; ++one) text(first + one, kWares);
    }
    std::vector<storage::Turn> quarantined() {
        auto turns = world.turns();
        std::erase_if(turns, [](const storage::Turn& turn) { return turn.note != TurnTaker::kQuarantined; });
        return turns;
    }

    World world;
};

TEST_F(Flood, TheThirtyFirstStrangerIsKeptAndNotAnswered) {
    strangers(30);
    EXPECT_TRUE(quarantined().empty());
    EXPECT_EQ(world.messages_to(phone(1'029)).size(), 1U);

    EXPECT_EQ(text(2'000, kWares), Kind::kQuarantined);

    ASSERT_EQ(quarantined().size(), 1U);
    EXPECT_EQ(quarantined().front().text, kWares);
    EXPECT_EQ(quarantined().front().handset, world.handset(phone(2'000)).id);
    EXPECT_FALSE(quarantined().front().conversation);
    EXPECT_TRUE(world.messages_to(phone(2'000)).empty());
    EXPECT_TRUE(world.cases().empty());
}

TEST_F(Flood, TheCarriersRepeatOfAQuarantinedTextIsOne) {
    strangers(30);
    const auto inbound = world.text(phone(2'000), kWares);
    EXPECT_EQ(world.take(inbound), Kind::kQuarantined);
    EXPECT_EQ(world.take(inbound), Kind::kRepeat);
    EXPECT_EQ(quarantined().size(), 1U);
}

TEST_F(Flood, AShortTextNeverIsOne) {
    for (int one = 0; one < 60; ++one) EXPECT_EQ(text(1'000 + one, "你好你好你好你好"), Kind::kTaken);
}

TEST_F(Flood, AWordOfDangerIsLiftedOut) {
    const std::string help = "救命，他拿刀要杀我和孩子";
    for (int one = 0; one < 40; ++one) EXPECT_EQ(text(1'000 + one, help), Kind::kTaken) << one;
    EXPECT_EQ(world.cases().size(), 40U);
}

TEST_F(Flood, AKeyIsLiftedOut) {
    strangers(31);
    EXPECT_EQ(text(1'030, "9"), Kind::kTaken);
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Flood, WhoeverIsKnownIsHeard) {
    world.says(phone(1), "你好");
    strangers(31);
    EXPECT_EQ(text(1, kWares), Kind::kTaken);
    EXPECT_EQ(text(104, kWares), Kind::kTaken) << "a caseworker";
    EXPECT_EQ(text(1'000, kWares), Kind::kTaken) << "one of the first, who has a conversation by now";
}

TEST_F(Flood, AMinuteLaterAllIsAsBefore) {
    strangers(40);
    world.clock.advance(1min);
    EXPECT_EQ(text(2'000, kWares), Kind::kTaken);
}

TEST_F(Flood, AnotherTextIsNoPartOfIt) {
    strangers(31);
    EXPECT_EQ(text(2'000, "村里把我家三亩地给了别人"), Kind::kTaken);
}

TEST_F(Flood, TheAdministratorIsToldOnceAnHour) {
    strangers(40);
    EXPECT_EQ(world.news(testing::kAdmin), std::vector{testing::words("adm.flood")});
    world.clock.advance(30min);
    strangers(40, 3'000);
    EXPECT_EQ(world.events("flood"), 1);
    world.clock.advance(31min);
    strangers(40, 4'000);
    EXPECT_EQ(world.events("flood"), 2);
    EXPECT_EQ(world.news(testing::kAdmin), std::vector{testing::words("adm.flood")});
}

TEST_F(Flood, APersonReleasesWhatWasNone) {
    strangers(31);
    const auto kept = quarantined().front();
    world.in([&](storage::Transaction& tx) { world.ground->taker().release(tx, kept, world.clock.now()); });

    EXPECT_EQ(world.messages_to(phone(1'030)).size(), 1U);
    EXPECT_TRUE(world.turns().back().note.starts_with("released:" + std::to_string(kept.id.value) + " "));
    EXPECT_EQ(text(1'030, "2"), Kind::kTaken);
}

TEST(FloodSwitchedOff, NothingIsQuarantined) {
    auto settings = testing::shipped().settings;
    settings.conversation.flood_per_min = 0;
    World world{testing::shipped_roster(), settings};
    for (int one = 0; one < 100; ++one) EXPECT_EQ(world.take(world.text(phone(1'000 + one), kWares)), Kind::kTaken);
}

}  // namespace
}  // namespace harborline::gateway
