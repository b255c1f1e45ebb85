#include "handlers/core/phone_number.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "handlers/core/calling_codes.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::core {
namespace {

struct NumberCase {
    friend void PrintTo(const NumberCase& test, std::ostream* out) { *out << test.name; }
    std::string name{};
    std::string written{};
    std::string reads{};  ///< reveal_e164(); a plus means a subscriber. Empty where it must be refused.
    std::string country = "86";
};

class PhoneNumberTest : public ::testing::TestWithParam<NumberCase> {};

TEST_P(PhoneNumberTest, Reads) {
    const auto number = PhoneNumber::parse(GetParam().written, GetParam().country);

    ASSERT_EQ(number.has_value(), !GetParam().reads.empty());
    if (!number) {
        EXPECT_EQ(number.error().kind, ErrorKind::kMalformed);
        return;
    }
    EXPECT_EQ(number->reveal_e164(), GetParam().reads);
    EXPECT_EQ(number->is_subscriber(), GetParam().reads.starts_with('+'));
    EXPECT_EQ(PhoneNumber::from_value(number->value()), *number);
    EXPECT_LE(number->value(), static_cast<std::uint64_t>(INT64_MAX));
    EXPECT_EQ(PhoneNumber::parse(number->reveal_e164(), GetParam().country).value(), *number);
}

std::string case_name(const ::testing::TestParamInfo<NumberCase>& info) {
    return info.param.name;
}

// The subscribers' rows were checked one by one against libphonenumber-js 1.x, in the same default country.
INSTANTIATE_TEST_SUITE_P(Chinese, PhoneNumberTest,
                         ::testing::Values(NumberCase{"National", "19900001234", "+8619900001234"},
                                           NumberCase{"WithPlus", "+8619900001234", "+8619900001234"},
                                           NumberCase{"CodeWithoutPlus", "8619900001234", "+8619900001234"},
                                           NumberCase{"DoubleZero", "008619900001234", "+8619900001234"},
                                           NumberCase{"SpacesAndDashes", " +86 199-0000-1234 ", "+8619900001234"},
                                           NumberCase{"FullWidth", "＋８６１９９００００１２３４", "+8619900001234"},
                                           NumberCase{"PlusDecodedAsSpace", " 8619900001234", "+8619900001234"},
                                           NumberCase{"TrunkBeforeMobile", "019900001234", "+8619900001234"},
                                           NumberCase{"TrunkAfterCode", "+86 (0) 199 0000 1234", "+8619900001234"},
                                           NumberCase{"Harbin", "0451-88880000", "+8645188880000"},
                                           NumberCase{"HarbinTrunkAfterCode", "+86 0451 88880000", "+8645188880000"},
                                           NumberCase{"HarbinCodeWithoutPlus", "8645188880000", "+8645188880000"},
                                           NumberCase{"SevenDigitsLocal", "0470-6210000", "+864706210000"},
                                           NumberCase{"Beijing", "010-69000012", "+861069000012"},
                                           NumberCase{"Shanghai", "（021）60000000", "+862160000000"}),
                         case_name);

INSTANTIATE_TEST_SUITE_P(
    Services, PhoneNumberTest,
    ::testing::Values(NumberCase{"Emergency", "110", "110"}, NumberCase{"Operator", "10086", "10086"},
                      NumberCase{"OperatorFlaggedInternational", "+8610086", "10086"},
                      NumberCase{"OperatorFlaggedWithoutCode", "+10086", "10086"}, NumberCase{"Bank", "95588", "95588"},
                      NumberCase{"BankWithExtension", "9558812345", "9558812345"},
                      NumberCase{"Hotline", "12338", "12338"}, NumberCase{"HotlineFlagged", "+12338", "12338"},
                      NumberCase{"Port", "106900001234", "106900001234"},
                      NumberCase{"PortFlagged", "+86106900001234", "106900001234"},
                      NumberCase{"PortOfTenDigitsIsNotBeijing", "1069000012", "1069000012"},
                      NumberCase{"PortOfElevenDigitsIsNotAmerica", "12520012345", "12520012345"},
                      NumberCase{"PortThatLooksAmerican", "+1 012 555 0123", "10125550123"},
                      NumberCase{"LongestPort", "10690000123456789", "10690000123456789"},
                      NumberCase{"ServiceLine", "400-800-1234", "4008001234"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(Abroad, PhoneNumberTest,
                         ::testing::Values(NumberCase{"HongKong", "+852 5123 4567", "+85251234567"},
                                           NumberCase{"Taiwan", "+886 912 345 678", "+886912345678"},
                                           NumberCase{"America", "+1 (202) 555-0123", "+12025550123"},
                                           NumberCase{"Britain", "0044 7911 123456", "+447911123456"},
                                           NumberCase{"BritainWithoutPlus", "447911123456", "+447911123456"},
                                           NumberCase{"BritainAtHome", "07911 123456", "+447911123456", "44"},
                                           NumberCase{"Russia", "+7 912 345 67 89", "+79123456789"},
                                           NumberCase{"RussiaAtHome", "8 912 345 67 89", "+79123456789", "7"},
                                           NumberCase{"ItalyKeepsItsZero", "+39 06 6982 0000", "+390669820000"},
                                           NumberCase{"Kenya", "+254 712 345678", "+254712345678"},
                                           NumberCase{"KenyaAtHome", "0712345678", "+254712345678", "254"},
                                           NumberCase{"Japan", "+81 90 1234 5678", "+819012345678"},
                                           NumberCase{"Germany", "+49 1512 3456789", "+4915123456789"},
                                           NumberCase{"HungaryAtHome", "06 20 123 4567", "+36201234567", "36"},
                                           NumberCase{"Vietnam", "+84 912 345 678", "+84912345678"},
                                           NumberCase{"Korea", "+82 10 1234 5678", "+821012345678"},
                                           NumberCase{"Myanmar", "+95 9 420 123 456", "+959420123456"},
                                           NumberCase{"Mongolia", "+976 8812 3456", "+97688123456"},
                                           NumberCase{"Brazil", "+55 11 91234 5678", "+5511912345678"},
                                           NumberCase{"ShortCodeAtHome", "40404", "40404", "254"}),
                         case_name);

INSTANTIATE_TEST_SUITE_P(
    NoNumbers, PhoneNumberTest,
    ::testing::Values(NumberCase{"Empty", ""}, NumberCase{"Blank", "   "}, NumberCase{"PlusAlone", "+"},
                      NumberCase{"Letters", "MyBank"}, NumberCase{"Anonymous", "anonymous"},
                      NumberCase{"Extension", "19900001234x5"}, NumberCase{"PlusWithin", "86+19900001234"},
                      NumberCase{"TwoPluses", "++8619900001234"}, NumberCase{"OneDigitShort", "1990000123"},
                      NumberCase{"OneDigitShortWithPlus", "+861990000123"}, NumberCase{"OneDigitLong", "199000012345"},
                      NumberCase{"SixteenDigits", "+8619900001234567"}, NumberCase{"TwoDigits", "12"},
                      NumberCase{"Zeros", "0000000000"}, NumberCase{"AreaCodeMissing", "88880000"},
                      NumberCase{"UnassignedCode", "+9991234567890"},

                      NumberCase{"BrokenUtf8",
                                 "199\xFF"
                                 "0001234"},
                      NumberCase{"Nul", std::string{"1990000\0001234", 12}},
                      NumberCase{"Endless", std::string(5000, '1')}),
    case_name);

TEST(PhoneNumber, NeverPrintsItself) {
    std::ostringstream out;
    out << PhoneNumber::parse("19900001234", "86").value();
    EXPECT_EQ(out.str(), "(a number)");
}

TEST(PhoneNumber, MasksForAScreen) {
    EXPECT_EQ(PhoneNumber::parse("19900001234", "86")->masked(), "199****1234");
    EXPECT_EQ(PhoneNumber::parse("+85251234567", "86")->masked(), "852****4567");
    EXPECT_EQ(PhoneNumber::parse("10086", "86")->masked(), "****");
    EXPECT_EQ(PhoneNumber{}.masked(), "");
}

TEST(PhoneNumber, EmptyIsNobody) {
    EXPECT_TRUE(PhoneNumber{}.empty());
    EXPECT_FALSE(PhoneNumber{}.is_subscriber());
    EXPECT_EQ(PhoneNumber{}.reveal(), "");
}

TEST(PhoneNumber, KnowsNamesOfServicesFromRubbish) {
    for (const char* name : {"MyBank", "ICBC 95588", "哈尔滨银行", "10657109012345678901", "12", "anonymous"})
        EXPECT_TRUE(looks_like_service_sender(name)) << name;
    for (const char* rubbish : {"", "  ", "a\nb", "\xFF\xFE", "1990000123", "\x01"})
        EXPECT_FALSE(looks_like_service_sender(rubbish)) << rubbish;
    EXPECT_FALSE(looks_like_service_sender(std::string(100, 'a')));
}

TEST(CallingCodes, NoneIsTheBeginningOfAnother) {
    for (const CallingCode& country : kCallingCodes) {
        const std::string digits = std::to_string(country.code);
        EXPECT_EQ(calling_code_of(digits), &country) << digits;
        EXPECT_LE(digits.size() + country.longest, 15U) << digits;
        EXPECT_LE(country.shortest, country.longest) << digits;
    }
    EXPECT_EQ(calling_code_of(""), nullptr);
    EXPECT_EQ(calling_code_of("999"), nullptr);
    EXPECT_EQ(calling_code_of("x"), nullptr);
    EXPECT_EQ(calling_code_of("020"), nullptr);
}

TEST(PhoneNumberProperty, WhatIsReadReadsBackFromAnyRubbish) {
    harborline::testing::FakeRandom random{7};
    constexpr std::string_view kAlphabet = "0123456789010203+ -86(";
    int read = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string written;
        for (auto length = random.below(20); length > 0; --length) written += kAlphabet[random.below(kAlphabet.size())];
        const auto number = PhoneNumber::parse(written, "86");
        if (!number) continue;
        ++read;
        SCOPED_TRACE(written);
        ASSERT_FALSE(number->empty());
        ASSERT_TRUE(PhoneNumber::parse(number->reveal_e164(), "86")) << number->reveal_e164();
        ASSERT_EQ(PhoneNumber::parse(number->reveal_e164(), "86").value(), *number);
        ASSERT_EQ(PhoneNumber::from_value(number->value()).reveal(), number->reveal());
        ASSERT_LE(number->reveal().size(), 17U);
    }
    EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace harborline::core
