// Danger among ordinary texts: petitions at a constant rate, whether or not the server keeps up, and every now and then
// a 9 from a phone that never wrote before. For both what is measured is the time from the request, sent whole, to the
// hand-over of what comes of it to the carrier, which is this program too: for a 9 the page, for another text the
// answer.
//
// usage: danger_load PORT SINK_PORT PATH RUN FIRST RATE SECONDS CONNECTIONS TEXTS DANGERS_PER_S RED
// RATE 0: as fast as the connections allow. RED: what the words of a page to danger hold. Prints one JSON object.
#include <sys/prctl.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/bench/carrier_sink.hpp"
#include "tests/bench/petition_requests.hpp"
#include "tests/bench/waiting.hpp"

namespace {

using namespace harborline;
using bench::Clock;

/// Phones that are in danger and never wrote before.
constexpr std::uint64_t kFirstInDanger = 8'619'903'000'000;
constexpr std::size_t kDangerConnections = 32;  // Where there are dangers: one that never speaks is closed after 10 s.
/// The one on duty in the demonstration roster.
constexpr std::uint64_t kOnDuty = 8'619'900'000'104;

struct Plan {
    std::string path{};
    std::string run{};
    double rate = 0;
    double seconds = 0;
    double dangers_per_s = 0;
};

Clock::duration gap_of(double per_s) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(per_s > 0 ? 1 / per_s : 0));
}

class DangerLoad {
  public:
    DangerLoad(std::uint16_t port, Plan plan, bench::PetitionRequests& requests, std::size_t connections)
        : plan_(std::move(plan)),
          requests_(requests),
          connections_(port, connections + (plan_.dangers_per_s > 0 ? kDangerConnections : 0)) {
        for (std::size_t at = 0; at < connections; ++at) free_.push_back(at);
        for (std::size_t at = connections; at < connections_.size(); ++at) free_for_danger_.push_back(at);
        first_for_danger_ = connections;
    }

