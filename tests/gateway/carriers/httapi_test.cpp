#include "gateway/carriers/httapi.hpp"

#include <gtest/gtest.h>

#include <pugixml.hpp>

namespace harborline::gateway {
namespace httapi_test {

using namespace std::chrono_literals;
using core::CallAnswer;
using core::Sound;

const HttapiPage kPage{.action = "http://127.0.0.1:8700/in/voice/token/voice/3", .step = 3};
const Sound kAudio{.words = "您好", .url = "http://127.0.0.1:8700/audio/q1"};
const Sound kMore{.words = "请按1", .url = "http://127.0.0.1:8700/audio/q2"};
const Sound kUnspoken{.words = "您好"};

/// The document as read back; every one has its type, params before work, and nothing else unknown.
struct Written {
    pugi::xml_document document{};
    pugi::xml_node work{};

    Written(const CallAnswer& answer, const HttapiPage& page = kPage) {
        const std::string text = write_httapi(answer, page);
        EXPECT_TRUE(document.load_string(text.c_str())) << text;
        EXPECT_STREQ(document.child("document").attribute("type").value(), "xml/freeswitch-httapi");
        work = document.child("document").child("work");
        EXPECT_EQ(document.child("document").last_child(), work);
    }

    std::string tags() const {
        std::string names;
        for (const auto tag : work) names += std::string{names.empty() ? "" : " "} + tag.name();
        return names;
    }
    std::string attribute(const char* name) const { return work.last_child().attribute(name).value(); }
    std::string variable(const char* name) const {
        return document.child("document").child("variables").child(name).text().get();
    }
    std::string asked() const { return document.child("document").child("params").child("asked").text().get(); }
};

CallAnswer answer(core::CallAct act, std::vector<Sound> sounds = {kAudio}) {
    return {.language = "zh-CN", .sounds = std::move(sounds), .act = std::move(act), .step = 3};
}

TEST(Httapi, AsksForOneKeyOfAnyKindWithTheBindLast) {
    const Written page{answer(core::Gather{.silence = 6s, .between = 3s}, {kAudio, kMore})};
    EXPECT_EQ(page.tags(), "playback playback");
    EXPECT_FALSE(page.work.first_child().child("bind")) << "a key at the first would not stop the second";
    EXPECT_EQ(page.attribute("file"), kMore.url);
    EXPECT_EQ(page.attribute("name"), "keys_3");
    EXPECT_EQ(page.attribute("action"), kPage.action);
    EXPECT_EQ(page.attribute("input-timeout"), "6000");
    EXPECT_EQ(page.attribute("digit-timeout"), "3000");
    EXPECT_EQ(page.attribute("loops"), "0");
    EXPECT_NE(page.attribute("error-file"), "");
    EXPECT_EQ(page.attribute("terminators"), "") << "# is a key like the others";
    EXPECT_STREQ(page.work.last_child().child("bind").text().get(), "~[0-9*#]");
}

TEST(Httapi, AsksForANumberThatEndsWithAHashOrASilence) {
    const Written page{answer(core::Gather{.digits_max = 6})};
    const auto first = page.work.last_child().child("bind");
    EXPECT_STREQ(first.text().get(), "~^[0-9*]{1,6}#?$");
    EXPECT_STREQ(first.attribute("strip").value(), "#");
    EXPECT_STREQ(first.next_sibling().text().get(), "*") << "alone, the pattern would be taken at the first digit";
    EXPECT_EQ(page.attribute("terminators"), "#");
}

TEST(Httapi, WaitsForKeysInSilenceWhereNothingIsSaid) {
    const Written page{answer(core::Gather{.silence = 0s}, {})};
    EXPECT_EQ(page.tags(), "playback");
    EXPECT_TRUE(page.attribute("file").starts_with("silence_stream://"));
    EXPECT_EQ(page.attribute("input-timeout"), "1") << "0 would be an error and five seconds";
}

TEST(Httapi, TakesHerWordsDown) {
    const Written page{answer(core::Record{.longest = 180s, .silence = 5s})};
    EXPECT_EQ(page.tags(), "playback record");
    EXPECT_EQ(page.attribute("limit"), "180");
    EXPECT_EQ(page.attribute("silence-hits"), "5");
    EXPECT_EQ(page.attribute("terminators"), "#");
    EXPECT_EQ(page.attribute("action"), kPage.action);
    EXPECT_NE(page.attribute("file"), "");
    EXPECT_TRUE(page.attribute("beep-file").starts_with("tone_stream://"));
    EXPECT_EQ(Written{answer(core::Record{.tone = false})}.attribute("beep-file"), "");
    EXPECT_EQ(page.asked(), httapi_recorded(3));
}

TEST(Httapi, RingsOthersWithATimeAndAWordBeforeItsEnd) {
    HttapiPage page = kPage;
    page.dial = "{a=b}[c=d]sofia/gateway/carrier/1";
    core::Dial dial{.numbers = {"+8619900001234"}, .ring = 25s, .longest = 1'800s, .warning = 60s, .warned = {kMore}};
    const Written written{answer(dial), page};
    EXPECT_EQ(written.tags(), "playback dial getVariable");
    EXPECT_EQ(written.work.child("dial").text().get(), page.dial);
    EXPECT_EQ(written.work.child("dial").attribute("action").value(), kPage.action);
    EXPECT_EQ(written.variable("hangup_after_bridge"), "false");
    EXPECT_EQ(written.variable("continue_on_fail"), "true");
    EXPECT_EQ(written.variable("call_timeout"), "25");
    EXPECT_EQ(written.variable("ringback"), "%(1000,4000,450)");
    EXPECT_EQ(written.variable("transfer_ringback"), "%(1000,4000,450)");
    EXPECT_EQ(written.variable("bridge_pre_execute_aleg_app"), "execute_extension");
    EXPECT_EQ(written.variable("bridge_pre_execute_aleg_data"), "warn_and_end XML harborline");
    EXPECT_EQ(written.variable("harborline_warn"), "+1740");
    EXPECT_EQ(written.variable("harborline_end"), "+1800");
    EXPECT_EQ(written.variable("harborline_word"), kMore.url);
    EXPECT_EQ(written.asked(), httapi_dialled(3));

    for (const auto warning : {0s, 1'800s, 2'000s}) {
        dial.warning = warning;
        const Written unwarned{answer(dial), page};
        EXPECT_EQ(unwarned.variable("bridge_pre_execute_aleg_data"), "end XML harborline");
        EXPECT_EQ(unwarned.variable("harborline_warn"), "");
        EXPECT_EQ(unwarned.variable("harborline_end"), "+1800");
    }
}

TEST(Httapi, GoesOnAtOnceWhereNobodyCanBeRung) {
    const Written page{answer(core::Dial{})};
    EXPECT_EQ(page.tags(), "playback pause");
    EXPECT_EQ(page.attribute("action"), kPage.action);
    EXPECT_EQ(page.asked(), httapi_dialled(3));
}

TEST(Httapi, EndsCallsAndAnswersLegs) {
    HttapiPage leg = kPage;
    leg.leg = true;
    EXPECT_EQ(Written{answer(core::HangUp{})}.tags(), "playback hangup");
    EXPECT_EQ(Written{answer(core::HangUp{})}.attribute("cause"), "NORMAL_CLEARING");
    EXPECT_EQ((Written{answer(core::HangUp{}), leg}).attribute("cause"), "CALL_REJECTED");
    const Written joined{answer(core::Join{}, {}), leg};
    EXPECT_EQ(joined.tags(), "break");
    EXPECT_EQ(joined.variable("harborline_accepted"), "true");
    EXPECT_EQ((Written{answer(core::Gather{}), leg}).variable("harborline_accepted"), "");
}

TEST(Httapi, TurnsARingingCallAwayOrHasItAnswered) {
    HttapiPage ring = kPage;
    ring.rings = true;
    const Written busy{answer(core::HangUp{.unanswered = true}), ring};
    EXPECT_EQ(busy.tags(), "hangup") << "nothing is heard";
    EXPECT_EQ(busy.attribute("cause"), "USER_BUSY");
    for (const core::CallAct& act : {core::CallAct{core::HangUp{}}, core::CallAct{core::Gather{}}})
        EXPECT_EQ((Written{answer(act), ring}).tags(), "answer");
}

TEST(Httapi, WaitsAndAsksAgain) {
    const Written page{answer(core::Wait{.length = 2s}, {})};
    EXPECT_EQ(page.tags(), "playback");
    EXPECT_EQ(page.attribute("file"), "silence_stream://2000");
    EXPECT_EQ(page.attribute("action"), kPage.action);
}

TEST(Httapi, PlaysAToneForWordsWithoutAudio) {
    for (const Sound& sound : {kUnspoken, Sound{.url = "http://a/b c"}, Sound{.url = "/etc/passwd"}}) {
        const Written page{answer(core::Gather{}, {sound})};
        EXPECT_TRUE(page.attribute("file").starts_with("tone_stream://")) << sound.url;
    }
}

TEST(Httapi, NeverHoldsWhatWasSaid) {
    for (const core::CallAct& act : std::vector<core::CallAct>{core::HangUp{}, core::Gather{}, core::Record{},
                                                               core::Dial{.numbers = {"+8619900001234"}}}) {
        const std::string text = write_httapi(answer(act, {kAudio, kUnspoken}), kPage);
        EXPECT_EQ(text.find("您好"), std::string::npos);
        EXPECT_EQ(text.find("199"), std::string::npos);
    }
}

TEST(Httapi, CanSayNothing) {
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(write_empty_httapi().c_str()));
    EXPECT_TRUE(document.child("document").child("work"));
    EXPECT_FALSE(document.child("document").child("work").first_child());
}

}  // namespace httapi_test
}  // namespace harborline::gateway
