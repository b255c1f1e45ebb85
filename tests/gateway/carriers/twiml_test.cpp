#include "gateway/carriers/twiml.hpp"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace twiml_test {

using namespace std::chrono_literals;

const TwimlPlaces kPlaces{.next = "https://a.example/t/voice/7",
                          .next_recorded = "https://a.example/t/voice/7?was=record",
                          .leg = "https://a.example/t/confirm/7"};
const TwimlStyle kTwilio{.number = "+8645112338000"};
const TwimlStyle kSomleng{.pauses = false, .whispers = false, .number = "+8645112338000"};

core::CallAnswer answer(core::CallAct act, std::vector<core::Sound> sounds = {{.words = "您好"}}) {
    return {.language = "zh-CN", .sounds = std::move(sounds), .act = std::move(act), .step = 7};
}

/// The document as another reads it. Owned by the test.
class Twiml : public ::testing::Test {
  protected:
    pugi::xml_node response(const core::CallAnswer& of, const TwimlStyle& style = kTwilio,
                            const TwimlPlaces& places = kPlaces) {
        EXPECT_TRUE(document_.load_string(write_twiml(of, style, places).c_str()));
        EXPECT_STREQ(document_.document_element().name(), "Response");
        return document_.document_element();
    }

    /// Names of the verbs, in order.
    static std::string verbs(pugi::xml_node of) {
        std::string names;
        for (const pugi::xml_node child : of) names.append(names.empty() ? "" : " ").append(child.name());
        return names;
    }

    static std::string value(pugi::xml_node of, const char* attribute) { return of.attribute(attribute).value(); }

  private:
    pugi::xml_document document_{};
};

TEST_F(Twiml, SaysWordsInTheCarriersNameForTheLanguageAndPlaysWhatHasAnAddress) {
    const auto root = response(answer(core::HangUp{}, {{.words = "一<二>&\"三\"\x01"},
                                                       {.words = "四", .url = "https://a.example/audio/4?a=1&b=2"},
                                                       {.recording = "nothing to hear"}}));
    EXPECT_EQ(verbs(root), "Say Play Hangup");
    EXPECT_EQ(value(root.child("Say"), "language"), "cmn-CN");
    EXPECT_FALSE(root.child("Say").attribute("voice"));
    EXPECT_STREQ(root.child("Say").text().get(), "一<二>&\"三\" ");
    EXPECT_STREQ(root.child("Play").text().get(), "https://a.example/audio/4?a=1&b=2");
}

TEST_F(Twiml, ACallIsTurnedAwayUnheardByTheFirstVerb) {
    const auto root = response(answer(core::HangUp{.unanswered = true}));
    EXPECT_EQ(verbs(root), "Reject");
    EXPECT_EQ(value(root.child("Reject"), "reason"), "busy");
    EXPECT_EQ(verbs(response(answer(core::HangUp{.unanswered = true}), kSomleng)), "Reject");
}

TEST_F(Twiml, SaysInTheVoiceOfTheChannel) {
    TwimlStyle style = kTwilio;
    style.voice = "Google.cmn-CN-Standard-A";
    auto english = answer(core::HangUp{});
    english.language = "en-GB";
    const auto say = response(english, style).child("Say");
    EXPECT_EQ(value(say, "voice"), "Google.cmn-CN-Standard-A");
    EXPECT_EQ(value(say, "language"), "en-GB");
}

TEST_F(Twiml, OneKeyIsTheWholeAnswerWhateverItIs) {
    const auto root = response(answer(core::Gather{.silence = 6s}, {{.words = "一"}, {.url = "https://a.example/2"}}));
    EXPECT_EQ(verbs(root), "Gather Redirect");
    const auto gather = root.child("Gather");
    EXPECT_EQ(verbs(gather), "Say Play") << "a key cuts both short";
    EXPECT_EQ(value(gather, "numDigits"), "1");
    ASSERT_TRUE(gather.attribute("finishOnKey"));
    EXPECT_EQ(value(gather, "finishOnKey"), "");
    EXPECT_EQ(value(gather, "timeout"), "6");
    EXPECT_EQ(value(gather, "action"), kPlaces.next);
    EXPECT_EQ(value(gather, "actionOnEmptyResult"), "true");
    EXPECT_EQ(value(gather, "input"), "dtmf");
    EXPECT_EQ(root.child("Redirect").text().get(), kPlaces.next) << "silence comes back to us";
}

TEST_F(Twiml, ANumberEndsWithTheHash) {
    const auto gather = response(answer(core::Gather{.digits_max = 12})).child("Gather");
    EXPECT_EQ(value(gather, "numDigits"), "12");
    EXPECT_EQ(value(gather, "finishOnKey"), "#");
}

TEST_F(Twiml, ARecordingBesideSomebodyBeginsWithoutATone) {
    const auto record = response(answer(core::Record{.tone = false})).child("Record");
    EXPECT_EQ(value(record, "playBeep"), "false");
}

