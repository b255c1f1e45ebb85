#include "gateway/workers/auditor_worker.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "tests/gateway/workers/worker_fixture.hpp"
#include "tests/support/caller.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::kAdmin;
using testing::kSun;
using testing::kWang;
using testing::kZhao;
using testing::phone;
using testing::words;
using Said = std::vector<std::string>;

constexpr auto kAlarm = "alarm";

class AuditorWorker_Test : public WorkerFixture {
  protected:
    AuditorWorker_Test() {
        auto alarm = world_.settings.channels.at(0);
        alarm.name = kAlarm;
        world_.settings.channels.push_back(alarm);
        world_.settings.duty.alarm_channel = kAlarm;
        engage();
    }

    /// From now on RED rings too.
    void ring() {
        world_.settings.channels.push_back(testing::settings_with_voice().channels.back());
        world_.settings.duty.call_channel = world_.settings.channels.back().name;
    }

    /// As after a restart of the service.
    void engage() {
        auditor_ = std::make_unique<AuditorWorker>(
            AuditorWorker::Parts{.gate = gate_,
                                 .rules = world_.ground->rules(),
                                 .clock = world_.clock,
                                 .on_audit = [this](std::size_t differences) { metric_ = differences; },
                                 .on_commit = [this] { ++commits_; },
                                 .log = {},
                                 .patience = patience_},
            loop_.get_executor());
    }
    std::size_t audit() { return testing::run(loop_, auditor_->run_once()); }

    /// Minutes in which whoever should work does; what the auditor found in all.
    std::size_t pass(int minutes, bool with_clock_worker) {
        std::size_t found = 0;
        for (int minute = 0; minute < minutes; ++minute) {
            world_.clock.advance(1min);
            if (with_clock_worker) keep_deadlines();
            deliver();
            found += audit();
        }
        return found;
    }
    /// Which channels messages to a phone went by.
    std::set<std::string> ways_to(const core::PhoneNumber& number) {
        std::set<std::string> ways;
        for (const auto& message : world_.messages_to(number)) ways.insert(message.channel);
        return ways;
    }

    std::chrono::milliseconds patience_ = 20s;
    std::size_t metric_ = 99;
    std::unique_ptr<AuditorWorker> auditor_{};
};

TEST_F(AuditorWorker_Test, FindsNothingWhileEverybodyDoesTheirWork) {
    world_.says(phone(1), "9");

    EXPECT_EQ(pass(40, true), 0U);

    EXPECT_EQ(metric_, 0U);
    EXPECT_EQ(auditor_->remark(), "");
    EXPECT_EQ(world_.events("duty_audit"), 0);
}

TEST_F(AuditorWorker_Test, ADeadClockWorkerIsAnAlarmOnTheOtherChannelOnce) {
    world_.says(phone(1), "9");
    deliver();
    EXPECT_EQ(pass(5, false), 0U);
    EXPECT_TRUE(world_.news(kAdmin).empty());
    commits_ = 0;

    EXPECT_GT(pass(4, false), 0U);  // The second should have been told after five minutes.

    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.duty_audit")});
    EXPECT_EQ(ways_to(kAdmin), std::set<std::string>{kAlarm});
    EXPECT_EQ(world_.events("duty_audit"), 1);
    EXPECT_EQ(commits_, 1);
    EXPECT_EQ(metric_, 1U);
    EXPECT_NE(auditor_->remark(), "");

    engage();
    EXPECT_EQ(audit(), 1U);
    EXPECT_TRUE(world_.news(kAdmin).empty());

    EXPECT_GT(pass(3, false), 0U);  // And the leader after ten: another one.
    EXPECT_EQ(world_.news(kAdmin).size(), 1U);
    EXPECT_EQ(world_.events("duty_audit"), 2);
}

TEST_F(AuditorWorker_Test, WithoutAnotherChannelTheLogTells) {
    world_.settings.duty.alarm_channel.clear();
    world_.says(phone(1), "9");
    deliver();

    EXPECT_GT(pass(7, false), 0U);

    EXPECT_TRUE(world_.news(kAdmin).empty());
    EXPECT_EQ(world_.events("duty_audit"), 1);
    EXPECT_NE(auditor_->remark(), "");
}

TEST_F(AuditorWorker_Test, APageThatTheCarrierDoesNotTakeIsAnAlarm) {
    world_.says(phone(1), "9");
    world_.clock.advance(2min);

    EXPECT_EQ(audit(), 1U);

    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.duty_audit")});
    deliver();
    EXPECT_EQ(audit(), 0U);
}

