#include <chrono>

#include "gateway/carriers/twilio_carrier.hpp"
#include "tests/gateway/carriers/kit.hpp"
#include "tests/gateway/carriers/twilio_account.hpp"

namespace harborline::gateway {
namespace twilio_sms_test {

using testing::CarrierProfile;
using testing::DecodeCase;
using testing::EveryCarrier;
using testing::kNameOf;
using testing::twilio_options;
using testing::twilio_request;
using namespace std::chrono_literals;

const core::Instant kNow = harborline::testing::FakeClock{}.now();

template <TwilioVariant variant>
std::unique_ptr<Carrier> sms() {
    return make_twilio_sms(twilio_options(variant));
}

WebRequest text(const std::string& words, const std::string& from = "+8619900001234") {
    return twilio_request("sms",
                          "ToCountry=CN&ToState=&SmsMessageSid=SM0001&NumMedia=0&SmsSid=SM0001&FromCity=&"
                          "SmsStatus=received&MessageSid=SM0001&AccountSid=AC0001&NumSegments=1&"
                          "ApiVersion=2010-04-01&To=%2B8645112338000&From=" +
                              percent_encoded(from) + "&Body=" + percent_encoded(words));
}

/// Somleng sends no more than this.
WebRequest short_text() {
    return twilio_request("sms", "MessageSid=SM0002&AccountSid=AC0001&From=8619900001234&To=12338&Body=1&NumMedia=0");
}

WebRequest report(const std::string& status, const std::string& query = "id=4711&attempt=2") {
    return twilio_request("status",
                          "MessageSid=SM0001&AccountSid=AC0001&To=%2B8619900001234&From=%2B8645112338000&"
                          "ErrorCode=30003&SmsStatus=failed&MessageStatus=" +
                              status,
                          query);
}

CarrierProfile profile(std::string name, std::unique_ptr<Carrier> (*make)()) {
    return {.name = std::move(name),
            .make = make,
            .texts = {text("求助 我在哈尔滨😀"), text("1"), short_text()},
            .receipts = {report("delivered"), report("sent", ""), report("failed", "id=1")},
            .accepted = {.status = 201, .body = R"({"sid":"SM0003","status":"queued","to":"+8619900001234"})"},
            .with_text = [](const std::string& bytes) { return text(bytes); },
            .with_sender = [](const std::string& sender) { return text("1", sender); },
            .sign = testing::sign};
}

INSTANTIATE_TEST_SUITE_P(TwilioSms, EveryCarrier,
                         ::testing::Values(profile("Twilio", sms<TwilioVariant::kTwilio>),
                                           profile("SignalWire", sms<TwilioVariant::kSignalWire>),
                                           profile("Somleng", sms<TwilioVariant::kSomleng>)),
                         kNameOf);

class TwilioSms_Decode : public ::testing::TestWithParam<DecodeCase> {};

TEST_P(TwilioSms_Decode, Reads) {
    testing::expect_decoded(*sms<TwilioVariant::kTwilio>(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Texts, TwilioSms_Decode,
    ::testing::Values(
        DecodeCase{"Good", text("求助 我在哈尔滨"), "求助 我在哈尔滨"}, DecodeCase{"Short", short_text(), "1"},
        DecodeCase{"LooksLikeBase64AndStaysAsItIs", text("5rGC5Yqp5rGC5Yqp"), "5rGC5Yqp5rGC5Yqp"},
        DecodeCase{"NoBody", twilio_request("sms", "MessageSid=SM1&From=19900001234&To=12338"), ""},
        DecodeCase{"NoId", twilio_request("sms", "From=19900001234&To=12338&Body=1"), "",
                   "the id of the message is malformed"},
        DecodeCase{"NoSender", twilio_request("sms", "MessageSid=SM1&To=12338&Body=1"), "", "the sender is missing"},
        DecodeCase{"PortWithSpaces", twilio_request("sms", "MessageSid=SM1&From=19900001234&To=1+2&Body=1"), "",
                   "the number written to is malformed"},
        DecodeCase{"FieldTwice", twilio_request("sms", "MessageSid=SM1&From=19900001234&To=12338&Body=1&Body=9"), "",
                   "a parameter is given twice"}),
    kNameOf);

core::ErrorKind refusal_of(const WebRequest& request, TwilioVariant variant = TwilioVariant::kTwilio) {
    const auto decoded = make_twilio_sms(twilio_options(variant))->decode(request, kNow);
    return decoded ? core::ErrorKind::kUnknown : decoded.error().kind;
}

TEST(TwilioSms, BelievesNobodyWhoHasNotSigned) {
    for (const auto& [from, to] : {std::pair{"SM0001", "SM0002"}, std::pair{"Body=1", "Body=9"},
                                   std::pair{"199", "198"}, std::pair{"FromCity=&", ""}}) {
        WebRequest request = text("1");
        request.body.replace(request.body.find(from), std::string{from}.size(), to);
        EXPECT_EQ(refusal_of(request), core::ErrorKind::kUnauthorized) << from;
    }
    WebRequest request = text("1");
    request.path += "/";
    EXPECT_EQ(refusal_of(request), core::ErrorKind::kUnauthorized);
    request = text("1");
    request.query = "a=1";
    EXPECT_EQ(refusal_of(request), core::ErrorKind::kUnauthorized);
    request = report("delivered");
    request.query = "id=4712&attempt=2";
    EXPECT_EQ(sms<TwilioVariant::kTwilio>()->decode_status(request, kNow).error().kind, core::ErrorKind::kUnauthorized);
}

TEST(TwilioSms, LooksAtNoHost) {
    WebRequest request = text("1");
    request.headers.emplace_back("Host", "elsewhere.example.org");
    request.headers.emplace_back("X-Forwarded-Host", "elsewhere.example.org");
    EXPECT_TRUE(sms<TwilioVariant::kTwilio>()->decode(request, kNow).has_value());
}

TEST(TwilioSms, SignalWireMaySignUnderItsOwnName) {
    WebRequest request = text("1");
    request.headers.back().first = "X-SignalWire-Signature";
    EXPECT_TRUE(sms<TwilioVariant::kSignalWire>()->decode(request, kNow).has_value());
    EXPECT_EQ(refusal_of(request), core::ErrorKind::kUnauthorized) << "Twilio has no such header";
    request.headers.back().second = "bm8=";
    EXPECT_EQ(refusal_of(request, TwilioVariant::kSignalWire), core::ErrorKind::kUnauthorized);
}

using enum core::ReceiptState;

TEST(TwilioSms_Status, SaysWhatBecameOfTheMessageAndOnlyMovesForward) {
    const std::pair<const char*, core::ReceiptState> table[] = {
        {"accepted", kBuffered},    {"queued", kBuffered},
        {"sending", kBuffered},     {"sent", kAccepted},
        {"delivered", kDelivered},  {"read", kDelivered},
        {"undelivered", kFailed},   {"failed", kFailed},
        {"canceled", kFailed},      {"partially_delivered", kBuffered},
        {"SomethingNew", kBuffered}};
    for (const auto& [status, state] : table) {
        const auto receipts = sms<TwilioVariant::kTwilio>()->decode_status(report(status), kNow);
        ASSERT_TRUE(receipts.has_value()) << status;
        const core::Receipt& receipt = receipts->front().value();
        EXPECT_EQ(receipt.state, state) << status;
        EXPECT_EQ(receipt.message.value, 4711);
        EXPECT_EQ(receipt.attempt, 2);
        EXPECT_EQ(receipt.carrier_id, "");
        EXPECT_EQ(receipt.at, kNow);
    }
}

TEST(TwilioSms_Status, FindsTheMessageByTheCarriersIdWhereOursIsMissing) {
    const auto receipt = sms<TwilioVariant::kTwilio>()->decode_status(report("sent", ""), kNow)->front().value();
    EXPECT_EQ(receipt.carrier_id, "SM0001");
    EXPECT_FALSE(receipt.message);
}

TEST(TwilioSms_Status, RefusesWhatNamesNoMessage) {
    for (const char* query : {"id=", "id=0", "id=-1", "id=1x", "id=99999999999999999999", "id=1&attempt=0"})
        EXPECT_FALSE(sms<TwilioVariant::kTwilio>()->decode_status(report("sent", query), kNow).has_value()) << query;
    EXPECT_FALSE(sms<TwilioVariant::kTwilio>()->decode_status(report(""), kNow).has_value());
    EXPECT_FALSE(
        sms<TwilioVariant::kTwilio>()->decode_status(twilio_request("status", "MessageStatus=sent"), kNow).has_value());
}

OutgoingMessage outgoing() {
    OutgoingMessage message;
    message.id = {4711};
    message.to = core::PhoneNumber::parse("19900001234", "86").value();
    message.text = "收到 & 1=2";
    message.attempt = 3;
    return message;
}

std::string header_of(const ApiRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return "(none)";
}

TEST(TwilioSms_Send, PostsOneFormWithTheAccountInItsHeader) {
    const auto requests = sms<TwilioVariant::kTwilio>()->build_send(outgoing());

    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests.front().url, "https://api.example.org/2010-04-01/Accounts/AC0001/Messages.json");
    EXPECT_EQ(header_of(requests.front(), "Authorization"), "Basic QUMwMDAxOm9wZW4tc2VzYW1l");
    EXPECT_EQ(header_of(requests.front(), "Content-Type"), "application/x-www-form-urlencoded");
    const auto sent = WebhookQuery::parse(requests.front().body);
    ASSERT_TRUE(sent.has_value());
    EXPECT_EQ(sent->get("To"), "+8619900001234");
    EXPECT_EQ(sent->get("From"), "+8645112338000");
    EXPECT_EQ(sent->get("Body"), "收到 & 1=2");
    EXPECT_EQ(sent->get("StatusCallback"), testing::kTwilioBase + "/status?id=4711&attempt=3");
    EXPECT_EQ(sent->get("ValidityPeriod"), "3600");
    EXPECT_EQ(sent->size(), 5U);
}

TEST(TwilioSms_Send, AsksForNoLongerValidityThanTheCarrierTakes) {
    const auto asked = [](const Carrier& carrier, std::chrono::minutes validity) {
        OutgoingMessage message = outgoing();
        message.validity = validity;
        return std::string{WebhookQuery::parse(carrier.build_send(message).front().body)->get("ValidityPeriod")};
    };
    EXPECT_EQ(asked(*sms<TwilioVariant::kTwilio>(), 72h), "36000");
    EXPECT_EQ(asked(*sms<TwilioVariant::kSomleng>(), 72h), "14400");
    EXPECT_EQ(asked(*sms<TwilioVariant::kTwilio>(), 0min), "1");
}

using Kind = SendResult::Kind;

TEST(TwilioSms_Answer, IsSortedByItsCode) {
    const auto of_code = [](int code) {
        return sms<TwilioVariant::kTwilio>()->read_send_result(
            {.status = 400,
             .body = R"({"status":400,"message":"+8619900001234","code":)" + std::to_string(code) + "}"});
    };
    for (const int code : {20'003, 20'005, 21'211, 21'217, 21'401, 21'408, 21'602, 21'603, 21'606, 21'609, 21'610,
                           21'612, 21'614, 21'617, 21'618, 21'659, 30'002, 30'004, 30'005, 30'006, 30'007, 99'999})
        EXPECT_EQ(of_code(code).kind, Kind::kRefused) << code;
    for (const int code : {14'107, 20'429, 20'500, 20'503, 21'611, 30'001, 30'003, 30'008, 63'018})
        EXPECT_EQ(of_code(code).kind, Kind::kRetry) << code;
    EXPECT_EQ(of_code(21'610).reason, "Twilio: the person has opted out with the carrier");
}

TEST(TwilioSms_Answer, NamesTheMessageOrIsUnknown) {
    const auto result_of = [](int status, const std::string& body) {
        return sms<TwilioVariant::kSomleng>()->read_send_result({.status = status, .body = body});
    };
    EXPECT_EQ(result_of(201, R"({"sid":"SM0003"})").carrier_id, "SM0003");
    EXPECT_EQ(result_of(201, R"({"sid":"SM0003"})").kind, Kind::kSent);
    for (const char* body : {"", "<html>", "[]", "{}", R"({"sid":1})", R"({"sid":"a b"})", R"({"sid":""})"}) {
        EXPECT_EQ(result_of(201, body).kind, Kind::kUnknown) << body;
        EXPECT_EQ(result_of(201, body).carrier_id, "") << body;
    }
    EXPECT_EQ(result_of(408, "").kind, Kind::kUnknown);
    EXPECT_EQ(result_of(401, "").kind, Kind::kRefused);
    EXPECT_EQ(result_of(503, "").kind, Kind::kRetry);
    EXPECT_TRUE(result_of(404, "").reason.starts_with("Somleng: "));
}

TEST(TwilioSms_Answer, WaitsAsLongAsItIsAsked) {
    EXPECT_EQ(sms<TwilioVariant::kTwilio>()->read_send_result({.status = 429, .retry_after = "30"}).retry_after, 30s);
}

TEST(TwilioSms_Answers, HoldNoWords) {
    const WebResponse answer = sms<TwilioVariant::kTwilio>()->encode_answer({.words = "收到。", .goes_on = true});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "text/xml");
    EXPECT_EQ(answer.body, R"(<?xml version="1.0" encoding="UTF-8"?><Response/>)");
}

}  // namespace twilio_sms_test
}  // namespace harborline::gateway
