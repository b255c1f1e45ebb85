#pragma once
#include "gateway/app/loading.hpp"

namespace harborline::gateway {

/// Runs the service until SIGTERM or SIGINT: the composition root. Returns the exit status; throws std::runtime_error
/// in one sentence where it cannot start. A stop fails /readyz, closes the listeners, finishes what was read, drains
/// the queue and checkpoints, within 10 s; a second signal leaves at once. SIGHUP reads the certificate anew.
int run_service(const Loaded& loaded);

}  // namespace harborline::gateway
