// USSD sessions, or calls, at a constant total rate, whether or not the server keeps up: so many handsets are each in
// the middle of a petition, and what a person waits is counted from the instant at which she should have pressed the
// key. Every answer must be the one that belongs there.
//
// Before the clock starts every handset dials and walks on, so that all steps of a petition are under way; when it has
// stopped each walks to the end of its petition, so that the next run finds nothing half done.
//
// usage: open_sessions PORT PATH RUN SESSIONS RATE SECONDS CONNECTIONS SCREENS [PASSWORD]    prints one JSON object
// With the password of an account they are calls, and PATH ends with the token.
#include <sys/prctl.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/handset_order.hpp"
#include "tests/bench/ussd_walk.hpp"
#include "tests/bench/voice_walk.hpp"
#include "tests/bench/waiting.hpp"

namespace {

using namespace harborline;
using bench::Clock;

class OpenSessions {
  public:
    OpenSessions(std::uint16_t port, std::vector<std::unique_ptr<bench::Walk>> walks, std::size_t connections)
        : walks_(std::move(walks)), due_(walks_.size()), busy_(walks_.size()), connections_(port, connections) {
        for (std::size_t at = 0; at < connections; ++at) free_.push_back(at);
        carried_.resize(connections);
    }

    /// As fast as it goes, until handset `at` has done `steps_of(at)` steps of its petition.
    template <class StepsOf>
    void walk_to(const StepsOf& steps_of) {
        for (std::size_t at = 0; at < walks_.size(); ++at) {
            while (walks_[at]->step() != steps_of(at)) {
                due_[at].push_back(Clock::now());
                start(at);
                while (!due_[at].empty()) wait(std::chrono::milliseconds{100});
            }
        }
    }

    void run(double rate, double seconds) {
        const auto gap = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate));
        const auto presses = static_cast<std::int64_t>(rate * seconds);
        bench::HandsetOrder order(static_cast<int>(walks_.size()));
        measured_ = true;
        const auto began = Clock::now();
        for (std::int64_t press = 0; press < presses || out_ > 0;) {
            const auto next = began + press * gap;
            const auto now = Clock::now();
            if (now > began + presses * gap + std::chrono::seconds{10}) break;
            if (press < presses && next <= now) {
                const auto at = static_cast<std::size_t>(order.at(press++));
                due_[at].push_back(next);
                start(at);
                continue;
            }
            wait(press < presses ? next - now : std::chrono::milliseconds{100});
        }
        took_ = Clock::now() - began;
        measured_ = false;
        if (out_ > 0) throw std::runtime_error("an answer did not come within 10 s");
    }

    void print() {
        std::cout << '{';
        latencies_.print(std::cout, took_);
        std::cout << ", \"screens\": " << latencies_.size() << ", \"bad\": " << bad_ << "}\n";
    }

  private:
    /// She presses the next key only when the last one has been answered; what she is late by then counts.
    void start(std::size_t handset) {
        if (busy_[handset] || due_[handset].empty()) return;
        busy_[handset] = true;
        ++out_;
        ready_.push_back(handset);
        send();
    }

    void send() {
        while (!ready_.empty() && !free_.empty()) {
            const auto connection = free_.front();
            free_.pop_front();
            carried_[connection] = ready_.front();
            ready_.pop_front();
            connections_[connection].send(walks_[carried_[connection]]->request());
        }
    }

    void wait(Clock::duration length) {
        connections_.wait(length, [this](std::size_t at) { answered(at); });
    }

    void answered(std::size_t connection) {
        const auto status = connections_[connection].receive(false);
        if (!status) return;
        if (*status == 0) throw std::runtime_error("the server closed a connection");
        const auto handset = carried_[connection];
        const auto took = Clock::now() - due_[handset].front();
        due_[handset].pop_front();
        if (measured_) latencies_.add(took);
        const auto step = walks_[handset]->step();
        if (!walks_[handset]->answered(*status, connections_[connection].body())) wrong(step, connection, *status);
        free_.push_back(connection);
        busy_[handset] = false;
        --out_;
        start(handset);
        send();
    }

    void wrong(std::size_t step, std::size_t connection, int status) {
        if (bad_++ == 0)
            std::cerr << "step " << step << " of a petition was answered with " << status << ": "
                      << connections_[connection].body() << '\n';
    }

    std::vector<std::unique_ptr<bench::Walk>> walks_;
    std::vector<std::deque<Clock::time_point>> due_;  ///< By handset: when its keys should have been pressed.
    std::vector<char> busy_;
    std::deque<std::size_t> ready_{};  ///< Handsets whose key waits for a connection.
    bench::Connections connections_;
    std::vector<std::size_t> carried_{};  ///< By connection: whose key it carries.
    std::deque<std::size_t> free_{};      ///< Taken in turns: one that is never used would be closed.
    bench::Latencies latencies_{};
    bool measured_ = false;
    std::int64_t out_ = 0;
    std::int64_t bad_ = 0;
    std::chrono::duration<double> took_{};
};

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 9 && argc != 10) {
        std::cerr << "usage: open_sessions PORT PATH RUN SESSIONS RATE SECONDS CONNECTIONS SCREENS [PASSWORD]\n";
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1UL);  // Nanoseconds: a request leaves when it is due.
    const auto screens = bench::read_screens(argv[8]);
    const bench::VoiceWalk::Account account{
        .base = std::string{"http://127.0.0.1:"} + argv[1], .path = argv[2], .password = argc == 10 ? argv[9] : ""};
    std::vector<std::unique_ptr<bench::Walk>> walks;
    for (int handset = 0; handset < std::atoi(argv[4]); ++handset) {
        if (argc == 10)
            walks.push_back(std::make_unique<bench::VoiceWalk>(screens, account, argv[3], handset));
        else
            walks.push_back(std::make_unique<bench::UssdWalk>(screens, argv[2], argv[3], handset));
    }
    const auto connections = static_cast<std::size_t>(std::atoi(argv[7]));
    bench::raise_open_files(connections + 64);
    OpenSessions sessions(static_cast<std::uint16_t>(std::atoi(argv[1])), std::move(walks), connections);
    sessions.walk_to([&](std::size_t handset) { return 1 + handset % (screens.size() - 1); });
    sessions.run(std::atof(argv[5]), std::atof(argv[6]));
    sessions.walk_to([](std::size_t) { return std::size_t{0}; });
    sessions.print();
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
