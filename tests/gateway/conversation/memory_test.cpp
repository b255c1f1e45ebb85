#include "gateway/conversation/memory.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

Memory full() {
    const auto now = testing::FakeClock{}.now();
    Memory memory{.about = core::CaseId{-5}, .answered_at = now, .held = std::string{"还有\0水渠", 13}};
    memory.flow.flow = "petition";
    memory.flow.step = "story";
    memory.flow.saved.set("narrative", "地");
    memory.flow.resuming = true;
    memory.flow.then = "menu";
    memory.habits.note_inbound({.hash = ~0ULL, .characters = 12}, now, now - 1s, {});
    memory.habits.note_wrong_try(now);
    return memory;
}

bool same(const Memory& one, const Memory& other) {
    return one.flow == other.flow && one.habits == other.habits && one.about == other.about &&
           one.answered_at == other.answered_at && one.held == other.held && one.empty == other.empty;
}

TEST(Memory_Test, ComesBackAsItWas) {
    for (const Memory& memory : {Memory{}, full()}) {
        const auto back = decode_memory(encode(memory));
        ASSERT_TRUE(back);
        EXPECT_TRUE(same(*back, memory));
    }
}

TEST(Memory_Test, ACallOfOursComesBackAsItWas) {
    Memory memory = full();
    memory.session = Session{.id = "call-1",
                             .channel = "voice",
                             .calls = true,
                             .step = 3,
                             .placed = core::OutboxId{17},
                             .hearing = Session::Hearing::kPlaying};
    const auto back = decode_memory(encode(memory));

    ASSERT_TRUE(back);
    EXPECT_TRUE(same(*back, memory));
    EXPECT_EQ(back->session.placed, memory.session.placed);
    EXPECT_EQ(back->session.hearing, memory.session.hearing);
    EXPECT_EQ(back->session.step, 3);
}

TEST(Memory_Test, CallsBackComeBackAndCostNothingWhereThereAreNone) {
    const auto now = testing::FakeClock{}.now();
    Memory memory = full();
    const auto without = encode(memory);
    memory.call_backs = {.at = {now - 1h, now}, .in_vain = true};
    const auto bytes = encode(memory);
    const auto back = decode_memory(bytes);
    ASSERT_TRUE(back);
    EXPECT_TRUE(same(*back, memory));
    EXPECT_EQ(back->call_backs, memory.call_backs);
    EXPECT_GT(bytes.size(), without.size());
    for (std::size_t size = without.size(); size < bytes.size(); ++size)
        EXPECT_FALSE(decode_memory(std::string_view{bytes}.substr(0, size))) << size;
    memory.call_backs.at.assign(21, now);
    EXPECT_FALSE(decode_memory(encode(memory))) << "more than a day has";
}

TEST(Memory_Test, EmptyContactsComeBackAndCostNothingWhereThereAreNone) {
    const auto now = testing::FakeClock{}.now();
    Memory memory = full();
    memory.session = Session{.id = "call-1", .channel = "voice", .told = true, .calls = true};
    const auto without = encode(memory);
    EXPECT_EQ(without.front(), 3);  // As written before there were any, and read as ever.
    ASSERT_TRUE(decode_memory(without));
    EXPECT_TRUE(decode_memory(without)->session.told);

    memory.empty.note(core::ChannelKind::kVoice, now, 1);
    for (const Session& session : {memory.session, Session{}}) {
        memory.session = session;
        const auto bytes = encode(memory);
        const auto back = decode_memory(bytes);
        ASSERT_TRUE(back);
        EXPECT_TRUE(same(*back, memory));
        EXPECT_EQ(back->session.told, session.told);
        EXPECT_TRUE(back->empty.slowed(core::ChannelKind::kVoice, now));
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_FALSE(decode_memory(std::string_view{bytes}.substr(0, size))) << size;
        EXPECT_FALSE(decode_memory(bytes + "x"));
    }
}

Memory in_danger() {
    Memory memory = full();
    memory.session = Session{.id = "call-2",
                             .channel = "voice",
                             .calls = true,
                             .step = 4,
                             .rings_for = core::CaseId{7},
                             .rung = {core::StaffId{4}, core::StaffId{5}},
                             .danger = core::CaseId{7}};
    return memory;
}

TEST(Memory_Test, ACallInDangerComesBackAsItWas) {
    const auto back = decode_memory(encode(in_danger()));

    ASSERT_TRUE(back);
    EXPECT_TRUE(same(*back, in_danger()));
    EXPECT_EQ(back->session.rings_for, in_danger().session.rings_for);
    EXPECT_EQ(back->session.rung, in_danger().session.rung);
    EXPECT_EQ(back->session.danger, in_danger().session.danger);
    EXPECT_EQ(back->session.step, 4);
}

TEST(Memory_Test, WhenDangerWasHeardComesBackWhateverElseIsKept) {
    Memory memory = full();
    for (const int kept : {0, 1, 2}) {
        if (kept == 1) memory.session.id = "ussd-1";
        if (kept == 2) memory.silent_calls = {testing::FakeClock{}.now()};
        memory.danger_heard_at.reset();
        const auto without = encode(memory);
        EXPECT_EQ(without.front(), 1 + kept) << "what is written without it stays readable";
        memory.danger_heard_at = testing::FakeClock{}.now() - 1h;
        const auto bytes = encode(memory);

        const auto back = decode_memory(bytes);

        ASSERT_TRUE(back);
        EXPECT_TRUE(same(*back, memory));
        EXPECT_EQ(back->danger_heard_at, memory.danger_heard_at);
        EXPECT_EQ(back->silent_calls, memory.silent_calls);
        EXPECT_FALSE(decode_memory(without).value().danger_heard_at);
        for (std::size_t size = without.size(); size < bytes.size(); ++size)
            EXPECT_FALSE(decode_memory(std::string_view{bytes}.substr(0, size))) << size;
    }
}

