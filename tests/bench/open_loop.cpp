// Petitions at a constant rate, whether or not the server keeps up: what a person waits is counted from the instant at
// which her text should have been sent, so that a server that stalls cannot hide it.
//
// usage: open_loop PORT PATH RUN FIRST RATE SECONDS CONNECTIONS TEXTS       prints one JSON object
// RATE 0: as fast as the connections allow (a closed loop, to compare with wrk).
#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "tests/bench/http_exchange.hpp"
#include "tests/bench/petition_requests.hpp"

namespace {

using namespace harborline;
using Clock = std::chrono::steady_clock;

class OpenLoop {
  public:
    OpenLoop(std::uint16_t port, bench::PetitionRequests& requests, std::size_t connections)
        : requests_(requests), connections_(connections), scheduled_(connections) {
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        for (std::size_t at = 0; at < connections; ++at) {
            if (!connections_[at].connect(port)) throw std::runtime_error("nobody listens there");
            epoll_event event{.events = EPOLLIN, .data = {.u64 = at}};
            epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[at].socket(), &event);
            free_.push_back(at);
        }
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
        std::ranges::sort(latencies_us_);
        const auto at = [&](double share) {
            if (latencies_us_.empty()) return 0.0;
            return latencies_us_[static_cast<std::size_t>(share * static_cast<double>(latencies_us_.size() - 1))];
        };
        std::cout << "{\"p50_us\": " << at(0.5) << ", \"p99_us\": " << at(0.99) << ", \"max_us\": " << at(1)
                  << ", \"rps\": " << static_cast<double>(latencies_us_.size()) / took_.count()
                  << ", \"next\": " << requests_.position() << ", \"bad\": " << bad_ << "}\n";
    }

  private:
    void send(Clock::time_point scheduled) {
        const auto at = free_.back();
        free_.pop_back();
        scheduled_[at] = scheduled;
        connections_[at].send(requests_.next());
    }

    void wait(Clock::duration length) {
        const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(length).count();
        const timespec time{.tv_sec = nanos / 1'000'000'000, .tv_nsec = nanos % 1'000'000'000};
        std::array<epoll_event, 64> events;
        const int ready = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &time, nullptr);
        for (int i = 0; i < ready; ++i) answered(events.at(static_cast<std::size_t>(i)).data.u64);
    }

    void answered(std::size_t at) {
        const auto status = connections_[at].receive(false);
        if (!status) return;
        const std::chrono::duration<double, std::micro> took = Clock::now() - scheduled_[at];
        if (*status == 0) throw std::runtime_error("the server closed a connection");
        if (*status != 200) ++bad_;
        latencies_us_.push_back(took.count());
        free_.push_back(at);
    }

    bench::PetitionRequests& requests_;
    std::vector<bench::HttpExchange> connections_;
    std::vector<Clock::time_point> scheduled_;
    std::vector<std::size_t> free_{};
    std::vector<double> latencies_us_{};
    std::int64_t bad_ = 0;
    std::chrono::duration<double> took_{};
    int epoll_ = -1;
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
