// Who is answered: machines, service numbers, those who want no texts, and staff who answer a page.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::kAdmin;
using testing::kWang;
using testing::phone;
using testing::words;
using testing::World;
using Kind = TurnOutcome::Kind;
using Said = std::vector<std::string>;

TEST(ServiceSenders, WithoutANumberAreKeptAndNeverAnswered) {
    World world;
    auto text = world.text({}, "您的验证码是示例");

    EXPECT_EQ(world.take(text), Kind::kTaken);
    EXPECT_EQ(world.take(text), Kind::kRepeat);

    ASSERT_EQ(world.turns().size(), 1U);
    EXPECT_EQ(world.turns().front().text, "您的验证码是示例");
    EXPECT_FALSE(world.turns().front().handset);
    EXPECT_EQ(world.in([](storage::Transaction& tx) { return tx.outbox().count_waiting(); }), 0U);
}

TEST(ServiceSenders, PortsNeverGetAReply) {
    World world;
    for (const auto* port : {"10690001234", "95588", "12306"}) {
        const auto from = core::PhoneNumber::parse(port, "86").value();
        ASSERT_FALSE(from.is_subscriber()) << port;

        EXPECT_EQ(world.says(from, "尊敬的客户，您好"), Said{}) << port;
        EXPECT_EQ(world.says(from, "9"), Said{}) << port;
    }
    EXPECT_EQ(world.turns().size(), 6U);
}

TEST(Machines, AutomaticTextsAreBoundedByTheHour) {
    World world;
    const auto it = phone(1);
    for (int i = 0; i < 24; ++i) world.says(it, "第" + std::to_string(i) + "条没有意义的话");
    const auto sent = world.messages_to(it);
    EXPECT_EQ(std::ranges::count(sent, core::MessageClass::kAutomatic, &core::Message::kind), 6);

    world.pass(61min);
    for (int i = 0; i < 4; ++i) world.says(it, "再过" + std::to_string(i) + "条没有意义的话");
    const auto later = world.messages_to(it);
    EXPECT_GT(std::ranges::count(later, core::MessageClass::kAutomatic, &core::Message::kind), 6);

    for (int i = 0; i < 24; ++i) world.says(it, "又是" + std::to_string(i) + "条没有意义的话");
    EXPECT_EQ(world.says(it, "9"), Said{words("safe.received")});
}

TEST(Machines, InstantAnswersStopReplies) {
    World world;
    const auto it = phone(1);
    for (int i = 0; i < 8; ++i) {
        world.clock.advance(200ms);
        world.give(world.text(it, "自动回复" + std::to_string(i)));
    }
    const auto answered = world.news(it).size();
    EXPECT_LE(answered, 6U);

    EXPECT_EQ(world.says(it, "你好"), Said{});
    EXPECT_EQ(std::ranges::count(world.news(kAdmin), words("adm.machine_answers")), 1);
    EXPECT_EQ(world.says(it, "9"), Said{words("safe.received")});
}

TEST(OptOut, IsHeardInTheMiddleOfAConversationAndBack) {
    World world;
    const auto her = phone(1);
    for (const auto* said : {"你好", "2"}) world.says(her, said);

    EXPECT_EQ(world.says(her, "TD"), Said{words("opt.out")});
    EXPECT_EQ(world.handset(her).opt_out, storage::OptOut::kNotices);
    EXPECT_TRUE(world.says(her, "1").front().starts_with("第1步"));

    EXPECT_EQ(world.says(her, "全部停"), Said{words("opt.out.all")});
    EXPECT_EQ(world.handset(her).opt_out, storage::OptOut::kEverything);

    EXPECT_EQ(world.says(her, "KT"), Said{words("opt.in.ok")});
    EXPECT_EQ(world.handset(her).opt_out, storage::OptOut::kNone);
}

TEST(StaffPhones, DangerComesBeforeDuty) {
    World world;
    world.petition(phone(1));
    ASSERT_EQ(world.pages_of("wang").size(), 1U);
    world.news(kWang);

    const auto answer = world.says(kWang, "9");

    EXPECT_EQ(std::ranges::count(answer, words("safe.received")), 1);
    ASSERT_EQ(world.open_alerts().size(), 1U);
    EXPECT_EQ(world.matter(world.open_alerts().front().case_id).petitioner, world.handset(kWang).id);
}

TEST(StaffPhones, ADigitGoesToTheFlowWhenNoPageIsOpen) {
    World world;
    world.says(kWang, "你好");

    EXPECT_EQ(world.says(kWang, "2"), Said{words("pet.start")});
    EXPECT_TRUE(world.says(kWang, "1").front().starts_with("第1步"));
}

TEST(StaffPhones, AnAnswerToAPageGoesToDutyThoughAFlowIsWaiting) {
    World world;
    for (const auto* said : {"你好", "2"}) world.says(kWang, said);
    const auto matter = world.petition(phone(1));
    world.news(kWang);

    EXPECT_EQ(world.says(kWang, "1"), Said{words("cw.taken", {{"code", "1"}})});

    EXPECT_EQ(world.matter(matter).owner, world.staff("wang"));
    EXPECT_TRUE(world.says(kWang, "1").front().starts_with("第1步"));
}

TEST(StaffPhones, TheSameWordTakesEveryPageAndIsAnswered) {
    World world;
    for (int page = 1; page <= 7; ++page) {
        world.petition(phone(page));
        world.news(kWang);
        EXPECT_EQ(world.says(kWang, "收到"), Said{words("cw.taken", {{"code", "1"}})}) << page;
        world.pass(24h);  // The code is free again.
    }
    EXPECT_EQ(world.events("machine_answers"), 0);
}

TEST(StaffPhones, AMachineThatSaysTheWordIsAnsweredNoMoreOnceItSettlesNothing) {
    World world;
    world.petition(phone(1));
    world.news(kWang);
    std::size_t answered = 0;
    for (int said = 0; said < 12; ++said) answered += world.says(kWang, "收到").size();
    EXPECT_LE(answered, 6U);

    world.petition(phone(2));
    world.pass(10min);
    world.news(kWang);
    EXPECT_EQ(world.says(kWang, "接2"), Said{words("cw.taken", {{"code", "2"}})}) << "she has to know";
}

TEST(StaffPhones, WithTwoPagesOpenABareAnswerChangesNothing) {
    World world;
    const auto first = world.petition(phone(1));
    const auto second = world.petition(phone(2));
    world.pass(10min);  // The second is told in the next text.
    world.news(kWang);

    EXPECT_EQ(world.says(kWang, "1"), Said{words("cw.open", {{"codes", "1 2"}})});
    EXPECT_EQ(world.matter(first).status, core::CaseStatus::kRegistered);
    EXPECT_EQ(world.matter(second).status, core::CaseStatus::kRegistered);

    EXPECT_EQ(world.says(kWang, "接2"), Said{words("cw.taken", {{"code", "2"}})});
    EXPECT_EQ(world.matter(second).owner, world.staff("wang"));
    EXPECT_NE(world.matter(first).owner, world.staff("wang"));
}

TEST(StaffPhones, APageHoldsACodeAndALevelAndNothingElse) {
    World world;
    world.petition(phone(1));
    world.says(phone(2), "9");
    const auto matters = world.cases();

    for (const auto& page : world.news(kWang)) {
        for (const auto& matter : matters) EXPECT_EQ(page.find(matter.reference), std::string::npos);
        EXPECT_EQ(page.find("三亩地"), std::string::npos);
        EXPECT_EQ(page.find("1990000"), std::string::npos);
    }
}

}  // namespace
}  // namespace harborline::gateway
