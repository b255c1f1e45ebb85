#include "gateway/carriers/africas_talking_carrier.hpp"

#include <chrono>

#include "gateway/carriers/webhook_query.hpp"
#include "handlers/flow/answer.hpp"
#include "tests/gateway/carriers/kit.hpp"

namespace harborline::gateway {
namespace africas_talking_test {

using core::SessionInput;
using testing::CarrierProfile;
using testing::DecodeCase;
using testing::EveryCarrier;
using testing::kNameOf;
using namespace std::chrono_literals;

const core::Instant kNow = harborline::testing::FakeClock{}.now();

std::unique_ptr<Carrier> sms() {
    return make_africas_talking_sms({.api_url = "https://api.africastalking.com/version1/messaging",
                                     .user = "harborline",
                                     .api_key = core::Secret{"open-sesame"},
                                     .number = "12338",
                                     .country = "86"});
}

std::unique_ptr<Carrier> ussd() {
    return make_africas_talking_ussd("86");
}

WebRequest form(const std::string& action, const std::string& body,
                const std::string& type = "application/x-www-form-urlencoded") {
    WebRequest request{.method = "POST", .action = action, .body = body};
    request.headers = {{"Content-Type", type}};
    return request;
}

const std::string kCaller = "serviceCode=%2A384%2A123%23&phoneNumber=%2B8619900001234&networkCode=63902";

WebRequest screen(const std::string& text) {
    return form("ussd", "sessionId=ATUid_7a1c&" + kCaller + "&text=" + percent_encoded(text));
}

WebRequest text(const std::string& words, const std::string& from = "+8619900001234",
                const std::string& date = "2017-05-03T06:04:45Z") {
    return form("sms", "id=ATXid_1b2c&from=" + percent_encoded(from) + "&to=12338&text=" + percent_encoded(words) +
                           "&date=" + percent_encoded(date) + "&linkId=L1&networkCode=63902");
}

WebRequest report(const std::string& rest) {
    return form("status", "id=ATXid_1b2c&phoneNumber=%2B8619900001234&networkCode=63902&" + rest);
}

// As its documentation lists the fields.
WebRequest end(const std::string& status = "Success") {
    return form("end", "date=2027-03-03+02%3A00%3A00&sessionId=ATUid_7a1c&" + kCaller + "&status=" + status +
                           "&cost=0.05&durationInMillis=41000&hopsCount=7&hopsMetadata=&input=" +
                           percent_encoded("2*1*求助 我在哈尔滨") +
                           "&lastAppResponse=" + percent_encoded("END 求助已收到") + "&errorMessage=");
}

const WebResponse kTaken{.status = 201,
                         .body = R"({"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,)"
                                 R"("number":"+8619900001234","status":"Success","messageId":"ATXid_1b2c"}]}})"};

INSTANTIATE_TEST_SUITE_P(
    AfricasTalking, EveryCarrier,
    ::testing::Values(CarrierProfile{.name = "Sms",
                                     .make = sms,
                                     .texts = {text("求助 我在哈尔滨😀"), text("1")},
                                     .receipts = {report("status=Success"), report("status=Sent")},
                                     .actions = {"sms", "status", "optout"},
                                     .accepted = kTaken,
                                     .with_text = [](const std::string& bytes) { return text(bytes); },
                                     .with_sender = [](const std::string& sender) { return text("1", sender); }},
                      CarrierProfile{.name = "Ussd",
                                     .make = ussd,
                                     .texts = {screen(""), screen("1"), screen("1*2*求助 我在哈尔滨")},
                                     .ends = {end(), end("Incomplete"), end("Failed")},
                                     .actions = {"ussd", "end"},
                                     .with_text = screen,
                                     .with_sender =
                                         [](const std::string& sender) {
                                             return form("ussd",
                                                         "sessionId=A1&serviceCode=%2A1%23&text=1&phoneNumber=" +
                                                             percent_encoded(sender));
                                         }}),
    kNameOf);

class AfricasTalking_Decode : public ::testing::TestWithParam<DecodeCase> {};

TEST_P(AfricasTalking_Decode, Reads) {
    const bool session = GetParam().request.action == "ussd" || GetParam().request.action == "end";
    testing::expect_decoded(session ? *ussd() : *sms(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Screens, AfricasTalking_Decode,
    ::testing::Values(
        DecodeCase{"FirstRequestIsEmpty", screen(""), ""}, DecodeCase{"EveryAnswerSoFar", screen("1*2*3"), "1*2*3"},
        DecodeCase{"WordsWithStars", screen("1*a*b**c"), "1*a*b**c"},
        DecodeCase{"NoTextAtAll", form("ussd", "sessionId=A1&" + kCaller), ""},
        DecodeCase{
            "CharsetBehindTheType",
            form("ussd", "sessionId=A1&" + kCaller + "&text=1", "Application/x-www-form-urlencoded; charset=UTF-8"),
            "1"},
        DecodeCase{"NoSession", form("ussd", kCaller + "&text=1"), "", "the session id is missing"},
        DecodeCase{"SessionWithSpaces", form("ussd", "sessionId=a+b&" + kCaller + "&text=1"), "",
                   "the session id is malformed"},
        DecodeCase{"SessionTooLong", form("ussd", "sessionId=" + std::string(65, 'a') + "&" + kCaller + "&text=1"), "",
                   "the session id is malformed"},
        DecodeCase{"NoNumber", form("ussd", "sessionId=A1&serviceCode=%2A1%23&text=1"), "", "the sender is missing"},
        DecodeCase{"NumberIsAName", form("ussd", "sessionId=A1&serviceCode=%2A1%23&phoneNumber=MyBank&text=1"), "",
                   "the sender is not a phone number"},
        DecodeCase{"NoServiceCode", form("ussd", "sessionId=A1&phoneNumber=%2B8619900001234&text=1"), "",
                   "the service code is missing"},
        DecodeCase{"FieldTwice", form("ussd", "sessionId=A1&" + kCaller + "&text=1&text=9"), "",
                   "a parameter is given twice"},
        DecodeCase{"Json", form("ussd", R"({"sessionId":"A1"})", "application/json"), "",
                   "the content type is not that of a form"},
        DecodeCase{"ByGet",
                   {.method = "GET", .action = "ussd", .query = "sessionId=A1&" + kCaller + "&text=1"},
                   "",
                   "this address takes POST"},
        DecodeCase{"EndWithoutSession", form("end", kCaller + "&status=Success&input=1"), "",
                   "the session id is missing"},
        DecodeCase{"EndWithoutNumber", form("end", "sessionId=A1&status=Success&input=1"), "",
                   "the sender is missing"}),
    kNameOf);

INSTANTIATE_TEST_SUITE_P(
    Texts, AfricasTalking_Decode,
    ::testing::Values(DecodeCase{"Good", text("求助 我在哈尔滨"), "求助 我在哈尔滨"},
                      DecodeCase{"NoDate", form("sms", "id=A1&from=19900001234&to=12338&text=1"), "1"},
                      DecodeCase{"NoId", form("sms", "from=19900001234&to=12338&text=1"), "",
                                 "the id of the message is malformed"},
                      DecodeCase{"NoSender", form("sms", "id=A1&to=12338&text=1"), "", "the sender is missing"},
                      DecodeCase{"PortWithSpaces", form("sms", "id=A1&from=19900001234&to=1+2&text=1"), "",
                                 "the number written to is malformed"},
                      DecodeCase{"OptOutWithoutNumber", form("optout", "senderId=12338"), "", "the sender is missing"},
                      DecodeCase{"OptOutOfAName", form("optout", "senderId=12338&phoneNumber=MyBank"), "",
                                 "the sender is not a phone number"}),
    kNameOf);

core::Inbound read(const Carrier& carrier, const WebRequest& request) {
    return carrier.decode(request, kNow)->front().value();
}

TEST(AfricasTalking_Ussd, EveryRequestHoldsTheWholeSessionAndNoneSaysThatItIsTheFirst) {
    for (const char* said : {"", "1", "1*2"}) {
        const core::Inbound input = read(*ussd(), screen(said));
        EXPECT_EQ(input.session->id, "ATUid_7a1c");
        EXPECT_EQ(input.session->event, SessionInput::Event::kInput);
        EXPECT_TRUE(input.session->cumulative);
        EXPECT_EQ(input.to, "*384*123#");
        EXPECT_EQ(input.external_id, "");
    }
}

TEST(AfricasTalking_Ussd, ASessionThatWasCutMeansThatOurLastWordsWereNotShown) {
    for (const char* status : {"Incomplete", "Failed"}) EXPECT_TRUE(read(*ussd(), end(status)).session->unseen);
    for (const char* status : {"Success", "", "SomethingNew"})
        EXPECT_FALSE(read(*ussd(), end(status)).session->unseen) << status;
}

TEST(AfricasTalking_Ussd, NoWordsOfOursCanTakeTheMarkAway) {
    for (const char* words : {"1 是\n2 否", "END 1", "CON ", "", "\nEND"}) {
        EXPECT_EQ(ussd()->encode_answer({.words = words, .goes_on = true}).body, std::string{"CON "} + words);
        EXPECT_EQ(ussd()->encode_answer({.words = words}).body, std::string{"END "} + words);
    }
    const WebResponse answer = ussd()->encode_answer({.words = "1"});
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.content_type.starts_with("text/plain"));
}

struct DateCase {
    std::string name{};
    std::string date{};
    bool is_read = false;
    friend void PrintTo(const DateCase& test, std::ostream* out) { *out << test.name; }
};

class AfricasTalking_Dates : public ::testing::TestWithParam<DateCase> {};

TEST_P(AfricasTalking_Dates, AreReadOrLeftOutAndTheTextIsTaken) {
    const core::Inbound message = read(*sms(), text("1", "19900001234", GetParam().date));
    EXPECT_EQ(message.external_id, "ATXid_1b2c");
    EXPECT_EQ(message.received_at, kNow);
    ASSERT_EQ(message.stamped_at.has_value(), GetParam().is_read);
    if (message.stamped_at) {
        EXPECT_EQ(core::to_millis(*message.stamped_at), 1'493'791'485'000);
    }
}

INSTANTIATE_TEST_SUITE_P(
    BothForms, AfricasTalking_Dates,
    ::testing::Values(DateCase{"Iso", "2017-05-03T06:04:45Z", true}, DateCase{"Spaced", "2017-05-03 06:04:45", true},
                      DateCase{"Fractions", "2017-05-03T06:04:45.000Z"},
                      DateCase{"Offset", "2017-05-03T06:04:45+03:00"}, DateCase{"NoSuchDay", "2017-02-30 06:04:45"},
                      DateCase{"NoSuchHour", "2017-05-03 24:04:45"}, DateCase{"Words", "yesterday, at about 6"},
                      DateCase{"Signs", "2017-05-03 +6:04:45"}, DateCase{"Empty", ""}),
    kNameOf);

struct StatusCase {
    std::string name{};
    core::ReceiptState state{};
    friend void PrintTo(const StatusCase& test, std::ostream* out) { *out << test.name; }
};

class AfricasTalking_Status : public ::testing::TestWithParam<StatusCase> {};

TEST_P(AfricasTalking_Status, SaysWhatBecameOfTheMessageItNames) {
    const auto receipt = sms()->decode_status(report("status=" + GetParam().name + "&retryCount=0"), kNow)->front();
    ASSERT_TRUE(receipt.has_value());
    EXPECT_EQ(receipt->state, GetParam().state);
    EXPECT_EQ(receipt->carrier_id, "ATXid_1b2c");
    EXPECT_FALSE(receipt->message);
}

using enum core::ReceiptState;
INSTANTIATE_TEST_SUITE_P(Table, AfricasTalking_Status,
                         ::testing::Values(StatusCase{"Success", kDelivered}, StatusCase{"Sent", kAccepted},
                                           StatusCase{"Submitted", kAccepted}, StatusCase{"Buffered", kBuffered},
                                           StatusCase{"Rejected", kFailed}, StatusCase{"Failed", kFailed},
                                           StatusCase{"Expired", kFailed}, StatusCase{"AbsentSubscriber", kFailed},
                                           StatusCase{"SomethingNew", kBuffered}, StatusCase{"success", kBuffered}),
                         kNameOf);

TEST(AfricasTalking_Reports, WithoutIdOrStatusAreRefused) {
    for (const char* body : {"status=Success", "id=&status=Success", "id=a+b&status=Success", "id=A1", "id=A1&status="})
        EXPECT_FALSE(sms()->decode_status(form("status", body), kNow).has_value()) << body;
}

TEST(AfricasTalking_OptOut, StopsEverythingAndIsNotAnswered) {
    const core::Inbound told = read(*sms(), form("optout", "senderId=12338&phoneNumber=%2B8619900001234"));
    EXPECT_EQ(flow::read_opt_word(told.text), flow::OptWord::kOutOfAll);
    EXPECT_TRUE(told.told_by_carrier);
    EXPECT_EQ(told.from.reveal(), "8619900001234");
    EXPECT_FALSE(read(*sms(), text("STOP")).told_by_carrier);
}

std::string header_of(const ApiRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return "(none)";
}

TEST(AfricasTalking_Send, PostsOneFormWithTheKeyInItsHeader) {
    OutgoingMessage message;
    message.id = {4711};
    message.to = core::PhoneNumber::parse("19900001234", "86").value();
    message.text = "收到 & 1=2";

    const auto requests = sms()->build_send(message);

    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests.front().url, "https://api.africastalking.com/version1/messaging");
    EXPECT_EQ(header_of(requests.front(), "apikey"), "open-sesame");
    EXPECT_EQ(header_of(requests.front(), "Accept"), "application/json");
    EXPECT_EQ(header_of(requests.front(), "Content-Type"), "application/x-www-form-urlencoded");
    const auto sent = WebhookQuery::parse(requests.front().body);
    ASSERT_TRUE(sent.has_value());
    EXPECT_EQ(sent->get("username"), "harborline");
    EXPECT_EQ(sent->get("to"), "+8619900001234");
    EXPECT_EQ(sent->get("message"), "收到 & 1=2");
    EXPECT_EQ(sent->get("from"), "12338");
    EXPECT_EQ(sent->size(), 4U);
}

std::string recipient(const std::string& fields) {
    return R"({"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{)" + fields + "}]}}";
}

