// The staff line: a caseworker calls, keys her PIN, hears her matters, takes one, records the answer.
#include <gtest/gtest.h>

#include <string>

#include "gateway/conversation/line_pin.hpp"
#include "handlers/render/voice.hpp"
#include "tests/support/caller.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::Caller;
using testing::phone;
using testing::World;

constexpr std::string_view kPin = "271828";

class StaffLine : public ::testing::Test {
  protected:
    void give_pin(core::StaffId staff) {
        const storage::LinePin pin{.hash = hash_line_pin(kPin, *world_.random)};
        world_.in([&](storage::Transaction& tx) { tx.staff().put_line_pin(staff, pin); });
    }
    core::PhoneNumber phone_of(core::StaffId staff) {
        return world_.in([&](storage::Transaction& tx) { return tx.staff().find(staff)->phone; });
    }
    /// The owner of a matter, with a PIN, who has just called.
    Caller owner_calls(const core::Case& matter) {
        give_pin(matter.owner);
        Caller caller{world_, phone_of(matter.owner)};
        caller.dial();
        return caller;
    }
    std::string said_of(const core::Case& matter, std::string_view level = "level.none") {
        const flow::Say say{.key = "staff.case",
                            .values = {{"ref", matter.reference}, {"level", testing::words(level)}}};
        return render::render_voice(testing::shipped().book.catalogue, "zh-CN", {say}).front().words;
    }

    World world_{testing::shipped_roster(), testing::settings_with_voice()};
};

TEST_F(StaffLine, AsksAStaffPhoneWithAPinForIt) {
    const auto matter = world_.matter(world_.petition(phone(1)));

    EXPECT_TRUE(owner_calls(matter).hears("staff.pin"));
}

TEST_F(StaffLine, IsNotThereForOthersNorWithoutAPin) {
    const auto matter = world_.matter(world_.petition(phone(1)));
    Caller owner{world_, phone_of(matter.owner)};
    Caller stranger{world_, phone(2)};

    owner.dial();
    stranger.dial();

    EXPECT_FALSE(owner.hears("staff.pin"));
    EXPECT_EQ(owner.words(), stranger.words());
}

TEST_F(StaffLine, StarOrSilenceInPlaceOfThePinLeadToTheMenu) {
    const auto matter = world_.matter(world_.petition(phone(1)));
    Caller stranger{world_, phone(2)};
    stranger.dial();
    for (const std::string_view keyed : {"*", ""}) {
        auto caller = owner_calls(matter);

        caller.keys(keyed);

        EXPECT_EQ(caller.words(), stranger.words());
        caller.hangs_up();
    }
}

TEST_F(StaffLine, TellsHerMattersOneAfterTheOther) {
    const auto first = world_.matter(world_.petition(phone(1)));
    const auto second = world_.matter(world_.petition(phone(2)));
    ASSERT_EQ(first.owner, second.owner);
    auto caller = owner_calls(first);

    caller.keys(kPin);
    EXPECT_NE(caller.words().front().find('2'), std::string::npos);
    caller.keys("1");
    EXPECT_EQ(caller.words().front(), said_of(first));
    caller.keys("8");
    EXPECT_EQ(caller.words().front(), said_of(first));
    caller.keys("2");
    EXPECT_EQ(caller.words().front(), said_of(second));
    caller.keys("2");
    EXPECT_TRUE(caller.hears("staff.over"));
}

TEST_F(StaffLine, WithoutMattersSaysSo) {
    const auto li = world_.staff("li");
    give_pin(li);
    Caller caller{world_, phone_of(li)};
    caller.dial();

    caller.keys(kPin);

    EXPECT_TRUE(caller.hears("staff.none"));
}

TEST_F(StaffLine, WhatSheRecordsIsPlayedToHerAndBecomesTheReply) {
    const auto matter = world_.matter(world_.petition(phone(1), "1"));
    auto caller = owner_calls(matter);
    caller.keys(kPin);
    caller.keys("1");

    caller.keys("1");
    EXPECT_TRUE(caller.hears("staff.answer"));
    EXPECT_TRUE(caller.is_left_with<core::Record>());
    EXPECT_EQ(world_.matter(matter.id).status, core::CaseStatus::kAccepted);
    caller.records("an-answer");
    EXPECT_EQ(caller.answer().sounds.front().recording, "an-answer");
    EXPECT_TRUE(world_.entries(matter.id, core::CaseEntry::Kind::kReply).empty());
    caller.keys("1");

    EXPECT_TRUE(caller.hears("staff.done"));
    const auto answered = world_.matter(matter.id);
    EXPECT_EQ(answered.status, core::CaseStatus::kReplied);
    const auto replies = world_.entries(matter.id, core::CaseEntry::Kind::kReply);
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_NE(replies.front().find("an-answer"), std::string::npos);
    world_.in([&](storage::Transaction& tx) {
        EXPECT_EQ(tx.recordings().find("an-answer")->case_id, matter.id);
        const auto call = tx.outbox().find(answered.reply);
        ASSERT_TRUE(call);
        EXPECT_EQ(call->channel, "voice");
        EXPECT_EQ(core::decode_call_answer(call->text).value().sounds.back().recording, "an-answer");
    });
}

