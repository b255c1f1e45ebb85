#pragma once
#include <chrono>

#include "config/settings.hpp"
#include "gateway/carriers/carrier.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/random.hpp"

namespace harborline::gateway {

/// What becomes of a message after one attempt. Pure but for the jitter. `message` is as claimed, `attempts` counting
/// this attempt.
core::Message judge(const SendResult& result, core::Message message, const config::Settings::Outbox& settings,
                    core::Instant now, core::Random& random);

/// How long a carrier that asks to be left alone is: never longer than the longest wait between two attempts.
std::chrono::milliseconds pause_of(std::chrono::seconds retry_after, const config::Settings::Outbox& settings);

}  // namespace harborline::gateway
