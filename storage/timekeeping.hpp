#pragma once
#include <array>
#include <chrono>

#include "handlers/core/time.hpp"
#include "storage/deadlines.hpp"

namespace harborline::storage {

/// How far ahead something may be set to fall due at most, counted from the moment that it is set.
struct LongestWaits {
    std::array<std::chrono::milliseconds, Deadline::kKinds> deadline{};  ///< By Deadline::Kind.
    std::chrono::milliseconds outbox{};                                  ///< Between two attempts, a lease included.
};

/// What a wall clock that ran ahead leaves behind once it is put right.
class Timekeeping {
  public:
    virtual ~Timekeeping() = default;
    /// The instant that was last written down as the present: a clock that was set back shows by it after a restart.
    virtual core::Instant newest() = 0;
    /// The clock was set back to `now`. What was written as the present and lies ahead counts as written now, with the
    /// life it was given; nothing waits longer than if it had been set now. Nothing falls due that was not.
    virtual void set_back(core::Instant now, const LongestWaits& waits) = 0;
};

}  // namespace harborline::storage
