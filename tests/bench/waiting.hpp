#pragma once
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ostream>
#include <stdexcept>
#include <vector>

#include "tests/bench/http_exchange.hpp"

namespace harborline::bench {

using Clock = std::chrono::steady_clock;

/// Connections to one port of loopback that are waited for together.
class Connections {
  public:
    /// Throws std::runtime_error where nobody listens.
    Connections(std::uint16_t port, std::size_t count) : connections_(count), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        for (std::size_t at = 0; at < count; ++at) {
            if (!connections_[at].connect(port)) throw std::runtime_error("nobody listens there");
            epoll_event event{.events = EPOLLIN, .data = {.u64 = at}};
            epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[at].socket(), &event);
        }
    }

    std::size_t size() const { return connections_.size(); }
    HttpExchange& operator[](std::size_t at) { return connections_[at]; }

    /// Hands the number of each connection with something to read to `take`; returns after `length` at the latest.
    template <class Take>
    void wait(Clock::duration length, const Take& take) {
        const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(length).count();
        const timespec time{.tv_sec = nanos / 1'000'000'000, .tv_nsec = nanos % 1'000'000'000};
        std::array<epoll_event, 64> events;
        const int ready = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &time, nullptr);
        for (int i = 0; i < ready; ++i) take(static_cast<std::size_t>(events.at(static_cast<std::size_t>(i)).data.u64));
    }

  private:
    std::vector<HttpExchange> connections_;
    int epoll_ = -1;
};

/// What each request waited, from the instant at which it should have left.
class Latencies {
  public:
    void add(Clock::duration waited) { us_.push_back(std::chrono::duration<double, std::micro>(waited).count()); }
    std::size_t size() const { return us_.size(); }

    /// The members "p50_us", "p99_us", "max_us" and "rps" of a JSON object, without its braces.
    void print(std::ostream& out, std::chrono::duration<double> took) {
        std::ranges::sort(us_);
        const auto at = [&](double share) {
            return us_.empty() ? 0.0 : us_[static_cast<std::size_t>(share * static_cast<double>(us_.size() - 1))];
        };
        out << "\"p50_us\": " << at(0.5) << ", \"p99_us\": " << at(0.99) << ", \"max_us\": " << at(1)
            << ", \"rps\": " << static_cast<double>(us_.size()) / took.count();
    }

  private:
    std::vector<double> us_{};
};

}  // namespace harborline::bench
