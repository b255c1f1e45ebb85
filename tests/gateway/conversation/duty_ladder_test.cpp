// Every ladder in full: the table of a test is everything that went out, so a text or a call that nobody expected fails
// it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <string>

#include "gateway/conversation/duty_desk.hpp"
#include "tests/support/caller.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::Level;
using testing::kAdmin;
using testing::kSun;
using testing::kWang;
using testing::kZhao;
using testing::phone;
using testing::World;

/// The demonstration settings, and RED rings too.
config::Settings settings_that_ring() {
    auto settings = testing::settings_with_voice();
    settings.duty.call_channel = "voice";
    return settings;
}

/// What went out, one line a text: "minute who class beginning"; of a call: "minute who class call".
class Story {
  public:
    /// `restart_every`: the service is stopped and started again so often, in the middle of whatever goes on.
    explicit Story(core::Roster roster = testing::shipped_roster(), std::chrono::minutes restart_every = {},
                   config::Settings settings = testing::shipped().settings)
        : world{std::move(roster), std::move(settings)}, restart_every_(restart_every), begun_(world.clock.now()) {}

    void begin_at(std::chrono::minutes from_ten_o_clock) {
        world.clock.advance(from_ten_o_clock);
        begun_ = world.clock.now();
    }

    core::CaseId raise(Level level, core::CaseKind kind = core::CaseKind::kSafety, int her_phone = 1) {
        return world.raise(level, kind, her_phone);
    }

    /// Lets time pass to this minute of the story.
    void until(std::chrono::minutes minute) {
        const auto end = begun_ + minute;
        while (world.clock.now() < end) {
            const auto left = std::chrono::ceil<std::chrono::minutes>(end - world.clock.now());
            const auto step = restart_every_ > 0min ? std::min(restart_every_, left) : left;
            world.pass(step);
            if (restart_every_ > 0min) world.reopen();
        }
    }
    void says(std::chrono::minutes minute, const core::PhoneNumber& from, std::string_view text) {
        until(minute);
        world.give(world.text(from, text));
    }
    void works(std::chrono::minutes minute, core::CaseId matter, core::CaseEntry::Kind kind, std::string_view key) {
        until(minute);
        const auto by = world.staff(key);
        world.in([&](storage::Transaction& tx) {
            tx.cases().append(matter, {.at = world.clock.now(), .kind = kind, .by = by, .text = "done"});
        });
    }

    std::string sent() {
        std::ostringstream told;
        world.in([&](storage::Transaction& tx) {
            std::vector<core::Message> all;
            for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
                for (auto& message : tx.outbox().in_state(static_cast<core::MessageState>(state), World::kAll))
                    all.push_back(std::move(message));
            std::ranges::sort(all, {}, [](const core::Message& one) { return one.id.value; });
            told.str("");
            for (const auto& message : all) {
                const auto minute = std::chrono::floor<std::chrono::minutes>(message.created_at - begun_).count();
                told << minute << " " << who(tx, message.to) << " " << class_of(message.kind) << " "
                     << (message.channel == "voice" ? "call" : beginning(message.text)) << "\n";
            }
        });
        return told.str();
    }

    World world;

  private:
    static std::string who(storage::Transaction& tx, core::HandsetId id) {
        const auto handset = tx.handsets().get(id);
        const auto member = handset.staff ? tx.staff().find(handset.staff) : std::nullopt;
        return member ? member->key : "she";
    }
    static std::string class_of(core::MessageClass kind) {
        return kind == core::MessageClass::kRedPage  ? "RED"
               : kind == core::MessageClass::kPage   ? "page"
               : kind == core::MessageClass::kAnswer ? "answer"
                                                     : "other";
    }
    std::string beginning(std::string_view text) const {
        text.remove_prefix(world.channel().signature.size());
        auto end = text.size();
        for (const std::string_view mark : {"，", "。", "："}) end = std::min(end, text.find(mark));
        return std::string{text.substr(0, end)};
    }

    std::chrono::minutes restart_every_;
    core::Instant begun_;
};

core::Roster roster_without(const std::vector<core::Role>& roles) {
    auto roster = testing::shipped_roster();
    std::erase_if(roster.shifts,
                  [&](const core::Shift& shift) { return std::ranges::find(roles, shift.role) != roles.end(); });
    return roster;
}

