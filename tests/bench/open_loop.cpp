// Petitions at a constant rate, whether or not the server keeps up: what a person waits is counted from the instant at
// which her text should have been sent, so that a server that stalls cannot hide it.
//
// usage: open_loop PORT PATH RUN FIRST RATE SECONDS CONNECTIONS TEXTS       prints one JSON object
// RATE 0: as fast as the connections allow (a closed loop, to compare with wrk).
#include <sys/prctl.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <string>
#include <vector>

#include "tests/bench/petition_requests.hpp"
#include "tests/bench/waiting.hpp"

namespace {

using namespace harborline;
using bench::Clock;

class OpenLoop {
  public:
    OpenLoop(std::uint16_t port, bench::PetitionRequests& requests, std::size_t connections)
        : requests_(requests), connections_(port, connections), scheduled_(connections) {
        for (std::size_t at = 0; at < connections; ++at) free_.push_back(at);
    }

    void run(double rate, double seconds) {
        const auto gap =
            std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(rate > 0 ? 1 / rate : 0));
        const auto began = Clock::now();
        const auto until = began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        auto due = began;
        while (due < until || free_.size() < connections_.size()) {
            const auto now = Clock::now();
            if (now > until + std::chrono::seconds{10}) break;  // What is still out counts as bad.
            while (due <= now && due < until && !free_.empty()) {
                send(rate > 0 ? due : now);
                due = rate > 0 ? due + gap : now;
            }
            if (rate <= 0 && now >= until) due = until;
            wait(due < until && !free_.empty() ? due - now : std::chrono::milliseconds{100});
        }
        took_ = Clock::now() - began;
        bad_ += static_cast<std::int64_t>(connections_.size() - free_.size());
    }

    void print() {
        std::cout << '{';
        latencies_.print(std::cout, took_);
        std::cout << ", \"next\": " << requests_.position() << ", \"bad\": " << bad_ << "}\n";
    }

  private:
    void send(Clock::time_point scheduled) {
        const auto at = free_.front();
        free_.pop_front();
        scheduled_[at] = scheduled;
        connections_[at].send(requests_.next());
    }

    void wait(Clock::duration length) {
        connections_.wait(length, [this](std::size_t at) { answered(at); });
    }

    void answered(std::size_t at) {
        const auto status = connections_[at].receive(false);
        if (!status) return;
        const auto took = Clock::now() - scheduled_[at];
        if (*status == 0) throw std::runtime_error("the server closed a connection");
        if (*status != 200) ++bad_;
        latencies_.add(took);
        free_.push_back(at);
    }

    bench::PetitionRequests& requests_;
    bench::Connections connections_;
    std::vector<Clock::time_point> scheduled_;
    std::deque<std::size_t> free_{};  ///< Taken in turns: one that is never used would be closed.
    bench::Latencies latencies_{};
    std::int64_t bad_ = 0;
    std::chrono::duration<double> took_{};
};

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 9) {
        std::cerr << "usage: open_loop PORT PATH RUN FIRST RATE SECONDS CONNECTIONS TEXTS\n";
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1UL);  // Nanoseconds: a request leaves when it is due.
    const auto connections = static_cast<std::size_t>(std::atoi(argv[7]));
    bench::raise_open_files(connections + 64);
    bench::PetitionRequests requests(argv[2], argv[3], argv[8], std::atoll(argv[4]));
    OpenLoop loop(static_cast<std::uint16_t>(std::atoi(argv[1])), requests, connections);
    loop.run(std::atof(argv[5]), std::atof(argv[6]));
    loop.print();
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
