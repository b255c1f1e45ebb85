#include <boost/json.hpp>

#include "gateway/carriers/base64.hpp"
#include "gateway/carriers/handset_carrier.hpp"
#include "tests/gateway/carriers/kit.hpp"

namespace harborline::gateway {
namespace handset_voice_test {

using core::CallInput;
using testing::CarrierProfile;
using testing::DecodeCase;
using testing::EveryCarrier;
using testing::kNameOf;

std::unique_ptr<Carrier> calling() {
    return make_handset_voice({.number = "12338", .country = "86"});
}

WebRequest post(std::string body) {
    return {.method = "POST",
            .action = "voice",
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

/// A call's event with more members behind it.
WebRequest event(const std::string& name, const std::string& more = {}) {
    return post(R"({"from":"+8619900001234","call":"c1","step":3,"event":")" + name + "\"" + more + "}");
}

core::Inbound read(const WebRequest& request) {
    return calling()->decode(request, {}).value().front().value();
}

INSTANTIATE_TEST_SUITE_P(
    HandsetVoice, EveryCarrier,
    ::testing::Values(CarrierProfile{
        .name = "Json",
        .make = calling,
        .texts = {event("began"), event("keys", R"(,"keys":"12*#")"), event("keys"),
                  event("recorded", R"(,"audio":"UklGRg==")"), event("dial", R"(,"dial":"no_answer")")},
        .ends = {event("ended"), event("ended", R"(,"keys":"1","audio":"UklGRg==")")},
        .actions = {"voice"},
        .sends = false,
        .with_sender =
            [](const std::string& sender) {
                const boost::json::object body{{"from", sender}, {"call", "c1"}, {"event", "began"}};
                return post(boost::json::serialize(body));
            }}),
    kNameOf);

class HandsetVoice_Decode : public ::testing::TestWithParam<DecodeCase> {};

TEST_P(HandsetVoice_Decode, Reads) {
    testing::expect_decoded(*calling(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, HandsetVoice_Decode,
    ::testing::Values(
        DecodeCase{"Keys", event("keys", R"(,"keys":"1*#")"), "1*#"}, DecodeCase{"Silence", event("keys"), ""},
        DecodeCase{"NothingIsKeyedAtTheBeginning", event("began", R"(,"keys":"1")"), ""},
        DecodeCase{"NothingIsKeyedAtTheEnd", event("ended", R"(,"keys":"1")"), ""},
        DecodeCase{"NoStep", post(R"({"call":"c1","event":"keys","keys":"1"})"), "1"},
        DecodeCase{"Letters", event("keys", R"(,"keys":"1a")"), "", "the keys are malformed"},
        DecodeCase{"Batch", post(R"([{"call":"c1","event":"began"}])"), "", "a call's event is a JSON object"},
        DecodeCase{"NoCall", post(R"({"event":"began"})"), "", "the call is malformed"},
        DecodeCase{"CallWithSpace", post(R"({"call":"c 1","event":"began"})"), "", "the call is malformed"},
        DecodeCase{"NoEvent", post(R"({"call":"c1"})"), "", "the event of the call is unknown"},
        DecodeCase{"UnknownEvent", event("paused"), "", "the event of the call is unknown"},
        DecodeCase{"StepIsText", post(R"({"call":"c1","event":"keys","step":"1"})"), "", "the step is malformed"},
        DecodeCase{"StepBelowNought", post(R"({"call":"c1","event":"keys","step":-1})"), "", "the step is malformed"},
        DecodeCase{"AudioIsNoBase64", event("recorded", R"(,"audio":"UklGR")"), "", "the audio is not base64"},
        DecodeCase{"AudioWithSpaces", event("recorded", R"(,"audio":" UklGRg==")"), "", "the audio is not base64"},
        DecodeCase{"NoDial", event("dial"), "", "the end of the dial is unknown"},
        DecodeCase{"UnknownDial", event("dial", R"(,"dial":"lost")"), "", "the end of the dial is unknown"}),
    kNameOf);

TEST(HandsetVoice_Call, KeepsItsNameAndStep) {
    const auto input = read(event("keys", R"(,"keys":"5")"));

    EXPECT_EQ(input.call->id, "c1");
    EXPECT_EQ(input.call->event, CallInput::Event::kKeys);
    EXPECT_EQ(input.call->step, 3);
    EXPECT_EQ(input.to, "12338");
    EXPECT_EQ(input.from.reveal(), "8619900001234");
}

TEST(HandsetVoice_Call, BringsWhatSheSays) {
    EXPECT_EQ(read(event("recorded", R"(,"audio":"UklGRg==")")).call->audio, "RIFF");
    EXPECT_EQ(read(event("ended", R"(,"audio":"UklGRg==")")).call->audio, "RIFF");
    EXPECT_EQ(read(event("recorded")).call->audio, "");
}

TEST(HandsetVoice_Call, TellsHowADialEnded) {
    EXPECT_EQ(read(event("dial", R"(,"dial":"talked")")).call->dial_end, core::DialEnd::kTalked);
    EXPECT_EQ(read(event("dial", R"(,"dial":"busy")")).call->dial_end, core::DialEnd::kBusy);
}

TEST(HandsetVoice_Call, MayShowNoNumber) {
    for (const char* body : {R"({"call":"c1","event":"began"})", R"({"call":"c1","event":"began","from":""})",
                             R"({"call":"c1","event":"began","from":"anonymous"})"})
        EXPECT_TRUE(read(post(body)).from.empty()) << body;
}

std::string answer(core::CallAct act) {
    core::CallAnswer call{
        .sounds = {{.words = "您好"}, {.url = "http://127.0.0.1:1/audio/x"}}, .act = std::move(act), .step = 4};
    return calling()->encode_answer({.call = std::move(call)}).body;
}

TEST(HandsetVoice_Answer, HoldsTheSoundsAndTheAct) {
    const auto body = boost::json::parse(answer(core::Gather{.digits_max = 8}));

    EXPECT_EQ(body.at("sounds").at(0).at("words").as_string(), "您好");
    EXPECT_EQ(body.at("sounds").at(1).at("url").as_string(), "http://127.0.0.1:1/audio/x");
    EXPECT_EQ(body.at("step").as_int64(), 4);
    EXPECT_EQ(body.at("act").as_string(), "gather");
    EXPECT_EQ(body.at("digits").as_int64(), 8);
}

TEST(HandsetVoice_Answer, NamesEveryAct) {
    const auto act = [](core::CallAct one) {
        return std::string{boost::json::parse(answer(std::move(one))).at("act").as_string()};
    };
    EXPECT_EQ(act(core::Record{}), "record");
    EXPECT_EQ(act(core::Wait{}), "wait");
    EXPECT_EQ(act(core::Join{}), "join");
    EXPECT_EQ(act(core::HangUp{}), "hang_up");
    EXPECT_EQ(act(core::HangUp{.unanswered = true}), "busy");
    EXPECT_EQ(act(core::Dial{}), "dial");
}

TEST(HandsetVoice_Answer, ShowsNobodyWhoIsRung) {
    EXPECT_EQ(answer(core::Dial{.numbers = {"+8619900000104"}}).find("199"), std::string::npos);
}

TEST(Base64, ReadsWhatItHasWritten) {
    for (const std::string bytes : {"", "R", "RI", "RIF", "RIFF"}) EXPECT_EQ(from_base64(base64(bytes)), bytes);
    for (const char* wrong : {"=", "UklG=", "UklGRg=", "UklGRg===", "UklGRh==", "UklG\n", "UklG\nUkl"})
        EXPECT_FALSE(from_base64(wrong)) << wrong;
}

}  // namespace handset_voice_test
}  // namespace harborline::gateway
