#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "storage/open.hpp"
#include "tests/bench/handset_order.hpp"

namespace harborline::bench {

/// True time and true randomness: a bench measures what production pays.
class WallClock : public core::Clock {
  public:
    core::Instant now() const override;
};
class TrueRandom : public core::Random {
  public:
    void fill(std::span<std::byte> out) override;
};

/// Not among the staff of the demonstration roster.
core::PhoneNumber number(int handset);

struct Message {
    std::string identity{};
    core::PhoneNumber from{};
    core::Instant at{};
    core::MessageState answer = core::MessageState::kWaiting;  ///< What became of the answer.
};

/// What one text of a petition costs the store: is it a repeat, whose is it, where were we; then the turn, the state
/// and the answer. Returns the handset.
core::HandsetId take(storage::Transaction& tx, const Message& message);

/// A store in a folder and who writes to it.
struct LoadOptions {
    std::filesystem::path folder{};
    std::size_t group = 128;  ///< Most messages in a commit.
    int handsets = 10'000;
    int stride = 1;  ///< Between the numbers of two handsets: one in so many of those that are stored writes.
    int autocheckpoint_pages = storage::StoreOptions{}.autocheckpoint_pages;
};

/// Keeps twice as many pieces waiting as fit into one commit, so that every commit is full.
class MessageLoad {
  public:
    explicit MessageLoad(LoadOptions options);
    ~MessageLoad();
    MessageLoad(const MessageLoad&) = delete;
    MessageLoad& operator=(const MessageLoad&) = delete;

    /// Submits for so long (or so many) and waits for the last commit. Returns how many were committed.
    std::int64_t run(std::chrono::duration<double> length, std::int64_t limit = INT64_MAX);
    /// Every handset writes once: a fresh table would flatter.
    void settle() { run(std::chrono::seconds(120), options_.handsets); }

  private:
    void submit();

    LoadOptions options_;
    WallClock clock_{};
    TrueRandom random_{};
    std::string run_ = std::to_string(clock_.now().time_since_epoch().count());
    HandsetOrder order_;
    std::int64_t next_ = 0;
    std::size_t waiting_ = 0;
    bool failed_ = false;
    std::mutex mutex_{};
    std::condition_variable freed_{};
    std::unique_ptr<storage::Store> store_;
};

}  // namespace harborline::bench
