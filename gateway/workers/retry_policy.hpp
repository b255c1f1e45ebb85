#pragma once
#include "config/settings.hpp"
#include "gateway/carriers/carrier.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/random.hpp"

namespace harborline::gateway {

/// What becomes of a message after one attempt. Pure but for the jitter. `message` is as claimed, `attempts` counting
/// this attempt.
core::Message judge(const SendResult& result, core::Message message, const config::Settings::Outbox& settings,
                    core::Instant now, core::Random& random);

}  // namespace harborline::gateway
