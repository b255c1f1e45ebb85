// I2: the same webhook twice changes nothing and gets the same answer.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;
using testing::words;
using testing::World;
using Kind = TurnOutcome::Kind;

constexpr std::string_view kStory = "村里把我家三亩地给了别人";

/// How a carrier lets a second delivery be recognised.
struct Marking {
    std::string name{};
    std::function<void(core::Inbound&)> mark{};
    std::function<void(core::Inbound&)> mark_another{};  ///< The same words sent a second time by her.
    std::chrono::milliseconds another_after{};

    friend void PrintTo(const Marking& marking, std::ostream* out) { *out << marking.name; }
};

const Marking kMarkings[] = {
    {"ById", [](core::Inbound&) {}, [](core::Inbound& text) { text.external_id = "another"; }, 10s},
    {"ByStamp",
     [](core::Inbound& text) {
         text.external_id.clear();
         text.stamped_at = testing::FakeClock{}.now();
     },
     [](core::Inbound& text) {
         text.external_id.clear();
         text.stamped_at = testing::FakeClock{}.now() + 1s;
     },
     10s},
    {"ByTheTurnJustBefore", [](core::Inbound& text) { text.external_id.clear(); },
     [](core::Inbound& text) { text.external_id.clear(); }, 61s},
};

class I2_Repeats : public ::testing::TestWithParam<Marking> {
  protected:
    I2_Repeats() {
        for (const auto* said : {"你好", "2", "1", "2", "3", "1"}) world_.says(her_, said);
        story_ = world_.text(her_, kStory);
        GetParam().mark(story_);
    }
    World world_{};
    core::PhoneNumber her_ = phone(1);
    core::Inbound story_{};
};

TEST_P(I2_Repeats, TheSameWebhookTwiceChangesNothing) {
    world_.clock.advance(5s);
    story_.received_at = world_.clock.now();
    ASSERT_EQ(world_.take(story_), Kind::kTaken);
    ASSERT_EQ(world_.news(her_), std::vector{words("pet.text.more")});
    const auto before = world_.fingerprint();

    for (int again = 0; again < 3; ++again) {
        world_.clock.advance(15s);
        story_.received_at = world_.clock.now();
        EXPECT_EQ(world_.take(story_), Kind::kRepeat);
    }

    EXPECT_EQ(world_.fingerprint(), before);
    EXPECT_TRUE(world_.news(her_).empty());
}

TEST_P(I2_Repeats, TheSameWordsSentAgainByHerAreTaken) {
    world_.clock.advance(5s);
    story_.received_at = world_.clock.now();
    ASSERT_EQ(world_.take(story_), Kind::kTaken);
    auto again = world_.text(her_, kStory);
    GetParam().mark_another(again);
    world_.clock.advance(GetParam().another_after);
    again.received_at = world_.clock.now();

    EXPECT_EQ(world_.take(again), Kind::kTaken);

    world_.says(her_, "1");
    world_.says(her_, "2");
    const auto told = world_.entries(world_.only_case().id, core::CaseEntry::Kind::kSaid);
    EXPECT_EQ(told, std::vector{std::string{kStory} + "\n" + std::string{kStory}});
}