core::Roster sleeping(std::initializer_list<std::string_view> keys) {
    auto roster = testing::shipped_roster();
    for (auto& member : roster.staff)
        if (std::ranges::find(keys, member.key) != keys.end()) member.night = false;
    return roster;
}

struct SilentStory {
    std::string name{};
    Level level = Level::kRed;
    std::chrono::minutes until{};
    std::string sent{};
    std::vector<core::Role> hole{};
    bool rings = false;
};

class DutyLadder_Silent : public ::testing::TestWithParam<std::tuple<SilentStory, int>> {};

TEST_P(DutyLadder_Silent, ClimbsInFullThoughTheServiceIsRestarted) {
    const auto& [told, restart_every] = GetParam();
    Story story{roster_without(told.hole), std::chrono::minutes{restart_every},
                told.rings ? settings_that_ring() : testing::shipped().settings};

    story.raise(told.level);
    story.until(told.until);

    EXPECT_EQ(story.sent(), told.sent);
}

INSTANTIATE_TEST_SUITE_P(
    DutyLadder, DutyLadder_Silent,
    ::testing::Combine(
        ::testing::Values(
            SilentStory{"Red", Level::kRed, 50min,
                        "0 wang RED 红色1\n5 zhao RED 红色1\n10 sun RED 红色1\n15 admin RED 红色1\n"
                        "30 admin RED 红色1\n45 admin RED 红色1\n"},
            SilentStory{"Orange", Level::kOrange, 155min,
                        "0 wang page 橙色1\n30 zhao page 橙色1\n60 sun page 橙色1\n90 admin page 橙色1\n"
                        "120 admin page 橙色1\n150 admin page 橙色1\n"},
            SilentStory{"Unknown", Level::kUnknown, 65min,
                        "0 wang page 橙色1\n30 zhao page 橙色1\n60 sun page 橙色1\n"},
            SilentStory{"Yellow", Level::kYellow, 725min,
                        "0 wang page 黄色1\n240 sun page 黄色1\n480 sun page 黄色1\n720 sun page 黄色1\n"},
            SilentStory{"RedByCallToo",
                        Level::kRed,
                        35min,
                        "0 wang RED 红色1\n0 wang RED call\n5 zhao RED 红色1\n5 zhao RED call\n"
                        "10 sun RED 红色1\n10 sun RED call\n15 admin RED 红色1\n15 admin RED call\n"
                        "30 admin RED 红色1\n30 admin RED call\n",
                        {},
                        true},
            SilentStory{
                "OrangeRingsNobody", Level::kOrange, 35min, "0 wang page 橙色1\n30 zhao page 橙色1\n", {}, true},
            SilentStory{"RedByCallTooWithoutASecond",
                        Level::kRed,
                        12min,
                        "0 wang RED 红色1\n0 wang RED call\n5 sun RED 红色1\n5 sun RED call\n"
                        "5 admin page 系统\n10 admin RED 红色1\n10 admin RED call\n",
                        {core::Role::kSecond},
                        true},
            SilentStory{"RedWithoutASecond",
                        Level::kRed,
                        30min,
                        "0 wang RED 红色1\n5 sun RED 红色1\n5 admin page 系统\n10 admin RED 红色1\n"
                        "25 admin RED 红色1\n",
                        {core::Role::kSecond}},
            SilentStory{"OrangeWithNobodyButTheAdministrator",
                        Level::kOrange,
                        35min,
                        "0 admin page 橙色1\n0 admin page 系统\n30 admin page 橙色1\n",
                        {core::Role::kDuty, core::Role::kSecond, core::Role::kLeader}}),
        ::testing::Values(0, 7)),
    [](const auto& param_info) {
        return std::get<0>(param_info.param).name + (std::get<1>(param_info.param) ? "_Restarts" : "");
    });

TEST(DutyLadder, AnUnknownAlertOfANumberWithASafetyMatterBeforeIsRed) {
    Story story;
    const auto before = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.works(1min, before, core::CaseEntry::Kind::kNote, "wang");
    story.until(100min);

    story.raise(Level::kUnknown, core::CaseKind::kTask);

    EXPECT_EQ(story.sent(), "0 wang RED 红色1\n1 wang answer 已接1\n100 wang RED 红色2\n");
}

