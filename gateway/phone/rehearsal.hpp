#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/app/ground.hpp"

namespace harborline::gateway {

/// A text that has reached a phone.
struct Received {
    core::PhoneNumber by{};
    std::string text{};
};

/// The real engine in a temporary folder with a clock of its own: what a person would live through, without a carrier.
/// Everything that is sent arrives at once. The folder goes with the object.
class Rehearsal {
  public:
    /// `settings` and `book` must outlive it; the settings' database and key are not touched. `roster` is imported.
    Rehearsal(config::Settings settings, const flow::Book& book, const core::Roster& roster, core::Instant start);
    ~Rehearsal();
    Rehearsal(const Rehearsal&) = delete;
    Rehearsal& operator=(const Rehearsal&) = delete;

    /// One text from a phone, and everything that any phone gets because of it. A turn that throws strands its text.
    std::vector<Received> send(const core::PhoneNumber& from, std::string_view text);
    /// Lets time pass, step by step through whatever falls due.
    std::vector<Received> wait(std::chrono::milliseconds time);

    Ground& ground() { return *ground_; }
    core::Instant now() const;

  private:
    class MovingClock;
    class SeededRandom;
    std::vector<Received> deliver();
    std::vector<Received> carry(storage::Transaction& tx, std::string_view channel, core::Instant now);
    std::vector<Received> settle_what_is_due();

    std::filesystem::path folder_{};
    config::Settings settings_;
    std::unique_ptr<MovingClock> clock_;
    std::unique_ptr<SeededRandom> random_;
    std::unique_ptr<Ground> ground_{};
    std::int64_t sent_ = 0;
};

}  // namespace harborline::gateway
