// Owners, pages, ladders: I3 and I10 over the real store.
#include "gateway/conversation/duty_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::kAdmin;
using testing::kLi;
using testing::kSun;
using testing::kWang;
using testing::kZhao;
using testing::phone;
using testing::words;
using testing::World;
using Said = std::vector<std::string>;

core::Roster without(std::initializer_list<core::Role> roles) {
    auto roster = testing::shipped_roster();
    std::erase_if(roster.shifts,
                  [&](const core::Shift& shift) { return std::ranges::find(roles, shift.role) != roles.end(); });
    return roster;
}

Said red(std::string_view code = "1") {
    return {words("cw.red", {{"code", std::string{code}}})};
}

/// 件件有着落: after whatever caseworkers and the roster do.
class I3_ExactlyOneOwner : public ::testing::TestWithParam<int> {
  protected:
    int draw(int below) { return static_cast<int>(random_.below(static_cast<std::uint64_t>(below))); }

    void change_roster() {
        static constexpr std::array kLeaving{"li", "chen", "zhou", "wang", "zhao", "sun"};
        auto roster = testing::shipped_roster();
        for (const std::string_view key : kLeaving) {
            if (draw(3) != 0) continue;
            const auto gone = std::ranges::find(roster.staff, key, &core::StaffMember::key);
            std::erase_if(roster.shifts, [&](const core::Shift& shift) { return shift.staff == gone->id; });
            roster.staff.erase(gone);
        }
        world_.in([&](storage::Transaction& tx) { tx.staff().replace(roster, world_.clock.now()); });
    }
    void answer_a_page() {
        const auto from = phone(101 + draw(7));
        const std::string code = std::to_string(1 + draw(7));
        static constexpr std::array kWords{"1", "2", "收到", "接", "退"};
        const int kind = draw(4);
        world_.says(from, kind == 0   ? std::string{kWords[static_cast<std::size_t>(draw(5))]}
                          : kind == 1 ? "退" + code
                                      : "接" + code);
    }
    void act() {
        switch (draw(8)) {
            case 0:
                world_.petition(phone(1 + draw(5)));
                break;
            case 1:
                world_.says(phone(10 + draw(5)), "9");
                break;
            case 2:
                change_roster();
                break;
            case 3:
                world_.pass(std::chrono::minutes{draw(400)});
                break;
            default:
                answer_a_page();
        }
    }
    void expect_an_owner_for_each() {
        const auto roster = world_.in([](storage::Transaction& tx) { return tx.staff().roster(); });
        for (const auto& matter : world_.cases()) {
            const auto owner = std::ranges::find(roster.staff, matter.owner, &core::StaffMember::id);
            ASSERT_TRUE(owner != roster.staff.end() && owner->active) << "matter " << matter.id.value;
        }
    }

    testing::FakeRandom random_{static_cast<std::uint64_t>(GetParam())};
    World world_{};
};

