#include "handlers/core/flow_state.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline {
namespace {

core::FlowState full_state() {
    return {.flow = "petition",
            .step = "story",
            .saved = {{"category", "land"}, {"narrative", std::string(5'000, 'x') + "\n\0土地"}, {"empty", ""}},
            .trail = {"start", "kind", "area"},
            .visits = {{"again", 3}, {"more", 255}},
            .misses = 2,
            .last_key = '*',
            .resuming = true,
            .parts = 255,
            .silent = true,
            .then = "person.lost",
            .then_answer = "12345678"};
}

TEST(FlowState, ComesBackAsItWas) {
    for (const auto& state : {core::FlowState{}, full_state()}) {
        const auto back = core::decode_flow_state(core::encode(state));

        ASSERT_TRUE(back.has_value());
        EXPECT_EQ(*back, state);
    }
}

TEST(FlowState, AnEmptyOneIsSmall) {
    EXPECT_LE(core::encode(core::FlowState{}).size(), 12U);
}

TEST(FlowState, RefusesEveryTruncationAndEveryTail) {
    const std::string bytes = core::encode(full_state());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto cut = core::decode_flow_state(std::string_view{bytes}.substr(0, size));
        ASSERT_FALSE(cut.has_value()) << size;
        EXPECT_EQ(cut.error().kind, core::ErrorKind::kMalformed);
    }
    EXPECT_FALSE(core::decode_flow_state(bytes + '\0').has_value());
}

TEST(FlowState, AcceptsOfJunkOnlyWhatItWouldWrite) {
    testing::FakeRandom random{7};
    const std::string bytes = core::encode(full_state());
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string junk = bytes.substr(0, 1 + random.below(round % 2 == 0 ? bytes.size() : 40));
        for (int flips = 0; flips < 3; ++flips) junk[random.below(junk.size())] = static_cast<char>(random.below(256));
        const auto read = core::decode_flow_state(junk);
        if (!read.has_value()) continue;
        ++accepted;
        EXPECT_EQ(core::encode(*read), junk);
    }
    EXPECT_LT(accepted, 200);
}

TEST(FlowState, RefusesHugeCountsWithoutReservingForThem) {
    // A name of 2^34 bytes, right after the counters.
    const std::string bytes{"\x01\x00\x00\x00\x00\xff\xff\xff\xff\x3f", 10};

    EXPECT_FALSE(core::decode_flow_state(bytes).has_value());
}

}  // namespace
}  // namespace harborline
