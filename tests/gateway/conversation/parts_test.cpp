// Texts that come in parts: joined by the right reference, in any order, and never lost.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::phone;
using testing::World;
using Kind = TurnOutcome::Kind;
using Said = std::vector<std::string>;

class Parts_Test : public ::testing::Test {
  protected:
    // What she writes after her receipt belongs to her matter, so that it shows what became of the parts.
    Parts_Test() : matter_(world_.petition(her_)) { world_.news(her_); }

    core::Inbound part(int index, int total, std::string bytes, std::uint16_t reference = 7) {
        auto made = world_.text(her_, "");
        made.fragment = core::Fragment{.reference = reference,
                                       .total = static_cast<std::uint8_t>(total),
                                       .index = static_cast<std::uint8_t>(index),
                                       .bytes = std::move(bytes),
                                       .charset = "UTF-8"};
        return made;
    }
    Kind give(core::Inbound one) {
        one.received_at = world_.clock.now();
        return world_.take(one);
    }
    /// Her words since the petition itself.
    Said said() {
        auto all = world_.entries(matter_, core::CaseEntry::Kind::kSaid);
        all.erase(all.begin());
        return all;
    }

    World world_{};
    core::PhoneNumber her_ = phone(1);
    core::CaseId matter_;
};

TEST_F(Parts_Test, AreJoinedOutOfOrder) {
    EXPECT_EQ(give(part(3, 3, "丙")), Kind::kPart);
    EXPECT_EQ(give(part(1, 3, "甲")), Kind::kPart);
    EXPECT_TRUE(said().empty());

    EXPECT_EQ(give(part(2, 3, "乙")), Kind::kTaken);

    EXPECT_EQ(said(), Said{"甲乙丙"});
    EXPECT_EQ(world_.news(her_).size(), 1U);
}

TEST_F(Parts_Test, AnEmojiCutInTheMiddleIsWholeAgain) {
    const std::string first = "\x57\x30\xD8\x3D"s;   // 地 and the first half of 😀 in UTF-16BE.
    const std::string second = "\xDE\x00\x4E\x1C"s;  // Its second half and 东.
    auto one = part(1, 2, first);
    auto two = part(2, 2, second);
    one.fragment->charset = two.fragment->charset = "UTF-16BE";

    give(two);
    give(one);

    EXPECT_EQ(said(), Said{"地😀东"});
}

TEST_F(Parts_Test, OfAnotherReferenceOrTotalOrPhoneAreAnothersText) {
    auto of_another = part(2, 2, "乙");
    of_another.from = phone(2);
    auto wide = part(2, 2, "乙");
    wide.fragment->wide_reference = true;

    EXPECT_EQ(give(part(1, 2, "甲", 7)), Kind::kPart);
    EXPECT_EQ(give(part(2, 2, "乙", 8)), Kind::kPart);
    EXPECT_EQ(give(part(2, 3, "乙", 7)), Kind::kPart);
    EXPECT_EQ(give(wide), Kind::kPart);
    EXPECT_EQ(give(of_another), Kind::kPart);

    EXPECT_TRUE(said().empty());
}

TEST_F(Parts_Test, ALatePartIsWaitedForTwoMinutes) {
    give(part(1, 2, "甲"));
    world_.pass(119s);
    EXPECT_TRUE(said().empty());

    EXPECT_EQ(give(part(2, 2, "乙")), Kind::kTaken);

    EXPECT_EQ(said(), Said{"甲乙"});
    world_.pass(10min);
    EXPECT_EQ(said(), Said{"甲乙"});
}

TEST_F(Parts_Test, WhatIsThereIsTakenWhenAPartNeverComes) {
    give(part(1, 3, "甲"));
    give(part(3, 3, "丙"));

    world_.pass(122s);

    EXPECT_EQ(said(), Said{"甲…丙"});
    EXPECT_EQ(world_.news(her_).size(), 1U);
}

TEST_F(Parts_Test, APartThatComesAfterAllIsTakenToo) {
    give(part(1, 2, "甲"));
    world_.pass(122s);

    give(part(2, 2, "乙"));
    world_.pass(122s);

    EXPECT_EQ(said(), (Said{"甲…", "…乙"}));
}