TEST_F(Twiml, ARecordingComesBackAlsoWhereThereWasNothingToHear) {
    const auto root = response(answer(core::Record{.longest = 180s, .silence = 5s}));
    EXPECT_EQ(verbs(root), "Say Record Redirect");
    const auto record = root.child("Record");
    EXPECT_EQ(value(record, "action"), kPlaces.next_recorded);
    EXPECT_EQ(value(record, "finishOnKey"), "#*90");
    EXPECT_EQ(value(record, "maxLength"), "180");
    EXPECT_EQ(value(record, "timeout"), "5");
    EXPECT_EQ(value(record, "playBeep"), "true");
    EXPECT_EQ(value(record, "trim"), "do-not-trim");
    EXPECT_EQ(root.child("Redirect").text().get(), kPlaces.next_recorded);
}

TEST_F(Twiml, EveryLegIsShownOurNumberAndIsAskedFirst) {
    harborline::testing::FakeRandom random{5};
    for (int round = 0; round < 200; ++round) {
        core::Dial dial{.ring = 25s, .longest = 1'800s};
        for (auto count = 1 + random.below(4); count > 0; --count) {
            std::string number = "+8619900";
            for (int i = 0; i < 6; ++i) number.push_back("0123456789{},'\"<&"[random.below(17)]);
            dial.numbers.push_back(number);
        }
        const auto root = response(answer(dial));
        ASSERT_EQ(verbs(root), "Say Dial");
        const auto node = root.child("Dial");
        EXPECT_EQ(value(node, "callerId"), kTwilio.number);
        EXPECT_EQ(value(node, "timeout"), "25");
        EXPECT_EQ(value(node, "timeLimit"), "1800");
        EXPECT_EQ(value(node, "answerOnBridge"), "true");
        EXPECT_EQ(value(node, "ringTone"), "cn");
        EXPECT_EQ(value(node, "action"), kPlaces.next);
        std::vector<std::string> rung;
        for (const pugi::xml_node leg : node.children()) {
            EXPECT_STREQ(leg.name(), "Number");
            EXPECT_EQ(value(leg, "url"), kPlaces.leg);
            rung.emplace_back(leg.text().get());
        }
        ASSERT_EQ(rung, dial.numbers);
    }
}

TEST_F(Twiml, NobodyIsRungWhereNobodyCouldBeAsked) {
    const core::Dial dial{.numbers = {"+8619900001234"}};
    EXPECT_EQ(verbs(response(answer(dial), kSomleng)), "Say Redirect");
    TwimlPlaces leg = kPlaces;
    leg.leg.clear();
    EXPECT_EQ(verbs(response(answer(dial), kTwilio, leg)), "Say Redirect");
}

TEST_F(Twiml, WaitsInSilenceAndAsksAgain) {
    const auto root = response(answer(core::Wait{.length = 2s}, {}));
    EXPECT_EQ(verbs(root), "Pause Redirect");
    EXPECT_EQ(value(root.child("Pause"), "length"), "2");
    EXPECT_EQ(root.child("Redirect").text().get(), kPlaces.next);

    const auto somleng = response(answer(core::Wait{.length = 2s}, {}), kSomleng);
    EXPECT_EQ(verbs(somleng), "Gather Redirect");
    EXPECT_EQ(verbs(somleng.child("Gather")), "");
    EXPECT_EQ(value(somleng.child("Gather"), "timeout"), "2");
}

TEST_F(Twiml, JoinsByEndingTheDocument) {
    EXPECT_EQ(verbs(response(answer(core::Join{}, {}))), "");
    EXPECT_EQ(verbs(response(answer(core::Join{}))), "Say");
}

TEST_F(Twiml, SomlengGetsNoVerbItDoesNotKnow) {
    const std::string known = " Say Play Gather Record Dial Redirect Reject Hangup ";
    for (const core::CallAct& act :
         {core::CallAct{core::HangUp{}}, core::CallAct{core::Gather{}}, core::CallAct{core::Record{}},
          core::CallAct{core::Dial{.numbers = {"1"}}}, core::CallAct{core::Wait{}}, core::CallAct{core::Join{}}}) {
        for (const pugi::xml_node verb : response(answer(act), kSomleng)) {
            EXPECT_NE(known.find(" " + std::string{verb.name()} + " "), std::string::npos) << verb.name();
            if (std::string_view{verb.name()} != "Gather") continue;
            for (const pugi::xml_node child : verb.children())
                EXPECT_TRUE(std::string_view{child.name()} == "Say" || std::string_view{child.name()} == "Play");
        }
    }
}

TEST_F(Twiml, HasNoWhiteSpaceBetweenVerbs) {
    EXPECT_EQ(write_twiml(answer(core::Gather{}), kSomleng, kPlaces).find_first_of("\n\t"), std::string::npos);
}

}  // namespace twiml_test
}  // namespace harborline::gateway
