#include "gateway/carriers/freeswitch_carrier.hpp"

#include <pugixml.hpp>

#include "gateway/carriers/httapi.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "tests/gateway/carriers/freeswitch_requests.hpp"

namespace harborline::gateway {
namespace freeswitch_test {

using namespace testing;
using core::CallInput;

INSTANTIATE_TEST_SUITE_P(Freeswitch, EveryCarrier,
                         ::testing::Values(CarrierProfile{
                             .name = "Voice",
                             .make = freeswitch,
                             .texts = {inbound("voice/1", "keys_1=2&input_type=dtmf"),
                                       inbound("voice/2", "asked=dialled_2&originate_disposition=SUCCESS"),
                                       recorded("voice/3", "RIFF1234", part("exiting", "true")),
                                       outbound("confirm/2", "rung_for=c3-d4")},
                             .ends = {inbound("voice/2", "exiting=true&keys_2=1")},
                             .actions = {"voice", "ring", "voice/1", "voice/o17", "confirm/1", "confirm/1/key"},
                             .sends = false}),
                         kNameOf);

TEST(Freeswitch_Decode, LooksAtTheEndFirstOnEveryAddress) {
    for (const char* action : {"voice", "voice/2", "voice/o17"}) {
        const auto input =
            read(inbound(action, "exiting=true&keys_2=1&originate_disposition=SUCCESS&asked=recorded_2"));
        EXPECT_EQ(input.call->event, CallInput::Event::kEnded) << action;
        EXPECT_EQ(input.text, "");
        const auto with_file = read(recorded(action, "RIFF", part("exiting", "true")));
        EXPECT_EQ(with_file.call->event, CallInput::Event::kEnded) << action;
        EXPECT_EQ(with_file.call->audio, "RIFF");
    }
    for (const char* action : {"confirm/2", "confirm/2/key"}) {
        const auto input = read(outbound(action, "exiting=true&keys_2=1&rung_for=c3-d4", ""));
        EXPECT_EQ(input.call->event, CallInput::Event::kLegEnded) << action;
        EXPECT_EQ(input.call->leg, "a1-b2");
        EXPECT_EQ(input.call->id, "c3-d4");
        EXPECT_EQ(input.text, "");
    }
    EXPECT_EQ(read(inbound("voice/2", "exiting=false")).call->event, CallInput::Event::kKeys);
}

TEST(Freeswitch_Decode, ANineThatSheHungUpBehindComesWithTheEnd) {
    const auto nine = read(inbound("voice/2", "exiting=true&keys_2=9&input_type=dtmf"));
    EXPECT_EQ(nine.call->event, CallInput::Event::kEnded);
    EXPECT_EQ(nine.text, "9");
    for (const char* rest : {"keys_2=4711", "keys_2=0", "keys_1=9", "keys_2=99"})
        EXPECT_EQ(read(inbound("voice/2", std::string{"exiting=true&"} + rest)).text, "") << rest;
}

TEST(Freeswitch_Decode, TakesAMissingOrStrangeFieldForNothingPressed) {
    for (const char* rest : {"", "keys_2=", "keys_2=invalid&input_type=invalid", "keys_1=5", "keys_2=12a",
                             "keys_2=%E5%A5%BD", "dialed_digits=1", "asked=recorded_1", "asked=dialled_1"}) {
        const auto input = read(inbound("voice/2", rest));
        EXPECT_EQ(input.call->event, CallInput::Event::kKeys) << rest;
        EXPECT_EQ(input.text, "") << rest;
    }
    EXPECT_EQ(read(inbound("voice/2", "keys_2=" + std::string(65, '1'))).text, "");
    for (const char* keys : {"1", "0", "9", "*", "*0", "4711"})
        EXPECT_EQ(read(inbound("voice/2", std::string{"keys_2="} + keys)).text, keys);
    EXPECT_EQ(read(inbound("voice/2", "keys_2=%23")).text, "#");
}

TEST(Freeswitch_Decode, KnowsWhatItsDocumentAskedFor) {
    const auto silent = read(inbound("voice/2", "asked=recorded_2"));
    EXPECT_EQ(silent.call->event, CallInput::Event::kRecorded);
    EXPECT_EQ(silent.call->audio, "");
    const auto unsaid = read(inbound("voice/2", "asked=dialled_2"));
    EXPECT_EQ(unsaid.call->event, CallInput::Event::kDialEnded);
    EXPECT_EQ(unsaid.call->dial_end, core::DialEnd::kFailed);
    EXPECT_EQ(read(recorded("voice/2", "RIFF")).call->audio, "RIFF");
    const auto placed = read(outbound("voice/o17", "", "19900005678"));
    EXPECT_EQ(placed.call->event, CallInput::Event::kAnswered);
    EXPECT_EQ(placed.call->placed.value, 17);
}

TEST(Freeswitch_Decode, IsAskedWhileItStillRings) {
    const auto rings = read(inbound("ring"));
    EXPECT_EQ(rings.call->event, CallInput::Event::kRings);
    EXPECT_TRUE(rings.call->unanswered);
    EXPECT_EQ(rings.call->id, "a1-b2");
    EXPECT_EQ(rings.from.reveal(), "8619900001234");
    const auto done = read(inbound("ring", "exiting=true"));
    EXPECT_EQ(done.call->event, CallInput::Event::kRingsNoMore) << "the call itself may go on";
    EXPECT_FALSE(done.call->unanswered);
    EXPECT_FALSE(read(inbound("voice")).call->unanswered) << "its dialplan has answered";
}

struct CallerCase {
    std::string name{};
    std::string written{};
    std::string number{};  ///< Empty: taken, without a number.
    friend void PrintTo(const CallerCase& test, std::ostream* out) { *out << test.name; }
};

class Freeswitch_Caller : public ::testing::TestWithParam<CallerCase> {};

TEST_P(Freeswitch_Caller, IsReadOrUnknownAndTheCallIsTaken) {
    const auto input = read(inbound("voice", "", percent_encoded(GetParam().written)));
    EXPECT_EQ(input.call->event, CallInput::Event::kBegan);
    EXPECT_EQ(input.from.reveal(), GetParam().number);
    EXPECT_EQ(input.to, "12333");
}

INSTANTIATE_TEST_SUITE_P(Table, Freeswitch_Caller,
                         ::testing::Values(CallerCase{"International", "+8619900001234", "8619900001234"},
                                           CallerCase{"National", "19900001234", "8619900001234"},
                                           CallerCase{"Zeros", "008619900001234", "8619900001234"},
                                           CallerCase{"Anonymous", "anonymous"}, CallerCase{"Restricted", "Restricted"},
                                           CallerCase{"Empty", ""}, CallerCase{"Words", "哈尔滨"},
                                           CallerCase{"Sip", "sip:alice@example.net"}, CallerCase{"Bytes", "\xFF\x01"}),
                         kNameOf);

TEST(Freeswitch_Decode, KnowsThePersonOnACallThatWePlaced) {
    EXPECT_EQ(read(outbound("voice/o17", "", "19900005678")).from.reveal(), "8619900005678")
        << "after they change places";
    EXPECT_EQ(read(outbound("voice/o17", "Caller-Callee-ID-Number=19900004321")).from.reveal(), "8619900004321");
    EXPECT_EQ(read(outbound("voice/2", "keys_2=1")).from.reveal(), "8619900005678");
    EXPECT_EQ(read(outbound("confirm/2", "", "%2B8619900001234")).from.reveal(), "8619900005678")
        << "the leg's own number, also where it is shown a foreign one";
}

TEST(Freeswitch_Decode, TellsWhatALegIsShownOrRefusesTheLeg) {
    EXPECT_EQ(read(outbound("confirm/2", "rung_for=c3-d4", "19900001234")).call->shown, "19900001234");
    EXPECT_EQ(read(outbound("confirm/2", "", "anonymous")).call->shown, "anonymous");
    EXPECT_TRUE(is_refused(outbound("confirm/2", "", "")));
    EXPECT_TRUE(is_refused(outbound("confirm/2", "", "a%20b")));
    EXPECT_TRUE(is_refused(outbound("confirm/2", "rung_for=a%20b")));
}

TEST(Freeswitch_Decode, TakesOnlyAddressesThatItGave) {
    const auto carrier = freeswitch();
    for (const char* action :
         {"", "voice/", "voice/0", "voice/01", "voice/-1", "voice/x", "voice/1/key", "voice/o", "voice/o0", "voice/ox",
          "voice/99999999999", "confirm", "confirm/", "confirm/key", "confirm/1/", "sms", "status", "voicemail"}) {
        EXPECT_EQ(carrier->methods(action), "") << action;
        EXPECT_TRUE(is_refused(inbound(action))) << action;
    }
    WebRequest nameless = inbound("voice");
    nameless.body.erase(0, nameless.body.find('&'));
    EXPECT_TRUE(is_refused(nameless));
    EXPECT_TRUE(is_refused(inbound("voice", "session_id=a1-b2"))) << "twice";
    EXPECT_EQ(read(inbound("voice", "variable_x=1&variable_x=2")).call->id, "a1-b2")
        << "what nobody reads may be twice";
}

class Freeswitch_DialEnd : public ::testing::TestWithParam<std::pair<const char*, core::DialEnd>> {};

TEST_P(Freeswitch_DialEnd, IsSorted) {
    const std::string rest = std::string{"asked=dialled_2&originate_disposition="} + GetParam().first;
    EXPECT_EQ(read(inbound("voice/2", rest)).call->dial_end, GetParam().second);
}

using enum core::DialEnd;
INSTANTIATE_TEST_SUITE_P(Table, Freeswitch_DialEnd,
                         ::testing::Values(std::pair{"SUCCESS", kTalked}, std::pair{"USER_BUSY", kBusy},
                                           std::pair{"NO_ANSWER", kNoAnswer}, std::pair{"NO_USER_RESPONSE", kNoAnswer},
                                           std::pair{"ORIGINATOR_CANCEL", kNoAnswer},
                                           std::pair{"CALL_REJECTED", kRefused},
                                           std::pair{"UNALLOCATED_NUMBER", kFailed},
                                           std::pair{"INVALID_GATEWAY", kFailed}, std::pair{"", kFailed}));

/// What is answered to this request.
pugi::xml_document answered(const WebRequest& request, const core::CallAct& act) {
    core::Answer answer;
    answer.call.emplace();
    answer.call->act = act;
    answer.call->step = 3;
    const auto response = freeswitch()->encode_answer_to(request, answer);
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.content_type.starts_with("text/xml"));
    pugi::xml_document document;
    EXPECT_TRUE(document.load_string(response.body.c_str()));
    return document;
}

std::string next_of(const pugi::xml_document& document, const char* tag) {
    return document.child("document").child("work").child(tag).attribute("action").value();
}

TEST(Freeswitch_Answer, SendsTheNextRequestToItsStep) {
    EXPECT_EQ(next_of(answered(inbound("voice/2"), core::Gather{}), "playback"), kBase + "/voice/3");
    EXPECT_EQ(next_of(answered(inbound("voice"), core::Record{}), "record"), kBase + "/voice/3");
    EXPECT_EQ(next_of(answered(outbound("voice/o17", ""), core::Gather{}), "playback"), kBase + "/voice/3");
    const auto leg = answered(outbound("confirm/2", ""), core::Gather{});
    EXPECT_EQ(next_of(leg, "playback"), kBase + "/confirm/2/key");
    EXPECT_STREQ(leg.child("document").child("work").child("playback").attribute("name").value(), "keys_1")
        << "as its address is read";
}

TEST(Freeswitch_Answer, RingsLegsThatKnowTheirCallAndShowOurNumber) {
    const auto document =
        answered(inbound("voice/2"), core::Dial{.name = "4.3", .numbers = {"+8619900005678", "+8619900004321"}});
    const std::string dial = document.child("document").child("work").child("dial").text().get();
    EXPECT_NE(dial.find("harborline_confirm=" + kBase + "/confirm/4.3,harborline_call=a1-b2}"), std::string::npos)
        << dial;
    EXPECT_NE(
        dial.find("[origination_caller_id_number=12333,origination_caller_id_name=12333]sofia/gateway/carrier/+8619"),
        std::string::npos);
    EXPECT_EQ(next_of(document, "dial"), kBase + "/voice/3");
}

TEST(Freeswitch_Answer, TurnsAwayOnlyWhatRings) {
    const auto first_of = [](const char* action, const core::CallAct& act) {
        return std::string{answered(inbound(action), act).child("document").child("work").first_child().name()};
    };
    EXPECT_EQ(first_of("ring", core::HangUp{.unanswered = true}), "hangup");
    EXPECT_EQ(first_of("ring", core::HangUp{}), "answer");
    EXPECT_EQ(first_of("voice", core::HangUp{.unanswered = true}), "hangup");
}

TEST(Freeswitch_Answer, GoesOnWhereANumberIsNone) {
    const auto document = answered(inbound("voice/2"), core::Dial{.numbers = {"{x=y}1"}});
    EXPECT_FALSE(document.child("document").child("work").child("dial"));
    EXPECT_EQ(next_of(document, "pause"), kBase + "/voice/3");
}

TEST(Freeswitch_Answer, IsEmptyWhereNobodyHearsIt) {
    const WebResponse response = freeswitch()->encode_answer_to(inbound("voice", "exiting=true"), {});
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.content_type.starts_with("text/xml"));
    EXPECT_EQ(response.body, write_empty_httapi());
    EXPECT_EQ(freeswitch()->encode_answer({.words = "您好"}).body, write_empty_httapi());
}

TEST(Freeswitch, SaysWhatItCanDo) {
    const auto capabilities = freeswitch()->capabilities();
    EXPECT_EQ(capabilities.kind, core::ChannelKind::kVoice);
    EXPECT_FALSE(capabilities.voice.says);
    EXPECT_TRUE(capabilities.voice.joins);
    EXPECT_TRUE(capabilities.voice.warns);
    const auto result = freeswitch()->read_send_result({.status = 200});
    EXPECT_EQ(result.kind, SendResult::Kind::kRefused);
    EXPECT_NE(result.reason, "");
}

}  // namespace freeswitch_test
}  // namespace harborline::gateway