TEST_F(Parts_Test, AreReleasedThoughTheServiceStoppedMeanwhile) {
    give(part(1, 2, "甲"));
    world_.reopen();
    world_.clock.advance(1h);

    world_.pass(1s);

    EXPECT_EQ(said(), Said{"甲…"});
}

TEST_F(Parts_Test, I2_ARepeatedPartChangesNothing) {
    const auto first = part(1, 2, "甲");
    auto without_id = part(2, 3, "乙", 9);
    without_id.external_id.clear();
    give(first);
    give(without_id);
    const auto before = world_.fingerprint();

    world_.clock.advance(3s);
    EXPECT_EQ(give(first), Kind::kRepeat);
    EXPECT_EQ(give(without_id), Kind::kRepeat);

    EXPECT_EQ(world_.fingerprint(), before);
    give(part(2, 2, "乙"));
    EXPECT_EQ(give(first), Kind::kRepeat);
    EXPECT_EQ(said(), Said{"甲乙"});
}

/// A carrier whose acknowledgement was lost sends a part again, and the relay between us gives it another id.
TEST_F(Parts_Test, I2_APartThatIsRepeatedAfterItsTextWasTakenChangesNothing) {
    for (const bool all_of_them : {false, true}) {
        const std::string first = all_of_them ? "甲" : "子";
        const auto reference = static_cast<std::uint16_t>(all_of_them ? 8 : 7);
        give(part(1, 2, first, reference));
        ASSERT_EQ(give(part(2, 2, "乙", reference)), Kind::kTaken);
        const auto before = said();

        world_.clock.advance(59s);
        if (all_of_them) {
            EXPECT_EQ(give(part(1, 2, first, reference)), Kind::kRepeat);
        }
        EXPECT_EQ(give(part(2, 2, "乙", reference)), Kind::kRepeat);

        world_.pass(10min);
        EXPECT_EQ(said(), before);
    }
}

TEST_F(Parts_Test, TheSameTextUnderTheSameReferenceAMinuteLaterIsAnotherText) {
    give(part(1, 2, "甲"));
    give(part(2, 2, "乙"));
    world_.clock.advance(61s);

    give(part(1, 2, "甲"));
    EXPECT_EQ(give(part(2, 2, "乙")), Kind::kTaken);

    EXPECT_EQ(said(), (Said{"甲乙", "甲乙"}));
}

TEST_F(Parts_Test, AReferenceUsedAgainAtOnceIsAnotherText) {
    give(part(1, 2, "甲"));
    give(part(2, 2, "乙"));

    give(part(1, 2, "子"));
    EXPECT_EQ(give(part(2, 2, "丑")), Kind::kTaken);

    world_.pass(10min);
    EXPECT_EQ(said(), (Said{"甲乙", "子丑"}));
}

TEST_F(Parts_Test, AreForgottenOnceARepeatIsNoLongerDue) {
    give(part(1, 2, "甲"));
    world_.clock.advance(119s);
    give(part(2, 2, "乙"));

    world_.pass(62s);

    const auto again = part(2, 2, "乙");
    const auto handset =
        world_.in([&](storage::Transaction& tx) { return tx.handsets().find_or_add(her_, again.received_at); });
    EXPECT_FALSE(world_.in([&](storage::Transaction& tx) { return tx.fragments().is_settled(again, handset.id, {}); }));
}

TEST_F(Parts_Test, WaitAsLongAsTheOperatorSays) {
    world_.settings.conversation.parts_wait = 10s;
    world_.reopen();
    give(part(1, 2, "甲"));
    world_.pass(9s);
    EXPECT_TRUE(said().empty());

    world_.pass(3s);

    EXPECT_EQ(said(), Said{"甲…"});
}

TEST_F(Parts_Test, AReferenceUsedAgainLosesNothingOfTheTextBefore) {
    give(part(1, 2, "甲"));
    world_.clock.advance(60s);

    give(part(1, 2, "子"));
    give(part(2, 2, "丑"));
    world_.pass(10min);

    EXPECT_EQ(said(), (Said{"甲…", "子丑"}));
}

}  // namespace
}  // namespace harborline::gateway
