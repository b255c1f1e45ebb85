#pragma once
#include <cstdint>

#include "handlers/core/random.hpp"
#include "handlers/core/time.hpp"

namespace harborline::testing {

/// A clock that moves only when told to. Starts on Wednesday 2027-03-03, 10:00 in Shanghai.
class FakeClock : public core::Clock {
  public:
    core::Instant now() const override { return time; }
    void advance(std::chrono::milliseconds by) { time += by; }

    core::Instant time{std::chrono::sys_days{std::chrono::year{2027} / 3 / 3} + std::chrono::hours{2}};
};

/// Bytes that look random and are the same every time (SplitMix64).
class FakeRandom : public core::Random {
  public:
    explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}

    void fill(std::span<std::byte> out) override {
        for (auto& byte : out) byte = static_cast<std::byte>(next() >> 56);
    }

  private:
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
        return mixed ^ (mixed >> 31);
    }

    std::uint64_t state_;
};

}  // namespace harborline::testing