TEST_P(I3_ExactlyOneOwner, AtEveryMomentOfARandomWeek) {
    world_.petition(phone(1));
    for (int step = 0; step < 60; ++step) {
        ASSERT_NO_FATAL_FAILURE(act());
        expect_an_owner_for_each();
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(world_.cases().size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, I3_ExactlyOneOwner, ::testing::Range(1, 6));

TEST(I3_Owner, TakingMakesTheOwnerAndClosesTheOtherPages) {
    World world;
    const auto id = world.petition(phone(1));
    EXPECT_EQ(world.matter(id).owner, world.staff("chen"));  // The district's own.

    world.says(kWang, "收到");

    EXPECT_EQ(world.matter(id).owner, world.staff("wang"));
    EXPECT_EQ(world.matter(id).status, core::CaseStatus::kAccepted);
}

TEST(I3_Owner, HandingBackGoesToWhoAnswersForThePlaceAndThenToTheAdministrator) {
    World world;
    const auto id = world.petition(phone(1));
    world.says(kWang, "收到");
    world.news(phone(102));

    world.says(kWang, "退1");
    EXPECT_EQ(world.matter(id).owner, world.staff("chen"));
    EXPECT_EQ(world.matter(id).status, core::CaseStatus::kRegistered);
    EXPECT_EQ(world.news(phone(102)).size(), 1U);

    world.says(phone(102), "退1");
    EXPECT_EQ(world.matter(id).owner, world.staff("admin"));
    EXPECT_FALSE(world.news(kAdmin).empty());
}

TEST(I3_Owner, HandingBackGoesToAnotherAdministratorWhereSheIsOneHerself) {
    auto roster = testing::shipped_roster();
    const auto chen = std::ranges::find(roster.staff, "chen", &core::StaffMember::key)->id;
    roster.shifts.insert(roster.shifts.begin(), core::Shift{.staff = chen, .role = core::Role::kAdministrator});
    World world{roster};
    const auto id = world.petition(phone(1));
    world.says(kWang, "退1");
    ASSERT_EQ(world.matter(id).owner, world.staff("chen"));

    world.says(phone(102), "退1");

    EXPECT_EQ(world.matter(id).owner, world.staff("admin"));
    EXPECT_FALSE(world.news(kAdmin).empty());
}

TEST(I3_Owner, WhatNobodyElseCouldHaveStaysWithHerAndIsNotForgotten) {
    auto roster = testing::shipped_roster();
    const auto chen = std::ranges::find(roster.staff, "chen", &core::StaffMember::key)->id;
    roster.shifts = {core::Shift{.staff = chen, .role = core::Role::kOwner},
                     core::Shift{.staff = chen, .role = core::Role::kDuty},
                     core::Shift{.staff = chen, .role = core::Role::kAdministrator}};
    World world{roster};
    world.petition(phone(1));
    world.news(phone(102));

    EXPECT_EQ(world.says(phone(102), "退1"), Said{words("cw.yours", {{"code", "1"}})});

    world.pass(25h);
    EXPECT_EQ(world.news(phone(102)).size(), 1U);
}

TEST(I3_Owner, WhoeverInheritsAMatterIsTold) {
    World world;
    const auto id = world.petition(phone(1));
    world.pass(10min);
    const auto answered = world.petition(phone(2));
    world.says(kWang, "接1");
    world.in([&](storage::Transaction& tx) {
        for (const auto one : {id, answered}) {
            auto matter = *tx.cases().find(one);
            matter.owner = tx.staff().by_key("wang")->id;
            if (one == answered) matter.status = core::CaseStatus::kReplied;
            tx.cases().update(matter);
        }
    });
    auto roster = testing::shipped_roster();
    const auto wang = std::ranges::find(roster.staff, "wang", &core::StaffMember::key);
    std::erase_if(roster.shifts, [&](const core::Shift& shift) { return shift.staff == wang->id; });
    roster.staff.erase(wang);

    world.in(
        [&](storage::Transaction& tx) { world.ground->taker().desk().replace_roster(tx, roster, world.clock.now()); });

    EXPECT_EQ(world.matter(id).owner, world.staff("admin"));
    EXPECT_EQ(world.matter(answered).owner, world.staff("admin"));
    EXPECT_EQ(world.news(kAdmin), (Said{words("cw.new", {{"code", "1"}, {"level", words("level.none")}})}));
    world.pass(25h);
    EXPECT_EQ(world.news(kAdmin).size(), 1U);
}

TEST(HandBack, OfAClosedMatterChangesNothing) {
    for (const bool danger : {false, true}) {
        World world;
        const auto her = phone(1);
        if (danger)
            world.says(her, "9");
        else
            world.petition(her);
        world.says(kWang, "收到");
        const auto id = world.only_case().id;
        world.in([&](storage::Transaction& tx) {
            EXPECT_TRUE(world.ground->replies().close(tx, *tx.cases().find(id), tx.cases().find(id)->owner,
                                                      "she is with her sister", world.clock.now()));
        });
        world.news(kWang);

        EXPECT_EQ(world.says(kWang, "退1"), Said{words("cw.closed", {{"code", "1"}})}) << "danger: " << danger;

        EXPECT_TRUE(world.open_alerts().empty());
        EXPECT_EQ(world.matter(id).owner, world.staff("wang"));
        world.news(kZhao);
        world.pass(24h);
        EXPECT_TRUE(world.news(kZhao).empty());
    }
}

TEST(I10_NobodyOnDuty, AnAlertGoesOnAtOnceAndTheAdministratorIsTold) {
    World world{without({core::Role::kDuty, core::Role::kSecond})};

    world.says(phone(1), "9");

    EXPECT_EQ(world.news(kSun), red());
    EXPECT_EQ(world.news(kAdmin), Said{words("adm.nobody_on_duty")});
    EXPECT_EQ(world.events("nobody_on_duty"), 1);
}

TEST(I10_NobodyOnDuty, TheLastStepIsAnAdministratorWhateverTheRosterSays) {
    World world{without({core::Role::kDuty, core::Role::kSecond, core::Role::kLeader, core::Role::kOwner})};

    world.says(phone(1), "9");

    const auto told = world.news(kAdmin);
    EXPECT_EQ(std::ranges::count(told, red().front()), 1);
    EXPECT_EQ(std::ranges::count(told, words("adm.nobody_on_duty")), 1);
}

TEST(I10_NobodyOnDuty, ANewPetitionGoesToItsOwner) {
    World world{without({core::Role::kDuty})};

    world.petition(phone(1));

    EXPECT_EQ(world.news(phone(102)), (Said{words("cw.new", {{"code", "1"}, {"level", words("level.none")}})}));
    EXPECT_EQ(world.news(kAdmin), Said{words("adm.nobody_on_duty")});
}

TEST(I10_NobodyOnDuty, AnUnansweredPageComesBackToTheOwnerAgainAndAgain) {
    World world;
    world.petition(phone(1));
    ASSERT_TRUE(world.news(phone(102)).empty());

    world.pass(241min);
    EXPECT_EQ(world.news(phone(102)).size(), 1U);

    world.pass(25h);
    EXPECT_EQ(world.news(phone(102)).size(), 1U);
    world.says(phone(102), "收到");
    world.news(phone(102));
    world.pass(72h);
    EXPECT_TRUE(world.news(phone(102)).empty());
}

TEST(I10_NobodyOnDuty, OfAPageThatTwoLeftUnansweredItsOwnerIsToldOnce) {
    auto roster = testing::shipped_roster();
    const auto li = std::ranges::find(roster.staff, "li", &core::StaffMember::key)->id;
    roster.shifts.push_back(core::Shift{.staff = li, .role = core::Role::kDuty});
    World world{roster};
    world.petition(phone(1));
    ASSERT_FALSE(world.news(kLi).empty());

    world.pass(241min);
    EXPECT_EQ(world.news(phone(102)).size(), 1U);

    world.pass(25h);
    EXPECT_EQ(world.news(phone(102)).size(), 1U);
}

TEST(I10_Ladder, ARestartInItsMiddleForgetsNothing) {
    World world;
    world.says(phone(1), "9");
    EXPECT_EQ(world.news(kWang), red());

    world.pass(4min);
    world.reopen();
    EXPECT_TRUE(world.news(kZhao).empty());
    world.pass(61s);
    EXPECT_EQ(world.news(kZhao), red());

    world.reopen();
    world.pass(5min);
    EXPECT_EQ(world.news(kSun), red());
    EXPECT_TRUE(world.news(kAdmin).empty());

    // Down while the next step fell due: it is carried out at the start.
    world.clock.advance(20min);
    world.reopen();
    world.pass(0s);
    EXPECT_EQ(world.news(kAdmin).size(), 1U);
    EXPECT_TRUE(world.news(kWang).empty());

    world.pass(15min);
    EXPECT_EQ(world.news(kAdmin).size(), 1U);
    world.says(kAdmin, "接1");
    world.news(kAdmin);
    world.in([&, admin = world.staff("admin")](storage::Transaction& tx) {
        tx.cases().append(tx.cases().list({}).front().id, {.at = world.clock.now(), .by = admin, .text = "with her"});
    });
    world.pass(24h);
    EXPECT_TRUE(world.news(kAdmin).empty());
    EXPECT_TRUE(world.news(kZhao).empty());
}

TEST(I10_Ladder, AClosedMatterWakesNobody) {
    World world;
    world.says(phone(1), "9");
    const auto id = world.only_case().id;
    world.in([&](storage::Transaction& tx) {
        EXPECT_TRUE(world.ground->replies().close(tx, *tx.cases().find(id), tx.cases().find(id)->owner,
                                                  "the police took her home", world.clock.now()));
    });

    world.pass(24h);

    EXPECT_TRUE(world.news(kZhao).empty());
    EXPECT_TRUE(world.news(kAdmin).empty());
}

TEST(I10_Ladder, AClockSetBackWakesNobodyTwiceAndNobodyNever) {
    World world;
    world.says(phone(1), "9");
    world.news(kWang);
    world.clock.advance(-2h);

    world.keep_what_is_due();
    EXPECT_TRUE(world.news(kWang).empty());
    EXPECT_TRUE(world.news(kZhao).empty());
}

class Pages_Test : public ::testing::Test {
  protected:
    /// New matters, each of a phone of its own: told again of the same one, she keeps its code.
    void announce(int times) {
        for (int i = 0; i < times; ++i) {
            const core::CaseId copy = world_.in([&](storage::Transaction& tx) {
                core::Case matter = *tx.cases().find(matter_);
                matter.id = tx.cases().next_id();
                matter.reference = world_.ground->rules().references.of(matter.id).value();
                tx.cases().open(matter);
                return matter.id;
            });
            world_.in([&](storage::Transaction& tx) {
                world_.ground->taker().desk().announce(tx, *tx.cases().find(copy), world_.clock.now());
            });
        }
    }

    World world_{};
    core::CaseId matter_ = world_.petition(phone(1));
};

TEST_F(Pages_Test, FortyADayAndThenOneTextAnHourSaysThatMoreIsWaiting) {
    announce(60);
    auto told = world_.news(kWang);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told.back(), words("cw.more"));

    world_.pass(10min);
    told = world_.news(kWang);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told.front().starts_with("一般等39件待接：2 3 4 5 6 7 11"));

    world_.clock.advance(49min);
    announce(5);
    EXPECT_TRUE(world_.news(kWang).empty());

    world_.clock.advance(2min);
    announce(5);
    EXPECT_EQ(world_.news(kWang), Said{words("cw.more")});

    world_.says(phone(2), "9");
    told = world_.news(kWang);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told.front().starts_with("红色"));
}

