#include "gateway/workers/retry_policy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using Kind = SendResult::Kind;

constexpr MessageClass kRetriedClasses[] = {MessageClass::kAnswer,  MessageClass::kReply,     MessageClass::kNotice,
                                            MessageClass::kPage,    MessageClass::kAutomatic, MessageClass::kCover,
                                            MessageClass::kKinship, MessageClass::kRedPage};

/// Every result, for every class, at the first, a middle and the last attempt.
class RetryPolicy_Test : public ::testing::TestWithParam<std::tuple<Kind, MessageClass, int>> {
  protected:
    core::Message judged(std::optional<std::chrono::seconds> retry_after = {}) {
        const auto& [kind, what, attempts] = GetParam();
        core::Message message{.kind = what, .state = MessageState::kSending, .attempts = attempts, .repeats = 1};
        message.due_at = clock_.now();
        message.expires_at = clock_.now() + 10h;
        return judge({.kind = kind, .reason = "why", .retry_after = retry_after}, message, settings_, clock_.now(),
                     random_);
    }

    testing::FakeClock clock_{};
    testing::FakeRandom random_{};
    config::Settings::Outbox settings_{};
};

TEST_P(RetryPolicy_Test, DecidesStateRepeatsAndTheNextAttempt) {
    const auto& [kind, what, attempts] = GetParam();
    const bool once_only = what == MessageClass::kCover || what == MessageClass::kKinship;
    const bool last = attempts == settings_.attempts_max;

    const auto message = judged();

    EXPECT_EQ(message.reason, "why");
    switch (kind) {
        case Kind::kSent:
            EXPECT_EQ(message.state, MessageState::kSent);
            EXPECT_EQ(message.repeats, 1);
            return;
        case Kind::kRefused:
            EXPECT_EQ(message.state, MessageState::kDead);
            EXPECT_EQ(message.repeats, 1);
            return;
        case Kind::kUnknown:
            EXPECT_EQ(message.repeats, once_only ? 1 : 2);
            if (once_only) {
                EXPECT_EQ(message.state, MessageState::kUnknown);
                return;
            }
            break;
        case Kind::kRetry:
            EXPECT_EQ(message.repeats, 1);
            break;
    }
    EXPECT_EQ(message.state, last ? MessageState::kDead : MessageState::kWaiting);
    if (last) return;
    const auto wait = message.due_at - clock_.now();
    EXPECT_GE(wait, 5s);  // Half of the first wait.
    EXPECT_LE(wait, settings_.retry_max);
}

TEST_P(RetryPolicy_Test, ACarrierThatNamesALongerWaitIsObeyedButByDanger) {
    const auto message = judged(500s);
    if (message.state != MessageState::kWaiting) return;

    if (message.kind == MessageClass::kRedPage)
        EXPECT_LE(message.due_at, clock_.now() + 1min);
    else
        EXPECT_GE(message.due_at, clock_.now() + 500s);
}

TEST_P(RetryPolicy_Test, ACarrierThatNamesAnAbsurdWaitIsTriedAfterTheLongest) {
    const auto message = judged(std::chrono::hours{24});
    if (message.state != MessageState::kWaiting) return;

    EXPECT_LE(message.due_at, clock_.now() + settings_.retry_max);
}

TEST_P(RetryPolicy_Test, ACarrierThatNamesAShorterWaitIsNotHammered) {
    const auto message = judged(1s);
    if (message.state != MessageState::kWaiting) return;

    EXPECT_GE(message.due_at, clock_.now() + 5s);
}

INSTANTIATE_TEST_SUITE_P(All, RetryPolicy_Test,
                         ::testing::Combine(::testing::Values(Kind::kSent, Kind::kRetry, Kind::kRefused,
                                                              Kind::kUnknown),
                                            ::testing::ValuesIn(kRetriedClasses), ::testing::Values(1, 7, 20)));

TEST(RetryPolicy_Repeats, AreBoundedForEverybodyButCaseworkers) {
    const testing::FakeClock clock;
    testing::FakeRandom random;
    const config::Settings::Outbox settings{};
    for (const auto kind : kRetriedClasses) {
        core::Message message{.kind = kind, .attempts = 1};
        for (message.attempts = 1; message.attempts < 10; ++message.attempts)
            message = judge({.kind = Kind::kUnknown}, message, settings, clock.now(), random);

        const bool once_only = !core::may_repeat(kind);
        EXPECT_EQ(message.repeats, once_only ? 0 : core::is_page(kind) ? 9 : 3);
        EXPECT_EQ(message.state, core::is_page(kind) ? MessageState::kWaiting : MessageState::kUnknown);
    }
}

TEST(Backoff_Test, DoublesToItsBoundAndIsDrawn) {
    const testing::FakeClock clock;
    testing::FakeRandom random;
    const config::Settings::Outbox settings{.retry_first = 10s, .retry_max = 600s, .attempts_max = 1'000};
    std::chrono::milliseconds whole = 10s;
    for (int attempt = 1; attempt < 100; ++attempt) {
        std::chrono::milliseconds least = 1h;
        std::chrono::milliseconds most = 0s;
        for (int drawn = 0; drawn < 50; ++drawn) {
            const core::Message message{.attempts = attempt};
            const auto wait =
                judge({.kind = Kind::kRetry}, message, settings, clock.now(), random).due_at - clock.now();
            least = std::min(least, wait);
            most = std::max(most, wait);
        }
        EXPECT_GE(least, whole / 2) << attempt;
        EXPECT_LE(most, whole) << attempt;
        EXPECT_LT(least, most) << attempt;
        whole = std::min<std::chrono::milliseconds>(whole * 2, 600s);
    }
}

}  // namespace
}  // namespace harborline::gateway
