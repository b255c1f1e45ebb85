#include "gateway/calls/event_reader.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "tests/gateway/calls/recording.hpp"

namespace harborline::gateway {
namespace {

using core::ErrorKind;
using ::testing::ElementsAre;

/// All messages, each written out again; "malformed" where it ends so.
std::vector<std::string> read_in_pieces(std::string_view bytes, std::mt19937& random, std::size_t piece_max,
                                        SwitchReaderLimits limits = {}) {
    std::vector<std::string> messages;
    EventReader reader(limits);
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, 1 + random() % piece_max);
        bytes.remove_prefix(piece.size());
        reader.feed(piece);
        for (;;) {
            const auto message = reader.next();
            if (!message) {
                messages.emplace_back("malformed");
                return messages;
            }
            if (!*message) break;
            std::string written;
            for (const auto& [name, value] : (*message)->headers) written += name + ": " + value + "\n";
            messages.push_back(written + "\n" + (*message)->body);
        }
    }
    return messages;
}

std::vector<std::string> read_whole(std::string_view bytes, SwitchReaderLimits limits = {}) {
    std::mt19937 random{1};
    return read_in_pieces(bytes, random, 1, limits);
}

class EveryRecordingTest : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryRecordingTest, IsReadTheSameHoweverItIsCut) {
    const auto recording = testing::read_recording(GetParam());
    std::mt19937 random{7};

    for (const char connection : {'A', 'B'}) {
        const std::string bytes = testing::received(recording, connection);
        const std::vector<std::string> expected = testing::messages_of(bytes);

        EXPECT_EQ(read_in_pieces(bytes, random, 3), expected);
        EXPECT_EQ(read_in_pieces(bytes, random, 700), expected);
        EXPECT_EQ(read_in_pieces(bytes, random, 100'000), expected);
    }
}

TEST_P(EveryRecordingTest, HoldsEventsThatCanBeRead) {
    const auto recording = testing::read_recording(GetParam());
    for (const char connection : {'A', 'B'}) {
        for (const std::string& message : testing::messages_of(testing::received(recording, connection))) {
            if (testing::value_in(message, "Content-Type") != "text/event-plain") continue;
            const std::string inside = message.substr(message.find("\n\n") + 2);

            const auto event = read_event(inside);

            ASSERT_TRUE(event);
            EXPECT_EQ(event->header("Event-Name"), testing::value_in(inside, "Event-Name"));
            EXPECT_EQ(event->header("Unique-ID"), testing::value_in(inside, "Unique-ID"));
            EXPECT_EQ(event->header("Hangup-Cause"), testing::value_in(inside, "Hangup-Cause"));
            EXPECT_EQ(event->header("FreeSWITCH-IPv6"), "fd00::2");
            EXPECT_EQ(event->body.empty(), event->header("Event-Name") != "BACKGROUND_JOB");
            EXPECT_TRUE(inside.ends_with(event->body));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Recorded, EveryRecordingTest, ::testing::ValuesIn(testing::recording_names()),
                         [](const auto& param_info) {
                             std::string name = "Case" + param_info.param;
                             std::replace_if(
                                 name.begin(), name.end(), [](char c) { return c == '-' || c == '+'; }, '_');
                             return name;
                         });

TEST(EventReaderTest, TakesAnswersThatEndWithAndWithoutLineEnd) {
    EventReader reader;
    reader.feed(
        "Content-Type: api/response\nContent-Length: 4\n\n+OK\nContent-Type: api/response\n"
        "Content-Length: 5\n\nfalseContent-Type: command/reply\nReply-Text: -ERR no keywords supplied\n\n");

    EXPECT_EQ((*reader.next())->answer(), "+OK");
    EXPECT_EQ((*reader.next())->answer(), "false");
    EXPECT_EQ((*reader.next())->answer(), "-ERR no keywords supplied");
    EXPECT_FALSE((*reader.next()).has_value());
}

struct BadBytes {
    std::string name;
    std::string bytes;
};
class BadBytesTest : public ::testing::TestWithParam<BadBytes> {};

TEST_P(BadBytesTest, AreMalformedForGood) {
    EventReader reader({.head_max = 200, .body_max = 100});
    reader.feed(GetParam().bytes);

    const auto first = reader.next();
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().kind, ErrorKind::kMalformed);
    reader.feed("Content-Type: auth/request\n\n");
    EXPECT_FALSE(reader.next());

    EXPECT_THAT(read_whole(GetParam().bytes, {.head_max = 200, .body_max = 100}), ElementsAre("malformed"));
}

INSTANTIATE_TEST_SUITE_P(
    EventReader, BadBytesTest,
    ::testing::Values(BadBytes{"Junk", std::string("\x16\x03\x01\x00\x05\n\n", 7)},
                      BadBytes{"NoColon", "Content-Type auth/request\n\n"}, BadBytes{"EmptyHead", "\n\n"},
                      BadBytes{"NoType", "Content-Length: 3\n\nabc"}, BadBytes{"Control", "Content-Type: a\x01z\n\n"},
                      BadBytes{"BlankInName", "Content Type: auth/request\n\n"},
                      BadBytes{"NegativeLength", "Content-Type: a\nContent-Length: -1\n\n"},
                      BadBytes{"LengthWithTail", "Content-Type: a\nContent-Length: 1x\n\n"},
                      BadBytes{"EmptyLength", "Content-Type: a\nContent-Length: \n\n"},
                      BadBytes{"TwoLengths", "Content-Type: a\nContent-Length: 1\nContent-Length: 2\n\n"},
                      BadBytes{"TooLargeBody", "Content-Type: a\nContent-Length: 101\n\n"},
                      BadBytes{"HugeLength", "Content-Type: a\nContent-Length: 99999999999999999999999\n\n"},
                      BadBytes{"EndlessHead", std::string(201, 'a')}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(EventReaderTest, TakesALimitThatIsJustReached) {
    const std::string body(100, 'x');
    EXPECT_THAT(read_whole("Content-Type: a\nContent-Length: 100\n\n" + body, {.head_max = 200, .body_max = 100}),
                ElementsAre("Content-Type: a\nContent-Length: 100\n\n" + body));
}

TEST(EventTest, DecodesPercentAndNothingElse) {
    EXPECT_EQ(decode_percent("%E7%83%AD%e7%BA%BF a+b %4 %zz 100%"), "热线 a+b %4 %zz 100%");
    EXPECT_EQ(decode_percent("%41%"), "A%");
    EXPECT_EQ(decode_percent("%0A"), "\n");
}

TEST(EventTest, KeepsItsBodyAsItStands) {
    const auto event =
        read_event("Event-Name: BACKGROUND_JOB\nJob-Command: a%20b\nContent-Length: 9\n\n+OK %41\nxrest");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->header("Job-Command"), "a b");
    EXPECT_EQ(event->body, "+OK %41\nx");
}

TEST(EventTest, HasTheFirstOfTwoHeaders) {
    const auto event = read_event("Event-Name: X\nHangup-Cause: USER_BUSY\nHangup-Cause: NO_ANSWER\n\n");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->header("Hangup-Cause"), "USER_BUSY");
}

TEST(EventTest, IsRefusedWhereItIsNone) {
    EXPECT_FALSE(read_event(""));
    EXPECT_FALSE(read_event("Event-Name: X\n"));
    EXPECT_FALSE(read_event("Other: X\n\n"));
    EXPECT_FALSE(read_event("Event-Name: X\nContent-Length: 5\n\nabc")) << "longer than what is there";
}

}  // namespace
}  // namespace harborline::gateway