struct AnswerCase {
    std::string name{};
    int status = 201;
    std::string body{};
    SendResult::Kind kind{};
    std::string carrier_id{};
    friend void PrintTo(const AnswerCase& test, std::ostream* out) { *out << test.name; }
};

class AfricasTalking_Answer : public ::testing::TestWithParam<AnswerCase> {};

TEST_P(AfricasTalking_Answer, IsSorted) {
    const auto result = sms()->read_send_result({.status = GetParam().status, .body = GetParam().body});
    EXPECT_EQ(result.kind, GetParam().kind);
    EXPECT_EQ(result.carrier_id, GetParam().carrier_id);
    EXPECT_EQ(result.reason.empty(), result.kind == SendResult::Kind::kSent);
    EXPECT_EQ(result.reason.find("199"), std::string::npos);
}

AnswerCase of_code(int code, SendResult::Kind kind) {
    return {.name = "Code" + std::to_string(code),
            .body = recipient(R"("number":"+8619900001234","messageId":"None","statusCode":)" + std::to_string(code)),
            .kind = kind};
}

using enum SendResult::Kind;
INSTANTIATE_TEST_SUITE_P(Codes, AfricasTalking_Answer,
                         ::testing::Values(of_code(100, kSent), of_code(101, kSent), of_code(102, kSent),
                                           of_code(401, kRetry), of_code(402, kRetry), of_code(403, kRefused),
                                           of_code(404, kRefused), of_code(405, kRetry), of_code(406, kRefused),
                                           of_code(407, kRetry), of_code(409, kRefused), of_code(500, kRetry),
                                           of_code(501, kRetry), of_code(502, kRefused), of_code(777, kUnknown)),
                         kNameOf);

