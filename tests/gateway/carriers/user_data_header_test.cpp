#include "gateway/carriers/user_data_header.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace user_data_header_test {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out.push_back(static_cast<char>(value));
    return out;
}

TEST(UserDataHeader, ReadsBytesAndHexadecimalDigits) {
    for (const std::string& header : {bytes({5, 0, 3, 0x2A, 2, 1}), std::string{"0500032a0201"}}) {
        const auto part = read_user_data_header(header).value();
        ASSERT_TRUE(part.has_value());
        EXPECT_EQ(part->reference, 0x2A);
        EXPECT_FALSE(part->wide_reference);
        EXPECT_EQ(part->total, 2);
        EXPECT_EQ(part->index, 1);
    }
}

TEST(UserDataHeader, ReadsAWideReferenceBehindOtherElements) {
    const auto part = read_user_data_header(bytes({12, 5, 4, 0, 1, 0, 2, 8, 4, 0xBE, 0xEF, 3, 3})).value();
    ASSERT_TRUE(part.has_value());
    EXPECT_EQ(part->reference, 0xBEEF);
    EXPECT_TRUE(part->wide_reference);
    EXPECT_EQ(part->index, 3);
}

/// The first of whose digits, as a byte, is the number of those that follow.
TEST(UserDataHeader, ReadsTheDigitsOfAHeaderOf25Bytes) {
    const auto part = read_user_data_header(
                          "18"
                          "0003070201"
                          "7F11" +
                          std::string(34, '0'))
                          .value();
    ASSERT_TRUE(part.has_value());
    EXPECT_EQ(part->reference, 7);
}

TEST(UserDataHeader, OtherHeadersMeanATextThatStandsAlone) {
    for (const std::string& header :
         {std::string{}, bytes({0}), bytes({6, 5, 4, 0, 1, 0, 2}), bytes({5, 0, 3, 9, 1, 1})})
        EXPECT_FALSE(read_user_data_header(header).value().has_value());
}

/// 3GPP TS 23.040, 9.2.3.24.1 and .8.
TEST(UserDataHeader, PassesOverAPlaceThatIsNone) {
    for (const std::string& header :
         {bytes({5, 0, 3, 1, 2, 0}), bytes({5, 0, 3, 1, 2, 3}), bytes({5, 0, 3, 1, 0, 0}), bytes({5, 0, 3, 1, 0, 1}),
          bytes({6, 8, 4, 1, 1, 2, 0}), std::string{"0500032A0000"}}) {
        const auto part = read_user_data_header(header);
        ASSERT_TRUE(part.has_value());
        EXPECT_FALSE(part->has_value());
    }
}

TEST(UserDataHeader, RefusesWhatIsBroken) {
    for (const std::string& header :
         {bytes({5}), bytes({5, 0, 3, 1, 2}), bytes({4, 0, 3, 1, 2, 1}), bytes({5, 0, 4, 1, 2, 1}),
          bytes({4, 0, 2, 1, 2}), bytes({5, 8, 3, 1, 2, 1}), bytes({1, 0}), std::string{"0500032A02"},
          std::string{"0500032A020"}, std::string{"zz"}, std::string{"hello"}})
        EXPECT_EQ(read_user_data_header(header).error().kind, core::ErrorKind::kMalformed);
}

TEST(UserDataHeader, ReadsWhatItWrites) {
    EXPECT_EQ(concatenation_header(0x2A, 2, 1), "0500032A0201");
    for (int reference = 0; reference < 256; ++reference) {
        const auto part =
            read_user_data_header(concatenation_header(static_cast<std::uint8_t>(reference), 255, 7)).value();
        ASSERT_TRUE(part.has_value());
        EXPECT_EQ(part->reference, reference);
        EXPECT_EQ(part->total, 255);
        EXPECT_EQ(part->index, 7);
    }
}

TEST(UserDataHeader, SurvivesRandomBytes) {
    harborline::testing::FakeRandom random{9};
    int read = 0;
    for (int round = 0; round < 100'000; ++round) {
        std::string header;
        for (auto length = random.below(14); length > 0; --length)
            header.push_back(static_cast<char>(random.below(10)));
        if (!header.empty()) header[0] = static_cast<char>(header.size() - 1);
        const auto part = read_user_data_header(header);
        if (!part || !*part) continue;
        ++read;
        ASSERT_LE((*part)->index, (*part)->total);
        ASSERT_GE((*part)->index, 1);
    }
    EXPECT_GT(read, 10);
}

}  // namespace user_data_header_test
}  // namespace harborline::gateway
