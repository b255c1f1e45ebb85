// I2: a webhook that was delivered before is answered without writing anything. Carriers repeat themselves most when a
// disk is slow.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;
using testing::World;
using Kind = TurnOutcome::Kind;

/// Database and log as they are on the disk.
std::string written(const World& world) {
    std::string all;
    for (const char* suffix : {"", "-wal"}) {
        std::ifstream file{world.settings.database.string() + suffix, std::ios::binary};
        all.append(std::istreambuf_iterator<char>{file}, {});
    }
    return all;
}

TEST(I2_RepeatedWebhook, WritesNothing) {
    World world;
    const auto her = phone(1);
    const auto first = world.text(her, "你好");
    const auto empty = written(world);
    ASSERT_EQ(world.take(first), Kind::kTaken);
    const auto before = written(world);
    ASSERT_TRUE(before != empty) << "a new text must be seen to write";

    for (int again = 0; again < 50; ++again) {
        world.clock.advance(20min);
        EXPECT_EQ(world.take(first), Kind::kRepeat);
    }

    EXPECT_TRUE(written(world) == before);
}

}  // namespace
}  // namespace harborline::gateway
