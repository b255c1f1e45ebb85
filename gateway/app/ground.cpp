#include "gateway/app/ground.hpp"

#include <sodium.h>

#include <utility>

#include "gateway/carriers/registry.hpp"

namespace harborline::gateway {

core::Instant SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void SystemRandom::fill(std::span<std::byte> out) {
    randombytes_buf(out.data(), out.size());
}

Ground::Ground(std::unique_ptr<storage::Store> store, const Rules& rules)
    : store_(std::move(store)), rules_(rules), taker_(rules_), replies_(rules_, taker_.desk()) {}

core::Result<std::unique_ptr<Ground>> Ground::open(const config::Settings& settings, const flow::Book& book,
                                                   World world, Access access) {
    auto zone = core::TimeZone::named(settings.timezone);
    if (!zone) return zone.error();
    auto store = storage::open_sqlite({.database = settings.database,
                                       .master_key = settings.master_key,
                                       .group_max = settings.storage.group_max,
                                       .queue_max = settings.storage.queue_max,
                                       .busy_timeout = world.busy_timeout,
                                       .autocheckpoint_pages = settings.storage.autocheckpoint_pages,
                                       .clock = &world.clock,
                                       .random = &world.random,
                                       .reads_only = access == Access::kRead,
                                       .may_create = access == Access::kCreate});
    if (!store) return store.error();
    petition::ReferenceNumbers references((*store)->secret(storage::SecretPurpose::kReferenceNumbers));
    Rules rules{.settings = settings,
                .book = book,
                .references = references,
                .zone = *zone,
                .random = world.random,
                .bridging = bridging_channels(settings.channels),
                .handing_over = handing_over_channels(settings.channels),
                .danger = safety::DangerWords{settings.danger},
                .began_at = world.clock.now()};
    return std::unique_ptr<Ground>(new Ground(std::move(*store), rules));
}

}  // namespace harborline::gateway