TEST_F(StaffLine, AnAnswerToWhoDidNotAskToBeCalledIsKeptAndCallsNobody) {
    for (const std::string_view contact : {"2", "3"}) {
        const auto matter = world_.matter(world_.petition(phone(contact == "2" ? 1 : 2), contact));
        auto caller = owner_calls(matter);
        caller.keys(kPin);
        caller.keys("1");
        for (int more = 0; more < 2 && caller.words().front() != said_of(matter); ++more) caller.keys("2");
        caller.keys("1");
        const auto name = "answer-" + std::string{contact};
        caller.records(name);

        caller.keys("1");

        EXPECT_TRUE(caller.hears("staff.kept"));
        EXPECT_FALSE(world_.matter(matter.id).reply);
        EXPECT_EQ(world_.entries(matter.id, core::CaseEntry::Kind::kReply).size(), 1U);
        caller.hangs_up();
    }
}

TEST_F(StaffLine, AnAnswerThatSheHasNotConfirmedIsNoReply) {
    const auto matter = world_.matter(world_.petition(phone(1), "1"));
    auto caller = owner_calls(matter);
    for (const std::string_view keyed : {kPin, std::string_view{"1"}, std::string_view{"1"}}) caller.keys(keyed);
    caller.records("half-an-answer");

    caller.hangs_up();

    EXPECT_TRUE(world_.entries(matter.id, core::CaseEntry::Kind::kReply).empty());
    EXPECT_EQ(world_.matter(matter.id).status, core::CaseStatus::kAccepted);
}

TEST_F(StaffLine, ASafetyMatterIsTakenThereAndAnsweredElsewhere) {
    world_.says(phone(3), "9");
    const auto alert = world_.open_alerts().front();
    const auto matter = world_.matter(alert.case_id);
    auto caller = owner_calls(matter);
    caller.keys(kPin);
    caller.keys("1");
    EXPECT_EQ(caller.words().front(), said_of(matter, "level.red"));

    caller.keys("1");

    EXPECT_TRUE(caller.hears("staff.taken"));
    EXPECT_TRUE(world_.open_alerts().empty());
}

TEST_F(StaffLine, ThreeMissesLockItForAnHour) {
    const auto matter = world_.matter(world_.petition(phone(1)));
    auto caller = owner_calls(matter);
    for (int miss = 0; miss < 3; ++miss) {
        caller.keys("314159");
        EXPECT_TRUE(caller.hears("staff.wrong"));
    }

    caller.keys(kPin);
    EXPECT_TRUE(caller.hears("staff.wrong"));
    caller.hangs_up();
    caller.dial();
    EXPECT_FALSE(caller.hears("staff.pin"));
    caller.hangs_up();

    world_.clock.advance(61min);
    caller.dial();
    caller.keys(kPin);
    EXPECT_NE(caller.words().front().find('1'), std::string::npos);
    EXPECT_FALSE(caller.hears("staff.wrong"));
}

TEST_F(StaffLine, OneRightTryForgivesTheMisses) {
    const auto matter = world_.matter(world_.petition(phone(1)));
    auto caller = owner_calls(matter);
    for (int call = 0; call < 3; ++call) {
        for (int miss = 0; miss < 2; ++miss) caller.keys("314159");

        caller.keys(kPin);

        EXPECT_FALSE(caller.hears("staff.wrong"));
        caller.hangs_up();
        caller.dial();
        EXPECT_TRUE(caller.hears("staff.pin"));
    }
}

TEST_F(StaffLine, ItsPinIsKeptNowhere) {
    const auto matter = world_.matter(world_.petition(phone(1)));
    auto caller = owner_calls(matter);

    caller.keys(kPin);

    EXPECT_EQ(world_.turns().back().text, "");
    EXPECT_EQ(world_.fingerprint().find(kPin), std::string::npos);
}

TEST_F(StaffLine, NobodyGoesOnThereLaterOrByText) {
    const auto matter = world_.matter(world_.petition(phone(1)));
    auto caller = owner_calls(matter);
    caller.keys(kPin);
    caller.keys("1");

    // The end of the call was never told.
    EXPECT_TRUE(world_.says(phone_of(matter.owner), "你好").front().starts_with("您好"));
    caller.dial();
    EXPECT_TRUE(caller.hears("staff.pin"));
    EXPECT_EQ(world_.matter(matter.id).status, core::CaseStatus::kRegistered);
}

TEST_F(StaffLine, ForgetsThePinOfWhoeverLeavesTheStaff) {
    const auto matter = world_.matter(world_.petition(phone(1)));
    give_pin(matter.owner);
    const auto whole = testing::shipped_roster();
    auto without = whole;
    const auto key = world_.in([&](storage::Transaction& tx) { return tx.staff().find(matter.owner)->key; });
    for (auto& member : without.staff)
        if (member.key == key) member.active = false;
    std::erase_if(without.shifts, [&](const core::Shift& shift) {
        return without.staff.at(static_cast<std::size_t>(shift.staff.value) - 1).key == key;
    });

    world_.in([&](storage::Transaction& tx) { tx.staff().replace(without, world_.clock.now()); });
    world_.in([&](storage::Transaction& tx) { tx.staff().replace(whole, world_.clock.now()); });

    EXPECT_FALSE(world_.in([&](storage::Transaction& tx) { return tx.staff().line_pin(matter.owner).has_value(); }));
}

}  // namespace
}  // namespace harborline::gateway
