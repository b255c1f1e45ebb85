#include "gateway/carriers/ussd_gateway_carrier.hpp"

#include <boost/json.hpp>

#include "gateway/carriers/webhook_query.hpp"
#include "tests/gateway/carriers/kit.hpp"

namespace harborline::gateway {
namespace ussd_gateway_test {

namespace json = boost::json;
using config::UssdDialect;
using core::SessionInput;
using testing::CarrierProfile;
using testing::DecodeCase;
using testing::EveryCarrier;
using testing::kNameOf;

std::unique_ptr<Carrier> made(UssdDialect dialect) {
    return make_ussd_gateway({.dialect = std::move(dialect), .country = "86"});
}

/// An aggregator that speaks JSON: one input at a time, the dialled code as the first text, its own fields back.
UssdDialect json_dialect() {
    return {.session = "sessionID",
            .number = "msisdn",
            .text = "userData",
            .event = "newSession",
            .begins = {"true"},
            .answer = UssdDialect::AnswerForm::kJson,
            .words = "message",
            .mark = "continueSession",
            .goes_on = "true",
            .is_last = "false",
            .echo = {"sessionID", "msisdn"}};
}

/// An operator's own gateway: parameters in the query, numbered events, an id for every request, a form back.
UssdDialect form_dialect() {
    return {.session = "TRANSACTION",
            .number = "MSISDN",
            .text = "INPUT",
            .id = "REQ",
            .event = "TYPE",
            .begins = {"1"},
            .ends = {"3", "timeout"},
            .service = "*123#",
            .answer = UssdDialect::AnswerForm::kForm,
            .words = "TEXT",
            .mark = "ACTION",
            .goes_on = "request",
            .is_last = "end"};
}

/// One that repeats the dialled code and every input each time.
UssdDialect cumulative_dialect() {
    return {.session = "s", .number = "n", .text = "t", .cumulative = true, .service = "*123#"};
}

WebRequest post_json(const json::object& body, const std::string& action = "ussd") {
    WebRequest request{.method = "POST", .action = action, .body = json::serialize(body)};
    request.headers = {{"Content-Type", "application/json"}};
    return request;
}

WebRequest get(const std::string& query, const std::string& action = "ussd") {
    return {.method = "GET", .action = action, .query = query};
}

/// Bytes go in as they are, broken or not.
WebRequest json_text(const std::string& bytes, const std::string& number = "+8619900001234") {
    WebRequest request =
        post_json({{"sessionID", "a-1"}, {"newSession", false}, {"msisdn", number}, {"userData", "@"}});
    std::string quoted;
    for (const char c : bytes) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c == '\n' ? std::string{"\\n"} : c == '\x01' ? std::string{"\\u0001"} : std::string(1, c);
    }
    request.body.replace(request.body.rfind('@'), 1, quoted);
    return request;
}

std::string form(const std::string& type, const std::string& input) {
    return "TRANSACTION=77&MSISDN=8619900001234&REQ=r1&TYPE=" + type + "&INPUT=" + percent_encoded(input);
}

INSTANTIATE_TEST_SUITE_P(
    UssdGateway, EveryCarrier,
    ::testing::Values(CarrierProfile{.name = "Json",
                                     .make = [] { return made(json_dialect()); },
                                     .texts = {json_text("求助 我在哈尔滨😀"), json_text("1")},
                                     .ends = {post_json({{"sessionID", "a-1"},
                                                         {"msisdn", 8619900001234},
                                                         {"userData", "求助 我在哈尔滨"},
                                                         {"lastMessage", "求助已收到"}},
                                                        "end")},
                                     .actions = {"ussd", "end"},
                                     .with_text = [](const std::string& bytes) { return json_text(bytes); },
                                     .with_sender = [](const std::string& sender) { return json_text("1", sender); }},
                      CarrierProfile{
                          .name = "FormByQuery",
                          .make = [] { return made(form_dialect()); },
                          .texts = {get(form("1", "*123#")), get(form("2", "求助 我在哈尔滨"))},
                          .ends = {get(form("3", "求助 我在哈尔滨")), get(form("timeout", "求助")),
                                   get(form("2", "求助"), "end")},
                          .actions = {"ussd", "end"},
                          .with_text = [](const std::string& bytes) { return get(form("2", bytes)); },
                          .with_sender =
                              [](const std::string& sender) {
                                  return get("TRANSACTION=77&REQ=r1&INPUT=1&MSISDN=" + percent_encoded(sender));
                              }}),
    kNameOf);

struct HabitCase {
    std::string name{};
    UssdDialect dialect{};
    WebRequest request{};
    SessionInput::Event event{};
    std::string text{};
    friend void PrintTo(const HabitCase& test, std::ostream* out) { *out << test.name; }
};

class UssdGateway_Habits : public ::testing::TestWithParam<HabitCase> {};

TEST_P(UssdGateway_Habits, AreUnderstood) {
    const auto decoded = made(GetParam().dialect)->decode(GetParam().request, {});
    ASSERT_TRUE(decoded.has_value());
    ASSERT_TRUE(decoded->front().has_value()) << decoded->front().error().message;
    const core::Inbound& input = decoded->front().value();
    EXPECT_EQ(input.session->event, GetParam().event);
    EXPECT_EQ(input.text, GetParam().text);
    EXPECT_EQ(input.session->cumulative,
              GetParam().dialect.cumulative && GetParam().event != SessionInput::Event::kEnded);
    EXPECT_EQ(input.from.reveal(), "8619900001234");
    EXPECT_FALSE(input.session->unseen);
}

UssdDialect with_service(UssdDialect dialect, std::string service) {
    dialect.service = std::move(service);
    return dialect;
}

WebRequest cumulative(const std::string& text) {
    return get("s=77&n=19900001234&t=" + percent_encoded(text));
}

using enum SessionInput::Event;
INSTANTIATE_TEST_SUITE_P(
    Dialling, UssdGateway_Habits,
    ::testing::Values(
        HabitCase{"TheEventSaysBegunAndTheTextIsEmpty", form_dialect(), get(form("1", "")), kBegan, ""},
        HabitCase{"TheFirstTextIsTheCode", form_dialect(), get(form("1", "*123#")), kBegan, ""},
        HabitCase{"TheFirstTextIsTheCodeAndNoEventSaysSo", form_dialect(), get(form("2", "*123#")), kBegan, ""},
        HabitCase{"AnAnswerDialledBehindTheCode", form_dialect(), get(form("1", "*123*9#")), kBegan, "9"},
        HabitCase{"SeveralAnswersDialledBehindTheCode", form_dialect(), get(form("1", "*123*2*1#")), kBegan, "2*1"},
        HabitCase{
            "ACodeThatWasNeverConfigured", json_dialect(),
            post_json(
                {{"sessionID", "a"}, {"newSession", true}, {"msisdn", "8619900001234"}, {"userData", "*928*01#"}}),
            kBegan, ""},
        HabitCase{"TheCodeWithoutStarAndHash", with_service(form_dialect(), "123"), get(form("1", "123")), kBegan, ""},
        HabitCase{"SomebodyElsesCodeWithinASession", form_dialect(), get(form("2", "*124#")), kInput, "*124#"},
        HabitCase{"ACodeThatBeginsAlike", form_dialect(), get(form("2", "*1234#")), kInput, "*1234#"}),
    kNameOf);

INSTANTIATE_TEST_SUITE_P(
    Going, UssdGateway_Habits,
    ::testing::Values(
        HabitCase{"AnInput", form_dialect(), get(form("2", "1")), kInput, "1"},
        HabitCase{"AnEventOfItsOwn", form_dialect(), get(form("17", "1")), kInput, "1"},
        HabitCase{"StarAsAnAnswer", form_dialect(), get(form("2", "*")), kInput, "*"},
        HabitCase{"HashAsAnAnswer", form_dialect(), get(form("2", "#")), kInput, "#"},
        HabitCase{"NoTextField", form_dialect(), get("TRANSACTION=77&MSISDN=19900001234&REQ=r1&TYPE=2"), kInput, ""},
        HabitCase{"NumbersWithoutQuotes", json_dialect(),
                  post_json({{"sessionID", 77}, {"newSession", false}, {"msisdn", 8619900001234}, {"userData", 1}}),
                  kInput, "1"},
        HabitCase{"OverByEvent", form_dialect(), get(form("3", "1")), kEnded, ""},
        HabitCase{"TimedOutByEvent", form_dialect(), get(form("timeout", "")), kEnded, ""},
        HabitCase{"OverAtItsOwnAddress", form_dialect(), get(form("2", "1"), "end"), kEnded, ""}),
    kNameOf);

INSTANTIATE_TEST_SUITE_P(
    Cumulative, UssdGateway_Habits,
    ::testing::Values(HabitCase{"Empty", cumulative_dialect(), cumulative(""), kInput, ""},
                      HabitCase{"TheCodeAlone", cumulative_dialect(), cumulative("*123#"), kBegan, ""},
                      HabitCase{"TheCodeAndEveryInput", cumulative_dialect(), cumulative("*123*2*1#"), kInput, "2*1"},
                      HabitCase{"EveryInputWithoutTheCode", cumulative_dialect(), cumulative("2*1"), kInput, "2*1"},
                      HabitCase{"WordsWithStars", cumulative_dialect(), cumulative("2*a*b**c"), kInput, "2*a*b**c"}),
    kNameOf);

class UssdGateway_Decode : public ::testing::TestWithParam<DecodeCase> {};

TEST_P(UssdGateway_Decode, Refuses) {
    testing::expect_decoded(*made(form_dialect()), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, UssdGateway_Decode,
    ::testing::Values(
        DecodeCase{"NoSession", get("MSISDN=19900001234&REQ=r1&INPUT=1"), "", "the session id is missing"},
        DecodeCase{"SessionIsNoToken", get("TRANSACTION=%01&MSISDN=19900001234&REQ=r1"), "",
                   "the session id is malformed"},
        DecodeCase{"NoNumber", get("TRANSACTION=77&REQ=r1&INPUT=1"), "", "the sender is missing"},
        DecodeCase{"NoId", get("TRANSACTION=77&MSISDN=19900001234&INPUT=1"), "", "the id of the request is missing"},
        DecodeCase{"IdIsNoToken", get("TRANSACTION=77&MSISDN=19900001234&REQ=a+b"), "",
                   "the id of the request is malformed"},
        DecodeCase{"Junk", get("%%%"), "", "a percent sign is not followed by two digits"},
        DecodeCase{"JunkBody", {.method = "POST", .action = "ussd", .body = "{"}, "", "the body is not JSON"},
        DecodeCase{"EndWithoutSession", get("MSISDN=19900001234&INPUT=1", "end"), "", "the session id is missing"}),
    kNameOf);

TEST(UssdGateway_Ids, BelongToTheRequestAndAnEndHasNone) {
    const auto carrier = made(form_dialect());
    EXPECT_EQ(carrier->decode(get(form("2", "1")), {})->front()->external_id, "r1");
    EXPECT_EQ(carrier->decode(get(form("3", "1")), {})->front()->external_id, "");
    EXPECT_FALSE(made(cumulative_dialect())->capabilities().gives_ids);
}

TEST(UssdGateway_Answer, IsWordsBehindAMark) {
    auto dialect = cumulative_dialect();
    EXPECT_EQ(made(dialect)->encode_answer({.words = "1 是", .goes_on = true}).body, "CON 1 是");
    dialect.goes_on = "1|";
    dialect.is_last = "2|";
    EXPECT_EQ(made(dialect)->encode_answer({.words = "1|", .goes_on = true}).body, "1|1|");
    EXPECT_EQ(made(dialect)->encode_answer({.words = "好"}).body, "2|好");
}

TEST(UssdGateway_Answer, IsAFormThatWordsCannotBreak) {
    const std::string words = "1 是&ACTION=end\n2 否 100%+";
    const WebResponse answer = made(form_dialect())->encode_answer({.words = words, .goes_on = true});
    EXPECT_EQ(answer.content_type, "application/x-www-form-urlencoded");
    const auto fields = WebhookQuery::parse(answer.body);
    ASSERT_TRUE(fields.has_value());
    EXPECT_EQ(fields->size(), 2U);
    EXPECT_EQ(fields->get("TEXT"), words);
    EXPECT_EQ(fields->get("ACTION"), "request");
    EXPECT_NE(made(form_dialect())->encode_answer({}).body.find("ACTION=end"), std::string::npos);
}

TEST(UssdGateway_Answer, IsJsonWithYesAndNoAndTheRequestsOwnFields) {
    const std::string words = "1 \"是\", \"continueSession\":false\n2";
    const auto request = post_json({{"sessionID", "a-1"}, {"newSession", true}, {"msisdn", 8619900001234}});
    const WebResponse answer = made(json_dialect())->encode_answer_to(request, {.words = words, .goes_on = true});
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(json::parse(answer.body),
              (json::value{
                  {"sessionID", "a-1"}, {"msisdn", "8619900001234"}, {"message", words}, {"continueSession", true}}));
    EXPECT_EQ(json::parse(made(json_dialect())->encode_answer({.words = "1"}).body),
              (json::value{{"message", "1"}, {"continueSession", false}}));
}

TEST(UssdGateway_Answer, LeavesOutWhatCannotBeRepeated) {
    auto dialect = form_dialect();
    dialect.echo = {"TRANSACTION", "INPUT", "ABSENT"};
    const WebRequest request = get("TRANSACTION=77&INPUT=%FF");
    EXPECT_EQ(made(dialect)->encode_answer_to(request, {.words = "1"}).body, "TRANSACTION=77&TEXT=1&ACTION=end");
    EXPECT_EQ(made(dialect)->encode_answer_to(get("%%"), {.words = "1"}).body, "TEXT=1&ACTION=end");
}

}  // namespace ussd_gateway_test
}  // namespace harborline::gateway
