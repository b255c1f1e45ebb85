#include <pugixml.hpp>

#include "gateway/carriers/twilio_carrier.hpp"
#include "tests/gateway/carriers/kit.hpp"
#include "tests/gateway/carriers/twilio_account.hpp"

namespace harborline::gateway {
namespace twilio_voice_test {

using core::CallInput;
using core::DialEnd;
using testing::CarrierProfile;
using testing::EveryCarrier;
using testing::kNameOf;
using testing::kTwilioBase;
using testing::twilio_options;
using testing::twilio_request;

const core::Instant kNow = harborline::testing::FakeClock{}.now();
const std::string kRecordings = "https://api.example.org/2010-04-01/Accounts/AC0001/Recordings/";

template <TwilioVariant variant = TwilioVariant::kTwilio>
std::unique_ptr<Carrier> voice() {
    return make_twilio_voice(twilio_options(variant));
}

/// Every field that Twilio sends about a call to us, empty ones too.
WebRequest call(const std::string& action, const std::string& more = "", const std::string& query = "",
                const std::string& from = "+8619900001234", const std::string& status = "in-progress") {
    return twilio_request(action,
                          "Called=%2B8645112338000&ToState=&CallerCountry=CN&Direction=inbound&CallerState=&ToZip=&"
                          "CallSid=CA0001&To=%2B8645112338000&CallerZip=&ToCountry=CN&ApiVersion=2010-04-01&CalledZip="
                          "&CalledCity=&CallStatus=" +
                              status + "&From=" + percent_encoded(from) +
                              "&AccountSid=AC0001&CalledCountry=CN&CallerCity=&ToCity=&FromCountry=CN&FromCity=&"
                              "CalledState=&FromZip=&FromState=&CallToken=%7B%7D&StirVerstat=&Caller=" +
                              percent_encoded(from) + more,
                          query);
}

WebRequest placed(const std::string& action, const std::string& more = "") {
    return twilio_request(action,
                          "CallSid=CA0002&AccountSid=AC0001&Direction=outbound-api&From=%2B8645112338000&"
                          "To=%2B8619900001234" +
                              (more.empty() ? "&CallStatus=in-progress" : more));
}

WebRequest leg(const std::string& action, const std::string& more = "") {
    return twilio_request(action,
                          "CallSid=CA0003&ParentCallSid=CA0001&Direction=outbound-dial&AccountSid=AC0001&"
                          "From=%2B8645112338000&To=%2B8619900005678&CallStatus=in-progress" +
                              more);
}

WebRequest end(const std::string& status) {
    return call("end", "&CallDuration=41&SequenceNumber=0&Timestamp=Sat%2C+06+Mar+2027", "", "+8619900001234", status);
}

WebRequest report(const std::string& status) {
    auto request = placed("status", "&CallStatus=" + status);
    request.query = "id=4711&attempt=2";
    testing::sign(request);
    return request;
}

CarrierProfile profile(std::string name, std::unique_ptr<Carrier> (*make)()) {
    return {.name = std::move(name),
            .make = make,
            .texts = {call("voice"), call("voice/3", "&Digits=9"), call("voice/4", "&Digits="),
                      call("voice/5", "&RecordingUrl=" + percent_encoded(kRecordings + "RE0001")),
                      call("voice/6", "&DialCallStatus=completed"), placed("voice/o4711"), leg("confirm/3"),
                      leg("confirm/3/key", "&Digits=1")},
            .receipts = {report("completed"), report("no-answer")},
            .ends = {end("completed"), end("canceled"), report("busy")},
            .actions = {"voice", "voice/1", "voice/o1", "confirm/1", "confirm/1/key", "recording", "status", "end"},
            .accepted = {.status = 201, .body = R"({"sid":"CA0004","status":"queued","to":"+8619900001234"})"},
            .with_sender = [](const std::string& sender) { return call("voice", "", "", sender); },
            .sign = testing::sign};
}

INSTANTIATE_TEST_SUITE_P(TwilioVoice, EveryCarrier,
                         ::testing::Values(profile("Twilio", voice<TwilioVariant::kTwilio>),
                                           profile("SignalWire", voice<TwilioVariant::kSignalWire>),
                                           profile("Somleng", voice<TwilioVariant::kSomleng>)),
                         kNameOf);

core::Inbound read(const WebRequest& request) {
    return voice()->decode(request, kNow)->front().value();
}

bool is_refused(const WebRequest& request) {
    const auto decoded = voice()->decode(request, kNow);
    return !decoded && decoded.error().kind == core::ErrorKind::kMalformed;
}

using enum CallInput::Event;

TEST(TwilioVoice, KnowsItsAddresses) {
    for (const char* action :
         {"voice/", "voice/0", "voice/-1", "voice/x", "voice/1/2", "voice/o", "voice/o0", "voice/1000001", "confirm",
          "confirm/", "confirm/x", "confirm/1/", "confirm/1/keys", "confirm//key", "sms", "voice/99999999999999999999"})
        EXPECT_EQ(voice()->methods(action), "") << action;
    EXPECT_TRUE(is_refused(call("voice/x")));
}

TEST(TwilioVoice, ACallBegins) {
    const core::Inbound inbound = read(call("voice"));
    EXPECT_EQ(inbound.call->event, kBegan);
    EXPECT_EQ(inbound.call->id, "CA0001");
    EXPECT_EQ(inbound.call->step, 0);
    EXPECT_EQ(inbound.from.reveal(), "8619900001234");
    EXPECT_EQ(inbound.to, "+8645112338000");
    EXPECT_EQ(inbound.kind, core::ChannelKind::kVoice);
    EXPECT_EQ(inbound.received_at, kNow);
}

TEST(TwilioVoice, ACallThatRingsCanBeTurnedAway) {
    EXPECT_TRUE(read(call("voice", "", "", "+8619900001234", "ringing")).call->unanswered);
    EXPECT_FALSE(read(call("voice")).call->unanswered) << "somebody has answered it before us";
    EXPECT_FALSE(read(call("voice/2", "&Digits=1")).call->unanswered);
}

TEST(TwilioVoice, ACallThatWePlacedIsHersWhomWeCalled) {
    for (const char* action : {"voice/o4711", "voice/2"}) {
        const core::Inbound inbound = read(placed(action));
        EXPECT_EQ(inbound.from.reveal(), "8619900001234");
        EXPECT_EQ(inbound.to, "+8645112338000");
        EXPECT_EQ(inbound.call->id, "CA0002");
    }
    EXPECT_EQ(read(placed("voice/o4711")).call->event, kAnswered);
    EXPECT_EQ(read(placed("voice/o4711")).call->placed.value, 4711);
}

TEST(TwilioVoice, KeysAndSilenceFollowAnAnswer) {
    for (const char* keys : {"1", "9", "#", "*", "20270303", ""}) {
        const core::Inbound inbound = read(call("voice/12", "&msg=Gather+End&Digits=" + percent_encoded(keys)));
        EXPECT_EQ(inbound.call->event, kKeys);
        EXPECT_EQ(inbound.call->step, 12);
        EXPECT_EQ(inbound.text, keys);
    }
    EXPECT_EQ(read(call("voice/12")).call->event, kKeys) << "sent on by the Redirect behind the Gather";
    EXPECT_EQ(read(call("voice/12")).text, "");
    for (const char* keys : {"1a2z", "1 2", "求助", "<"})
        EXPECT_TRUE(is_refused(call("voice/12", "&Digits=" + percent_encoded(keys)))) << keys;
    EXPECT_TRUE(is_refused(call("voice/12", "&Digits=" + std::string(65, '1'))));
}

TEST(TwilioVoice, ARecordingIsWhatLiesWithTheAccount) {
    const auto of = [](const std::string& url) { return "&RecordingUrl=" + percent_encoded(url); };
    const core::Inbound inbound = read(call("voice/3", of(kRecordings + "RE0001") + "&Digits=%23", "was=record"));
    EXPECT_EQ(inbound.call->event, kRecorded);
    EXPECT_EQ(inbound.call->step, 3);
    EXPECT_EQ(inbound.call->audio_url, kRecordings + "RE0001");
    EXPECT_EQ(inbound.text, "#") << "the key that ended it";
    EXPECT_EQ(read(call("voice/3", of("https://api.example.org/2010-04-01/Accounts/AC0001/Calls/c-1/Recordings/r-1")))
                  .call->event,
              kRecorded);
    const std::string account = "https://api.example.org/2010-04-01/Accounts/AC0001/";
    for (const std::string& url :
         {std::string{"https://evil.example.org/2010-04-01/Accounts/AC0001/Recordings/RE0001"},
          std::string{"http://api.example.org/2010-04-01/Accounts/AC0001/Recordings/RE0001"},
          std::string{"https://api.example.org.evil.org/2010-04-01/Accounts/AC0001/Recordings/RE0001"},
          std::string{"https://api.example.org/2010-04-01/Accounts/AC0002/Recordings/RE0001"}, kRecordings,
          kRecordings + "../Calls", kRecordings + "RE0001?a=1", kRecordings + "RE0001#a", kRecordings + "RE1/Media",
          account + "Calls//Recordings/RE1", account + "Calls/c/../Recordings/RE1", account + "Messages/RE1",
          kRecordings + std::string(600, 'a')})
        EXPECT_TRUE(is_refused(call("voice/3", of(url)))) << url;
}

TEST(TwilioVoice, ARecordThatHeardNothingSaysSo) {
    const core::Inbound inbound = read(call("voice/3", "", "was=record"));
    EXPECT_EQ(inbound.call->event, kRecorded);
    EXPECT_EQ(inbound.call->audio_url, "");
}

TEST(TwilioVoice, WhoHangsUpWhileSheSpeaksLeavesWhatSheHasSaid) {
    const std::string recording = "&RecordingUrl=" + percent_encoded(kRecordings + "RE0001");
    const core::Inbound inbound =
        read(call("voice/3", recording + "&Digits=hangup", "was=record", "+8619900001234", "completed"));
    EXPECT_EQ(inbound.call->event, kEnded);
    EXPECT_EQ(inbound.call->step, 3);
    EXPECT_EQ(inbound.call->audio_url, kRecordings + "RE0001");
    EXPECT_EQ(inbound.text, "");
    EXPECT_EQ(read(call("voice/3", "", "", "+8619900001234", "completed")).call->event, kEnded);
}

TEST(TwilioVoice, ARecordingMayBeAnnounced) {
    const auto request = twilio_request("recording",
                                        "CallSid=CA0001&AccountSid=AC0001&RecordingStatus=completed&"
                                        "RecordingUrl=" +
                                            percent_encoded(kRecordings + "RE0001"));
    EXPECT_EQ(read(request).call->event, kRecorded);
    EXPECT_EQ(read(request).call->step, 0);
    EXPECT_EQ(read(request).call->audio_url, kRecordings + "RE0001");
}

TEST(TwilioVoice, SaysWhatBecameOfTheOthers) {
    const std::pair<const char*, DialEnd> table[] = {{"completed", DialEnd::kTalked},
                                                     {"answered", DialEnd::kTalked},
                                                     {"busy", DialEnd::kBusy},
                                                     {"no-answer", DialEnd::kNoAnswer},
                                                     {"canceled", DialEnd::kNoAnswer},
                                                     {"failed", DialEnd::kFailed},
                                                     {"SomethingNew", DialEnd::kFailed},
                                                     {"completed&DialBridged=false", DialEnd::kRefused},
                                                     {"completed&DialBridged=true", DialEnd::kTalked}};
    for (const auto& [status, dial_end] : table) {
        const core::Inbound inbound = read(call("voice/8", std::string{"&DialCallStatus="} + status));
        EXPECT_EQ(inbound.call->event, kDialEnded) << status;
        EXPECT_EQ(inbound.call->dial_end, dial_end) << status;
        EXPECT_EQ(inbound.call->step, 8) << status;
    }
}

TEST(TwilioVoice, ALegNamesTheCallItWasRungFor) {
    const core::Inbound began = read(leg("confirm/4.3"));
    EXPECT_EQ(began.call->event, kLegBegan);
    EXPECT_EQ(began.call->id, "CA0001");
    EXPECT_EQ(began.call->leg, "CA0003");
    EXPECT_EQ(began.call->dial, "4.3");
    EXPECT_EQ(began.call->shown, "+8645112338000");
    EXPECT_EQ(began.from.reveal(), "8619900005678");
    const core::Inbound keys = read(leg("confirm/3/key", "&Digits=1"));
    EXPECT_EQ(keys.call->event, kLegKeys);
    EXPECT_EQ(keys.call->leg, "CA0003");
    EXPECT_EQ(keys.text, "1");
}

TEST(TwilioVoice, EndsWhenTheCarrierSaysSo) {
    for (const char* status : {"completed", "busy", "failed", "no-answer", "canceled"}) {
        EXPECT_EQ(read(end(status)).call->event, kEnded);
        EXPECT_EQ(read(report(status)).call->event, kEnded) << "of a call that we placed";
    }
    for (const char* status : {"in-progress", "ringing", "", "SomethingNew"}) EXPECT_TRUE(is_refused(end(status)));
}

TEST(TwilioVoice, WhoShowsNoNumberIsServedWithoutOne) {
    for (const char* from : {"anonymous", "Restricted", "+266696687", "client:ayi", "sip:a@b.example", "unavailable",
                             "+7378742833", "+2562533", "+8656696", ""}) {
        const core::Inbound inbound = read(call("voice", "", "", from));
        EXPECT_TRUE(inbound.from.empty()) << from;
        EXPECT_EQ(inbound.call->event, kBegan) << from;
    }
}

TEST(TwilioVoice, SaysWhatBecameOfACallOfOurs) {
    using enum core::ReceiptState;
    const std::pair<const char*, core::ReceiptState> table[] = {
        {"queued", kBuffered},    {"initiated", kBuffered},  {"ringing", kAccepted},     {"in-progress", kDelivered},
        {"answered", kDelivered}, {"completed", kDelivered}, {"busy", kFailed},          {"no-answer", kFailed},
        {"failed", kFailed},      {"canceled", kFailed},     {"SomethingNew", kBuffered}};
    for (const auto& [status, state] : table) {
        const core::Receipt receipt = voice()->decode_status(report(status), kNow)->front().value();
        EXPECT_EQ(receipt.state, state) << status;
        EXPECT_EQ(receipt.message.value, 4711);
        EXPECT_EQ(receipt.attempt, 2);
    }
}

TEST(TwilioVoice, PlacesACall) {
    OutgoingMessage message;
    message.id = {4711};
    message.to = core::PhoneNumber::parse("19900001234", "86").value();
    const auto requests = voice()->build_send(message);
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests.front().url, "https://api.example.org/2010-04-01/Accounts/AC0001/Calls.json");
    const auto form = read_pairs(requests.front().body).value();
    const NamedValues expected{{"To", "+8619900001234"},
                               {"From", "+8645112338000"},
                               {"Url", kTwilioBase + "/voice/o4711"},
                               {"Method", "POST"},
                               {"StatusCallback", kTwilioBase + "/status?id=4711&attempt=1"},
                               {"StatusCallbackEvent", "answered"},
                               {"StatusCallbackEvent", "completed"},
                               {"StatusCallbackMethod", "POST"},
                               {"Timeout", "25"}};
    EXPECT_EQ(form, expected);
}

TEST(TwilioVoice, FetchesAndErasesItsRecordingsAndNothingElse) {
    const auto fetch = voice()->build_fetch(kRecordings + "RE0001");
    ASSERT_TRUE(fetch.has_value());
    EXPECT_EQ(fetch->method, "GET");
    EXPECT_EQ(fetch->url, kRecordings + "RE0001.wav");
    EXPECT_EQ(fetch->headers.front().second, "Basic QUMwMDAxOm9wZW4tc2VzYW1l");
    const auto erase = voice()->build_erase(kRecordings + "RE0001");
    ASSERT_TRUE(erase.has_value());
    EXPECT_EQ(erase->method, "DELETE");
    EXPECT_EQ(erase->url, kRecordings + "RE0001.json");
    for (const char* url : {"", "https://evil.example.org/a", "http://127.0.0.1/"}) {
        EXPECT_FALSE(voice()->build_fetch(url).has_value());
        EXPECT_FALSE(voice()->build_erase(url).has_value());
    }
}

TEST(TwilioVoice, EndsALegByItsNameAndNothingElse) {
    const auto end = voice()->build_hang_up("CA0002");
    ASSERT_TRUE(end.has_value());
    EXPECT_EQ(end->method, "POST");
    EXPECT_TRUE(end->url.ends_with("/2010-04-01/Accounts/AC0001/Calls/CA0002.json")) << end->url;
    EXPECT_EQ(end->body, "Status=completed");
    for (const char* leg : {"", "CA1/../x", "CA 1", "CA1.json"}) EXPECT_FALSE(voice()->build_hang_up(leg)) << leg;
}

TEST(TwilioVoice, SaysWhatItCanDo) {
    EXPECT_TRUE(voice()->capabilities().voice.bridges);
    EXPECT_TRUE(voice<TwilioVariant::kSignalWire>()->capabilities().voice.bridges);
    EXPECT_FALSE(voice<TwilioVariant::kSomleng>()->capabilities().voice.bridges);
    EXPECT_FALSE(voice()->capabilities().voice.hands_over) << "it keeps what it records until we have fetched it";
    for (const auto& carrier : {voice(), voice<TwilioVariant::kSomleng>()}) {
        EXPECT_TRUE(carrier->capabilities().signs);
        EXPECT_TRUE(carrier->capabilities().voice.says);
        EXPECT_TRUE(carrier->capabilities().voice.places_calls);
        EXPECT_FALSE(carrier->capabilities().voice.warns);
    }
}

/// The first element of that name in our answer to a request.
std::string attribute_of(const WebResponse& answer, const char* path, const char* attribute) {
    pugi::xml_document document;
    EXPECT_TRUE(document.load_string(answer.body.c_str()));
    return document.first_element_by_path(path).attribute(attribute).value();
}

TEST(TwilioVoice_Answer, SendsWhatFollowsToTheStepItIs) {
    const core::Answer answer{.call = core::CallAnswer{.act = core::Gather{}, .step = 9}};
    EXPECT_EQ(attribute_of(voice()->encode_answer_to(call("voice/8"), answer), "Response/Gather", "action"),
              kTwilioBase + "/voice/9");
    EXPECT_EQ(attribute_of(voice()->encode_answer_to(leg("confirm/3"), answer), "Response/Gather", "action"),
              kTwilioBase + "/confirm/3/key");
    EXPECT_EQ(attribute_of(voice()->encode_answer_to(leg("confirm/3/key"), answer), "Response/Gather", "action"),
              kTwilioBase + "/confirm/3/key");
    const core::Answer dial{
        .call = core::CallAnswer{.act = core::Dial{.name = "4.9", .numbers = {"+8619900005678"}}, .step = 9}};
    EXPECT_EQ(attribute_of(voice()->encode_answer_to(call("voice/8"), dial), "Response/Dial/Number", "url"),
              kTwilioBase + "/confirm/4.9");
}

TEST(TwilioVoice_Answer, WithoutAnAnswerNobodyIsConnected) {
    for (const WebRequest& request : {call("voice"), leg("confirm/3"), leg("confirm/3/key")})
        EXPECT_NE(voice()->encode_answer_to(request, {}).body.find("<Hangup"), std::string::npos);
}

}  // namespace twilio_voice_test
}  // namespace harborline::gateway
