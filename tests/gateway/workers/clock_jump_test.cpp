// The wall clock jumps under the workers: nothing fires twice, nothing is lost, and what goes on goes on.
#include <algorithm>
#include <string>

#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::kAdmin;
using testing::kSun;
using testing::kWang;
using testing::kZhao;
using testing::phone;
using testing::words;

constexpr auto kYear = 365 * 24h;

/// Whether the service goes on running through the jump, or is started anew after it.
enum class Service { kRuns, kStartsAnew };

struct Jump {
    const char* name;
    std::chrono::hours by;  ///< Backward.
    Service service;
};
void PrintTo(const Jump& jump, std::ostream* out) {
    *out << jump.name;
}

class ClockJump_Test : public WorkerFixture, public ::testing::WithParamInterface<Jump> {
  protected:
    std::unique_ptr<ClockWorker> start() {
        return std::make_unique<ClockWorker>(clock_parts(gate_), loop_.get_executor());
    }
    int keep() { return testing::run(loop_, worker_->run_once()); }
    void pass_minutes(int minutes) {
        for (int minute = 0; minute < minutes; ++minute) {
            world_.clock.advance(1min);
            keep();
        }
    }
    void jump(std::chrono::milliseconds by) {
        world_.clock.advance(by);
        if (GetParam().service == Service::kStartsAnew) worker_ = start();
    }
    void set_back() {
        jump(-GetParam().by);
        keep();
    }
    /// Of what came to somebody, the pages.
    std::ptrdiff_t pages(const core::PhoneNumber& to) {
        const auto news = world_.news(to);
        return static_cast<std::ptrdiff_t>(news.size()) - std::ranges::count(news, words("adm.clock_set_back"));
    }

    std::ptrdiff_t sent_to_her() {
        const auto id = world_.messages_to(phone(1)).at(0).id.value;
        return std::ranges::count(sent_, id, &Sent::id);
    }

    std::unique_ptr<ClockWorker> worker_ = start();
};

TEST_P(ClockJump_Test, ALadderGoesOnAndWakesNobodyTwice) {
    keep();
    world_.says(phone(1), "9");
    pass_minutes(5);
    ASSERT_EQ(pages(kWang), 1);
    ASSERT_EQ(pages(kZhao), 1);

    set_back();
    EXPECT_EQ(pages(kSun), 0);
    pass_minutes(10);

    EXPECT_EQ(pages(kSun), 1);
    pass_minutes(10);
    EXPECT_EQ(pages(kAdmin), 1);
    EXPECT_EQ(pages(kWang) + pages(kZhao) + pages(kSun), 0);
}

TEST_P(ClockJump_Test, ALadderThatFiredAheadOfTimeGoesOnAfterTheWayBack) {
    keep();
    world_.says(phone(1), "9");
    jump(GetParam().by);
    keep();
    ASSERT_EQ(pages(kZhao), 1);
    ASSERT_EQ(pages(kSun), 1);
    ASSERT_EQ(pages(kAdmin), 1);

    set_back();
    pass_minutes(30);

    EXPECT_GE(pages(kAdmin), 1);
    EXPECT_EQ(pages(kZhao) + pages(kSun), 0);
    EXPECT_EQ(world_.open_alerts().size(), 1U);
}

TEST_P(ClockJump_Test, AnAnswerGoesOutAtOnceAndOnce) {
    keep();
    world_.says(phone(1), "你好");
    set_back();

    deliver();
    EXPECT_EQ(sent_to_her(), 1);
    deliver();
    world_.clock.advance(GetParam().by);
    deliver();
    EXPECT_EQ(sent_to_her(), 1);
}

TEST_P(ClockJump_Test, AHalfToldStoryIsFiledWithinTwoDaysAndOnce) {
    keep();
    for (const auto* said : {"你好", "2", "1", "2", "3", "1", "他们把地给了别人"}) world_.says(phone(1), said);
    set_back();

    for (int day = 0; day < 2; ++day) {
        world_.clock.advance(24h + 1min);
        keep();
    }

    EXPECT_EQ(world_.cases().size(), 1U);
    world_.clock.advance(GetParam().by);
    keep();
    EXPECT_EQ(world_.cases().size(), 1U);
}

TEST_P(ClockJump_Test, NobodyIsShownAStoryBecauseItsHourLiesAhead) {
    keep();
    for (const auto* said : {"你好", "2", "1", "2", "3", "1", "他们把地给了别人"}) world_.says(phone(1), said);
    set_back();

    const auto asked = world_.says(phone(1), "喂");

    EXPECT_EQ(asked, std::vector{words("err.timeout")});
}

TEST_P(ClockJump_Test, IsAnEventThatTheAdministratorHearsOfOnce) {
    keep();
    world_.says(phone(1), "你好");
    keep();

    set_back();
    pass_minutes(20);

    EXPECT_EQ(world_.news(kAdmin), std::vector{words("adm.clock_set_back")});
    EXPECT_EQ(world_.events("clock_set_back"), 1);
}

INSTANTIATE_TEST_SUITE_P(Jumps, ClockJump_Test,
                         ::testing::Values(Jump{"FiveHoursRunning", 5h, Service::kRuns},
                                           Jump{"FiveHoursWithAStart", 5h, Service::kStartsAnew},
                                           Jump{"AYearRunning", kYear, Service::kRuns},
                                           Jump{"AYearWithAStart", kYear, Service::kStartsAnew}),
                         [](const auto& param_info) { return param_info.param.name; });

class ClockStep_Test : public ClockJump_Test {};

TEST_P(ClockStep_Test, ASmallStepIsNoEvent) {
    keep();
    world_.says(phone(1), "9");
    world_.clock.advance(-30s);
    worker_ = start();
    keep();
    world_.clock.advance(-30s);
    keep();

    EXPECT_EQ(world_.events("clock_set_back"), 0);
    pass_minutes(6);
    EXPECT_EQ(pages(kZhao), 1);
}

INSTANTIATE_TEST_SUITE_P(Steps, ClockStep_Test, ::testing::Values(Jump{"Running", 0h, Service::kRuns}),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace harborline::gateway