TEST_F(Pages_Test, AFullPhoneHearsTomorrowThatATakenMatterWantsItsOwnerAgain) {
    announce(60);
    world_.says(kWang, "接1");
    world_.pass(11min);
    world_.in([&](storage::Transaction& tx) {
        world_.ground->taker().desk().page_owner(tx, *tx.cases().find(matter_), world_.clock.now());
    });
    world_.news(kWang);

    world_.pass(24h);

    EXPECT_EQ(world_.news(kWang).size(), 1U);
}

TEST_F(Pages_Test, OfAMatterThatFoundHerPhoneFullAndWasTakenNobodyIsTold) {
    announce(60);
    const auto last = std::ranges::max(world_.cases(), {}, [](const core::Case& one) { return one.id.value; });
    world_.in([&, li = world_.staff("li")](storage::Transaction& tx) {
        world_.ground->taker().desk().take(tx, last, li, world_.clock.now());
    });

    world_.pass(24h);

    EXPECT_TRUE(world_.news(kLi).empty());
}

TEST_F(Pages_Test, CodesHaveNoReservedDigitAndAreNotUsedTwiceInADay) {
    announce(30);
    std::vector<int> codes;
    for (const auto& page : world_.pages_of("wang")) codes.push_back(page.code);
    std::ranges::sort(codes);

    EXPECT_EQ(std::ranges::adjacent_find(codes), codes.end());
    for (const int code : codes)
        for (const char digit : std::to_string(code)) EXPECT_EQ(std::string_view{"089"}.find(digit), std::string::npos);
}