TEST(DutyLadder, AnAlertThatRisesClimbsItsNewLadderFromTheBottom) {
    Story story;
    const auto id = story.raise(Level::kOrange);
    story.until(40min);

    story.world.in([&](storage::Transaction& tx) {
        auto matter = *tx.cases().find(id);
        matter.level = Level::kRed;
        tx.cases().update(matter);
        auto& desk = story.world.ground->taker().desk();
        desk.raise(tx, matter, story.world.clock.now());
        desk.raise(tx, matter, story.world.clock.now());
    });
    story.until(46min);

    EXPECT_EQ(story.sent(), "0 wang page 橙色1\n30 zhao page 橙色1\n40 wang RED 红色1\n45 zhao RED 红色1\n");
}

TEST(DutyLadder, WhoeverAsksForItIsTextedOnly) {
    auto roster = testing::shipped_roster();
    std::ranges::find(roster.staff, "wang", &core::StaffMember::key)->call = false;
    Story story{roster, {}, settings_that_ring()};

    story.raise(Level::kRed);
    story.until(6min);

    EXPECT_EQ(story.sent(), "0 wang RED 红色1\n5 zhao RED 红色1\n5 zhao RED call\n");
}

TEST(DutyLadder, WhatIsTakenRingsNobodyAndAReminderIsAText) {
    Story story{testing::shipped_roster(), 7min, settings_that_ring()};
    story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.until(35min);

    EXPECT_EQ(story.sent(), "0 wang RED 红色1\n0 wang RED call\n1 wang answer 已接1\n31 wang RED 1已接\n");
}