    void run() {
        const auto gap = gap_of(plan_.rate);
        const auto danger_gap = gap_of(plan_.dangers_per_s);
        const auto began = Clock::now();
        const auto until =
            began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(plan_.seconds));
        auto due = began;
        auto danger_due = plan_.dangers_per_s > 0 ? began + danger_gap : until;
        while (Clock::now() < until || out_ > 0) {
            const auto now = Clock::now();
            if (now > until + std::chrono::seconds{20}) break;  // What is still out counts as bad.
            if (danger_due <= now && danger_due < until) {
                send_danger();
                danger_due += danger_gap;
            }
            while (due <= now && now < until && !free_.empty()) {
                send_ordinary();
                due = plan_.rate > 0 ? due + gap : now;
            }
            auto next = now + std::chrono::milliseconds{50};
            if (now < until && !free_.empty()) next = std::min(next, std::max(due, now));
            if (danger_due < until) next = std::min(next, std::max(danger_due, now));
            wait(std::max<Clock::duration>(next - now, std::chrono::microseconds{1}));
        }
        took_ = Clock::now() - began;
        bad_ += out_;
    }

    /// Waits until what was sent has come of everything, or for a minute.
    void wait_for(const bench::CarrierSink& sink) {
        const auto until = Clock::now() + std::chrono::minutes{1};
        std::int64_t last = -1;
        auto moved = Clock::now();
        while (Clock::now() < until && Clock::now() < moved + std::chrono::seconds{3}) {
            if (const auto now = sink.count(); now != last) {
                last = now;
                moved = Clock::now();
            }
            connections_.wait(std::chrono::milliseconds{50}, [](std::size_t) {});
        }
    }

    void print(const std::vector<bench::Arrival>& arrivals) {
        bench::Latencies pages;
        bench::Latencies answers;
        auto danger = dangers_.begin();
        for (const auto& arrival : arrivals) {
            if (arrival.to == kOnDuty && arrival.red && danger != dangers_.end()) pages.add(arrival.at - *danger++);
            const auto texts = ordinary_.find(arrival.to);
            if (texts == ordinary_.end() || texts->second.empty()) continue;
            answers.add(arrival.at - texts->second.front());
            texts->second.pop_front();
        }
        std::cout << "{\"page\": {";
        pages.print(std::cout, took_);
        std::cout << "}, \"answer\": {";
        answers.print(std::cout, took_);
        std::cout << "}, \"texts_per_s\": " << static_cast<double>(texts_) / took_.count() << ", \"texts\": " << texts_
                  << ", \"answers\": " << answers.size() << ", \"dangers\": " << dangers_.size()
                  << ", \"pages\": " << pages.size() << ", \"most_out\": " << most_out_
                  << ", \"next\": " << requests_.position() << ", \"bad\": " << bad_ << "}\n";
    }

  private:
    void send_ordinary() {
        const auto at = free_.front();
        free_.pop_front();
        const auto request = requests_.next();
        ordinary_[requests_.number()].push_back(Clock::now());
        ++texts_;
        send(at, request);
    }

    void send_danger() {
        if (free_for_danger_.empty()) throw std::runtime_error("dangers wait for a connection");
        const auto at = free_for_danger_.front();
        free_for_danger_.pop_front();
        const auto number =
            kFirstInDanger + static_cast<std::uint64_t>(requests_.position()) % 900'000 + dangers_.size();
        const auto request = bench::kannel_text(
            plan_.path, "danger-" + plan_.run + "-" + std::to_string(dangers_.size()), number, bench::wide("9"));
        dangers_.push_back(Clock::now());
        send(at, request);
    }

    void send(std::size_t at, const std::string& request) {
        connections_[at].send(request);
        most_out_ = std::max(most_out_, ++out_);
    }

    void wait(Clock::duration length) {
        connections_.wait(length, [this](std::size_t at) { answered(at); });
    }

    void answered(std::size_t at) {
        const auto status = connections_[at].receive(false);
        if (!status) return;
        if (*status == 0) throw std::runtime_error("the server closed a connection");
        if (*status != 200) ++bad_;
        --out_;
        (at < first_for_danger_ ? free_ : free_for_danger_).push_back(at);
    }

    Plan plan_;
    bench::PetitionRequests& requests_;
    bench::Connections connections_;
    std::deque<std::size_t> free_{};  ///< Taken in turns: one that is never used would be closed.
    std::deque<std::size_t> free_for_danger_{};
    std::size_t first_for_danger_ = 0;
    std::unordered_map<std::uint64_t, std::deque<Clock::time_point>> ordinary_{};  ///< By number: texts not answered.
    std::vector<Clock::time_point> dangers_{};  ///< Pages come in the order of the texts: one queue leads to them.
    std::int64_t texts_ = 0;
    std::int64_t out_ = 0;
    std::int64_t most_out_ = 0;
    std::int64_t bad_ = 0;
    std::chrono::duration<double> took_{};
};

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 12) {
        std::cerr
            << "usage: danger_load PORT SINK_PORT PATH RUN FIRST RATE SECONDS CONNECTIONS TEXTS DANGERS_PER_S RED\n";
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1UL);  // Nanoseconds: a request leaves when it is due.
    const auto connections = static_cast<std::size_t>(std::atoi(argv[8]));
    bench::raise_open_files(connections + 512);
    bench::CarrierSink sink(static_cast<std::uint16_t>(std::atoi(argv[2])), argv[11]);
    bench::PetitionRequests requests(argv[3], argv[4], argv[9], std::atoll(argv[5]));
    const Plan plan{.path = argv[3],
                    .run = argv[4],
                    .rate = std::atof(argv[6]),
                    .seconds = std::atof(argv[7]),
                    .dangers_per_s = std::atof(argv[10])};
    DangerLoad load(static_cast<std::uint16_t>(std::atoi(argv[1])), plan, requests, connections);
    load.run();
    load.wait_for(sink);
    load.print(sink.take());
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
