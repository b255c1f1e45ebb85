#include "gateway/carriers/kannel_carrier.hpp"

#include "gateway/carriers/fragments.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "handlers/render/sms.hpp"
#include "tests/gateway/carriers/kit.hpp"

namespace harborline::gateway {
namespace kannel_test {

using testing::CarrierProfile;
using testing::DecodeCase;
using testing::EveryCarrier;
using testing::kNameOf;

std::unique_ptr<Carrier> kannel() {
    return make_kannel({.api_url = "http://127.0.0.1:13013/cgi-bin/sendsms",
                        .user = "harborline",
                        .password = core::Secret{"open-sesame"},
                        .number = "12338",
                        .status_url = core::Secret{"http://127.0.0.1:8080/in/kannel/token/status"},
                        .country = "86"});
}

// Everything up to the coding, as Kannel 1.4.5 wrote it for a text from an SMPP carrier with type of number 1.
const std::string kFrom = "from=%2B8619900001234&to=12338&id=6333e58f-b1dd-4b2a-905c-d9a8e2c197e6&time=1804046400";

WebRequest get(const std::string& query) {
    return {.method = "GET", .action = "sms", .query = query};
}

/// coding, charset, udh and text behind the good beginning.
WebRequest get_text(const std::string& rest) {
    return get(kFrom + rest);
}

struct PostForm {
    std::string content_type = "text/plain; charset=\"UTF-8\"";
    std::string coding = "0";
    std::string udh{};
    std::string from = "+8619900001234";
    std::string query = "id=489e0ee1-dde8-40b5-bbfd-52013f478378&time=1804046400";
};

WebRequest post(const std::string& body, const PostForm& form = {}) {
    WebRequest request{.method = "POST", .action = "sms", .query = form.query, .body = body};
    request.headers = {
        {"User-Agent", "Kannel/1.4.5"}, {"Content-Type", form.content_type},      {"X-Kannel-From", form.from},
        {"X-Kannel-To", "12338"},       {"X-Kannel-Time", "2027-03-03 02:00:00"}, {"X-Kannel-Coding", form.coding}};
    if (!form.udh.empty()) request.headers.emplace_back("X-Kannel-UDH", form.udh);
    return request;
}

WebRequest status(const std::string& query) {
    return {.method = "GET", .action = "status", .query = query};
}

const std::string kUtf16 = "text=lBR%A9%00+b%11W(T%C8%5C%14n%E8%D8%3D%DE%00";  // 求助 我在哈尔滨😀, as Kannel wrote it
const std::string kUtf16Bytes{"lBR\xA9\x00 b\x11W(T\xC8\\\x14n\xE8\xD8=\xDE\x00", 20};
const std::string kHelp = "求助 我在哈尔滨😀";

INSTANTIATE_TEST_SUITE_P(
    Kannel, EveryCarrier,
    ::testing::Values(
        CarrierProfile{.name = "ByGet",
                       .make = kannel,
                       .texts = {get_text("&coding=2&charset=UTF-16BE&udh=&" + kUtf16),
                                 get_text("&coding=0&charset=UTF-8&udh=&text=" + percent_encoded(kHelp)),
                                 get_text("&coding=2&charset=UTF-16BE&udh=%05%00%03*%02%01&text=SJN*%D8%3D")},
                       .receipts = {status("id=4711&part=1&parts=2&attempt=1&state=8")},
                       .with_text =
                           [](const std::string& bytes) {
                               return get_text("&coding=0&charset=UTF-8&udh=&text=" + percent_encoded(bytes));
                           },
                       .with_sender =
                           [](const std::string& sender) {
                               return get("from=" + percent_encoded(sender) +
                                          "&to=12338&id=a1&time=1804046400&coding=0&text=1");
                           }},
        CarrierProfile{.name = "ByPost",
                       .make = kannel,
                       .texts = {post(kHelp), post(kUtf16Bytes, {"text/plain; charset=\"UTF-16BE\"", "2"}),
                                 post("part one ", {.udh = "%05%00%03%2B%02%01"})},
                       .receipts = {status("id=4711&part=2&parts=2&attempt=1&state=1")},
                       .with_text = [](const std::string& bytes) { return post(bytes); },
                       .with_sender = [](const std::string& sender) { return post("1", {.from = sender}); }}),
    kNameOf);

class Kannel_Decode : public ::testing::TestWithParam<DecodeCase> {};

TEST_P(Kannel_Decode, Reads) {
    testing::expect_decoded(*kannel(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Get, Kannel_Decode,
    ::testing::Values(
        DecodeCase{"RawUtf16", get_text("&coding=2&charset=UTF-16BE&udh=&" + kUtf16), kHelp},
        DecodeCase{"RecodedUtf8", get_text("&coding=0&charset=UTF-8&udh=&text=" + percent_encoded(kHelp)), kHelp},
        DecodeCase{"RecodedWindows1252", get_text("&coding=0&charset=WINDOWS-1252&udh=&text=caf%E9+%80"), "café €"},
        DecodeCase{"Latin1", get_text("&coding=0&charset=ISO-8859-1&udh=&text=caf%E9"), "café"},
        DecodeCase{"GsmWithExtension", get_text("&coding=0&charset=UTF-8&udh=&text=h%24%E2%82%AC%C3%A8"), "h$€è"},
        DecodeCase{"CharsetFollowsFromCoding", get_text("&coding=2&" + kUtf16), kHelp},
        DecodeCase{"CharsetInSmallLetters", get_text("&coding=2&charset=utf-16be&" + kUtf16), kHelp},
        DecodeCase{"BrokenUtf8", get_text("&coding=0&charset=UTF-8&text=9%E6%B1"), "9\uFFFD"},
        DecodeCase{"OddUtf16", get_text("&coding=2&charset=UTF-16BE&text=lBN"), "求\uFFFD"},
        DecodeCase{"UnpairedSurrogate", get_text("&coding=2&charset=UTF-16BE&text=lB%D8%3D"), "求\uFFFD"},
        DecodeCase{"NoCoding", get_text("&text=1"), "1"},
        DecodeCase{"EmptyText", get_text("&coding=0&charset=UTF-8&udh=&text="), ""},
        DecodeCase{"NoText", get_text("&coding=0&charset=UTF-8"), ""},
        DecodeCase{"NoStamp", get("from=19900001234&to=12338&id=a1&coding=0&text=1"), "1"},
        DecodeCase{"StampBefore2020", get("from=19900001234&id=a1&time=946684800&text=9"), "9"},
        DecodeCase{"StampAfter2100", get("from=19900001234&id=a1&time=99999999999999999999&text=9"), "9"},
        DecodeCase{"StampIsNoNumber", get("from=19900001234&id=a1&time=12ab&text=9"), "9"},
        DecodeCase{"EightBitText", get_text("&coding=1&charset=8-BIT&udh=&text=hello"), "hello"},
        DecodeCase{"OtherElementsInTheHeader", get_text("&coding=0&udh=%06%05%04%00%01%00%02&text=hi"), "hi"},
        DecodeCase{"OnePartOfOne", get_text("&coding=0&udh=%05%00%03%2A%01%01&text=hi"), "hi"}),
    kNameOf);

INSTANTIATE_TEST_SUITE_P(
    GetRefused, Kannel_Decode,
    ::testing::Values(
        DecodeCase{"NoSender", get("to=12338&id=a1&coding=0&text=1"), "", "the sender is missing"},
        DecodeCase{"EmptySender", get("from=&to=12338&id=a1&coding=0&text=1"), "", "the sender is missing"},
        DecodeCase{"SenderIsRubbish", get("from=%01&to=12338&id=a1&text=1"), "", "the sender is not a phone number"},
        DecodeCase{"UnknownCoding", get_text("&coding=3&text=1"), "", "the coding is unknown"},
        DecodeCase{"CodingIsNoNumber", get_text("&coding=%25c&text=1"), "", "the coding is unknown"},
        DecodeCase{"UnknownCharset", get_text("&coding=0&charset=EBCDIC&text=1"), "",
                   "the charset of the text is unknown"},
        DecodeCase{"BinaryData", get_text("&coding=1&charset=8-BIT&text=%01%02%03"), "",
                   "the message is data and not a text"},
        DecodeCase{"BinaryDataWithoutControls", get_text("&coding=1&charset=8-BIT&text=abc%FF%FE"), "",
                   "the text is not valid UTF-8"},
        DecodeCase{"BadEscape", get_text("&coding=0&text=%G1"), "", "a percent sign is not followed by two digits"},
        DecodeCase{"EscapeCutOff", get_text("&coding=0&text=%4"), "", "a percent sign is not followed by two digits"},
        DecodeCase{"TextTwice", get_text("&coding=0&text=1&text=2"), "", "a parameter is given twice"},
        DecodeCase{"TooManyParameters", get_text([] {
                       std::string many;
                       for (std::size_t i = 0; i <= WebhookQuery::kPairsMax; ++i)
                           many += "&p" + std::to_string(i) + "=1";
                       return many;
                   }()),
                   "", "there are too many parameters"},
        DecodeCase{"IdWithControls", get("from=19900001234&id=a%0A1&text=1"), "", "the id of the message is malformed"},
        DecodeCase{"PortIsRubbish", get("from=19900001234&to=%FF&id=a1&text=1"), "",
                   "the number written to is malformed"},
        DecodeCase{"HeaderTooShort", get_text("&coding=0&udh=%05%00%03%2A%02&text=1"), "",
                   "the user data header is broken"},
        DecodeCase{"HeaderIsRubbish", get_text("&coding=0&udh=xyz&text=1"), "", "the user data header is broken"}),
    kNameOf);

INSTANTIATE_TEST_SUITE_P(
    Post, Kannel_Decode,
    ::testing::Values(
        DecodeCase{"RecodedUtf8", post(kHelp), kHelp},
        DecodeCase{"RawUtf16", post(kUtf16Bytes, {"text/plain; charset=\"UTF-16BE\"", "2"}), kHelp},
        DecodeCase{"RecodedWindows1252", post("caf\xE9", {"text/plain; charset=\"WINDOWS-1252\""}), "café"},
        DecodeCase{"CharsetWithoutQuotes", post(kHelp, {"text/plain;charset=utf-8; format=flowed"}), kHelp},
        DecodeCase{"NoContentType", post("hi", {""}), "hi"}, DecodeCase{"EmptyBody", post(""), ""},
        DecodeCase{"PercentSignsAreText", post("100%41+1"), "100%41+1"},
        DecodeCase{"BinaryData", post("\x01\x02\xFF", {"application/octet-stream", "1"}), "",
                   "the text is not valid UTF-8"},
        DecodeCase{"UnknownCharset", post("hi", {"text/plain; charset=EBCDIC"}), "",
                   "the charset of the text is unknown"},
        DecodeCase{"NoSender", post("hi", {.from = ""}), "", "the sender is missing"},
        DecodeCase{"BadQuery", post("hi", {.query = "id=%"}), "", "a percent sign is not followed by two digits"},
        DecodeCase{"BrokenHeader", post("hi", {.udh = "%05%00%03"}), "", "the user data header is broken"},
        DecodeCase{"BadEscapeInHeader", post("hi", {.udh = "%05%0"}), "", "the user data header is broken"}),
    kNameOf);

core::Inbound one_of(const WebRequest& request) {
    return kannel()->decode(request, harborline::testing::FakeClock{}.now())->front().value();
}

TEST(Kannel_DecodeFields, CarriesWhoWhenAndWhich) {
    const core::Inbound message = one_of(get_text("&coding=0&charset=UTF-8&udh=&text=1"));

    EXPECT_EQ(message.from.reveal_e164(), "+8619900001234");
    EXPECT_EQ(message.to, "12338");
    EXPECT_EQ(message.external_id, "6333e58f-b1dd-4b2a-905c-d9a8e2c197e6");
    EXPECT_EQ(message.stamped_at, core::from_millis(1'804'046'400'000));
    EXPECT_TRUE(message.relayed) << "a repeat by the carrier gets another id from Kannel";
    EXPECT_FALSE(message.fragment.has_value());
}

TEST(Kannel_DecodeFields, AStampOfABrokenClockIsNone) {
    for (const std::string_view stamp : {"0", "946684800", "4102444801", "12ab"}) {
        const auto request = get("from=19900001234&id=a1&text=1&time=" + std::string{stamp});
        EXPECT_FALSE(one_of(request).stamped_at.has_value()) << stamp;
    }
}

TEST(Kannel_DecodeFragments, KeepsBytesCharsetAndPlace) {
    const core::Inbound part = one_of(get_text("&coding=2&charset=UTF-16BE&udh=%06%08%04%01*%03%02&text=SJN*%D8%3D"));

    ASSERT_TRUE(part.fragment.has_value());
    EXPECT_EQ(part.text, "");
    EXPECT_EQ(part.fragment->reference, 0x012A);
    EXPECT_TRUE(part.fragment->wide_reference);
    EXPECT_EQ(part.fragment->total, 3);
    EXPECT_EQ(part.fragment->index, 2);
    EXPECT_EQ(part.fragment->bytes, "SJN*\xD8=");
    EXPECT_EQ(part.fragment->charset, "UTF-16BE");
}

// Both as Kannel 1.4.5 handed them over with sms-combine-concatenated-mo=false: the carrier cut between the halves of
// 😀.
TEST(Kannel_DecodeFragments, AnEmojiCutByTheCarrierIsWholeAgain) {
    const std::vector<core::Inbound> by_get{
        one_of(get_text("&coding=2&charset=UTF-16BE&udh=%05%00%03*%02%02&text=%DE%00%5C%3E")),
        one_of(get_text("&coding=2&charset=UTF-16BE&udh=%05%00%03*%02%01&text=SJN*%D8%3D"))};
    EXPECT_EQ(join_fragments(by_get).value(), "半个😀尾");

    const PostForm first{"text/plain; charset=\"UTF-16BE\"", "2", "%05%00%03*%02%01"};
    const PostForm second{"text/plain; charset=\"UTF-16BE\"", "2", "0500032A0202"};
    const std::vector<core::Inbound> by_post{one_of(post("SJN*\xD8=", first)),
                                             one_of(post({"\xDE\x00\\>", 4}, second))};
    EXPECT_EQ(join_fragments(by_post).value(), "半个😀尾");
}

struct ReceiptCase {
    std::string name{};
    std::string query{};
    std::optional<core::ReceiptState> state{};  ///< Empty where it must be refused.

    friend void PrintTo(const ReceiptCase& test, std::ostream* out) { *out << test.name; }
};

class Kannel_Status : public ::testing::TestWithParam<ReceiptCase> {};

TEST_P(Kannel_Status, Reads) {
    const auto receipts = kannel()->decode_status(status(GetParam().query), harborline::testing::FakeClock{}.now());

    ASSERT_EQ(receipts.has_value(), GetParam().state.has_value());
    if (!receipts) return;
    ASSERT_EQ(receipts->size(), 1U);
    const core::Receipt& receipt = receipts->front().value();
    EXPECT_EQ(receipt.state, *GetParam().state);
    EXPECT_EQ(receipt.message.value, 4711);
    EXPECT_EQ(receipt.part, 2);
    EXPECT_EQ(receipt.parts, 3);
}

using enum core::ReceiptState;
INSTANTIATE_TEST_SUITE_P(
    Table, Kannel_Status,
    ::testing::Values(ReceiptCase{"Delivered", "id=4711&part=2&parts=3&attempt=1&state=1", kDelivered},
                      ReceiptCase{"Failed", "id=4711&part=2&parts=3&attempt=1&state=2", kFailed},
                      ReceiptCase{"Buffered", "id=4711&part=2&parts=3&attempt=1&state=4", kBuffered},
                      ReceiptCase{"Accepted", "id=4711&part=2&parts=3&attempt=1&state=8", kAccepted},
                      ReceiptCase{"Rejected", "id=4711&part=2&parts=3&attempt=2&state=16", kFailed},
                      ReceiptCase{"UnknownState", "id=4711&part=2&parts=3&state=3"},
                      ReceiptCase{"NotFilledIn", "id=4711&part=2&parts=3&state=%25d"},
                      ReceiptCase{"NoState", "id=4711&part=2&parts=3"}, ReceiptCase{"NoId", "part=2&parts=3&state=1"},
                      ReceiptCase{"IdZero", "id=0&part=2&parts=3&state=1"},
                      ReceiptCase{"IdNegative", "id=-1&part=2&parts=3&state=1"},
                      ReceiptCase{"IdTooLarge", "id=9223372036854775808&part=2&parts=3&state=1"},
                      ReceiptCase{"PartBeyond", "id=4711&part=4&parts=3&state=1"},
                      ReceiptCase{"PartZero", "id=4711&part=0&parts=3&state=1"},
                      ReceiptCase{"PartTooLarge", "id=4711&part=2&parts=256&state=1"},
                      ReceiptCase{"NoPart", "id=4711&state=1"},
                      ReceiptCase{"NoAttempt", "id=4711&part=2&parts=3&state=1", kDelivered},
                      ReceiptCase{"AttemptZero", "id=4711&part=2&parts=3&attempt=0&state=1"},
                      ReceiptCase{"AttemptIsRubbish", "id=4711&part=2&parts=3&attempt=x&state=1"}),
    kNameOf);

TEST(Kannel_StatusAttempt, SaysWhichAttemptItIsAbout) {
    const auto attempt = [](std::string query) {
        return kannel()
            ->decode_status(status(std::move(query)), harborline::testing::FakeClock{}.now())
            ->front()
            .value()
            .attempt;
    };
    EXPECT_EQ(attempt("id=4711&part=2&parts=3&attempt=7&state=1"), 7);
    EXPECT_EQ(attempt("id=4711&part=2&parts=3&state=1"), 0);
}

std::string header_of(const ApiRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return "(none)";
}

std::vector<ApiRequest> send(const std::string& text, int attempt = 1) {
    OutgoingMessage message;
    message.id = {0x142};
    message.to = core::PhoneNumber::parse("19900001234", "86").value();
    message.text = text;
    message.attempt = attempt;
    message.validity = std::chrono::minutes{45};
    return kannel()->build_send(message);
}

TEST(Kannel_Send, PutsEverythingIntoHeaders) {
    const auto requests = send("收到。", 3);

    ASSERT_EQ(requests.size(), 1U);
    const ApiRequest& request = requests.front();
    EXPECT_EQ(request.url, "http://127.0.0.1:13013/cgi-bin/sendsms");
    EXPECT_EQ(request.body, "收到。");
    EXPECT_EQ(header_of(request, "Content-Type"), "text/plain; charset=UTF-8");
    EXPECT_EQ(header_of(request, "X-Kannel-Username"), "harborline");
    EXPECT_EQ(header_of(request, "X-Kannel-Password"), "open-sesame");
    EXPECT_EQ(header_of(request, "X-Kannel-From"), "12338");
    EXPECT_EQ(header_of(request, "X-Kannel-To"), "+8619900001234");
    EXPECT_EQ(header_of(request, "X-Kannel-Coding"), "2");
    EXPECT_EQ(header_of(request, "X-Kannel-Validity"), "45");
    EXPECT_EQ(header_of(request, "X-Kannel-DLR-Mask"), "31");
    EXPECT_EQ(header_of(request, "X-Kannel-DLR-Url"),
              "http://127.0.0.1:8080/in/kannel/token/status?id=322&part=1&parts=1&attempt=3&state=%d");
    EXPECT_EQ(header_of(request, "X-Kannel-UDH"), "(none)");
}

TEST(Kannel_Send, ChoosesTheCodingByTheText) {
    EXPECT_EQ(header_of(send("OK [1] €").front(), "X-Kannel-Coding"), "0");
    EXPECT_EQ(header_of(send("好").front(), "X-Kannel-Coding"), "2");
    EXPECT_EQ(header_of(send("`").front(), "X-Kannel-Coding"), "2");
}

TEST(Kannel_Send, SplitsSoThatKannelCutsNothing) {
    std::string text;
    for (int i = 0; i < 66; ++i) text += "汉";
    text += "😀收到收到";

    const auto requests = send(text);

    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(header_of(requests[0], "X-Kannel-UDH"), "050003420201");
    EXPECT_EQ(header_of(requests[1], "X-Kannel-UDH"), "050003420202");
    EXPECT_EQ(requests[1].body, "😀收到收到");
    EXPECT_EQ(requests[0].body + requests[1].body, text);
    EXPECT_NE(header_of(requests[1], "X-Kannel-DLR-Url").find("part=2&parts=2"), std::string::npos);
}

TEST(Kannel_Send, RepeatsWithTheSameReference) {
    const std::string text(200, 'a');
    EXPECT_EQ(header_of(send(text, 1)[0], "X-Kannel-UDH"), header_of(send(text, 2)[0], "X-Kannel-UDH"));
}

TEST(Kannel_Send, SendsNothingForAnEmptyText) {
    EXPECT_TRUE(send("").empty());
}

TEST(Kannel_Send, RefusesWhatNoSmsCanHold) {
    EXPECT_EQ(send(std::string(255 * 153, 'a')).size(), 255U);
    EXPECT_THROW(send(std::string(255 * 153 + 1, 'a')), std::length_error);
}

TEST(Kannel_Send, AnswersOfSendsms) {
    using enum SendResult::Kind;
    const auto kind = [](int code, std::string body) {
        return kannel()->read_send_result({.status = code, .content_type = "text/html", .body = std::move(body)}).kind;
    };
    EXPECT_EQ(kind(202, "0: Accepted for delivery"), kSent);
    EXPECT_EQ(kind(202, "3: Queued for later delivery"), kSent);
    EXPECT_EQ(kind(400, "Missing receiver(s) number(s), rejected"), kRefused);
    EXPECT_EQ(kind(403, "Authorization failed for sendsms"), kRefused);
    // The carrier has closed the account: nobody's text is to blame, and the operator can put it right.
    EXPECT_EQ(kind(403, "Not routable. Do not try again."), kRetry);
    EXPECT_EQ(kind(503, "Temporal failure, try again later."), kRetry);
    EXPECT_EQ(kind(200, "<html>It works!</html>"), kUnknown);
    EXPECT_EQ(kind(204, ""), kUnknown);
    EXPECT_EQ(kind(429, ""), kRetry);
    EXPECT_NE(kannel()->read_send_result({.status = 403}).reason.find("credentials"), std::string::npos);
    for (const int busy : {429, 503})
        EXPECT_EQ(kannel()->read_send_result({.status = busy, .retry_after = "30"}).retry_after,
                  std::chrono::seconds{30});
}

TEST(Kannel_Answer, IsEmptySoThatNothingReachesTheHandset) {
    const WebResponse answer = kannel()->encode_answer({"收到。"});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "text/plain");
    EXPECT_EQ(answer.body, "");
}

}  // namespace kannel_test
}  // namespace harborline::gateway
