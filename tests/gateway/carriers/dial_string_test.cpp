#include "gateway/carriers/dial_string.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace dial_string_test {

using namespace std::chrono_literals;

const DialWay kWay{.number = "12338", .dial = "sofia/gateway/carrier/{number}"};
const LegQuestion kQuestion{.confirm_url = "http://127.0.0.1:8700/in/voice/token/confirm/3", .call = "a1-b2"};
const std::string kOurs = "[origination_caller_id_number=12338,origination_caller_id_name=12338]";

TEST(DialString, AsksEveryLegAndShowsItOurNumber) {
    const std::vector<std::string> numbers{"+8619900001234", "+8619900005678"};
    const auto text = dial_string(kWay, numbers, kQuestion);
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(*text,
              "{group_confirm_key=exec,group_confirm_file='execute_extension confirm XML harborline',"
              "ignore_early_media=true,harborline_confirm=http://127.0.0.1:8700/in/voice/token/confirm/3,"
              "harborline_call=a1-b2}" +
                  kOurs + "sofia/gateway/carrier/+8619900001234," + kOurs + "sofia/gateway/carrier/+8619900005678");
}

TEST(DialString, RefusesNumbersThatAreNone) {
    for (const char* number : {"", "1990000123a", "{x=y}1", "1,2", "1'", "1\"", "[1]", "1|2", "1:_:2", "1 2", "${x}",
                               "1@host", "１２３", "1234567890123456789012345"}) {
        EXPECT_FALSE(is_dialable(number)) << number;
        const std::vector<std::string> numbers{"19900001234", number};
        const auto text = dial_string(kWay, numbers, kQuestion);
        ASSERT_FALSE(text.has_value()) << number;
        EXPECT_EQ(text.error().kind, core::ErrorKind::kMalformed);
        EXPECT_EQ(text.error().message.find("199"), std::string::npos);
        EXPECT_FALSE(originate_command(kWay, number, "a1", kQuestion.confirm_url, 25s).has_value()) << number;
    }
    EXPECT_FALSE(dial_string(kWay, {}, kQuestion).has_value());
}

TEST(DialString, RefusesTemplatesThatCouldCarryMore) {
    for (const char* dial :
         {"", "sofia/gateway/carrier", "{number}", "19{number}", "/{number}", "{x=y}sofia/a/{number}",
          "[x=y]sofia/a/{number}", "sofia/a/{number},sofia/b/{number}", "sofia/a/{number}|sofia/b/1",
          "sofia/a/{number}:_:sofia/b/1", "sofia/a/{number} b", "sofia/a/${x}/{number}", "sofia/a/{number}{x=y}",
          "<x=y>sofia/a/{number}", "sofia/a/{number}'", "sofia/a\n/{number}"})
        EXPECT_FALSE(is_dial_template(dial)) << dial;
    for (const char* dial : {"sofia/gateway/carrier/{number}", "sofia/internal/{number}@10.0.0.1:5060;transport=tls",
                             "loopback/9{number}", "sofia/gateway/a/{number}-x"})
        EXPECT_TRUE(is_dial_template(dial)) << dial;
}

TEST(DialString, RefusesAddressesAndNamesThatCouldCarryMore) {
    const std::vector<std::string> numbers{"19900001234"};
    for (const char* url : {"", "ftp://a/b", "http://a/b,c", "http://a/{b}", "http://a/b c", "http://a/${b}",
                            "http://a/'b", "http://a@b/c", "http://a/b)"}) {
        EXPECT_FALSE(dial_string(kWay, numbers, {.confirm_url = url}).has_value()) << url;
        EXPECT_FALSE(originate_command(kWay, "19900001234", "a1", url, 25s).has_value()) << url;
    }
    for (const char* name : {"a,b=c", "a}b", "a b", "a\nb"}) {
        EXPECT_FALSE(dial_string(kWay, numbers, {.confirm_url = kQuestion.confirm_url, .call = name}).has_value());
        EXPECT_FALSE(originate_command(kWay, "19900001234", name, kQuestion.confirm_url, 25s).has_value()) << name;
    }
    EXPECT_FALSE(originate_command(kWay, "19900001234", "", kQuestion.confirm_url, 25s).has_value());
    EXPECT_FALSE(dial_string({.dial = kWay.dial}, numbers, kQuestion).has_value()) << "without a number of ours";
}

TEST(DialString, PlacesACallAsRecorded) {
    EXPECT_EQ(originate_command(kWay, "19900001234", "a1990000-0000-4000-8000-000000000061",
                                "http://127.0.0.1:8700/in/voice/token/voice/o17", 25s)
                  .value(),
              "bgapi originate {origination_uuid=a1990000-0000-4000-8000-000000000061,"
              "origination_caller_id_number=12338,origination_caller_id_name=12338,ignore_early_media=true,"
              "originate_timeout=25}sofia/gateway/carrier/19900001234 "
              "&httapi({url=http://127.0.0.1:8700/in/voice/token/voice/o17,method=POST,"
              "httapi_profile=harborline_bridge})");
}

/// Splits at the commas that part legs, which are those outside of brackets.
std::vector<std::string> legs_of(std::string_view text) {
    std::vector<std::string> legs(1);
    int depth = 0;
    for (const char c : text) {
        depth += static_cast<int>(c == '[' || c == '{') - static_cast<int>(c == ']' || c == '}');
        if (c == ',' && depth == 0) {
            legs.emplace_back();
        } else {
            legs.back() += c;
        }
    }
    EXPECT_EQ(depth, 0);
    return legs;
}

std::string drawn(core::Random& random, std::string_view from, std::size_t length_max) {
    std::string text;
    for (auto length = random.below(length_max + 1); length > 0; --length) text += from[random.below(from.size())];
    return text;
}

TEST(DialString, NeverLacksOurNumberOnALegNorHoldsAForeignBracket) {
    constexpr std::string_view kFew = "0123456789+";
    constexpr std::string_view kMany = "0123456789+{}[]\"',|<>$:_= ";
    harborline::testing::FakeRandom random{2027};
    int written = 0;
    for (int round = 0; round < 20'000; ++round) {
        DialWay way{.number = drawn(random, random.below(8) == 0 ? kMany : kFew, 8)};
        way.dial = "sofia/" + drawn(random, random.below(4) == 0 ? kMany : "abc/@.:", 5) + "{number}" +
                   drawn(random, random.below(4) == 0 ? kMany : "abc@.:;=", 5);
        std::vector<std::string> numbers;
        for (auto count = random.below(4); count > 0; --count)
            numbers.push_back(drawn(random, random.below(8) == 0 ? kMany : kFew, 12));

        const auto text = dial_string(way, numbers, kQuestion);
        if (!text) continue;
        ++written;
        const std::size_t head = text->find('}') + 1;
        const auto legs = legs_of(std::string_view{*text}.substr(head));
        ASSERT_EQ(legs.size(), numbers.size()) << *text;
        const std::string ours =
            "[origination_caller_id_number=" + way.number + ",origination_caller_id_name=" + way.number + "]";
        for (std::size_t at = 0; at < legs.size(); ++at) {
            ASSERT_TRUE(legs[at].starts_with(ours)) << *text;
            const std::string endpoint = legs[at].substr(ours.size());
            ASSERT_EQ(endpoint.find_first_of("{}[]\"',|<>$ "), std::string::npos) << *text;
            ASSERT_NE(endpoint.find(numbers[at]), std::string::npos) << *text;
        }
    }
    EXPECT_GT(written, 1'000) << "hardly anything was written: the draws test the first check only";
}

}  // namespace dial_string_test
}  // namespace harborline::gateway