TEST_F(AuditorWorker_Test, AnAuditThatCouldNotBeMadeThreeTimesIsADifference) {
    patience_ = 1ms;
    engage();
    tap_.hold_back();

    EXPECT_EQ(audit(), 0U);
    EXPECT_EQ(audit(), 0U);
    EXPECT_EQ(auditor_->remark(), "");
    EXPECT_EQ(audit(), 1U);

    EXPECT_EQ(metric_, 1U);
    EXPECT_NE(auditor_->remark(), "");
    EXPECT_EQ(tap_.submitted, 1);  // What is busy is not asked again.
    tap_.release();
    EXPECT_EQ(audit(), 0U);
    EXPECT_EQ(metric_, 0U);
    EXPECT_EQ(auditor_->remark(), "");
}

TEST_F(AuditorWorker_Test, AStoreThatIsUnavailableIsMissedToo) {
    tap_.unavailable_after = 0;

    EXPECT_EQ(audit(), 0U);
    EXPECT_EQ(audit(), 0U);
    EXPECT_EQ(audit(), 1U);
}

struct LadderThatStops {
    std::string name{};
    core::Level level = core::Level::kOrange;
    int minutes = 0;  ///< Until the second step is late.
};

class AuditorOfEveryLevel : public AuditorWorker_Test, public ::testing::WithParamInterface<LadderThatStops> {};

TEST_P(AuditorOfEveryLevel, ALadderThatStopsIsNoticed) {
    world_.raise(GetParam().level);
    deliver();

    EXPECT_EQ(pass(GetParam().minutes, false), 0U);
    EXPECT_EQ(pass(1, false), 1U);
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.duty_audit")});
}

TEST_P(AuditorOfEveryLevel, ALadderThatIsClimbedIsNot) {
    world_.raise(GetParam().level);

    EXPECT_EQ(pass(GetParam().minutes * 3, true), 0U);
}