Memory on_a_talk() {
    Memory memory = full();
    memory.session = Session{.id = "call-3",
                             .channel = "voice",
                             .calls = true,
                             .step = 5,
                             .accepted = "leg-1",
                             .rings_tie = core::TieId{300},
                             .rings_child = true};
    for (const char* leg : {"leg-1", "leg-2"})
        memory.talks.push_back({.tie = core::TieId{300},
                                .rang_child = true,
                                .call = "call-3",
                                .channel = "voice",
                                .leg = leg,
                                .began_at = testing::FakeClock{}.now(),
                                .longest = 10min});
    return memory;
}

TEST(Memory_Test, ARelativeWhoIsRungComesBackAsItWas) {
    const auto back = decode_memory(encode(on_a_talk()));

    ASSERT_TRUE(back);
    EXPECT_TRUE(same(*back, on_a_talk()));
    EXPECT_EQ(back->session.rings_tie, core::TieId{300});
    EXPECT_TRUE(back->session.rings_child);
    EXPECT_EQ(back->session.accepted, "leg-1");
    EXPECT_EQ(back->talks, on_a_talk().talks);
}

TEST(Memory_Test, ATalkComesBackWhateverElseIsKeptAndCostsNothingWhereThereIsNone) {
    const auto talks = on_a_talk().talks;
    for (Memory memory : {Memory{}, full(), in_danger(), on_a_talk()}) {
        memory.talks.clear();
        const auto without = encode(memory);
        memory.talks = talks;
        const auto bytes = encode(memory);
        const auto back = decode_memory(bytes);

        ASSERT_TRUE(back);
        EXPECT_TRUE(same(*back, memory));
        EXPECT_EQ(back->talks, talks);
        EXPECT_EQ(back->session.step, memory.session.step);
        EXPECT_TRUE(decode_memory(without).value().talks.empty());
        EXPECT_NE(without.front() & 3, 0) << "what is written without one stays readable";
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_FALSE(decode_memory(std::string_view{bytes}.substr(0, size))) << size;
    }
    Memory many;
    many.talks.assign(Memory::kTalksKept + 1, talks.front());
    EXPECT_FALSE(decode_memory(encode(many)));
}

/// As it was written while a talk was known by its session alone, with since when behind the rest.
TEST(Memory_Test, ATalkThatWasKeptInItsSessionIsWatchedOn) {
    Memory memory = on_a_talk();
    memory.talks.clear();
    auto bytes = encode(memory);
    ASSERT_EQ(bytes.back(), 0);
    bytes.pop_back();
    const auto began_at = testing::FakeClock{}.now();
    auto rest = static_cast<std::uint64_t>(core::to_millis(began_at));
    for (; rest >= 0x80; rest >>= 7) bytes.push_back(static_cast<char>(rest | 0x80));
    bytes.push_back(static_cast<char>(rest));

    const auto back = decode_memory(bytes);

    ASSERT_TRUE(back);
    ASSERT_EQ(back->talks.size(), 1U);
    const auto& talk = back->talks.front();
    EXPECT_EQ(talk.tie, core::TieId{300});
    EXPECT_TRUE(talk.rang_child);
    EXPECT_EQ(talk.call, "call-3");
    EXPECT_EQ(talk.channel, "voice");
    EXPECT_EQ(talk.leg, "leg-1");
    EXPECT_EQ(talk.began_at, began_at);
    EXPECT_GE(talk.longest, 10min);
    EXPECT_EQ(decode_memory(encode(*back)).value().talks, back->talks);
}

TEST(Memory_Test, NothingCutShortOrLengthenedIsRead) {
    Memory rings = on_a_talk();
    rings.talks.clear();
    for (const auto& bytes : {encode(full()), encode(in_danger()), encode(rings), encode(on_a_talk())}) {
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_FALSE(decode_memory(std::string_view{bytes}.substr(0, size))) << size;
        EXPECT_FALSE(decode_memory(bytes + "x"));
    }
}

TEST(Memory_Test, JunkIsAnErrorOrAValueAndNeverMore) {
    testing::FakeRandom random{4};
    const auto bytes = encode(full());
    const auto talk = encode(on_a_talk());
    for (int round = 0; round < 5'000; ++round) {
        auto junk = round % 2 == 0 ? bytes : talk;
        for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips)
            junk[random.below(junk.size())] = static_cast<char>(random.below(256));
        const auto read = decode_memory(junk);
        EXPECT_TRUE(!read || encode(*read).size() <= junk.size() + 64);
    }
    std::string huge_length{"\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10};
    EXPECT_FALSE(decode_memory(huge_length));
    EXPECT_FALSE(decode_memory(std::string(64, '\xff')));
}

TEST(Memory_Test, AnotherVersionIsNotGuessedAt) {
    auto bytes = encode(full());
    bytes.front() = 2;
    EXPECT_FALSE(decode_memory(bytes));
}

}  // namespace
}  // namespace harborline::gateway
