#include "gateway/carriers/handset_carrier.hpp"

#include <boost/json.hpp>

#include "tests/gateway/carriers/kit.hpp"

namespace harborline::gateway {
namespace {

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

}  // namespace
}  // namespace harborline::gateway
