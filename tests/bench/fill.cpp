// Makes a database that has been in service for long: so many messages with their answers, a matter for every tenth of
// them, the last million within the 72 hours for which repeats are remembered. Run it with libnosync.so preloaded.
//
// usage: fill FOLDER MESSAGES ROSTER_CSV
#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "config/files.hpp"
#include "config/roster/roster_csv.hpp"
#include "tests/bench/message_load.hpp"

namespace {

using namespace harborline;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::int64_t kMessagesPerHandset = 10;  // The last of which opens a matter.
constexpr std::int64_t kLately = 1'000'000;
constexpr core::Instant::duration kLatelySpan = 70h;
constexpr core::Instant::duration kBeforeSpan = std::chrono::days{30};

/// Goes as the messages go.
class FillClock : public core::Clock {
  public:
    explicit FillClock(core::Instant start) : now_(start) {}
    core::Instant now() const override { return now_; }
    void set(core::Instant now) { now_ = now; }

  private:
    std::atomic<core::Instant> now_;
};

/// When the n-th of `count` messages came, so that the last one comes now.
core::Instant time_of(std::int64_t message, std::int64_t count, core::Instant now) {
    const std::int64_t lately = std::min(count, kLately);
    const std::int64_t left = count - message;
    if (left <= lately) return now - kLatelySpan * left / lately;
    return now - kLatelySpan - kBeforeSpan * (left - lately) / (count - lately);
}

core::Roster read_roster(const fs::path& file) {
    core::Findings findings;
    auto roster = config::read_roster_csv(config::read_text_file(file).value(), file.string(), "86", findings);
    if (!findings.empty()) throw std::runtime_error("the roster has findings");
    return roster;
}

struct Opening {
    core::HandsetId petitioner{};
    core::StaffId owner{};
    std::int64_t at = 0;
    core::Instant now{};
};

void open_matter(storage::Transaction& tx, const Opening& opening) {
    const auto id = tx.cases().next_id();
    tx.cases().open({.id = id,
                     .reference = std::to_string(10'000'000 + opening.at),
                     .category = "land",
                     .place = "230103",
                     .department = "RIGHTS",
                     .owner = opening.owner,
                     .petitioner = opening.petitioner,
                     .channel = "kannel",
                     .contact = core::ContactBack::kText,
                     .opened_at = opening.now,
                     .notice_due = opening.now + std::chrono::days{15}});
    tx.cases().append(id, {.at = opening.now, .kind = core::CaseEntry::Kind::kSaid, .text = std::string(400, 's')});
}

void fill(const fs::path& folder, std::int64_t count, const core::Roster& roster) {
    const bench::WallClock wall;
    const auto now = wall.now();
    FillClock clock(time_of(0, count, now));
    bench::TrueRandom random;
    auto store = storage::open_sqlite({.database = folder / "harborline.db",
                                       .master_key = folder / "harborline.key",
                                       .autocheckpoint_pages = 50'000,
                                       .clock = &clock,
                                       .random = &random})
                     .value();
    core::StaffId owner;
    store->run([&](storage::Transaction& tx) {
        tx.staff().replace(roster, clock.now());
        owner = tx.staff().by_key(roster.staff.front().key).value().id;
    });
    // One long piece after the other: whoever fills a database waits for nobody.
    constexpr std::int64_t kAtOnce = 10'000;
    for (std::int64_t from = 0; from < count; from += kAtOnce) {
        clock.set(time_of(from, count, now));
        store->run([&](storage::Transaction& tx) {
            for (auto at = from; at < std::min(count, from + kAtOnce); ++at) {
                const auto when = time_of(at, count, now);
                const auto handset = bench::take(tx, {.identity = "fill-" + std::to_string(at),
                                                      .from = bench::number(static_cast<int>(at / kMessagesPerHandset)),
                                                      .at = when,
                                                      .answer = core::MessageState::kDelivered});
                if (at % kMessagesPerHandset == kMessagesPerHandset - 1)
                    open_matter(tx, {.petitioner = handset, .owner = owner, .at = at, .now = when});
            }
        });
    }
    store->stop();
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 4) {
        std::cerr << "usage: fill FOLDER MESSAGES ROSTER_CSV\n";
        return 2;
    }
    if (sodium_init() < 0) throw std::runtime_error("the cryptographic library does not start");
    fs::create_directories(argv[1]);
    fill(argv[1], std::atoll(argv[2]), read_roster(argv[3]));
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
