// Storage alone: realistic turns through Store::submit, at group sizes 1, 8, 32 and 128. Says messages a second, CPU
// microseconds and write-ahead-log pages a message. Run once more with nosync preloaded (fdatasync does nothing): where
// both runs agree, the limit is the CPU and not the disk.
//
// usage: storage_bench FOLDER SECONDS        prints one JSON object
#include <sodium.h>
#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <string>

#include "storage/open.hpp"

namespace {

using namespace harborline;
namespace fs = std::filesystem;

constexpr int kHandsets = 10'000;
constexpr std::int64_t kWalHeaderBytes = 32;
constexpr std::int64_t kWalFrameBytes = 24 + 4096;

/// True time and true randomness: a bench measures what production pays.
class WallClock : public core::Clock {
  public:
    core::Instant now() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};
class TrueRandom : public core::Random {
  public:
    void fill(std::span<std::byte> out) override { randombytes_buf(out.data(), out.size()); }
};

double cpu_us() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto micros = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return micros(used.ru_utime) + micros(used.ru_stime);
}

core::PhoneNumber number(int handset) {
    return core::PhoneNumber::from_value(8'619'900'000'000ULL + static_cast<std::uint64_t>(handset));
}

/// What one text of a petition costs the store: is it a repeat, whose is it, where were we; then the turn, the state
/// and the answer.
void turn(storage::Transaction& tx, std::int64_t counter, core::Instant now) {
    const std::string identity = "bench-" + std::to_string(counter);
    if (tx.turns().find_repeat("kannel", identity)) return;
    const auto handset = tx.handsets().find_or_add(number(static_cast<int>(counter % kHandsets)), now);
    auto conversation = tx.conversations().find(handset.id).value_or(storage::Conversation{.handset = handset.id});
    if (!conversation.id) conversation.id = tx.conversations().next_id();
    conversation.channel = "kannel";
    conversation.last_turn_at = now;
    conversation.state.assign(200, static_cast<char>('a' + counter % 26));
    tx.conversations().put(conversation);
    tx.turns().append({.received_at = now,
                       .channel = "kannel",
                       .handset = handset.id,
                       .conversation = conversation.id,
                       .identity = identity,
                       .text = std::string(180, 't'),
                       .note = "petition.story"});
    tx.outbox().add({.channel = "kannel",
                     .to = handset.id,
                     .text = std::string(150, 'a'),
                     .created_at = now,
                     .due_at = now,
                     .expires_at = now + std::chrono::hours(1)});
}

/// Keeps twice as many pieces waiting as fit into one commit, so that every commit is full.
class Load {
  public:
    Load(storage::Store& store, const core::Clock& clock, std::size_t group)
        : store_(store), clock_(clock), waiting_max_(2 * group) {}

    /// Submits for so long (or so many) and waits for the last commit. Returns how many were committed.
    std::int64_t run(std::chrono::duration<double> length, std::int64_t limit) {
        const auto until = std::chrono::steady_clock::now() + length;
        std::int64_t submitted = 0;
        std::unique_lock lock(mutex_);
        while (std::chrono::steady_clock::now() < until && submitted < limit) {
            freed_.wait(lock, [&] { return waiting_ < waiting_max_; });
            ++waiting_;
            ++submitted;
            lock.unlock();
            submit(next_++);
            lock.lock();
        }
        freed_.wait(lock, [&] { return waiting_ == 0; });
        if (failed_) throw std::runtime_error("a piece of work failed");
        return submitted;
    }

  private:
    void submit(std::int64_t counter) {
        const auto work = [counter, now = clock_.now()](storage::Transaction& tx) { turn(tx, counter, now); };
        store_.submit(storage::Store::Lane::kOrdinary, work, [this](std::exception_ptr error) {
            const std::lock_guard lock(mutex_);
            failed_ = failed_ || error;
            --waiting_;
            if (waiting_ <= waiting_max_ / 2) freed_.notify_one();
        });
    }

    storage::Store& store_;
    const core::Clock& clock_;
    std::size_t waiting_max_;
    std::size_t waiting_ = 0;
    std::int64_t next_ = 0;
    bool failed_ = false;
    std::mutex mutex_{};
    std::condition_variable freed_{};
};

struct Figures {
    double per_second = 0;
    double cpu_us = 0;
    double wal_pages = 0;
};

storage::StoreOptions options(const fs::path& folder, std::size_t group, core::Clock& clock, core::Random& random) {
    return {.database = folder / "bench.db",
            .master_key = folder / "bench.key",
            .group_max = group,
            .clock = &clock,
            .random = &random};
}

Figures measure(const fs::path& folder, std::size_t group, double seconds) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    WallClock clock;
    TrueRandom random;
    auto store = storage::open_sqlite(options(folder, group, clock, random)).value();
    Load load(*store, clock, group);
    // Every handset has written before; a fresh table would flatter.
    load.run(std::chrono::seconds(120), kHandsets);

    const auto began = std::chrono::steady_clock::now();
    const double cpu_before = cpu_us();
    const auto count = static_cast<double>(load.run(std::chrono::duration<double>(seconds), INT64_MAX));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const Figures figures{.per_second = count / took.count(), .cpu_us = (cpu_us() - cpu_before) / count};
    store->stop();
    return figures;
}

/// Pages that one message adds to the write-ahead log, in groups of 64: counted while nothing is folded back.
double wal_pages(const fs::path& folder) {
    constexpr std::int64_t kMessages = 20'000;
    fs::remove_all(folder);
    fs::create_directories(folder);
    WallClock clock;
    TrueRandom random;
    auto chosen = options(folder, 64, clock, random);
    chosen.autocheckpoint_pages = 1'000'000;
    auto store = storage::open_sqlite(chosen).value();
    Load load(*store, clock, 64);
    load.run(std::chrono::seconds(120), kHandsets);

    const auto frames = [&] {
        return (static_cast<std::int64_t>(fs::file_size(folder / "bench.db-wal")) - kWalHeaderBytes) / kWalFrameBytes;
    };
    const auto before = frames();
    const auto count = load.run(std::chrono::seconds(120), kMessages);
    const double pages = static_cast<double>(frames() - before) / static_cast<double>(count);
    store->stop();
    return pages;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: storage_bench FOLDER SECONDS\n";
        return 2;
    }
    if (sodium_init() < 0) throw std::runtime_error("the cryptographic library does not start");
    const fs::path folder = argv[1];
    std::cout << '{';
    for (const std::size_t group : {1, 8, 32, 128}) {
        const auto figures = measure(folder, group, std::atof(argv[2]));
        std::cout << "\"msgs_per_s_" << group << "\": " << figures.per_second << ", \"cpu_us_" << group
                  << "\": " << figures.cpu_us << ", ";
    }
    std::cout << "\"wal_pages_per_message\": " << wal_pages(folder) << "}\n";
    fs::remove_all(folder);
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
