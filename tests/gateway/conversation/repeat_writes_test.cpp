// I2: a webhook that was delivered before is answered without writing anything. Carriers repeat themselves most when a
// disk is slow.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;
using testing::World;
using Kind = TurnOutcome::Kind;

/// Too little is written here for the log to be folded back: it only grows.
std::uintmax_t bytes_written(const World& world) {
    return std::filesystem::file_size(world.settings.database.string() + "-wal");
}

TEST(I2_RepeatedWebhook, WritesNothing) {
    World world;
    const auto her = phone(1);
    const auto first = world.text(her, "你好");
    const auto empty = bytes_written(world);
    ASSERT_EQ(world.take(first), Kind::kTaken);
    const auto before = bytes_written(world);
    ASSERT_GT(before, empty) << "a new text must be seen to write";

    for (int again = 0; again < 50; ++again) {
        world.clock.advance(20min);
        EXPECT_EQ(world.take(first), Kind::kRepeat);
    }

    EXPECT_EQ(bytes_written(world), before);
}

}  // namespace
}  // namespace harborline::gateway