INSTANTIATE_TEST_SUITE_P(Markings, I2_Repeats, ::testing::ValuesIn(kMarkings),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(I2_RepeatsOfAPetition, EveryTextDeliveredTwiceIsOnePetition) {
    World world;
    const auto her = phone(1);

    for (const std::string_view said :
         {std::string_view{"你好"}, std::string_view{"2"}, std::string_view{"1"}, std::string_view{"2"},
          std::string_view{"3"}, std::string_view{"1"}, kStory, std::string_view{"1"}, std::string_view{"2"}}) {
        world.clock.advance(5s);
        const auto inbound = world.text(her, said);
        EXPECT_EQ(world.take(inbound), Kind::kTaken);
        EXPECT_EQ(world.take(inbound), Kind::kRepeat);
    }

    EXPECT_EQ(world.entries(world.only_case().id, core::CaseEntry::Kind::kSaid), std::vector{std::string{kStory}});
    EXPECT_EQ(world.news(her).size(), 9U);
}

TEST(I2_RepeatsOfAPetition, AreFoundAfterARestart) {
    World world;
    const auto inbound = world.text(phone(1), "你好");
    ASSERT_EQ(world.take(inbound), Kind::kTaken);

    world.reopen();

    EXPECT_EQ(world.take(inbound), Kind::kRepeat);
}

/// `1` then `1` is an honest answer to two questions, however soon.
TEST(I2_Digits, TheSameDigitTwiceIsTwoAnswers) {
    for (const bool stamped : {false, true}) {
        World world;
        const auto her = phone(1);
        for (const auto* said : {"你好", "2"}) world.says(her, said);
        auto one = world.text(her, "1");
        one.external_id.clear();
        if (stamped) one.stamped_at = world.clock.now();

        EXPECT_EQ(world.take(one), Kind::kTaken);
        EXPECT_EQ(world.take(one), Kind::kTaken);

        // Past "named" and past "marriage and family": the question for the place.
        EXPECT_TRUE(world.news(her).back().starts_with("第2步")) << "stamped: " << stamped;
    }
}

TEST(I2_Digits, ADigitIsARepeatByTheCarriersIdAlone) {
    World world;
    const auto her = phone(1);
    for (const auto* said : {"你好", "2"}) world.says(her, said);
    const auto one = world.text(her, "1");
    ASSERT_EQ(world.take(one), Kind::kTaken);

    EXPECT_EQ(world.take(one), Kind::kRepeat);

    EXPECT_TRUE(world.news(her).back().starts_with("第1步"));
}

TEST(I2_Danger, IsNeverDroppedForItsContent) {
    for (const auto* danger : {"9", "９", "九", "按9", "9。"}) {
        World world;
        const auto her = phone(1);
        auto call = world.text(her, danger);
        call.external_id.clear();
        call.stamped_at = world.clock.now();

        EXPECT_EQ(world.take(call), Kind::kTaken) << danger;
        EXPECT_EQ(world.take(call), Kind::kTaken) << danger;

        EXPECT_EQ(world.entries(world.only_case().id, core::CaseEntry::Kind::kSaid),
                  (std::vector<std::string>{danger, danger}));
        EXPECT_EQ(world.open_alerts().size(), 1U) << danger;
        EXPECT_EQ(world.news(her), (std::vector{words("safe.received"), words("safe.received")})) << danger;
    }
}

/// Short words without an id or a stamp may well be said twice.
TEST(I2_ShortTexts, UpToEightCharactersAreNeverARepeatByContent) {
    World world;
    const auto her = phone(1);
    auto shortly = world.text(her, "我要反映问题呀呀");
    shortly.external_id.clear();

    EXPECT_EQ(world.take(shortly), Kind::kTaken);
    EXPECT_EQ(world.take(shortly), Kind::kTaken);
}

/// Kannel gives the carrier's own repeat an id and a stamp of its own: only the content tells.
class I2_BehindARelay : public ::testing::Test {
  protected:
    I2_BehindARelay() {
        for (const auto* said : {"你好", "2"}) world_.says(her_, said);
    }
    Kind give(std::string_view said) {
        auto text = world_.text(her_, said);
        text.relayed = true;
        text.stamped_at = text.received_at = world_.clock.now();
        return world_.take(text);
    }
    World world_{};
    core::PhoneNumber her_ = phone(1);
};

TEST_F(I2_BehindARelay, ALongTextRepeatedByTheCarrierChangesNothing) {
    for (const auto* said : {"1", "2", "3", "1"}) give(said);
    ASSERT_EQ(give(kStory), Kind::kTaken);
    const auto before = world_.fingerprint();

    world_.clock.advance(60s);
    EXPECT_EQ(give(kStory), Kind::kRepeat);

    EXPECT_EQ(world_.fingerprint(), before);
    world_.clock.advance(1s);
    EXPECT_EQ(give(kStory), Kind::kTaken) << "after a minute she has said it twice";
}

TEST_F(I2_BehindARelay, ALongTextAfterAnotherIsNoRepeat) {
    for (const auto* said : {"1", "2", "3", "1"}) give(said);
    ASSERT_EQ(give(kStory), Kind::kTaken);
    ASSERT_EQ(give("去年找过村委会两回"), Kind::kTaken);

    EXPECT_EQ(give(kStory), Kind::kTaken);
}

TEST_F(I2_BehindARelay, ADigitIsTakenAsOftenAsItComes) {
    EXPECT_EQ(give("1"), Kind::kTaken);
    EXPECT_EQ(give("1"), Kind::kTaken);

    EXPECT_TRUE(world_.news(her_).back().starts_with("第2步"));
}

TEST_F(I2_BehindARelay, DangerIsTakenAsOftenAsItComes) {
    EXPECT_EQ(give("按9"), Kind::kTaken);
    EXPECT_EQ(give("按9"), Kind::kTaken);

    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

TEST_F(I2_BehindARelay, TheRelaysOwnRetryIsKnownByItsId) {
    auto one = world_.text(her_, "1");
    one.relayed = true;
    ASSERT_EQ(world_.take(one), Kind::kTaken);

    EXPECT_EQ(world_.take(one), Kind::kRepeat);
}

}  // namespace
}  // namespace harborline::gateway
