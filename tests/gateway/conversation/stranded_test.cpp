// I13: no bug of ours loses a text; and I5: not even a turn that throws silences danger.
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

constexpr std::string_view kStrandedText = "有一件说不出口的事";

class I13_Stranded : public ::testing::Test {
  protected:
    I13_Stranded() {
        world_.reopen(failing_);
        for (const auto* said : {"你好", "7"}) world_.says(her_, said);
        world_.clock.advance(5s);
        text_ = world_.text(her_, kStrandedText);
    }
    bool retry(core::StrandedId id) {
        return world_.in(
            [&](storage::Transaction& tx) { return world_.ground->taker().retry(tx, id, world_.clock.now()); });
    }

    const flow::Book failing_ = testing::book_that_does("fail");
    const flow::Book mended_ = testing::book_that_does("open_task");
    World world_{};
    core::PhoneNumber her_ = phone(1);
    core::Inbound text_{};
};

TEST_F(I13_Stranded, ATurnThatThrowsKeepsItsTextTellsTheAdministratorAndAnswers) {
    EXPECT_THROW(world_.take(text_), std::runtime_error);

    world_.give(text_);

    ASSERT_EQ(world_.stranded().size(), 1U);
    EXPECT_EQ(world_.stranded().front().inbound.text, kStrandedText);
    EXPECT_EQ(world_.stranded().front().inbound.from, her_);
    EXPECT_EQ(world_.stranded().front().error.find(kStrandedText), std::string::npos);
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.stranded")});
    EXPECT_EQ(world_.news(her_), Said{words("err.busy")});
    EXPECT_TRUE(world_.cases().empty());
}

TEST_F(I13_Stranded, ACarriersRepeatChangesNothing) {
    world_.give(text_);
    const auto before = world_.fingerprint();

    EXPECT_EQ(world_.take(text_), Kind::kRepeat);
    world_.in([&](storage::Transaction& tx) { world_.ground->taker().strand(tx, text_, "once more"); });

    EXPECT_EQ(world_.fingerprint(), before);
}

TEST_F(I13_Stranded, WhileTheFlowIsBrokenARetryLeavesItStranded) {
    world_.give(text_);
    const auto before = world_.fingerprint();

    EXPECT_THROW(retry(world_.stranded().front().id), std::runtime_error);

    EXPECT_EQ(world_.fingerprint(), before);
}

TEST_F(I13_Stranded, OnceMendedARetryCompletesItExactlyOnce) {
    world_.give(text_);
    world_.news(her_);
    const auto id = world_.stranded().front().id;
    world_.reopen(mended_);
    world_.clock.advance(2h);

    EXPECT_TRUE(retry(id));

    EXPECT_EQ(world_.only_case().kind, core::CaseKind::kTask);
    EXPECT_TRUE(world_.stranded().empty());
    EXPECT_EQ(world_.news(her_), Said{words("person.none")});

    const auto before = world_.fingerprint();
    EXPECT_FALSE(retry(id));
    EXPECT_EQ(world_.take(text_), Kind::kRepeat);
    EXPECT_EQ(world_.fingerprint(), before);
}

TEST_F(I13_Stranded, ATextInPartsIsStrandedWholeAndCompletedOnce) {
    const auto part = [&](int index, std::string bytes) {
        auto made = world_.text(her_, "");
        made.fragment = core::Fragment{.reference = 3,
                                       .total = 2,
                                       .index = static_cast<std::uint8_t>(index),
                                       .bytes = std::move(bytes),
                                       .charset = "UTF-8"};
        return made;
    };
    const auto last = part(2, "口的事");
    world_.give(part(1, "有一件说不出"));
    world_.give(last);

    ASSERT_EQ(world_.stranded().size(), 1U);
    EXPECT_EQ(world_.stranded().front().inbound.text, kStrandedText);
    EXPECT_EQ(world_.take(last), Kind::kRepeat);
    world_.pass(10min);
    EXPECT_EQ(world_.stranded().size(), 1U);

    world_.reopen(mended_);
    EXPECT_TRUE(retry(world_.stranded().front().id));
    EXPECT_EQ(world_.cases().size(), 1U);
    world_.pass(10min);
    EXPECT_EQ(world_.cases().size(), 1U);
}