INSTANTIATE_TEST_SUITE_P(
    Bodies, AfricasTalking_Answer,
    ::testing::Values(
        AnswerCase{"NamesTheMessage", 201, kTaken.body, kSent, "ATXid_1b2c"},
        AnswerCase{"IdIsNoToken", 201, recipient(R"("statusCode":101,"messageId":"a b")"), kSent},
        AnswerCase{"NoCode", 201, recipient(R"("status":"Success")"), kUnknown},
        AnswerCase{"CodeIsText", 201, recipient(R"("statusCode":"101")"), kUnknown},
        AnswerCase{"NotJson", 201, "<html>created</html>", kUnknown}, AnswerCase{"Empty", 201, "", kUnknown},
        AnswerCase{"NoRecipients", 201, R"({"SMSMessageData":{"Message":"Sent to 0/1","Recipients":[]}})", kUnknown},
        AnswerCase{"SenderNotRegistered", 201, R"({"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}})",
                   kRetry},
        AnswerCase{"TwoRecipients", 201, R"({"SMSMessageData":{"Recipients":[{"statusCode":101},{"statusCode":101}]}})",
                   kUnknown},
        AnswerCase{"Accepted", 202, kTaken.body, kUnknown}, AnswerCase{"WrongKey", 401, "", kRefused},
        AnswerCase{"Invalid", 400, "", kRefused}, AnswerCase{"TooMany", 429, "", kRetry},
        AnswerCase{"Trouble", 502, "", kRetry}),
    kNameOf);

TEST(AfricasTalking_Send, WaitsAsLongAsItIsAsked) {
    EXPECT_EQ(sms()->read_send_result({.status = 429, .retry_after = "30"}).retry_after, 30s);
}

TEST(AfricasTalking_Answers, ToTextsAreEmpty) {
    EXPECT_EQ(sms()->encode_answer({.words = "收到。"}).body, "");
    EXPECT_EQ(sms()->encode_answer({}).status, 200);
}

}  // namespace africas_talking_test
}  // namespace harborline::gateway
