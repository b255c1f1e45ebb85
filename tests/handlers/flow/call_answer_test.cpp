#include <gtest/gtest.h>

#include "handlers/core/call.hpp"

namespace harborline::core {
namespace {

using namespace std::chrono_literals;

std::vector<CallAnswer> every_act() {
    const std::vector<Sound> sounds{{.words = "您好", .prompt = "main.menu"},
                                    {.words = "编号", .personal = true, .url = "http://127.0.0.1/audio/x"},
                                    {.personal = true, .recording = "a-recording"},
                                    {.words = "捎来：\x1a。", .personal = true, .letter = LetterId{300}}};
    const Dial dial{.name = "17.3",
                    .numbers = {"+8619900000101", "+8619900000102"},
                    .ring = 20s,
                    .longest = 600s,
                    .warning = 60s,
                    .warned = {{.words = "还有一分钟。"}}};
    std::vector<CallAnswer> all;
    for (const CallAct& act : {CallAct{HangUp{}}, CallAct{HangUp{.unanswered = true}},
                               CallAct{Gather{.digits_max = 8, .silence = 7s, .between = 2s}},
                               CallAct{Record{.longest = 90s, .silence = 4s}}, CallAct{Record{.tone = false}},
                               CallAct{dial}, CallAct{Wait{3s}}, CallAct{Join{}}})
        all.push_back({.language = "zh-CN", .sounds = sounds, .act = act, .step = 12});
    return all;
}

TEST(CallAnswer, IsReadAsItWasWritten) {
    for (const auto& answer : every_act()) {
        const auto read = decode_call_answer(encode(answer));
        ASSERT_TRUE(read);
        EXPECT_EQ(*read, answer);
    }
}

TEST(CallAnswer, IsRefusedWhereSomethingIsMissingOrTooMuch) {
    for (const auto& answer : every_act()) {
        const std::string bytes = encode(answer);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_FALSE(decode_call_answer(std::string_view{bytes}.substr(0, size))) << size;
        EXPECT_FALSE(decode_call_answer(bytes + '\0'));
    }
}

TEST(CallAnswer, WhatWasStoredBeforeThereWereLettersIsRead) {
    const std::string stored{
        "\x01\x02"
        "en"
        "\x03\x01\x02"
        "Hi"
        "\x00\x01\x00\x00\x01\x01\x06\x03",
        17};
    const CallAnswer answer{
        .language = "en", .sounds = {{.words = "Hi", .personal = true}}, .act = Gather{}, .step = 3};
    const auto read = decode_call_answer(stored);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, answer);
}

TEST(CallAnswer, WhatWasStoredBeforeAnybodyWasTurnedAwayIsRead) {
    const std::string stored{
        "\x02\x02"
        "en"
        "\x03\x00\x00",
        7};
    const auto read = decode_call_answer(stored);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, (CallAnswer{.language = "en", .act = HangUp{}, .step = 3}));
}

TEST(CallAnswer, ADialNameIsDigitsAndStops) {
    for (const char* name : {"1.1", "17.300", "4"}) EXPECT_TRUE(is_dial_name(name)) << name;
    for (const char* name : {"", "a.1", "1/2", "1,2", "1}", "1 2"}) EXPECT_FALSE(is_dial_name(name)) << name;
    EXPECT_FALSE(is_dial_name(std::string(33, '1')));
}

}  // namespace
}  // namespace harborline::core
