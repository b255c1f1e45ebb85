#include "handlers/duty/ladder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "tests/support/fakes.hpp"

namespace harborline::duty {
namespace {

using core::Instant;
using core::Role;
using core::StaffId;
using std::chrono::seconds;
using namespace std::chrono_literals;

const Instant kStart = testing::FakeClock{}.now();
const Ladder kRed{{{0s, Role::kDuty}, {300s, Role::kSecond}, {600s, Role::kLeader}, {900s, Role::kAdministrator}},
                  900s};

constexpr std::int64_t kWang = 1;
constexpr std::int64_t kZhao = 2;
constexpr std::int64_t kSun = 3;
constexpr std::int64_t kAdmin = 4;

/// A roster in which each role is held around the clock by the person beside it.
core::Roster roster(std::initializer_list<std::pair<Role, std::int64_t>> holders) {
    core::Roster made;
    for (const auto& [role, id] : holders) {
        if (std::ranges::find(made.staff, StaffId{id}, &core::StaffMember::id) == made.staff.end())
            made.staff.push_back({.id = StaffId{id}});
        made.shifts.push_back({.staff = StaffId{id}, .role = role});
    }
    return made;
}

const core::Roster kFull =
    roster({{Role::kDuty, kWang}, {Role::kSecond, kZhao}, {Role::kLeader, kSun}, {Role::kAdministrator, kAdmin}});

/// One alert, its ladder and what a worker would have stored and sent. Writes down every page as "second:person".
class History {
  public:
    History(core::Roster staff, Ladder ladder = kRed) : roster_(std::move(staff)), ladder_(std::move(ladder)) {
        alert_.raised_at = kStart;
        alert_.ladder_from = kStart;
    }

    void tick(seconds at) {
        now_ = kStart + at;
        last_ = due(alert_, ladder_, Watch{.roster = roster_, .post = {}, .local = {}}, now_);
        alert_.steps_done = last_.steps_done;
        alert_.ladder_from = last_.ladder_from;
        for (const auto id : last_.to_page) {
            log_ << (log_.str().empty() ? "" : " ") << at.count() << ":" << id.value;
            paged_.insert(id);
        }
        if (last_.nobody) log_ << (log_.str().empty() ? "" : " ") << at.count() << ":!";
    }
    void tick_every_second(seconds from, seconds to) {
        for (auto at = from; at <= to; ++at) tick(at);
    }
    void take(std::int64_t by) { duty::take(alert_, StaffId{by}, now_); }
    void hand_back() { duty::hand_back(alert_, ladder_, now_); }

    core::Roster& staff() { return roster_; }
    const core::Alert& alert() const { return alert_; }
    const LadderActions& last() const { return last_; }
    /// Everybody paged since the last asking.
    std::set<StaffId> take_paged() { return std::exchange(paged_, {}); }
    std::string log() const { return log_.str(); }

