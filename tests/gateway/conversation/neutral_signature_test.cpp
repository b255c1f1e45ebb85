// A second, neutral name before texts to a phone that may be watched (domain rules 3.4, point 1).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/conversation/safe_contact.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using safety::Way;
using testing::kWang;
using testing::phone;
using testing::World;

constexpr std::string_view kNeutral = "【春风培训】";

config::Settings with_neutral_name() {
    auto settings = testing::shipped().settings;
    settings.channels.at(0).neutral_signature = kNeutral;
    return settings;
}

class NeutralSignature : public ::testing::Test {
  protected:
    void say(std::initializer_list<std::string_view> texts) {
        for (const auto text : texts) world_.says(her_, text);
    }
    bool last_is_neutral(const core::PhoneNumber& to) {
        return world_.messages_to(to).back().text.starts_with(kNeutral);
    }
    bool last_is_usual(const core::PhoneNumber& to) {
        return world_.messages_to(to).back().text.starts_with(world_.channel().signature);
    }
    void answers(core::CaseId id) {
        world_.in([&](storage::Transaction& tx) {
            const auto matter = *tx.cases().find(id);
            ASSERT_TRUE(world_.ground->replies().reply(tx, matter, matter.owner, "周三的课照常", world_.clock.now()));
        });
    }

    World world_{testing::shipped_roster(), with_neutral_name()};
    core::PhoneNumber her_ = phone(1);
};

TEST_F(NeutralSignature, BeginsWithTheFirstQuestionAndStays) {
    say({"你好"});
    EXPECT_TRUE(last_is_usual(her_));

    for (const auto* text : {"3", "1", "1", "2", "8x", "9", "在吗", "0", "3", "你好", "TD"}) {
        say({text});
        EXPECT_TRUE(last_is_neutral(her_)) << text;
    }
}

TEST_F(NeutralSignature, StandsBeforeTheHarmlessText) {
    say({"*0"});

    EXPECT_TRUE(last_is_neutral(her_));
    EXPECT_TRUE(world_.messages_to(her_).back().text.ends_with(testing::words("safe.cover")));
}

TEST_F(NeutralSignature, IsForNobodyElse) {
    say({"9"});
    world_.says(phone(2), "你好");
    world_.says(kWang, "收到");

    EXPECT_TRUE(last_is_usual(phone(2)));
    for (const auto& message : world_.messages_to(kWang))
        EXPECT_TRUE(message.text.starts_with(world_.channel().signature));
}

TEST_F(NeutralSignature, StandsBeforeEveryReplyToHer) {
    const auto petition = world_.petition(her_);
    answers(petition);
    EXPECT_TRUE(last_is_usual(her_));
    say({"9"});
    const auto handset = world_.handset(her_).id;
    world_.in([&](storage::Transaction& tx) { put_contact_plan(tx, handset, {.way = Way::kText}); });

    for (const auto& matter : world_.cases()) {
        answers(matter.id);
        EXPECT_TRUE(last_is_neutral(her_));
    }
}

TEST_F(NeutralSignature, EndsWithTheMatter) {
    say({"9"});
    const auto handset = world_.handset(her_).id;
    world_.in([&](storage::Transaction& tx) {
        const auto matter = *tx.cases().latest_open_of(handset, core::CaseKind::kSafety);
        ASSERT_TRUE(world_.ground->replies().close(tx, matter, matter.owner, "seen in person", world_.clock.now()));
    });
    world_.pass(25h);

    say({"0"});

    EXPECT_TRUE(last_is_usual(her_));
}

}  // namespace
}  // namespace harborline::gateway