INSTANTIATE_TEST_SUITE_P(DutyAuditor, AuditorOfEveryLevel,
                         ::testing::Values(LadderThatStops{"Red", core::Level::kRed, 6},
                                           LadderThatStops{"Orange", core::Level::kOrange, 31},
                                           LadderThatStops{"Yellow", core::Level::kYellow, 241}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST_F(AuditorWorker_Test, ATextForSeveralAlertsIsATellingOfEach) {
    world_.raise(core::Level::kOrange);
    EXPECT_EQ(pass(2, true), 0U);
    world_.raise(core::Level::kOrange, core::CaseKind::kSafety, 2);
    world_.raise(core::Level::kYellow, core::CaseKind::kSafety, 3);

    EXPECT_EQ(pass(60, true), 0U);

    const auto pages = world_.pages_of("wang");
    ASSERT_EQ(pages.size(), 3U);
    for (const auto& page : pages)
        EXPECT_EQ(world_.in([&](storage::Transaction& tx) { return tx.outbox().messages_of(page.id).size(); }), 1U);
}

TEST_F(AuditorWorker_Test, APageThatWaitsForATextThatNeverComesIsNoticed) {
    world_.raise(core::Level::kOrange);
    deliver();
    world_.clock.advance(2min);
    world_.raise(core::Level::kOrange, core::CaseKind::kSafety, 2);
    world_.in([&](storage::Transaction& tx) {  // Whoever should tell it forgets.
        std::vector<storage::Deadline> kept;
        for (auto due = tx.deadlines().take_due(world_.clock.now() + 48h, 1); !due.empty();
             due = tx.deadlines().take_due(world_.clock.now() + 48h, 1))
            if (due.front().kind != storage::Deadline::Kind::kBundle) kept.push_back(due.front());
        for (const auto& due : kept) tx.deadlines().add(due.kind, due.subject, due.due_at);
    });

    EXPECT_EQ(pass(11, true), 0U);
    EXPECT_EQ(pass(1, true), 1U);
    EXPECT_EQ(world_.events("duty_audit"), 1);
}

TEST_F(AuditorWorker_Test, WhoeverSleepsIsNotMissedAtNight) {
    auto roster = testing::shipped_roster();
    for (auto& member : roster.staff)
        if (member.key == "wang") member.night = false;
    world_.clock.advance(13h);  // 23:00
    world_.in([&](storage::Transaction& tx) {
        tx.staff().replace(roster, world_.clock.now());
        tx.journal().append({.at = world_.clock.now(), .event = "roster_imported"});
    });
    world_.raise(core::Level::kOrange);

    EXPECT_EQ(pass(70, true), 0U);

    EXPECT_TRUE(world_.pages_of("wang").empty());
    EXPECT_EQ(world_.pages_of("zhao").size(), 1U);
}

TEST_F(AuditorWorker_Test, FindsNothingWhereEverybodyIsCalledToo) {
    ring();
    world_.says(phone(1), "9");

    EXPECT_EQ(pass(40, true), 0U);

    EXPECT_TRUE(ways_to(kWang).contains("voice"));
}

TEST_F(AuditorWorker_Test, ATextWithoutItsCallIsAnAlarmOnce) {
    world_.says(phone(1), "9");
    deliver();
    EXPECT_EQ(audit(), 0U);
    ring();

    EXPECT_EQ(audit(), 1U);
    EXPECT_EQ(audit(), 1U);

    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.duty_audit")});
    EXPECT_EQ(world_.events("duty_audit"), 1);
}

/// The desk and the store themselves: alerts side by side, whose people take, hand back, close or say nothing.
class DutyAuditorDesk : public AuditorWorker_Test {
  protected:
    DutyAuditorDesk() { ring(); }

    std::uint64_t below(std::uint64_t bound) { return draw_.below(bound); }

    void somebody_answers() {
        constexpr std::array kKeys{"wang", "zhao", "sun", "admin"};
        const std::array phones{kWang, kZhao, kSun, kAdmin};
        const auto who = below(kKeys.size());
        const auto pages = world_.pages_of(kKeys[who]);
        if (pages.empty()) return;
        const auto& page = pages[below(pages.size())];
        std::string said = std::to_string(page.code) + (below(3) == 0 ? "b" : "a");
        if (below(4) == 0) said = below(2) == 0 ? "1" : "收到";
        world_.give(world_.text(phones[who], said));
    }
    void somebody_closes() {
        const auto all = world_.cases();
        if (all.empty()) return;
        const auto& matter = all[below(all.size())];
        world_.in([&](storage::Transaction& tx) {
            const auto standing = tx.cases().find(matter.id);
            (void)world_.ground->replies().close(tx, *standing, matter.owner, "test", world_.clock.now());
        });
    }

    /// The machine raises the level of a matter whose alert is open.
    void somebody_is_in_greater_danger(core::Level level) {
        const auto open = world_.open_alerts();
        if (open.empty()) return;
        const auto& alert = open[below(open.size())];
        if (alert.level >= level) return;
        ++risen_;
        world_.in([&](storage::Transaction& tx) {
            auto matter = *tx.cases().find(alert.case_id);
            matter.level = level;
            tx.cases().update(matter);
            world_.ground->taker().desk().raise(tx, matter, world_.clock.now());
        });
    }

    testing::FakeRandom draw_{7};
    int risen_ = 0;
};

TEST_F(DutyAuditorDesk, WhatTheDeskDoesIsWhatTheAuditorComputes) {
    constexpr std::array kLevels{core::Level::kYellow, core::Level::kOrange, core::Level::kRed};
    int alerts = 0;
    for (int turn = 0; turn < 600; ++turn) {
        world_.pass(std::chrono::milliseconds{1 + below(50'000)});
        if (below(6) == 0) world_.give(world_.text(phone(1'000 + alerts++), "9"));
        if (below(6) == 0) world_.raise(kLevels[below(3)], core::CaseKind::kSafety, 1'000 + alerts++);
        world_.clock.advance(1ms);
        if (below(20) == 0) somebody_is_in_greater_danger(kLevels[below(3)]);
        world_.clock.advance(1ms);
        if (below(2) == 0) somebody_answers();
        if (below(15) == 0) somebody_closes();
        deliver();

        ASSERT_EQ(audit(), 0U) << "turn " << turn;
    }
    EXPECT_GT(alerts, 80);
    EXPECT_GT(risen_, 5);
    const auto done = [&](core::CaseEntry::Kind kind) {
        std::size_t count = 0;
        for (const auto& matter : world_.cases()) count += world_.entries(matter.id, kind).size();
        return count;
    };
    EXPECT_GT(done(core::CaseEntry::Kind::kTaken), 20U);
    EXPECT_GT(done(core::CaseEntry::Kind::kHandedBack), 10U);
    EXPECT_GT(done(core::CaseEntry::Kind::kStatus), 5U);
}

}  // namespace
}  // namespace harborline::gateway
