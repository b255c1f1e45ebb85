#include "gateway/carriers/handset_carrier.hpp"

#include <boost/json.hpp>

#include "tests/gateway/carriers/kit.hpp"

namespace harborline::gateway {
namespace handset_test {

using testing::CarrierProfile;
using testing::DecodeCase;
using testing::EveryCarrier;
using testing::kNameOf;

std::unique_ptr<Carrier> handset() {
    return make_handset({.deliver_url = "http://127.0.0.1:8081/handset/phone", .number = "12338", .country = "86"});
}

WebRequest post(const std::string& body, const std::string& action = "sms") {
    WebRequest request{.method = "POST", .action = action, .body = body};
    request.headers = {{"Content-Type", "application/json"}};
    return request;
}

/// Escapes what JSON demands and leaves broken bytes as they are.
std::string quoted(const std::string& bytes) {
    std::string out = "\"";
    for (const char c : bytes) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string message(const std::string& from, const std::string& text) {
    return R"({"from":)" + quoted(from) + R"(,"text":)" + quoted(text) + R"(,"id":"p1"})";
}

const std::string kGood = message("+8619900001234", "求助 我在哈尔滨😀");

INSTANTIATE_TEST_SUITE_P(Handset, EveryCarrier,
                         ::testing::Values(CarrierProfile{
                             .name = "Json",
                             .make = handset,
                             .texts = {post(kGood), post("[" + kGood + "," + kGood + "]")},
                             .receipts = {post(R"({"id":4711,"state":"delivered"})", "status"),
                                          post(R"([{"id":4711,"state":"failed"}])", "status")},
                             .with_text = [](const std::string& bytes) { return post(message("19900001234", bytes)); },
                             .with_sender = [](const std::string& sender) { return post(message(sender, "1")); },
                             .half_broken = post("[" + kGood + R"(,{"from":"19900001234"},7,)" + kGood + "]")}),
                         kNameOf);

std::unique_ptr<Carrier> dialling() {
    return make_handset_ussd({.number = "12338", .country = "86"});
}

WebRequest entered(const std::string& from, const std::string& text, const std::string& event = "input") {
    return post(
        R"({"from":)" + quoted(from) + R"(,"session":"s1","event":")" + event + R"(","text":)" + quoted(text) + "}",
        "ussd");
}

INSTANTIATE_TEST_SUITE_P(
    HandsetUssd, EveryCarrier,
    ::testing::Values(CarrierProfile{
        .name = "Json",
        .make = dialling,
        .texts = {entered("+8619900001234", "求助 我在哈尔滨😀"), entered("+8619900001234", "", "began")},
        .ends = {post(R"({"from":"+8619900001234","session":"s1","event":"ended","text":"求助"})", "ussd")},
        .actions = {"ussd"},
        .with_text = [](const std::string& bytes) { return entered("19900001234", bytes); },
        .with_sender = [](const std::string& sender) { return entered(sender, "1"); }}),
    kNameOf);

class Handset_Decode : public ::testing::TestWithParam<DecodeCase> {};

TEST_P(Handset_Decode, Reads) {
    testing::expect_decoded(*handset(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, Handset_Decode,
    ::testing::Values(
        DecodeCase{"Good", post(kGood), "求助 我在哈尔滨😀"},
        DecodeCase{"EscapedEmoji", post(R"({"from":"19900001234","text":"\ud83d\ude00","id":"a"})"), "😀"},
        DecodeCase{"UnpairedEscape", post(R"({"from":"19900001234","text":"\ud83d","id":"a"})"), "",
                   "the body is not JSON"},
        DecodeCase{"NotJson", post("from=1"), "", "the body is not JSON"},
        DecodeCase{"RestBehind", post(kGood + "x"), "", "the body is not JSON"},
        DecodeCase{"TooDeep", post("[[[[[[[[]]]]]]]]"), "", "the body is not JSON"},
        DecodeCase{"NoText", post(R"({"from":"19900001234","id":"a"})"), "", "a message has from, text and id"},
        DecodeCase{"TextIsNumber", post(R"({"from":"19900001234","text":1,"id":"a"})"), "",
                   "a message has from, text and id"},
        DecodeCase{"NoId", post(R"({"from":"19900001234","text":"1"})"), "", "a message has from, text and id"},
        DecodeCase{"EmptyId", post(R"({"from":"19900001234","text":"1","id":""})"), "", "the id is malformed"},
        DecodeCase{"EmptySender", post(R"({"from":"","text":"1","id":"a"})"), "", "the sender is missing"},
        DecodeCase{"EmptyBatch", post("[]"), "", "a batch has from 1 to 100 elements"},
        DecodeCase{"ElementIsNoObject", post("7"), "", "a message is a JSON object"},
        DecodeCase{"HugeBatch", post([] {
                       std::string many = "[0";
                       for (int i = 0; i < 100; ++i) many += ",0";
                       return many + "]";
                   }()),
                   "", "a batch has from 1 to 100 elements"}),
    kNameOf);

class HandsetUssd_Decode : public ::testing::TestWithParam<DecodeCase> {};

TEST_P(HandsetUssd_Decode, Reads) {
    testing::expect_decoded(*dialling(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, HandsetUssd_Decode,
    ::testing::Values(
        DecodeCase{"Input", entered("19900001234", "1*2#"), "1*2#"},
        DecodeCase{"Began", entered("19900001234", "", "began"), ""},
        DecodeCase{"NoText", post(R"({"from":"19900001234","session":"s","event":"began"})", "ussd"), ""},
        DecodeCase{"EndedSaysNothing", entered("19900001234", "他打我", "ended"), ""},
        DecodeCase{"Batch", post(R"([{"from":"19900001234","session":"s","event":"began"}])", "ussd"), "",
                   "an input is a JSON object"},
        DecodeCase{"UnknownEvent", entered("19900001234", "1", "paused"), "", "the event of the session is unknown"},
        DecodeCase{"NoEvent", post(R"({"from":"19900001234","session":"s","text":"1"})", "ussd"), "",
                   "an input has from, session, event and text"},
        DecodeCase{"NoSession", post(R"({"from":"19900001234","event":"input","text":"1"})", "ussd"), "",
                   "an input has from, session, event and text"},
        DecodeCase{"TextIsNumber", post(R"({"from":"19900001234","session":"s","event":"input","text":1})", "ussd"), "",
                   "an input has from, session, event and text"},
        DecodeCase{"IdIsNumber", post(R"({"from":"19900001234","session":"s","event":"began","id":1})", "ussd"), "",
                   "an input has from, session, event and text"},
        DecodeCase{"EmptySession", post(R"({"from":"19900001234","session":"","event":"began"})", "ussd"), "",
                   "the session is malformed"},
        DecodeCase{"IdWithSpace", post(R"({"from":"19900001234","session":"s","event":"began","id":"a b"})", "ussd"),
                   "", "the id is malformed"}),
    kNameOf);

core::Inbound input_of(const std::string& body) {
    return dialling()->decode(post(body, "ussd"), {}).value().front().value();
}

TEST(HandsetUssd_Session, KeepsWhatWasEnteredAndItsId) {
    const auto input = input_of(R"({"from":"+8619900001234","session":"s7","event":"input","text":"1*2","id":"p9"})");

    EXPECT_EQ(input.to, "12338");
    EXPECT_EQ(input.external_id, "p9");
    ASSERT_TRUE(input.session);
    EXPECT_EQ(input.session->id, "s7");
    EXPECT_EQ(input.session->event, core::SessionInput::Event::kInput);
    EXPECT_FALSE(input.session->cumulative);
}

TEST(HandsetUssd_Session, KeepsNothingOfItsEndButWhoseItWas) {
    const auto ended = input_of(R"({"from":"+8619900001234","session":"s7","event":"ended","text":"1","id":"p9"})");

    EXPECT_EQ(ended.session->event, core::SessionInput::Event::kEnded);
    EXPECT_EQ(ended.session->id, "s7");
    EXPECT_EQ(ended.to + ended.external_id + ended.text, "");
}

TEST(HandsetUssd_Methods, TakesNoTextsAndNoReceipts) {
    EXPECT_EQ(dialling()->methods("ussd"), "POST");
    EXPECT_EQ(dialling()->methods("sms"), "");
    EXPECT_EQ(dialling()->methods("status"), "");
    EXPECT_EQ(handset()->methods("ussd"), "");
}

TEST(HandsetUssd_Answer, SaysWordsAndWhetherTheSessionGoesOn) {
    EXPECT_EQ(dialling()->encode_answer({"回1\n回2", true}).body, R"({"text":"回1\n回2","goes_on":true})");
    EXPECT_EQ(dialling()->encode_answer({}).body, R"({"text":"","goes_on":false})");
}

TEST(Handset_Status, RefusesWhatItDoesNotKnow) {
    for (const char* body : {R"({"id":0,"state":"delivered"})", R"({"id":"4711","state":"delivered"})",
                             R"({"id":4711,"state":"seen"})", R"({"id":4711})", R"({"state":"failed"})", "7"}) {
        const auto receipts = handset()->decode_status(post(body, "status"), {});
        ASSERT_TRUE(receipts.has_value()) << body;
        EXPECT_TRUE(receipts->front().has_error()) << body;
    }
}

TEST(Handset_Send, PostsOneJsonObject) {
    OutgoingMessage outgoing;
    outgoing.id = {4711};
    outgoing.to = core::PhoneNumber::parse("19900001234", "86").value();
    outgoing.text = "收到。\"\n";
    outgoing.attempt = 2;

    const auto requests = handset()->build_send(outgoing);

    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests.front().url, "http://127.0.0.1:8081/handset/phone");
    const boost::json::value body = boost::json::parse(requests.front().body);
    EXPECT_EQ(body.at("id").as_int64(), 4711);
    EXPECT_EQ(body.at("to").as_string(), "+8619900001234");
    EXPECT_EQ(body.at("text").as_string(), "收到。\"\n");
    EXPECT_EQ(body.at("attempt").as_int64(), 2);
}

TEST(Handset_Answer, SaysThatItIsAccepted) {
    EXPECT_EQ(handset()->encode_answer({}).body, R"({"accepted":true})");
}

}  // namespace handset_test
}  // namespace harborline::gateway
