// Who is told how a matter stands, what joins which matter.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;
using testing::words;
using testing::World;
using Said = std::vector<std::string>;

class Pin_Test : public ::testing::Test {
  protected:
    Pin_Test() : matter_(world_.matter(world_.petition(her_))) {}

    /// Asks for a number from a phone: "5 12345678".
    Said ask(const core::PhoneNumber& from, const std::string& reference) {
        return world_.says(from, "5 " + reference);
    }
    std::string told_pin() {
        world_.says(her_, "密码");
        return world_.matter(matter_.id).pin;
    }
    bool tells_status(const Said& answer) {
        return answer.size() == 1 && answer.front().starts_with("编号" + matter_.reference) &&
               answer.front().find(world_.settings.unit) != std::string::npos;
    }
    /// A number with a right check digit that no matter has.
    std::string unused_reference() { return world_.ground->rules().references.of(core::CaseId{4'711}).value(); }

    World world_{};
    core::PhoneNumber her_ = phone(1);
    core::PhoneNumber other_ = phone(2);
    core::Case matter_;
};

TEST_F(Pin_Test, TheHandsetThatFiledItIsToldAtOnce) {
    EXPECT_TRUE(tells_status(ask(her_, matter_.reference)));
}

TEST_F(Pin_Test, AForeignHandsetIsAlwaysAskedForThePin) {
    EXPECT_EQ(ask(other_, matter_.reference), Said{words("status.pin")});
    EXPECT_EQ(ask(other_, unused_reference()), Said{words("status.pin")});
}

TEST_F(Pin_Test, TheRightPinTellsAForeignHandset) {
    const auto pin = told_pin();
    ASSERT_EQ(pin.size(), 4U);
    ask(other_, matter_.reference);

    EXPECT_TRUE(tells_status(world_.says(other_, pin)));
}

TEST_F(Pin_Test, NoPinGivenOutMeansNoPinIsRight) {
    ASSERT_TRUE(world_.matter(matter_.id).pin.empty());
    ask(other_, matter_.reference);

    EXPECT_EQ(world_.says(other_, "0000"), Said{words("status.none")});
}

TEST_F(Pin_Test, AWrongPinAndANumberOfNobodyAreTheSameAnswer) {
    const auto pin = told_pin();
    ask(other_, matter_.reference);
    const auto wrong = world_.says(other_, pin == "1234" ? "1235" : "1234");
    ask(other_, unused_reference());
    const auto nobodys = world_.says(other_, "1234");

    EXPECT_EQ(wrong, Said{words("status.none")});
    EXPECT_EQ(nobodys, wrong);
}

TEST_F(Pin_Test, AnAnonymousMatterNeedsItsPinOnItsOwnHandsetToo) {
    const auto anonymous = world_.matter(world_.petition(phone(3), "2", "2"));
    ASSERT_TRUE(anonymous.anonymous);

    EXPECT_EQ(ask(phone(3), anonymous.reference), Said{words("status.pin")});
    EXPECT_TRUE(world_.says(phone(3), anonymous.pin).front().starts_with("编号" + anonymous.reference));
}

TEST_F(Pin_Test, ASafetyMatterIsNeverConfirmed) {
    world_.says(phone(3), "9");
    const auto safety = world_.matter(world_.open_alerts().front().case_id);

    // In the safety flow every word is taken as hers; after a day the phone is anybody's.
    world_.pass(25h);
    EXPECT_EQ(ask(phone(3), safety.reference), Said{words("status.pin")});
    EXPECT_EQ(world_.says(phone(3), "1234"), Said{words("status.none")});

    EXPECT_FALSE(world_.entries(safety.id, core::CaseEntry::Kind::kLink).empty());
}

TEST_F(Pin_Test, FiveWrongTriesInAnHourSlowThatHandsetDown) {
    const auto pin = told_pin();
    const std::string wrong = pin == "1234" ? "1235" : "1234";
    for (int i = 0; i < 5; ++i) {
        ask(other_, matter_.reference);
        EXPECT_EQ(world_.says(other_, wrong), Said{words("status.none")});
    }

    // Not even the right one helps now, and the number is not even asked for its PIN.
    EXPECT_EQ(ask(other_, matter_.reference), Said{words("status.none")});
    EXPECT_EQ(world_.says(other_, "0"), Said{words("safe.how")});
    EXPECT_TRUE(tells_status(ask(her_, matter_.reference)));

    world_.pass(61min);
    world_.says(other_, "5");
    EXPECT_EQ(ask(other_, matter_.reference), Said{words("status.pin")});
    EXPECT_TRUE(tells_status(world_.says(other_, pin)));
}

TEST_F(Pin_Test, AMistypedNumberIsAWrongTry) {
    // The check digit no longer fits; another one each time, for the same words five times would be a machine's.
    std::string wrong = matter_.reference;
    for (int i = 0; i < 5; ++i) {
        wrong.back() = static_cast<char>('0' + (wrong.back() - '0' + 1) % 10);
        EXPECT_EQ(ask(her_, wrong), Said{words("status.none")});
    }

    EXPECT_EQ(ask(her_, matter_.reference), Said{words("status.none")});
}

TEST(SameMatter, OnAPrivatePhoneJoinsTheOneThatIsOpen) {
    World world;
    const auto her = phone(1);
    const auto first = world.petition(her);
    world.make_private(her);

    EXPECT_THROW(world.petition(her), std::logic_error);  // Nothing new was filed.

    EXPECT_EQ(world.cases().size(), 1U);
    EXPECT_EQ(world.entries(first, core::CaseEntry::Kind::kLink).size(), 1U);
    const auto said = world.entries(first, core::CaseEntry::Kind::kSaid);
    EXPECT_EQ(std::ranges::count(said, "村里把我家三亩地给了别人"), 2);
    EXPECT_TRUE(
        world.messages_to(her).back().text.ends_with(words("pet.duplicate", {{"ref", world.matter(first).reference}})));
}

TEST(SameMatter, HowSheMayBeReachedIsWhatSheSaidLast) {
    World world;
    const auto her = phone(1);
    const auto first = world.petition(her, "1");
    world.make_private(her);

    EXPECT_THROW(world.petition(her, "3"), std::logic_error);  // Nothing new was filed.

    EXPECT_EQ(world.matter(first).contact, core::ContactBack::kNone);
    EXPECT_EQ(world.entries(first, core::CaseEntry::Kind::kFact).back(), "she now says: contact=none");
    EXPECT_FALSE(world.in([&](storage::Transaction& tx) {
        const auto matter = *tx.cases().find(first);
        return world.ground->replies().reply_by_phone(tx, matter, matter.owner, {.text = "地还给您"},
                                                      world.clock.now());
    }));
}

TEST(SameMatter, WhoeverWantedNobodyToReachHerIsReachedOnAPersonsWordOnly) {
    World world;
    const auto her = phone(1);
    const auto first = world.petition(her, "3");
    world.make_private(her);

    EXPECT_THROW(world.petition(her, "2"), std::logic_error);

    EXPECT_EQ(world.matter(first).contact, core::ContactBack::kNone);
    EXPECT_EQ(world.entries(first, core::CaseEntry::Kind::kFact).back(),
              "she now says: contact=text; before: only she contacts us: decide with her");
}

TEST(SameMatter, OnASharedPhoneMayBeSomebodyElses) {
    World world;
    const auto phone_of_the_shop = phone(1);

    EXPECT_NE(world.petition(phone_of_the_shop), world.petition(phone_of_the_shop));

    EXPECT_EQ(world.cases().size(), 2U);
}

TEST(SameMatter, AfterNinetyDaysIsANewOne) {
    World world;
    const auto her = phone(1);
    const auto first = world.petition(her);
    world.make_private(her);
    world.clock.advance(91 * 24h);

    EXPECT_NE(world.petition(her), first);
}

TEST(AddToCase, AnOrdinaryTextAfterTheReceiptBelongsToTheMatter) {
    World world;
    const auto her = phone(1);
    const auto id = world.petition(her);

    EXPECT_EQ(world.says(her, "地在村东头"), Said{words("pet.added", {{"ref", world.matter(id).reference}})});

    EXPECT_EQ(world.entries(id, core::CaseEntry::Kind::kSaid).back(), "地在村东头");
}

TEST(AddToCase, NothingIsAddedToAClosedMatter) {
    World world;
    const auto her = phone(1);
    const auto id = world.petition(her);
    world.in([&](storage::Transaction& tx) {
        EXPECT_TRUE(world.ground->replies().close(tx, *tx.cases().find(id), tx.cases().find(id)->owner, "she moved",
                                                  world.clock.now()));
    });
    const auto before = world.entries(id).size();

    EXPECT_TRUE(world.says(her, "地在村东头").front().starts_with("您好"));

    EXPECT_EQ(world.entries(id).size(), before);
}

}  // namespace
}  // namespace harborline::gateway