class Administrator_Test : public ::testing::Test {
  protected:
    void trouble(std::string_view event) {
        world_.in([&](storage::Transaction& tx) {
            world_.ground->taker().desk().tell_administrator(tx, event, world_.clock.now());
        });
    }
    World world_{};
};

TEST_F(Administrator_Test, IsToldAtMostOnceInTenMinutesOfEachEvent) {
    for (int i = 0; i < 30; ++i) {
        trouble("stranded");
        trouble("dead_letter");
        world_.clock.advance(19s);
    }

    EXPECT_EQ(world_.news(kAdmin), (Said{words("adm.stranded"), words("adm.dead_letter")}));
    EXPECT_EQ(world_.events("stranded"), 30);
}

TEST_F(Administrator_Test, IsToldAgainWhileTheTroubleGoesOn) {
    for (int i = 0; i < 31; ++i) {
        trouble("stranded");
        world_.clock.advance(1min);
    }

    EXPECT_EQ(world_.news(kAdmin).size(), 4U);
}

TEST_F(Administrator_Test, IsToldThoughTheClockWasSetBack) {
    trouble("stranded");
    world_.clock.advance(-48h);

    trouble("stranded");

    EXPECT_EQ(world_.news(kAdmin).size(), 2U);
}

}  // namespace
}  // namespace harborline::gateway
