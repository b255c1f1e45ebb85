#include "gateway/carriers/freeswitch_carrier.hpp"

#include <array>
#include <charconv>
#include <fstream>
#include <pugixml.hpp>

#include "gateway/carriers/httapi.hpp"
#include "gateway/carriers/multipart.hpp"
#include "tests/gateway/carriers/kit.hpp"

namespace harborline::gateway {
namespace {

using core::CallInput;
using testing::CarrierProfile;
using testing::EveryCarrier;
using testing::kNameOf;

const core::Instant kNow = harborline::testing::FakeClock{}.now();
const std::string kBase = "http://127.0.0.1:8700/in/voice/token";

std::unique_ptr<Carrier> freeswitch() {
    return make_freeswitch({.base = core::Secret{kBase},
                            .way = {.number = "12333", .dial = "sofia/gateway/carrier/{number}"},
                            .event_socket = true,
                            .country = "86"});
}

WebRequest form(const std::string& action, const std::string& fields) {
    WebRequest request{.method = "POST", .action = action, .body = "session_id=a1-b2&" + fields};
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    return request;
}

WebRequest inbound(const std::string& action, const std::string& rest = "",
                   const std::string& caller = "%2B8619900001234") {
    return form(action, "Caller-Direction=inbound&Caller-Caller-ID-Number=" + caller +
                            "&Caller-Destination-Number=12333&" + rest);
}

WebRequest outbound(const std::string& action, const std::string& rest, const std::string& caller = "12333") {
    return form(action, "Caller-Direction=outbound&Caller-Caller-ID-Number=" + caller +
                            "&Caller-Destination-Number=19900005678&" + rest);
}

std::string part(const std::string& name, const std::string& value) {
    return "------4a7b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

/// As FreeSWITCH sends a recording, from the parts between.
WebRequest multipart(const std::string& action, const std::string& parts) {
    WebRequest request{.method = "POST", .action = action, .body = parts + "------4a7b--\r\n"};
    request.headers = {{"Content-Type", "multipart/form-data; boundary=----4a7b"}};
    return request;
}

std::string file(const std::string& bytes) {
    return "------4a7b\r\nContent-Disposition: form-data; name=\"recording\"; filename=\"a_recording.wav\"\r\n"
           "Content-Type: application/octet-stream\r\n\r\n" +
           bytes + "\r\n";
}

WebRequest recorded(const std::string& action, const std::string& bytes, const std::string& more = "") {
    return multipart(action, part("session_id", "a1-b2") + part("Caller-Direction", "inbound") +
                                 part("Caller-Caller-ID-Number", "19900001234") + file(bytes) + more);
}

core::Inbound read(const WebRequest& request) {
    const auto decoded = freeswitch()->decode(request, kNow);
    EXPECT_TRUE(decoded.has_value()) << (decoded ? "" : decoded.error().message);
    return decoded ? decoded->front().value() : core::Inbound{};
}

bool is_refused(const WebRequest& request) {
    return !freeswitch()->decode(request, kNow).has_value();
}

INSTANTIATE_TEST_SUITE_P(Freeswitch, EveryCarrier,
                         ::testing::Values(CarrierProfile{
                             .name = "Voice",
                             .make = freeswitch,
                             .texts = {inbound("voice"), inbound("voice/1", "keys_1=2&input_type=dtmf"),
                                       inbound("voice/2", "asked=dialled_2&originate_disposition=SUCCESS"),
                                       recorded("voice/3", "RIFF1234"), inbound("voice/3", "exiting=true"),
                                       outbound("confirm/2", "rung_for=c3-d4")},
                             .actions = {"voice", "voice/1", "voice/o17", "confirm/1", "confirm/1/key"},
                             .sends = false}),
                         kNameOf);

// What FreeSWITCH really sent (httapi.md). Each file is one call; addresses and the names of digits are those that our
// documents would have given.

/// The fields that every request repeats, beside whose it is.
constexpr const char* kRun =
    "Caller-Logical-Direction=inbound&Caller-Username=19900001234&Caller-Dialplan=XML&Caller-Caller-ID-Name=Test%20%26%"
    "2B"
    "%E5%A5%BD&Caller-Orig-Caller-ID-Name=Test&Caller-Orig-Caller-ID-Number=19900001234&Caller-Network-Addr=127.0.0.1&"
    "Caller-ANI=19900001234&Caller-Destination-Number=100&Caller-Unique-ID=cc536673-7442-41b8-93a0-4923b612ccb1&"
    "Caller-Source=mod_sofia&Caller-Context=hot&Caller-Channel-Name=sofia/lo/19900001234%40127.0.0.1%3A15682&"
    "Caller-Profile-Index=1&Caller-Profile-Created-Time=1795439186090741&Caller-Channel-Created-Time=1795439186090741&"
    "Caller-Channel-Answered-Time=1795439186090741&Caller-Channel-Progress-Time=0&Caller-Channel-Progress-Media-Time=0&"
    "Caller-Channel-Hangup-Time=0&Caller-Channel-Transfer-Time=0&Caller-Channel-Resurrect-Time=0&"
    "Caller-Channel-Bridged-Time=0&Caller-Channel-Last-Hold=0&Caller-Channel-Hold-Accum=0&Caller-Screen-Bit=true&"
    "Caller-Privacy-Hide-Name=false&Caller-Privacy-Hide-Number=false";

/// One line of a recorded form in parts.
std::string part_of(const std::string& line) {
    const std::size_t equals = line.find('=');
    const std::string value = line.substr(equals + 1);
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    const bool is_file = error == std::errc{} && std::string_view{end} == " bytes";
    return is_file ? file(std::string(size, '\0')) : part(line.substr(0, equals), value);
}

std::vector<WebRequest> replay(const std::string& name) {
    constexpr std::string_view kShort = "CALLER…";
    std::ifstream in{HARBORLINE_SOURCE_DIR "/tests/gateway/carriers/httapi/" + name + ".txt"};
    EXPECT_TRUE(in.good()) << name;
    std::vector<WebRequest> requests;
    bool in_parts = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        const std::string method = line.substr(0, line.find(' '));
        const std::string rest = line.substr(line.find(' ') + 1);
        if (method == "MULTIPART") {
            requests.push_back(multipart(rest, ""));
        } else if (method == "POST" || method == "GET") {
            requests.push_back({.method = method, .action = rest});
        } else if (in_parts) {
            std::string& body = requests.back().body;
            body.insert(body.rfind("------4a7b--"), part_of(line));
            continue;
        } else {
            if (const auto run = line.find(kShort); run != std::string::npos) line.replace(run, kShort.size(), kRun);
            (requests.back().method == "GET" ? requests.back().query : requests.back().body) = line;
            continue;
        }
        in_parts = method == "MULTIPART";
    }
    return requests;
}

std::string described(const WebRequest& request) {
    constexpr std::array kEvents{"began",     "answered", "keys",      "recorded", "dial ended",
                                 "leg began", "leg keys", "leg ended", "ended"};
    constexpr std::array kEnds{"talked", "no answer", "busy", "refused", "failed"};
    const auto decoded = freeswitch()->decode(request, kNow);
    if (!decoded) return "refused";
    const core::Inbound& input = decoded->front().value();
    const CallInput& call = *input.call;
    std::string text = kEvents.at(static_cast<std::size_t>(call.event));
    if (call.step > 0) text += " " + std::to_string(call.step);
    if (call.event == CallInput::Event::kKeys || call.event == CallInput::Event::kLegKeys)
        text += " [" + input.text + "]";
    if (call.event == CallInput::Event::kDialEnded)
        text += std::string{" "} + kEnds.at(static_cast<std::size_t>(call.dial_end));
    if (call.event == CallInput::Event::kLegBegan) text += " shown " + call.shown;
    if (!call.audio.empty()) text += " " + std::to_string(call.audio.size()) + " bytes";
    return text;
}

struct SequenceCase {
    std::string name{};
    std::vector<std::string> events{};
    friend void PrintTo(const SequenceCase& test, std::ostream* out) { *out << test.name; }
};

class Freeswitch_Sequence : public ::testing::TestWithParam<SequenceCase> {};

TEST_P(Freeswitch_Sequence, ComesToWhatHappened) {
    const auto requests = replay(GetParam().name);
    std::vector<std::string> events;
    for (const WebRequest& request : requests) events.push_back(described(request));
    EXPECT_EQ(events, GetParam().events);
    for (const WebRequest& request : requests) {
        EXPECT_NE(freeswitch()->methods(request.action), "") << "404 costs the call (fact 3)";
        if (request.method == "GET") continue;
        const core::Inbound input = read(request);
        if (request.action.starts_with("confirm")) {
            EXPECT_NE(input.call->leg, "");
        } else {
            EXPECT_EQ(input.call->id, read(requests.front()).call->id);
            EXPECT_EQ(input.from.reveal(), "8619900001234");
        }
    }
}

// Where a document of the recording asked for nothing new, its second request reads as one more first; where it asked
// for the outcome of a dial in a second document, the request between is taken for silence. Ours do neither.
INSTANTIATE_TEST_SUITE_P(
    Recorded, Freeswitch_Sequence,
    ::testing::Values(
        SequenceCase{"100", {"began", "keys 1 [2]", "keys 2 [4711]", "recorded 3 86124 bytes", "ended 3"}},
        SequenceCase{"101", {"began", "keys 1 []", "ended 1"}}, SequenceCase{"102", {"began", "keys 1 [2]", "ended 1"}},
        SequenceCase{"103", {"began", "ended"}},
        SequenceCase{"104", {"began", "keys 1 []", "dial ended 1 talked", "ended 1"}},
        SequenceCase{"105", {"began", "keys 1 []", "dial ended 1 busy", "ended 1"}},
        SequenceCase{"106", {"began", "keys 1 []", "dial ended 1 failed", "ended 1"}},
        SequenceCase{"107", {"began", "ended"}}, SequenceCase{"108", {"began", "ended 40364 bytes"}},
        SequenceCase{"109", {"began", "ended"}}, SequenceCase{"110", {"began", "began", "began", "ended"}},
        SequenceCase{"111", {"began", "ended 1"}}, SequenceCase{"113", {"began", "keys 1 [1]", "ended 1"}},
        SequenceCase{"114", {"began", "began", "ended"}}, SequenceCase{"115", {"began", "ended 1 28204 bytes"}},
        SequenceCase{"116", {"began", "recorded 1 56044 bytes", "ended 1"}},
        SequenceCase{"117", {"began", "keys 1 [123]", "ended 1"}}, SequenceCase{"118", {"began", "ended 1"}},
        SequenceCase{"119", {"began", "keys 1 []", "ended 1"}},
        SequenceCase{"120", {"began", "keys 1 [1234]", "ended"}}, SequenceCase{"121", {"began", "began", "ended"}},
        SequenceCase{"122", {"began", "keys 1 []", "ended 1"}},
        SequenceCase{"123", {"began", "recorded 1 1159084 bytes", "ended 1"}}, SequenceCase{"207", {"began", "ended"}},
        SequenceCase{"208", {"began", "ended"}}, SequenceCase{"300", {"refused", "refused", "refused"}},
        SequenceCase{"503",
                     {"began", "leg began 1 shown 12333", "leg keys 1 [1]", "leg ended 1", "keys 1 []",
                      "dial ended 1 talked", "ended 1"}},
        SequenceCase{"504",
                     {"began", "leg began 1 shown 12333", "leg began 1 shown 12333", "leg keys 1 [1]", "leg ended 1",
                      "leg ended 1", "keys 1 []", "dial ended 1 talked", "ended 1"}},
        SequenceCase{"505",
                     {"began", "leg began 1 shown 12333", "leg keys 1 [1]", "leg ended 1", "keys 1 []",
                      "dial ended 1 talked", "ended 1"}},
        SequenceCase{"506", {"began", "keys 1 []", "dial ended 1 no answer", "ended 1"}},
        SequenceCase{"508",
                     {"began", "leg began 1 shown 12333", "leg keys 1 [2]", "leg ended 1", "keys 1 []",
                      "dial ended 1 refused", "ended 1"}},
        SequenceCase{"900", {"began", "ended 34284 bytes"}}, SequenceCase{"cn", {"began", "began", "began", "ended"}}),
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
pugi::xml_document answered(const WebRequest& request, core::CallAct act) {
    const auto response =
        freeswitch()->encode_answer_to(request, {.call = core::CallAnswer{.act = std::move(act), .step = 3}});
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
    EXPECT_STREQ(leg.child("document").child("work").child("playback").attribute("name").value(), "keys_2")
        << "as its address is read";
}

TEST(Freeswitch_Answer, RingsLegsThatKnowTheirCallAndShowOurNumber) {
    const auto document = answered(inbound("voice/2"), core::Dial{.numbers = {"+8619900005678", "+8619900004321"}});
    const std::string dial = document.child("document").child("work").child("dial").text().get();
    EXPECT_NE(dial.find("harborline_confirm=" + kBase + "/confirm/3,harborline_call=a1-b2}"), std::string::npos)
        << dial;
    EXPECT_NE(
        dial.find("[origination_caller_id_number=12333,origination_caller_id_name=12333]sofia/gateway/carrier/+8619"),
        std::string::npos);
    EXPECT_EQ(next_of(document, "dial"), kBase + "/voice/3");
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
    const auto& capabilities = freeswitch()->capabilities();
    EXPECT_EQ(capabilities.kind, core::ChannelKind::kVoice);
    EXPECT_FALSE(capabilities.voice.says);
    EXPECT_TRUE(capabilities.voice.joins);
    EXPECT_TRUE(capabilities.voice.warns);
    const auto result = freeswitch()->read_send_result({.status = 200});
    EXPECT_EQ(result.kind, SendResult::Kind::kRefused);
    EXPECT_NE(result.reason, "");
}

}  // namespace
}  // namespace harborline::gateway
