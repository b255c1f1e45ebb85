#include "gateway/workers/retry_policy.hpp"

#include <algorithm>
#include <chrono>

namespace harborline::gateway {
namespace {

/// Doubles from the first wait to the longest; half of it is drawn, so that a thousand messages that failed together
/// do not come back together.
std::chrono::milliseconds backoff(int attempts, const config::Settings::Outbox& settings, core::Random& random) {
    const int doublings = std::clamp(attempts - 1, 0, 20);
    const auto whole =
        std::min<std::chrono::milliseconds>(settings.retry_first * (1LL << doublings), settings.retry_max);
    const auto half = whole / 2;
    return half + std::chrono::milliseconds{random.below(static_cast<std::uint64_t>(half.count()) + 1)};
}

}  // namespace

core::Message judge(const SendResult& result, core::Message message, const config::Settings::Outbox& settings,
                    core::Instant now, core::Random& random) {
    message.reason = result.reason;
    switch (result.kind) {
        case SendResult::Kind::kSent:
            message.state = core::MessageState::kSent;
            return message;
        case SendResult::Kind::kRefused:
            message.state = core::MessageState::kDead;
            return message;
        case SendResult::Kind::kUnknown:
            if (!core::may_repeat(message.kind)) {
                message.state = core::MessageState::kUnknown;
                return message;
            }
            ++message.repeats;
            break;
        case SendResult::Kind::kRetry:
            break;
    }
    if (message.attempts >= settings.attempts_max) {
        message.state = core::MessageState::kDead;
        return message;
    }
    std::chrono::milliseconds wait = backoff(message.attempts, settings, random);
    if (result.retry_after) wait = std::max<std::chrono::milliseconds>(wait, *result.retry_after);
    message.state = core::MessageState::kWaiting;
    message.due_at = now + wait;
    return message;
}

}  // namespace harborline::gateway
