#include "handlers/kinship/card_lock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

#include "tests/support/fakes.hpp"

namespace harborline::kinship {
namespace {

using namespace std::chrono_literals;
using core::PinMisses;

/// One card, and phones that try PINs with it.
class KinshipCardLock : public ::testing::Test {
  protected:
    struct Phone {
        bool is_own = false;
        PinMisses pair{};
    };

    bool locked(const Phone& phone) const {
        return pair_locked(phone.pair, clock.now()) || card_locked(card, phone.is_own, clock.now());
    }
    void miss(Phone& phone, int times) {
        for (int i = 0; i < times; ++i) note_miss(phone.pair, card, phone.is_own, clock.now());
    }
    /// Five phones miss once each, so that none of the pairs is locked.
    void lock_card() {
        for (int i = 0; i < 5; ++i) {
            Phone other;
            miss(other, 1);
        }
    }

    testing::FakeClock clock{};
    PinMisses card{};
    Phone shop{};
    Phone school{};
    Phone own{.is_own = true};
};

TEST_F(KinshipCardLock, FiveMissesLockThePairForADay) {
    miss(shop, 4);
    EXPECT_FALSE(pair_locked(shop.pair, clock.now()));

    miss(shop, 1);
    EXPECT_TRUE(pair_locked(shop.pair, clock.now()));
    EXPECT_FALSE(pair_locked(school.pair, clock.now()));

    clock.advance(24h - 1ms);
    EXPECT_TRUE(pair_locked(shop.pair, clock.now()));
    clock.advance(1ms);
    EXPECT_FALSE(pair_locked(shop.pair, clock.now()));
}

TEST_F(KinshipCardLock, FiveMissesLockTheCardForAQuarterOfAnHour) {
    miss(shop, 4);
    EXPECT_FALSE(locked(school));

    miss(school, 1);
    EXPECT_TRUE(locked(school));
    EXPECT_TRUE(locked(shop));

    clock.advance(15min - 1ms);
    EXPECT_TRUE(locked(school));
    clock.advance(1ms);
    EXPECT_FALSE(locked(school));
    EXPECT_FALSE(locked(shop));
}

TEST_F(KinshipCardLock, TheChildsOwnPhonesStayOpen) {
    lock_card();
    EXPECT_TRUE(locked(shop));
    EXPECT_FALSE(locked(own));

    miss(own, 4);
    EXPECT_FALSE(locked(own));
    miss(own, 1);
    EXPECT_TRUE(locked(own));
}

TEST_F(KinshipCardLock, MissesFromTheChildsOwnPhonesAreNotTheCards) {
    miss(own, 5);

    EXPECT_TRUE(locked(own));
    EXPECT_FALSE(locked(shop));
    EXPECT_EQ(card, PinMisses{});
}

TEST_F(KinshipCardLock, WhatIsTriedWhileItIsLockedChangesNothing) {
    miss(own, 5);
    miss(shop, 5);
    const auto own_before = own.pair;
    const auto shop_before = shop.pair;
    const auto card_before = card;
    clock.advance(10min);

    miss(own, 7);
    miss(shop, 7);
    miss(school, 7);

    EXPECT_EQ(own.pair, own_before);
    EXPECT_EQ(shop.pair, shop_before);
    EXPECT_EQ(card, card_before);
    EXPECT_EQ(school.pair, PinMisses{});
}

TEST_F(KinshipCardLock, ALockThatIsOverDoesNotLockAgain) {
    miss(own, 5);
    lock_card();
    clock.advance(24h);

    miss(own, 4);
    miss(shop, 4);
    EXPECT_FALSE(locked(own));
    EXPECT_FALSE(locked(school));

    miss(own, 1);
    miss(school, 1);
    EXPECT_TRUE(locked(own));
    EXPECT_TRUE(locked(school));
}

TEST_F(KinshipCardLock, MissesAreForgottenAfterADayWithoutOne) {
    miss(own, 4);
    miss(shop, 4);
    clock.advance(24h - 1ms);
    miss(own, 1);
    EXPECT_TRUE(locked(own));

    clock.advance(1ms);
    miss(school, 4);
    EXPECT_FALSE(locked(shop));
    miss(school, 1);
    EXPECT_TRUE(locked(shop));
}

TEST_F(KinshipCardLock, TheRightPinMakesMissesForgotten) {
    miss(shop, 4);

    note_opened(shop.pair, card);
    EXPECT_EQ(shop.pair, PinMisses{});

    miss(school, 4);
    EXPECT_FALSE(locked(shop));
}

/// Whoever tries while the child uses its card every day waits ever longer.
TEST_F(KinshipCardLock, ButNotHowOftenTheCardWasLocked) {
    lock_card();
    clock.advance(15min);
    note_opened(shop.pair, card);

    lock_card();
    clock.advance(15min);
    EXPECT_TRUE(locked(shop));
    clock.advance(15min);
    EXPECT_FALSE(locked(shop));
}

TEST_F(KinshipCardLock, ADayWithoutAMissTakesOffOneLock) {
    for (const auto lock : {15min, 30min, 60min}) {
        lock_card();
        clock.advance(lock);
    }

    clock.advance(48h - 1ms);  // From the end of the lock on: one day.
    lock_card();
    clock.advance(60min - 1ms);
    EXPECT_TRUE(locked(shop));
    clock.advance(1ms);
    EXPECT_FALSE(locked(shop));

    clock.advance(24h * 10);
    lock_card();
    clock.advance(15min);
    EXPECT_FALSE(locked(shop));
}

TEST_F(KinshipCardLock, WhichTheDayOnWhichItIsOpenedDoesNotHinder) {
    lock_card();
    clock.advance(15min);
    note_opened(shop.pair, card);

    clock.advance(24h);
    lock_card();
    clock.advance(15min);
    EXPECT_FALSE(locked(shop));
}

TEST_F(KinshipCardLock, AClockThatIsSetBackUnlocksNothing) {
    miss(own, 5);
    lock_card();

    clock.advance(-1min);
    EXPECT_TRUE(locked(own));
    EXPECT_TRUE(locked(shop));
}

TEST_F(KinshipCardLock, AClockThatIsSetFarBackLocksNobodyForYears) {
    clock.advance(24h * 365);
    miss(own, 5);
    lock_card();
    clock.advance(-24h * 365);

    EXPECT_FALSE(locked(own));
    EXPECT_FALSE(locked(shop));
}

/// Of ten thousand PINs.
TEST_F(KinshipCardLock, FewAreTriedThoughTheChildOpensItsCardEveryDay) {
    int tried = 0;
    for (int hour = 0; hour < 24 * 30; ++hour) {
        if (hour % 24 == 7) note_opened(own.pair, card);
        for (int minute = 0; minute < 60; ++minute, clock.advance(1min)) {
            Phone another;
            if (locked(another)) continue;
            miss(another, 1);
            ++tried;
        }
    }

    EXPECT_LE(tried, 400);
}

struct LockCase {
    std::string name{};
    int nth = 1;
    std::chrono::minutes lasts{};
    friend void PrintTo(const LockCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipCardLockTimes : public KinshipCardLock, public ::testing::WithParamInterface<LockCase> {};

TEST_P(KinshipCardLockTimes, Double) {
    for (int i = 1; i < GetParam().nth; ++i) {
        lock_card();
        while (locked(shop)) clock.advance(15min);
    }
    lock_card();

    clock.advance(GetParam().lasts - 1ms);
    EXPECT_TRUE(locked(shop));
    clock.advance(1ms);
    EXPECT_FALSE(locked(shop));
}

INSTANTIATE_TEST_SUITE_P(Locks, KinshipCardLockTimes,
                         ::testing::Values(LockCase{"First", 1, 15min}, LockCase{"Second", 2, 30min},
                                           LockCase{"Third", 3, 60min}, LockCase{"Seventh", 7, 16h},
                                           LockCase{"Eighth", 8, 24h}, LockCase{"Hundredth", 100, 24h}),
                         [](const auto& param_info) { return param_info.param.name; });

struct ThiefCase {
    std::string name{};
    std::chrono::minutes pause{};  ///< Between two tries, each from another phone.
    friend void PrintTo(const ThiefCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipCardLockThief : public KinshipCardLock, public ::testing::WithParamInterface<ThiefCase> {};

/// Of ten thousand PINs.
TEST_P(KinshipCardLockThief, TriesFewPinsInAMonth) {
    int tried = 0;
    for (const auto end = clock.now() + 24h * 30; clock.now() < end; clock.advance(GetParam().pause)) {
        Phone another;
        if (locked(another)) continue;
        miss(another, 1);
        ++tried;
    }

    EXPECT_GE(tried, 30);
    EXPECT_LE(tried, 200);
}

INSTANTIATE_TEST_SUITE_P(Thieves, KinshipCardLockThief,
                         ::testing::Values(ThiefCase{"EveryMinute", 1min}, ThiefCase{"JustOverAnHour", 61min},
                                           ThiefCase{"FourADay", 6h}, ThiefCase{"OneADay", 24h}),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace harborline::kinship
