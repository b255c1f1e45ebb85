#include "handlers/petition/reference_number.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "tests/support/fakes.hpp"

namespace harborline::petition {
namespace {

ReferenceNumbers::Key key_of(std::uint64_t seed) {
    ReferenceNumbers::Key bytes{};
    testing::FakeRandom{seed}.fill(bytes);
    return bytes;
}

core::CaseId matter(std::int64_t value) {
    return core::CaseId{value};
}

TEST(KeyedPermutation, IsABijectionOnEverySmallDomain) {
    for (std::uint64_t size = 1; size <= 400; ++size) {
        const KeyedPermutation shuffle{key_of(size), size};
        std::set<std::uint64_t> seen;
        for (std::uint64_t value = 0; value < size; ++value) {
            const auto there = shuffle.forward(value);
            ASSERT_LT(there, size);
            ASSERT_EQ(shuffle.backward(there), value);
            seen.insert(there);
        }
        ASSERT_EQ(seen.size(), size);
    }
}

TEST(KeyedPermutation, RefusesWhatIsOutsideItsDomain) {
    EXPECT_THROW(KeyedPermutation(key_of(1), 0), std::out_of_range);
    EXPECT_THROW(KeyedPermutation(key_of(1), UINT64_MAX), std::out_of_range);
    const KeyedPermutation shuffle{key_of(1), 10};
    EXPECT_THROW(shuffle.forward(10), std::out_of_range);
    EXPECT_THROW(shuffle.backward(10), std::out_of_range);
}

TEST(ReferenceNumber, DammDigitAgreesWithThePublishedExample) {
    EXPECT_EQ(damm_digit("572"), '4');
    EXPECT_EQ(damm_digit("5724"), '0');
    EXPECT_EQ(damm_digit(""), '0');
}

TEST(ReferenceNumber, EveryNumberOfASampleOverTheDomainLeadsBackToItsMatterAlone) {
    const ReferenceNumbers numbers{key_of(1)};
    std::set<std::string> seen;
    // 997 is prime to the domain's size, so the sample touches no regular grid of it.
    for (std::int64_t value = 1; value <= ReferenceNumbers::kMatters; value += 997) {
        const auto reference = numbers.of(matter(value)).value();
        ASSERT_EQ(reference.size(), 8U);
        ASSERT_TRUE(reference[0] >= '1' && reference[0] <= '7');
        ASSERT_EQ(numbers.id_of(reference), matter(value));
        ASSERT_TRUE(seen.insert(reference).second);
    }
}

TEST(ReferenceNumber, BothEndsOfTheCounterHaveNumbersAndNothingBeyond) {
    const ReferenceNumbers numbers{key_of(1)};

    EXPECT_TRUE(numbers.of(matter(1)).has_value());
    EXPECT_TRUE(numbers.of(matter(ReferenceNumbers::kMatters)).has_value());
    for (const auto beyond :
         {std::int64_t{0}, std::int64_t{-1}, ReferenceNumbers::kMatters + 1, INT64_MAX, INT64_MIN}) {
        const auto refused = numbers.of(matter(beyond));
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().kind, core::ErrorKind::kRefused);
    }
}

TEST(ReferenceNumber, EverySingleWrongDigitIsCaught) {
    const ReferenceNumbers numbers{key_of(2)};
    for (std::int64_t value = 1; value <= 300; ++value) {
        const auto right = numbers.of(matter(value)).value();
        for (std::size_t place = 0; place < right.size(); ++place)
            for (char digit = '0'; digit <= '9'; ++digit) {
                auto wrong = right;
                wrong[place] = digit;
                ASSERT_EQ(numbers.id_of(wrong).has_value(), wrong == right);
            }
    }
}

TEST(ReferenceNumber, EverySwapOfNeighboursIsCaught) {
    const ReferenceNumbers numbers{key_of(3)};
    for (std::int64_t value = 1; value <= 2'000; ++value) {
        const auto right = numbers.of(matter(value)).value();
        for (std::size_t place = 0; place + 1 < right.size(); ++place) {
            auto wrong = right;
            std::swap(wrong[place], wrong[place + 1]);
            ASSERT_EQ(numbers.id_of(wrong).has_value(), wrong == right);
        }
    }
}

TEST(ReferenceNumber, AnotherKeyGivesOtherNumbers) {
    const ReferenceNumbers ours{key_of(4)};
    const ReferenceNumbers theirs{key_of(5)};
    int same = 0;
    for (std::int64_t value = 1; value <= 1'000; ++value)
        if (ours.of(matter(value)).value() == theirs.of(matter(value)).value()) ++same;
    EXPECT_LE(same, 1);
}

TEST(ReferenceNumber, NeighbouringMattersHaveFarNumbersOfNoOrder) {
    const ReferenceNumbers numbers{key_of(6)};
    int near = 0;
    int rising = 0;
    std::int64_t previous = std::stoll(numbers.of(matter(1)).value());
    for (std::int64_t value = 2; value <= 1'001; ++value) {
        const auto next = std::stoll(numbers.of(matter(value)).value());
        if (std::abs(next - previous) < 1'000) ++near;
        if (next > previous) ++rising;
        previous = next;
    }
    EXPECT_LE(near, 2);  // By chance: about 0.03 of a thousand.
    EXPECT_GT(rising, 400);
    EXPECT_LT(rising, 600);
}

TEST(ReferenceNumber, WhatHasNotTheFormIsNoNumber) {
    const ReferenceNumbers numbers{key_of(7)};
    const auto right = numbers.of(matter(1)).value();

    for (const auto& wrong : {std::string{}, right.substr(1), right + "0", " " + right.substr(1), "-" + right.substr(1),
                              std::string{"00000000"}, std::string{"88888888"}, std::string(8, '\xff'),
                              std::string(1'000'000, '1'), std::string{"１２３"}})
        EXPECT_EQ(numbers.id_of(wrong), std::nullopt);
}

}  // namespace
}  // namespace harborline::petition