/// Each told with and without restarts between its steps.
class DutyLadder_Taken : public ::testing::TestWithParam<int> {
  protected:
    Story story{testing::shipped_roster(), std::chrono::minutes{GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(DutyLadder, DutyLadder_Taken, ::testing::Values(0, 7),
                         [](const auto& param_info) { return param_info.param ? "Restarts" : "Runs"; });

TEST_P(DutyLadder_Taken, AndWorkedOnIsOver) {
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.works(20min, id, core::CaseEntry::Kind::kNote, "wang");
    story.until(5h);

    EXPECT_EQ(story.sent(), "0 wang RED 红色1\n1 wang answer 已接1\n");
}

TEST_P(DutyLadder_Taken, WhatTheMachineOrThePersonHerselfAddsIsNoWork) {
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.until(10min);
    story.world.in([&](storage::Transaction& tx) {
        tx.cases().append(id, {.at = story.world.clock.now(), .kind = core::CaseEntry::Kind::kSaid, .text = "hello"});
    });
    story.until(40min);

    EXPECT_EQ(story.sent(), "0 wang RED 红色1\n1 wang answer 已接1\n31 wang RED 1已接\n");
}

TEST_P(DutyLadder_Taken, OneKeySaysThatSheIsStillAtItAndTheAlertRestsAgain) {
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.says(33min, kWang, "1");
    story.works(70min, id, core::CaseEntry::Kind::kReply, "wang");
    story.until(5h);

    EXPECT_EQ(story.sent(),
              "0 wang RED 红色1\n1 wang answer 已接1\n31 wang RED 1已接\n33 wang answer 好\n63 wang RED 1已接\n");
}

TEST_P(DutyLadder_Taken, OneKeyHandsItToTheNext) {
    story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.says(33min, kWang, "2");
    story.until(34min);

    EXPECT_EQ(story.sent(),
              "0 wang RED 红色1\n1 wang answer 已接1\n31 wang RED 1已接\n33 zhao RED 红色1\n33 wang answer 已退1\n");
}

TEST_P(DutyLadder_Taken, SilenceUnacknowledgesAndTheNextStepIsDueAtOnce) {
    const auto id = story.raise(Level::kOrange);
    story.says(1min, kWang, "1");
    story.until(140min);
    EXPECT_EQ(story.sent(), "0 wang page 橙色1\n1 wang answer 已接1\n121 wang page 1已接\n136 zhao page 橙色1\n");
    EXPECT_EQ(story.world.open_alerts().size(), 1U);
    EXPECT_EQ(story.world.matter(id).owner, story.world.staff("wang"));  // 件件有着落.

    story.until(170min);
    EXPECT_TRUE(story.sent().ends_with("136 zhao page 橙色1\n166 sun page 橙色1\n")) << story.sent();
}

TEST_P(DutyLadder_Taken, HandedBackTwiceThenTheLeader) {
    const auto id = story.raise(Level::kOrange);
    story.says(1min, kWang, "退1");
    story.says(2min, kZhao, "接1");
    story.says(3min, kZhao, "退1");
    story.says(5min, kSun, "收到");
    story.works(6min, id, core::CaseEntry::Kind::kNote, "sun");
    story.until(5h);

    EXPECT_EQ(story.sent(),
              "0 wang page 橙色1\n1 zhao page 橙色1\n1 wang answer 已退1\n2 zhao answer 已接1\n"
              "3 sun page 橙色1\n3 zhao answer 已退1\n5 sun answer 已接1\n");
}

TEST_P(DutyLadder_Taken, HandedBackTwiceTheLeaderIsToldAgainThoughSheWasBefore) {
    story.raise(Level::kRed);
    story.says(11min, kWang, "1");
    story.says(12min, kWang, "退1");
    story.says(13min, kAdmin, "2");
    story.until(19min);

    EXPECT_EQ(
        story.sent(),
        "0 wang RED 红色1\n5 zhao RED 红色1\n10 sun RED 红色1\n11 wang answer 已接1\n"
        "12 admin RED 红色1\n12 wang answer 已退1\n13 sun RED 红色2\n13 admin answer 已退1\n18 admin RED 红色2\n");
}

TEST_P(DutyLadder_Taken, WhoeverTookItOverIsAskedAndNobodyElseCanHandItBack) {
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.until(10min);
    const auto sun = story.world.staff("sun");
    story.world.in([&](storage::Transaction& tx) {
        story.world.ground->taker().desk().take(tx, *tx.cases().find(id), sun, story.world.clock.now());
    });
    story.says(12min, kWang, "退1");
    EXPECT_TRUE(story.world.open_alerts().empty());
    story.until(32min);

    EXPECT_EQ(story.sent(), "0 wang RED 红色1\n1 wang answer 已接1\n12 wang answer 1已由别人处理\n31 sun RED 1已接\n");
}

TEST_P(DutyLadder_Taken, WhoeverTakesItOverWhileItIsAskedAfterIsAskedInHerTurn) {
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.until(35min);
    const auto sun = story.world.staff("sun");
    story.world.in([&](storage::Transaction& tx) {
        story.world.ground->taker().desk().take(tx, *tx.cases().find(id), sun, story.world.clock.now());
    });
    story.until(81min);

    EXPECT_EQ(story.sent(),
              "0 wang RED 红色1\n1 wang answer 已接1\n31 wang RED 1已接\n65 sun RED 1已接\n80 zhao RED 红色1\n");
}

TEST_P(DutyLadder_Taken, OfAMatterThatWasCalledForAgainTheNewAlertIsAskedAfter) {
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.until(20min);
    story.world.in([&](storage::Transaction& tx) {
        story.world.ground->taker().desk().raise(tx, *tx.cases().find(id), story.world.clock.now());
    });
    story.says(21min, kWang, "1");
    story.until(52min);

    EXPECT_EQ(story.sent(),
              "0 wang RED 红色1\n1 wang answer 已接1\n20 wang RED 红色2\n21 wang answer 已接2\n51 wang RED 2已接\n");
}

TEST_P(DutyLadder_Taken, OfAMatterThatWasAnsweredBeforeSheCalledAgainWhoeverTookItIsAsked) {
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.works(2min, id, core::CaseEntry::Kind::kReply, "wang");
    story.world.in([&](storage::Transaction& tx) {
        auto matter = *tx.cases().find(id);
        matter.status = core::CaseStatus::kReplied;
        tx.cases().update(matter);
    });
    story.until(20min);
    story.world.in([&](storage::Transaction& tx) {
        story.world.ground->taker().desk().raise(tx, *tx.cases().find(id), story.world.clock.now());
    });
    EXPECT_EQ(story.world.matter(id).status, core::CaseStatus::kAccepted);
    story.says(21min, kWang, "1");
    story.until(52min);

    EXPECT_EQ(story.sent(),
              "0 wang RED 红色1\n1 wang answer 已接1\n20 wang RED 红色2\n21 wang answer 已接2\n51 wang RED 2已接\n");
}

/// Two are on duty; what one of them took and handed back is the other's to take, by the code that she has.
TEST(DutyLadder, WhatWasHandedBackIsTakenByTheCodeOfWhoeverWasToldBefore) {
    auto roster = testing::shipped_roster();
    const auto li = std::ranges::find(roster.staff, "li", &core::StaffMember::key)->id;
    roster.shifts.push_back(core::Shift{.staff = li, .role = core::Role::kDuty});
    Story story{roster};
    const auto id = story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.says(2min, kWang, "退1");
    story.says(3min, testing::kLi, "接1");
    EXPECT_EQ(story.world.matter(id).owner, story.world.staff("li"));
    story.until(34min);

    EXPECT_EQ(story.sent(),
              "0 wang RED 红色1\n0 li RED 红色1\n1 wang answer 已接1\n2 zhao RED 红色1\n2 wang answer 已退1\n"
              "3 li answer 已接1\n33 li RED 1已接\n");
}

TEST(DutyLadder, AnAnswerToTheReminderAfterItsTimeTakesItAgain) {
    Story story;
    story.raise(Level::kRed);
    story.says(1min, kWang, "1");
    story.says(50min, kWang, "接1");

    EXPECT_TRUE(story.sent().ends_with("46 zhao RED 红色1\n50 wang answer 已接1\n")) << story.sent();
    EXPECT_TRUE(story.world.open_alerts().empty());
}

TEST(DutyNight, OrangeLetsThoseSleepWhoAskedForItAndRedDoesNot) {
    Story story{sleeping({"wang"})};
    story.begin_at(13h);  // 23:00

    story.raise(Level::kOrange);
    EXPECT_EQ(story.sent(), "0 zhao page 橙色1\n0 admin page 系统\n");

    story.raise(Level::kRed, core::CaseKind::kSafety, 2);
    EXPECT_TRUE(story.sent().ends_with("系统\n0 wang RED 红色1\n")) << story.sent();
}

TEST(DutyNight, WhereEverybodySleepsTheAdministratorIsWokenForOrange) {
    Story story{sleeping({"wang", "zhao", "sun", "admin"})};
    story.begin_at(13h);

    story.raise(Level::kOrange);

    EXPECT_EQ(story.sent(), "0 admin page 橙色1\n0 admin page 系统\n");
}

class DutyPace : public ::testing::Test {
  protected:
    void announce(Story& story, int her_phone = 1) {
        const auto her = story.world.handset(phone(her_phone)).id;
        story.world.in([&](storage::Transaction& tx) {
            auto& desk = story.world.ground->taker().desk();
            core::Case opened{.id = tx.cases().next_id(), .department = "RIGHTS"};
            opened.reference = story.world.ground->rules().references.of(opened.id).value();
            opened.owner = desk.owner_for(tx, "", "RIGHTS");
            opened.petitioner = her;
            opened.opened_at = story.world.clock.now();
            tx.cases().open(opened);
            desk.announce(tx, opened, story.world.clock.now());
        });
    }
};

TEST_F(DutyPace, WhatComesSoonAfterAPageIsToldInOneText) {
    Story story;
    announce(story);
    story.until(1min);
    announce(story);
    story.until(4min);
    announce(story);
    announce(story);
    story.until(60min);

    EXPECT_EQ(story.sent(), "0 wang page 新件1\n10 wang page 一般等3件待接\n");
    const auto told = story.world.messages_to(kWang).back().text;
    EXPECT_NE(told.find("待接：2 3 4。"), std::string::npos) << told;
}

TEST_F(DutyPace, OfPagesThatSomebodyElseTookMeanwhileNothingIsTold) {
    Story story;
    announce(story);
    story.until(1min);
    announce(story);
    const auto second = story.world.cases().back().id;
    const auto other = story.world.cases().front().id;
    const auto li = story.world.staff("li");
    story.world.in([&](storage::Transaction& tx) {
        story.world.ground->taker().desk().take(tx, *tx.cases().find(std::max(second, other)), li,
                                                story.world.clock.now());
    });
    story.until(60min);

    EXPECT_EQ(story.sent(), "0 wang page 新件1\n");
}

TEST_F(DutyPace, DangerDoesNotWaitAndOrangeWaitsForNoOrdinaryPage) {
    Story story;
    announce(story);
    story.raise(Level::kOrange, core::CaseKind::kSafety, 2);
    story.raise(Level::kRed, core::CaseKind::kSafety, 3);

    EXPECT_EQ(story.sent(), "0 wang page 新件1\n0 wang page 橙色2\n0 wang RED 红色3\n");
}

TEST_F(DutyPace, AnOrangeAlertWaitsForOneBeforeAndSaysSo) {
    Story story{testing::shipped_roster(), 3min};
    story.raise(Level::kOrange);
    story.until(2min);
    story.raise(Level::kOrange, core::CaseKind::kSafety, 2);
    announce(story);
    story.until(20min);

    EXPECT_EQ(story.sent(), "0 wang page 橙色1\n10 wang page 橙色等2件待接\n");
}

/// A third alert in the very moment in which the text is due must not make the second wait once more.
TEST_F(DutyPace, WhatWaitsGoesWithTheNextTextThatMayGo) {
    Story story;
    story.raise(Level::kOrange);
    story.until(2min);
    story.raise(Level::kOrange, core::CaseKind::kSafety, 2);
    story.world.clock.advance(8min);  // The clock worker has not looked yet.
    story.raise(Level::kOrange, core::CaseKind::kSafety, 3);
    story.until(25min);

    EXPECT_EQ(story.sent(), "0 wang page 橙色1\n10 wang page 橙色等2件待接\n");
}

TEST_F(DutyPace, ABareAnswerMeansTheOnePageThatSheKnowsOf) {
    Story story;
    announce(story);
    announce(story);
    story.says(1min, kWang, "1");

    EXPECT_EQ(story.sent(), "0 wang page 新件1\n1 wang answer 已接1\n");
}

TEST_F(DutyPace, ANewMatterAtNightIsToldInTheMorning) {
    Story story{sleeping({"wang"}), 60min};
    story.begin_at(13h + 10min);  // 23:10
    announce(story);
    announce(story);
    story.until(8h);

    EXPECT_EQ(story.sent(), "470 wang page 一般等2件待接\n");  // 7:00
}

TEST_F(DutyPace, WhatWaitsForSomebodyWhoLeavesIsToldToItsOwner) {
    Story story{sleeping({"wang"}), 60min};
    story.begin_at(13h + 10min);  // 23:10
    announce(story);
    announce(story);
    story.until(1h);
    auto roster = testing::shipped_roster();
    const auto wang = std::ranges::find(roster.staff, "wang", &core::StaffMember::key);
    std::erase_if(roster.shifts, [&](const core::Shift& shift) { return shift.staff == wang->id; });
    roster.staff.erase(wang);
    story.world.in([&](storage::Transaction& tx) { tx.staff().replace(roster, story.world.clock.now()); });
    story.until(8h);

    EXPECT_EQ(story.sent(), "470 li page 新件1\n480 li page 新件2\n");
}

TEST(NumberCheck, ExactlyTheCodeFromHerPhoneVerifiesHerNumber) {
    Story story;
    auto& world = story.world;
    const auto wang = world.staff("wang");
    const auto verified = [&] {
        return world.in([&](storage::Transaction& tx) { return tx.staff().find(wang)->verified; });
    };
    world.in([&](storage::Transaction& tx) {
        world.ground->taker().desk().ask_for_code(tx, wang, "4711", world.clock.now());
    });
    EXPECT_EQ(story.sent(), "0 wang page 核对号码\n");

    world.says(kZhao, "4711");
    world.says(kWang, "4712");
    EXPECT_FALSE(verified());

    world.reopen();
    EXPECT_EQ(world.says(kWang, "４７１１"), std::vector{testing::words("cw.verified")});
    EXPECT_TRUE(verified());
    EXPECT_NE(world.says(kWang, "4711"), std::vector{testing::words("cw.verified")});
}

TEST(NumberCheck, AnOldCodeIsNone) {
    Story story;
    auto& world = story.world;
    const auto wang = world.staff("wang");
    world.in([&](storage::Transaction& tx) {
        world.ground->taker().desk().ask_for_code(tx, wang, "4711", world.clock.now());
    });
    world.clock.advance(24h);

    EXPECT_NE(world.says(kWang, "4711"), std::vector{testing::words("cw.verified")});
}

}  // namespace
}  // namespace harborline::gateway
