#pragma once
#include <array>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>

#include "storage/transaction.hpp"

namespace harborline::storage {

/// The disk or the database is in trouble (full, locked, damaged, stopping): nothing was written; try again later.
struct Unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Secrets that other parts derive from the store's own key ring: the key of the reference-number permutation and of
/// content hashes. Stable for the life of the database.
enum class SecretPurpose { kReferenceNumbers, kRepeatHash };

/// The one way to durable state. Work runs on a thread of the store's own, in groups: everything that waits is run and
/// committed once; whoever waits is told after the COMMIT has returned (I1).
class Store {
  public:
    /// Touches nothing but its Transaction and what it captured; may run more than once before it is committed.
    /// Throwing undoes this piece alone.
    using Work = std::function<void(Transaction&)>;
    /// Called exactly once, after the commit (null) or with what went wrong: the piece's own exception, or Unavailable.
    /// On the store's thread, or on the caller's where `submit` refuses at once. By then the Work is destroyed. Must be
    /// quick, must not throw and must not wait for the store.
    using Done = std::function<void(std::exception_ptr)>;
    enum class Lane { kDanger, kOrdinary };

    virtual ~Store() = default;

    /// Queues a piece of work. The store owns it: a caller that goes away cancels nothing.
    virtual void submit(Lane lane, Work work, Done done) = 0;

    /// Runs a piece of work and waits for its commit; throws what it threw. For commands and tests; never from inside
    /// a Work or a Done.
    void run(const Work& work);

    /// Whether the last group could be committed (readiness), and how much is waiting.
    virtual bool healthy() const = 0;
    virtual std::size_t waiting() const = 0;

    /// A key of 32 bytes for one purpose outside the database.
    virtual std::array<std::byte, 32> secret(SecretPurpose purpose) const = 0;

    /// Finishes what is queued, refuses what comes after, checkpoints.
    virtual void stop() = 0;
};

}  // namespace harborline::storage
