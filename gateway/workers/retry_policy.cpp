#include "gateway/workers/retry_policy.hpp"

#include <algorithm>
#include <chrono>

namespace harborline::gateway {
namespace {

using std::chrono::milliseconds;

/// So often a text goes again although it may have arrived: a carrier that takes everything and answers nothing must
/// not fill her phone. Pages go on: they are meant to wake.
constexpr int kRepeatsMax = 3;
/// Danger is tried at least once a minute, whatever a carrier asks for.
constexpr milliseconds kRedWaitMax = std::chrono::minutes{1};

/// Doubles from the first wait to the longest; half of it is drawn, so that a thousand messages that failed together
/// do not come back together.
milliseconds backoff(int attempts, const config::Settings::Outbox& settings, core::Random& random) {
    const int doublings = std::clamp(attempts - 1, 0, 20);
    const auto whole = std::min<milliseconds>(settings.retry_first * (1LL << doublings), settings.retry_max);
    const auto half = whole / 2;
    return half + milliseconds{random.below(static_cast<std::uint64_t>(half.count()) + 1)};
}

bool may_go_again(const core::Message& message) {
    return core::may_repeat(message.kind) && (core::is_page(message.kind) || message.repeats < kRepeatsMax);
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
            if (!may_go_again(message)) {
                message.state = core::MessageState::kUnknown;
                return message;
            }
            ++message.repeats;
            break;
        case SendResult::Kind::kRetry:
            break;
    }
    // Receipts tell attempts apart by a number that only rises: whoever sends a dead one again gives it as many more.
    if (message.attempts % settings.attempts_max == 0) {
        message.state = core::MessageState::kDead;
        return message;
    }
    milliseconds wait = backoff(message.attempts, settings, random);
    if (result.retry_after) wait = std::max(wait, pause_of(*result.retry_after, settings));
    if (message.kind == core::MessageClass::kRedPage) wait = std::min(wait, kRedWaitMax);
    message.state = core::MessageState::kWaiting;
    message.due_at = now + wait;
    return message;
}

milliseconds pause_of(std::chrono::seconds retry_after, const config::Settings::Outbox& settings) {
    return std::min<milliseconds>(retry_after, settings.retry_max);
}

}  // namespace harborline::gateway
