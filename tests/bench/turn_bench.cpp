// Turns as the service takes them, flows and all, without a listener: for callgrind, which counts what a turn costs in
// instructions, and for a profiler.
//
// usage: turn_bench SETTINGS_FILE ROSTER_CSV FOLDER ROUNDS TEXTS       prints one JSON object
// In every round each of 500 handsets sends its next text.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/files.hpp"
#include "config/roster/roster_csv.hpp"
#include "gateway/app/ground.hpp"
#include "gateway/app/loading.hpp"
#include "tests/bench/handset_order.hpp"

namespace {

using namespace harborline;
namespace fs = std::filesystem;

constexpr int kHandsets = 500;
constexpr std::size_t kTogether = 250;

std::vector<std::string> read_texts(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::vector<std::string> texts;
    for (std::string line; std::getline(in, line);) texts.push_back(line);
    if (texts.empty()) throw std::runtime_error("the file of texts is empty or missing");
    return texts;
}

void import_roster(storage::Store& store, const fs::path& file, core::Instant now) {
    core::Findings findings;
    const auto roster = config::read_roster_csv(config::read_text_file(file).value(), file.string(), "86", findings);
    if (!findings.empty()) throw std::runtime_error("the roster has findings");
    store.run([&](storage::Transaction& tx) { tx.staff().replace(roster, now); });
}

/// Submits texts by the hundred and waits for the last one's commit.
class Turns {
  public:
    explicit Turns(gateway::Ground& ground) : ground_(ground) {}

    void take(core::Inbound inbound) {
        {
            std::unique_lock lock(mutex_);
            if (waiting_ == kTogether) freed_.wait(lock, [&] { return waiting_ == 0; });
            ++waiting_;
        }
        auto work = [taker = &ground_.taker(), message = std::move(inbound)](storage::Transaction& tx) {
            taker->take(tx, message);
        };
        ground_.store().submit(storage::Store::Lane::kOrdinary, std::move(work), [this](std::exception_ptr error) {
            const std::lock_guard lock(mutex_);
            failed_ = failed_ || error;
            if (--waiting_ == 0) freed_.notify_one();
        });
    }
    void finish() {
        std::unique_lock lock(mutex_);
        freed_.wait(lock, [&] { return waiting_ == 0; });
        if (failed_) throw std::runtime_error("a turn failed");
    }

  private:
    gateway::Ground& ground_;
    std::size_t waiting_ = 0;
    bool failed_ = false;
    std::mutex mutex_{};
    std::condition_variable freed_{};
};

void play(gateway::Ground& ground, const core::Clock& clock, const std::vector<std::string>& texts, int rounds) {
    bench::HandsetOrder order(kHandsets);
    Turns turns(ground);
    for (std::int64_t at = 0; at < std::int64_t{rounds} * kHandsets; ++at) {
        turns.take(
            {.channel = "kannel",
             .from = core::PhoneNumber::from_value(8'619'901'000'000ULL + static_cast<std::uint64_t>(order.at(at))),
             .to = "10639000",
             .external_id = "bench-" + std::to_string(at),
             .received_at = clock.now(),
             .text = texts[static_cast<std::size_t>(order.round_of(at)) % texts.size()]});
    }
    turns.finish();
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 6) {
        std::cerr << "usage: turn_bench SETTINGS_FILE ROSTER_CSV FOLDER ROUNDS TEXTS\n";
        return 2;
    }
    gateway::Loaded loaded = gateway::load(argv[1]);
    if (!loaded.findings.empty()) throw std::runtime_error(gateway::to_text(loaded.findings));
    fs::remove_all(argv[3]);
    fs::create_directories(argv[3]);
    loaded.settings.database = fs::path(argv[3]) / "harborline.db";
    loaded.settings.master_key = fs::path(argv[3]) / "harborline.key";

    gateway::SystemClock clock;
    gateway::SystemRandom random;
    auto ground = gateway::Ground::open(loaded.settings, loaded.book, {.clock = clock, .random = random},
                                        gateway::Access::kCreate)
                      .value();
    import_roster(ground->store(), argv[2], clock.now());
    const int rounds = std::atoi(argv[4]);
    const auto began = std::chrono::steady_clock::now();
    play(*ground, clock, read_texts(argv[5]), rounds);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    ground->store().stop();
    std::cout << "{\"turn_us\": " << took.count() / (rounds * kHandsets) << "}\n";
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