TEST_F(I13_Stranded, ATextFromAChannelThatIsGoneIsKept) {
    text_.channel = "gone";

    world_.give(text_);

    EXPECT_EQ(world_.stranded().size(), 1U);
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.stranded")});
}

/// 9 means danger in every flow, whatever breaks on the way.
class I5_DangerThatThrows : public ::testing::Test {
  protected:
    void expect_alert_and_no_other_word(const core::PhoneNumber& her, const Said& answer, std::string_view only) {
        ASSERT_EQ(world_.open_alerts().size(), 1U);
        const auto matter = world_.matter(world_.open_alerts().front().case_id);
        EXPECT_EQ(matter.petitioner, world_.handset(her).id);
        EXPECT_EQ(matter.level, core::Level::kRed);
        EXPECT_EQ(world_.news(kWang), Said{words("cw.red", {{"code", "1"}})});
        EXPECT_EQ(answer, Said{words(only)});
        EXPECT_EQ(world_.stranded().size(), 1U);
    }

    World world_{};
    core::PhoneNumber her_ = phone(1);
};

TEST_F(I5_DangerThatThrows, StillRaisesItsAlertAndIsAnsweredReceivedOnly) {
    const auto book = testing::book_where("safety.toml", "\"raise_alert\"", "\"fail\"");
    for (const auto* danger : {"9", "９", "按九"}) {
        SCOPED_TRACE(danger);
        World fresh;
        fresh.reopen(book);

        EXPECT_EQ(fresh.says(her_, danger), Said{words("safe.received")});

        EXPECT_EQ(fresh.open_alerts().size(), 1U);
        EXPECT_EQ(fresh.stranded().size(), 1U);
    }
    world_.reopen(book);
    const auto answer = world_.says(her_, "9");
    expect_alert_and_no_other_word(her_, answer, "safe.received");
}

TEST_F(I5_DangerThatThrows, InTheMiddleOfAFlowWhoseOwnDeedFails) {
    const auto book = testing::book_where("petition.toml", "\"open_case\"", "\"fail\"");
    world_.reopen(book);
    for (const auto* said : {"你好", "2", "1", "2", "3", "1", "他们把地给了别人"}) world_.says(her_, said);

    const auto answer = world_.says(her_, "9");

    expect_alert_and_no_other_word(her_, answer, "safe.received");
}

TEST_F(I5_DangerThatThrows, TheCovertCallLooksHarmlessAllTheSame) {
    const auto book = testing::book_where("safety.toml", "\"raise_alert\"", "\"fail\"");
    world_.reopen(book);

    const auto answer = world_.says(her_, "*0");

    expect_alert_and_no_other_word(her_, answer, "safe.cover");
}

TEST_F(I5_DangerThatThrows, TheCovertCallInTwoTextsToo) {
    const auto book = testing::book_where("safety.toml", "\"raise_alert\"", "\"fail\"");
    world_.reopen(book);
    world_.says(her_, "*");

    const auto answer = world_.says(her_, "0");

    expect_alert_and_no_other_word(her_, answer, "safe.cover");
}

TEST_F(I5_DangerThatThrows, AfterACovertCallNoBusyWordBetraysHer) {
    const auto book = testing::book_where("safety.toml", "\"add_to_case\"", "\"fail\"");
    world_.reopen(book);
    world_.says(her_, "*0");

    EXPECT_EQ(world_.says(her_, "他回来了"), Said{words("safe.cover")});

    EXPECT_EQ(world_.stranded().size(), 1U);
}

TEST(I5_DangerWithoutAnybody, IsKeptAndAnsweredAndRaisedOnceThereIsARoster) {
    World world{core::Roster{}};
    const auto her = phone(1);

    EXPECT_EQ(world.says(her, "9"), Said{words("safe.received")});
    ASSERT_EQ(world.stranded().size(), 1U);

    world.in([&](storage::Transaction& tx) { tx.staff().replace(testing::shipped_roster(), world.clock.now()); });
    const auto id = world.stranded().front().id;
    world.in([&](storage::Transaction& tx) { world.ground->taker().retry(tx, id, world.clock.now()); });

    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_EQ(world.news(kWang), Said{words("cw.red", {{"code", "1"}})});
}

}  // namespace
}  // namespace harborline::gateway
