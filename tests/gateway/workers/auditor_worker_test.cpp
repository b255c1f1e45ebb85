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

    testing::FakeRandom draw_{7};
};

TEST_F(DutyAuditorDesk, WhatTheDeskDoesIsWhatTheAuditorComputes) {
    int alerts = 0;
    for (int turn = 0; turn < 400; ++turn) {
        world_.pass(std::chrono::milliseconds{1 + below(50'000)});
        if (below(6) == 0) world_.give(world_.text(phone(1'000 + alerts++), "9"));
        world_.clock.advance(1ms);
        if (below(2) == 0) somebody_answers();
        if (below(15) == 0) somebody_closes();
        deliver();

        ASSERT_EQ(audit(), 0U) << "turn " << turn;
    }
    EXPECT_GT(alerts, 40);
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
