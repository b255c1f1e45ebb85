#include "gateway/people/card_pin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace {

bool is_digits(const std::string& text, std::size_t count) {
    return text.size() == count && std::ranges::all_of(text, [](char sign) { return sign >= '0' && sign <= '9'; });
}

TEST(CardPin_Test, ANumberHasEightDigitsOfWhichNoneAloneIsAKey) {
    testing::FakeRandom random;
    for (int n = 0; n < 1'000; ++n) {
        const auto number = draw_card_number(random);

        ASSERT_TRUE(is_digits(number, 8));
        ASSERT_GE(number[0], '1');
        ASSERT_LE(number[0], '7');
    }
}

TEST(CardPin_Test, APinIsNoneThatIsGuessedFirst) {
    testing::FakeRandom random;
    std::set<std::string> drawn;
    for (int n = 0; n < 200'000; ++n) drawn.insert(draw_card_pin(random));

    EXPECT_EQ(drawn.size(), 9'900U);
    EXPECT_TRUE(std::ranges::all_of(drawn, [](const auto& pin) { return is_digits(pin, 4); }));
    for (const auto* guessed : {"0000", "7777", "1234", "4321", "0123", "8901", "2468", "9630"})
        EXPECT_FALSE(drawn.contains(guessed)) << guessed;
    for (const auto* fine : {"1224", "0001", "1212", "2580"}) EXPECT_TRUE(drawn.contains(fine)) << fine;
}

TEST(CardPin_Test, NoSlipOfAFingerIsTheDuressPin) {
    testing::FakeRandom random;
    for (int n = 0; n < 10'000; ++n) {
        const auto pin = draw_card_pin(random);
        const auto duress = draw_duress_pin(pin, random);

        int differing = 0;
        for (std::size_t at = 0; at < 4; ++at) differing += pin.at(at) != duress.at(at) ? 1 : 0;
        ASSERT_GE(differing, 3);
    }
}

}  // namespace
}  // namespace harborline::gateway