  private:
    core::Roster roster_;
    Ladder ladder_;
    core::Alert alert_{};
    LadderActions last_{};
    Instant now_ = kStart;
    std::set<StaffId> paged_{};
    std::ostringstream log_{};
};

struct SilentCase {
    std::string name{};
    core::Roster roster{};
    std::string two_hours{};
};

class DutyLadderSilentTest : public ::testing::TestWithParam<SilentCase> {};

TEST_P(DutyLadderSilentTest, EverybodySilentForTwoHours) {
    History history{GetParam().roster};

    history.tick_every_second(0s, 7200s);

    EXPECT_EQ(history.log(), GetParam().two_hours);
}

INSTANTIATE_TEST_SUITE_P(
    DutyLadder, DutyLadderSilentTest,
    ::testing::Values(
        SilentCase{"FullRoster", kFull, "0:1 300:2 600:3 900:4 1800:4 2700:4 3600:4 4500:4 5400:4 6300:4 7200:4"},
        SilentCase{"NoDutyGoesOnAtOnceAndKeepsTheDistances",
                   roster({{Role::kSecond, kZhao}, {Role::kLeader, kSun}, {Role::kAdministrator, kAdmin}}),
                   "0:2 0:! 300:3 600:4 1500:4 2400:4 3300:4 4200:4 5100:4 6000:4 6900:4"},
        SilentCase{"NoSecondAndNoLeader", roster({{Role::kDuty, kWang}, {Role::kAdministrator, kAdmin}}),
                   "0:1 300:4 300:! 1200:4 2100:4 3000:4 3900:4 4800:4 5700:4 6600:4"},
        SilentCase{"NoAdministratorRepeatsTheLeaderWithoutAGap",
                   roster({{Role::kDuty, kWang}, {Role::kSecond, kZhao}, {Role::kLeader, kSun}}),
                   "0:1 300:2 600:3 900:3 900:! 1800:3 2700:3 3600:3 4500:3 5400:3 6300:3 7200:3"},
        SilentCase{"OnlyTheAdministrator", roster({{Role::kAdministrator, kAdmin}}),
                   "0:4 0:! 900:4 1800:4 2700:4 3600:4 4500:4 5400:4 6300:4 7200:4"},
        SilentCase{"NobodyIsAnEventOfEveryRound", roster({}),
                   "0:! 900:! 1800:! 2700:! 3600:! 4500:! 5400:! 6300:! 7200:!"},
        SilentCase{
            "SamePersonOnTwoStepsIsPagedAgain",
            roster(
                {{Role::kDuty, kWang}, {Role::kSecond, kWang}, {Role::kLeader, kSun}, {Role::kAdministrator, kAdmin}}),
            "0:1 300:1 600:3 900:4 1800:4 2700:4 3600:4 4500:4 5400:4 6300:4 7200:4"},
        SilentCase{"TwoOnDutyAreBothPaged",
                   roster({{Role::kDuty, kWang},
                           {Role::kDuty, kZhao},
                           {Role::kSecond, kZhao},
                           {Role::kLeader, kSun},
                           {Role::kAdministrator, kAdmin}}),
                   "0:1 0:2 300:2 600:3 900:4 1800:4 2700:4 3600:4 4500:4 5400:4 6300:4 7200:4"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(DutyLadder, SaysWhenToAskAgain) {
    History history{kFull};

    history.tick(0s);
    EXPECT_EQ(history.last().next_at, kStart + 300s);
    history.tick(299s);
    EXPECT_FALSE(history.last().changed);
    EXPECT_EQ(history.last().next_at, kStart + 300s);
    history.tick(900s);
    EXPECT_EQ(history.last().next_at, kStart + 1800s);
}

TEST(DutyLadder, ATakenAlertRests) {
    History history{kFull};
    history.tick(0s);
    history.take(kWang);

    history.tick_every_second(1s, 7200s);

    EXPECT_EQ(history.log(), "0:1");
    EXPECT_EQ(history.last().next_at, std::nullopt);
    EXPECT_FALSE(history.last().changed);
    EXPECT_EQ(history.alert().taken_by, StaffId{kWang});
}

TEST(DutyLadder, ARestartInTheMiddleGoesOnWhereItWas) {
    History history{kFull};
    history.tick_every_second(0s, 100s);

    history.tick(301s);
    history.tick_every_second(400s, 1000s);

    EXPECT_EQ(history.log(), "0:1 301:2 600:3 900:4");
}

TEST(DutyLadder, StepsThatFellDueWhileDownAreCarriedOutTogetherEachPersonOnce) {
    History history{
        roster({{Role::kDuty, kWang}, {Role::kSecond, kZhao}, {Role::kLeader, kZhao}, {Role::kAdministrator, kAdmin}})};
    history.tick(0s);

    history.tick(700s);
    EXPECT_EQ(history.log(), "0:1 700:2");
    history.tick_every_second(701s, 1800s);

    EXPECT_EQ(history.log(), "0:1 700:2 900:4 1800:4");
}

TEST(DutyLadder, OfManyMissedRoundsOneIsPagedAndTheRhythmStays) {
    History history{kFull};
    history.tick_every_second(0s, 900s);

    history.tick(30 * 24h + 10s);
    EXPECT_EQ(history.last().to_page, std::vector{StaffId{kAdmin}});
    EXPECT_EQ(history.last().next_at, kStart + 30 * 24h + 900s);
}

TEST(DutyLadder, HandBackWakesTheNextAtOnce) {
    History history{kFull};
    history.tick(0s);
    history.take(kWang);
    history.tick_every_second(1s, 60s);

    history.hand_back();
    history.tick_every_second(60s, 1600s);

    EXPECT_EQ(history.log(), "0:1 60:2 360:3 660:4 1560:4");
}

TEST(DutyLadder, HandBackWithoutHavingTakenWakesTheNextAtOnce) {
    History history{kFull};
    history.tick_every_second(0s, 30s);

    history.hand_back();
    history.tick_every_second(30s, 400s);

    EXPECT_EQ(history.log(), "0:1 30:2 330:3");
}

TEST(DutyLadder, HandedBackTwice) {
    History history{kFull};
    history.tick(0s);
    history.take(kWang);
    history.tick(7000s);
    history.hand_back();
    history.tick(7000s);
    history.take(kZhao);
    history.tick(7100s);
    history.hand_back();

    history.tick_every_second(7100s, 9000s);

    EXPECT_EQ(history.log(), "0:1 7000:2 7100:3 7400:4 8300:4");
    EXPECT_EQ(history.alert().taken_by, StaffId{});
}

TEST(DutyLadder, HandedBackAfterTheLastStepWakesTheLastAgain) {
    History history{kFull};
    history.tick(900s);
    history.take(kAdmin);
    history.tick(1000s);
    history.hand_back();

    history.tick_every_second(1000s, 2000s);

    EXPECT_EQ(history.log(), "900:1 900:2 900:3 900:4 1000:4 1900:4");
}

TEST(DutyLadder, ABackwardClockFiresNothingTwiceAndNobodyWaitsLonger) {
    History history{kFull};
    history.tick_every_second(0s, 310s);

    history.tick_every_second(-3600s, -3600s + 310s);

    EXPECT_EQ(history.log(), "0:1 300:2 -3300:3");
}

TEST(DutyLadder, ASmallBackwardStepDelaysNoStepAndFiresNoneAgain) {
    History history{kFull};
    history.tick_every_second(0s, 301s);
    history.tick_every_second(299s, 601s);

    EXPECT_EQ(history.log(), "0:1 300:2 599:3");
}

TEST(DutyLadder, AnAlertFromTheFutureIsPagedNow) {
    History history{kFull};

    history.tick(-3600s);

    EXPECT_EQ(history.log(), "-3600:1");
}

TEST(DutyLadder, WhoIsOnDutyWhenAStepIsCarriedOutIsPaged) {
    History history{kFull};
    history.tick(0s);
    history.staff().shifts[1].staff = StaffId{kSun};

    history.tick(300s);

    EXPECT_EQ(history.log(), "0:1 300:3");
}

TEST(DutyLadder, AnAdministratorOutOfHerHoursIsStillTheLastResort) {
    auto nights = roster({{Role::kAdministrator, kAdmin}});
    nights.shifts[0].days = 0;
    History history{nights};

    history.tick(0s);

    EXPECT_EQ(history.log(), "0:4 0:!");
}

TEST(DutyLadder, ALadderWithoutStepsOrPauseStillWakesTheAdministrator) {
    History history{kFull, Ladder{{}, 0s}};

    history.tick(0s);
    history.tick(5s);

    EXPECT_EQ(history.log(), "0:4 5:4");
    EXPECT_EQ(history.last().next_at, kStart + 6s);
}

/// Everything that may happen to one alert, drawn at random.
class RandomStory {
  public:
    explicit RandomStory(std::uint64_t seed) : random_(seed) {}

    core::Roster roster() {
        core::Roster made;
        for (std::int64_t id = 1; id <= 4; ++id)
            made.staff.push_back({.id = StaffId{id}, .active = random_.below(5) != 0});
        for (const auto role : {Role::kDuty, Role::kSecond, Role::kLeader, Role::kAdministrator})
            for (auto holders = random_.below(3); holders > 0; --holders)
                made.shifts.push_back(
                    {.staff = StaffId{static_cast<std::int64_t>(1 + random_.below(4))}, .role = role});
        return made;
    }
    Ladder ladder() {
        Ladder made{.repeat = seconds{1 + random_.below(400)}};
        seconds after{0};
        for (auto steps = random_.below(6); steps > 0; --steps) {
            made.steps.push_back({after, static_cast<Role>(1 + random_.below(4))});
            after += seconds{random_.below(300)};
        }
        return made;
    }
    bool once_in(std::uint64_t times) { return random_.below(times) == 0; }

  private:
    testing::FakeRandom random_;
};

/// A worker that asks every second and one that asks now and then tell the same people, are as far, and will ask at the
/// same instant: whatever the moments of asking, and with anything between two of them lost to a restart.
TEST(DutyLadder, TickingEverySecondEqualsTickingAtRandomInstants) {
    constexpr int kHistories = 1'000;
    for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
        RandomStory story{seed};
        const auto staff = story.roster();
        const auto ladder = story.ladder();
        History steady{staff, ladder};
        History random{staff, ladder};
        for (auto at = 0s; at <= 2000s; ++at) {
            steady.tick(at);
            if (!story.once_in(40)) continue;
            random.tick(at);
            ASSERT_EQ(random.take_paged(), steady.take_paged()) << "seed " << seed << " at " << at.count();
            ASSERT_EQ(random.alert().steps_done, steady.alert().steps_done) << "seed " << seed;
            ASSERT_EQ(random.alert().ladder_from, steady.alert().ladder_from) << "seed " << seed;
            ASSERT_EQ(random.last().next_at, steady.last().next_at) << "seed " << seed;
            if (!story.once_in(8)) continue;
            const bool takes = steady.alert().open && story.once_in(2);
            for (auto* history : {&steady, &random}) takes ? history->take(kWang) : history->hand_back();
        }
    }
}

struct LevelCase {
    std::string name{};
    core::Level matter = core::Level::kRed;
    bool history = false;
    core::Level alert = core::Level::kRed;
    char ladder = 'r';
};

class DutyLevelTest : public ::testing::TestWithParam<LevelCase> {};

TEST_P(DutyLevelTest, DecidesTheLadder) {
    const Ladders ladders;
    const auto& told = GetParam();

    const auto level = alert_level(told.matter, told.history);
    const auto* ladder = &ladder_for(ladders, level);

    EXPECT_EQ(level, told.alert);
    EXPECT_EQ(ladder == &ladders.red ? 'r' : ladder == &ladders.orange ? 'o' : 'y', told.ladder);
}

INSTANTIATE_TEST_SUITE_P(
    DutyLadder, DutyLevelTest,
    ::testing::Values(LevelCase{"Red", core::Level::kRed, false, core::Level::kRed, 'r'},
                      LevelCase{"Orange", core::Level::kOrange, false, core::Level::kOrange, 'o'},
                      LevelCase{"OrangeWithHistory", core::Level::kOrange, true, core::Level::kOrange, 'o'},
                      LevelCase{"Unknown", core::Level::kUnknown, false, core::Level::kOrange, 'o'},
                      LevelCase{"UnknownWithHistory", core::Level::kUnknown, true, core::Level::kRed, 'r'},
                      LevelCase{"NoLevelIsUnknown", core::Level::kNone, false, core::Level::kOrange, 'o'},
                      LevelCase{"NoLevelWithHistory", core::Level::kNone, true, core::Level::kRed, 'r'},
                      LevelCase{"Yellow", core::Level::kYellow, true, core::Level::kYellow, 'y'},
                      LevelCase{"Green", core::Level::kGreen, true, core::Level::kGreen, 'y'}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(DutyLadder, TheSecondHandBackGoesToTheLeaderThoughSheWasToldBefore) {
    History history{kFull};
    history.tick(900s);
    history.take(kWang);
    history.tick(1000s);
    history.hand_back();
    history.tick(1000s);
    history.hand_back();
    history.tick_every_second(1000s, 1400s);

    EXPECT_EQ(history.log(), "900:1 900:2 900:3 900:4 1000:4 1000:3 1300:4");
}

TEST(DutyLadder, AtNightALowerLevelFindsOnlyThoseWhoMayBeWoken) {
    auto staff = kFull;
    staff.staff.at(0).night = false;
    staff.staff.at(3).night = false;
    const auto found = [&](Role role, core::Level level, int minute) {
        return step_holders(role, level, {.roster = staff, .local = {.minute = minute}});
    };

    EXPECT_TRUE(found(Role::kDuty, core::Level::kOrange, 23 * 60).empty());
    EXPECT_EQ(found(Role::kDuty, core::Level::kOrange, 12 * 60), std::vector{StaffId{kWang}});
    EXPECT_EQ(found(Role::kDuty, core::Level::kRed, 23 * 60), std::vector{StaffId{kWang}});
    EXPECT_EQ(found(Role::kSecond, core::Level::kOrange, 23 * 60), std::vector{StaffId{kZhao}});
    EXPECT_EQ(found(Role::kAdministrator, core::Level::kOrange, 23 * 60), std::vector{StaffId{kAdmin}});
}

TEST(DutyLadder, WhoeverSleepsHidesNobodyFurtherOff) {
    auto staff = roster({{Role::kDuty, kWang}, {Role::kDuty, kZhao}});
    staff.shifts.at(0).district = "230184";
    for (auto& member : staff.staff) member.night = member.id.value != kWang;
    const auto found = [&](core::Level level) {
        return step_holders(Role::kDuty, level,
                            {.roster = staff, .post = {.district = "230184"}, .local = {.minute = 23 * 60}});
    };

    EXPECT_EQ(found(core::Level::kOrange), std::vector{StaffId{kZhao}});
    EXPECT_EQ(found(core::Level::kRed), std::vector{StaffId{kWang}});
}

}  // namespace
}  // namespace harborline::duty
