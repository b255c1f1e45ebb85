#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "storage/store.hpp"

namespace harborline::testing {

/// The real store behind a door that can be shut, or that holds back the news of a commit.
class StoreTap : public storage::Store {
  public:
    explicit StoreTap(storage::Store& store) : store_(store) {}

    void submit(Lane lane, Work work, Done done) override {
        if (unavailable_after == 0) {
            ++refused;
            return done(std::make_exception_ptr(storage::Unavailable("the disk is full")));
        }
        if (unavailable_after > 0) --unavailable_after;
        ++submitted;
        if (throws_for > 0 && throws_after-- <= 0) {
            --throws_for;
            work = [done_well = std::move(work)](storage::Transaction& tx) {
                done_well(tx);
                throw std::runtime_error("a bug");
            };
        }
        store_.submit(lane, std::move(work), [this, done = std::move(done)](std::exception_ptr error) {
            const std::scoped_lock lock(mutex_);
            if (!holding_) return done(std::move(error));
            held_.emplace_back(std::move(done), std::move(error));
            arrived_.notify_all();
        });
    }
    bool healthy() const override { return store_.healthy(); }
    std::size_t waiting() const override { return store_.waiting(); }
    std::array<std::byte, 32> secret(storage::SecretPurpose purpose) const override { return store_.secret(purpose); }
    void stop() override { store_.stop(); }

    void hold_back() {
        const std::scoped_lock lock(mutex_);
        holding_ = true;
    }
    /// Waits until so many commits are over whose news is held back.
    bool wait_for_held(std::size_t pieces) {
        std::unique_lock lock(mutex_);
        return arrived_.wait_for(lock, std::chrono::seconds{20}, [&] { return held_.size() >= pieces; });
    }
    void release() {
        const std::scoped_lock lock(mutex_);
        holding_ = false;
        for (auto& [done, error] : std::exchange(held_, {})) done(std::move(error));
    }

    int submitted = 0;
    int refused = 0;             ///< By unavailable_after.
    int throws_for = 0;          ///< So many pieces are undone by an exception,
    int throws_after = 0;        ///< behind so many that are not.
    int unavailable_after = -1;  ///< So many pieces are still let in; negative: all.

  private:
    storage::Store& store_;
    std::mutex mutex_{};
    std::condition_variable arrived_{};
    bool holding_ = false;
    std::vector<std::pair<Done, std::exception_ptr>> held_{};
};

}  // namespace harborline::testing
