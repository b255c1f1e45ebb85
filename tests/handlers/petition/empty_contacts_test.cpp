#include "handlers/petition/empty_contacts.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/fakes.hpp"

namespace harborline::petition {
namespace {

using core::ChannelKind;
using namespace std::chrono_literals;

const core::Instant kCalled = testing::FakeClock{}.now();
constexpr int kLimit = 10;

/// So many empty calls, a minute apart, the last of them now.
EmptyContacts calls(int count, int limit = kLimit) {
    EmptyContacts contacts;
    for (int left = count - 1; left >= 0; --left) contacts.note(ChannelKind::kVoice, kCalled - left * 1min, limit);
    return contacts;
}

struct SlowCase {
    std::string name{};
    int calls = kLimit;
    std::chrono::milliseconds later{};  ///< When the next one comes.
    bool slowed = false;
    ChannelKind line = ChannelKind::kVoice;
    int limit = kLimit;
};

class EmptyContactsSlow : public ::testing::TestWithParam<SlowCase> {};

TEST_P(EmptyContactsSlow, LastsAnHourFromTheLastOfTen) {
    const SlowCase& one = GetParam();
    EXPECT_EQ(calls(one.calls, one.limit).slowed(one.line, kCalled + one.later), one.slowed);
}

INSTANTIATE_TEST_SUITE_P(EmptyContacts, EmptyContactsSlow,
                         ::testing::Values(SlowCase{"None", 0, 1s, false}, SlowCase{"Nine", 9, 1s, false},
                                           SlowCase{"Ten", 10, 1s, true}, SlowCase{"Twenty", 20, 1s, true},
                                           SlowCase{"JustWithinTheHour", 10, 1h - 1ms, true},
                                           SlowCase{"AnHourLater", 10, 1h, false},
                                           SlowCase{"OnTheOtherLine", 10, 1s, false, ChannelKind::kUssd},
                                           SlowCase{"ClockSetBack", 10, -1min, false},
                                           SlowCase{"SwitchedOff", 64, 1s, false, ChannelKind::kVoice, 0}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(EmptyContacts_, TenInMoreThanAnHourSlowNothing) {
    EmptyContacts contacts;
    for (int call = 0; call < 30; ++call) {
        contacts.note(ChannelKind::kVoice, kCalled + call * 7min, kLimit);
        EXPECT_FALSE(contacts.slowed(ChannelKind::kVoice, kCalled + call * 7min + 1s)) << call;
    }
}

TEST(EmptyContacts_, EachSlowedOneMakesItLastAndADayEndsIt) {
    EmptyContacts contacts = calls(kLimit);
    auto at = kCalled;
    while (at + 30min < kCalled + 24h) {
        at += 30min;
        EXPECT_TRUE(contacts.slowed(ChannelKind::kVoice, at));
        contacts.note(ChannelKind::kVoice, at, kLimit);
    }
    EXPECT_FALSE(contacts.slowed(ChannelKind::kVoice, kCalled + 24h));

    // Everything before is forgotten: it takes ten more.
    for (int call = 0; call < kLimit; ++call) {
        EXPECT_FALSE(contacts.slowed(ChannelKind::kVoice, kCalled + 24h + call * 1s)) << call;
        contacts.note(ChannelKind::kVoice, kCalled + 24h + call * 1s, kLimit);
    }
    EXPECT_TRUE(contacts.slowed(ChannelKind::kVoice, kCalled + 24h + 11s));
}

TEST(EmptyContacts_, LiftedTheyCountForNothingButAreRemembered) {
    EmptyContacts contacts = calls(kLimit);
    contacts.lift();

    EXPECT_FALSE(contacts.slowed(ChannelKind::kVoice, kCalled + 1s));
    contacts.note(ChannelKind::kVoice, kCalled + 1s, kLimit);
    EXPECT_FALSE(contacts.slowed(ChannelKind::kVoice, kCalled + 2s));
    EXPECT_EQ(contacts.remembered(kCalled + 2s), 11U);
}

TEST(EmptyContacts_, AClockSetBackSlowsNobodyAndLocksNobodyIn) {
    EmptyContacts contacts = calls(kLimit);
    const auto before = kCalled - 48h;
    EXPECT_FALSE(contacts.slowed(ChannelKind::kVoice, before));
    EXPECT_EQ(contacts.remembered(before), 0U);

    for (int call = 0; call < kLimit; ++call) contacts.note(ChannelKind::kVoice, before + call * 1s, kLimit);
    EXPECT_TRUE(contacts.slowed(ChannelKind::kVoice, before + 10s));
    EXPECT_FALSE(contacts.slowed(ChannelKind::kVoice, before + 10s + 1h));
}

TEST(EmptyContacts_, AWeekIsRememberedAndSixtyFour) {
    EXPECT_EQ(calls(7).remembered(kCalled + 24h * 7 - 7min), 7U);
    EXPECT_EQ(calls(7).remembered(kCalled + 24h * 7 - 3min), 3U);
    EXPECT_EQ(calls(7).remembered(kCalled + 24h * 7), 0U);
    EXPECT_EQ(calls(500).remembered(kCalled), EmptyContacts::kMax);
}

TEST(EmptyContactsCode, ComesBackAsItWas) {
    EmptyContacts lifted = calls(3);
    lifted.lift();
    lifted.note(ChannelKind::kUssd, kCalled, kLimit);
    for (const auto& contacts : {EmptyContacts{}, calls(1), calls(500), lifted}) {
        const auto back = decode_empty_contacts(encode(contacts));
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, contacts);
    }
    EXPECT_EQ(encode(EmptyContacts{}), "");
    EXPECT_LE(encode(calls(500)).size(), 512U);
}

TEST(EmptyContactsCode, NothingCutShortOrLengthenedIsRead) {
    const auto bytes = encode(calls(12));
    for (std::size_t size = 1; size < bytes.size(); ++size)
        EXPECT_FALSE(decode_empty_contacts(std::string_view{bytes}.substr(0, size))) << size;
    EXPECT_FALSE(decode_empty_contacts(bytes + "x"));
    EXPECT_FALSE(decode_empty_contacts("\x02" + bytes.substr(1)));
}

}  // namespace
}  // namespace harborline::petition
