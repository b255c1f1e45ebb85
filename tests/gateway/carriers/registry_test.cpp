#include "gateway/carriers/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace harborline::gateway {
namespace registry_test {

config::ChannelSettings channel(std::string carrier) {
    config::ChannelSettings settings;
    settings.name = "sms";
    settings.carrier = std::move(carrier);
    settings.token = core::Secret{"tokentokentokentokento"};
    settings.number = "12338";
    settings.api_url = "http://127.0.0.1:13013/cgi-bin/sendsms";
    settings.api_user = "harborline";
    settings.api_password = core::Secret{"open-sesame"};
    settings.public_url = "http://127.0.0.1:8080/";
    return settings;
}

config::ChannelSettings ussd(std::string carrier) {
    auto settings = channel(std::move(carrier));
    settings.kind = core::ChannelKind::kUssd;
    settings.dialect = {.session = "session", .number = "number", .text = "text"};
    return settings;
}

const CarrierContext kContext{.country = "86", .private_url = "http://127.0.0.1:8081"};

OutgoingMessage outgoing() {
    OutgoingMessage message;
    message.id = {1};
    message.to = core::PhoneNumber::parse("19900001234", "86").value();
    message.text = "1";
    return message;
}

TEST(Registry, KnowsWhichChannelsPlaceCalls) {
    const auto places = [](std::string carrier, std::string event_socket = {}, std::string dial = {}) {
        auto settings = channel(std::move(carrier));
        settings.kind = core::ChannelKind::kVoice;
        settings.event_socket = std::move(event_socket);
        settings.dial = std::move(dial);
        return places_calls(settings);
    };

    EXPECT_TRUE(places("twilio"));
    EXPECT_TRUE(places("somleng"));
    EXPECT_TRUE(places("freeswitch", "127.0.0.1:8021", "sofia/gateway/carrier/{number}"));
    EXPECT_FALSE(places("freeswitch", "", "sofia/gateway/carrier/{number}"));
    EXPECT_FALSE(places("freeswitch", "127.0.0.1:8021"));
    EXPECT_FALSE(places("handset"));
    EXPECT_FALSE(places_calls(channel("kannel")));
}

TEST(Registry, MakesEveryCarrierItNames) {
    for (const std::string_view name :
         {"kannel", "handset", "africastalking", "ussd-gateway", "twilio", "signalwire", "somleng", "freeswitch"})
        EXPECT_EQ(std::ranges::count(carrier_names(), name), 1) << name;
    for (const std::string_view name : {"kannel", "handset", "africastalking", "twilio", "signalwire", "somleng"}) {
        const auto carrier = make_carrier(channel(std::string{name}), kContext);
        ASSERT_TRUE(carrier.has_value()) << name;
        EXPECT_NE((*carrier)->methods("sms"), "");
        EXPECT_EQ((*carrier)->capabilities().kind, core::ChannelKind::kSms);
    }
    for (const std::string_view name : {"africastalking", "ussd-gateway"}) {
        const auto carrier = make_carrier(ussd(std::string{name}), kContext);
        ASSERT_TRUE(carrier.has_value()) << name;
        EXPECT_NE((*carrier)->methods("ussd"), "");
        EXPECT_EQ((*carrier)->methods("sms"), "");
        EXPECT_EQ((*carrier)->capabilities().kind, core::ChannelKind::kUssd);
    }
    for (const std::string_view name : {"twilio", "signalwire", "somleng", "handset"}) {
        auto settings = channel(std::string{name});
        settings.kind = core::ChannelKind::kVoice;
        const auto carrier = make_carrier(settings, kContext);
        ASSERT_TRUE(carrier.has_value()) << name;
        EXPECT_NE((*carrier)->methods("voice"), "");
        EXPECT_EQ((*carrier)->methods("sms"), "");
        EXPECT_EQ((*carrier)->capabilities().kind, core::ChannelKind::kVoice);
    }
}

config::ChannelSettings voice() {
    auto settings = channel("freeswitch");
    settings.kind = core::ChannelKind::kVoice;
    settings.dial = "sofia/gateway/carrier/{number}";
    settings.event_socket = "127.0.0.1:8021";
    return settings;
}

TEST(Registry, MakesFreeswitchAsFarAsItsSettingsReach) {
    const auto of = [](const config::ChannelSettings& settings) {
        return make_carrier(settings, kContext).value()->capabilities().voice;
    };
    EXPECT_TRUE(of(voice()).bridges);
    EXPECT_TRUE(of(voice()).places_calls);
    auto answers_only = voice();
    answers_only.dial.clear();
    EXPECT_FALSE(of(answers_only).bridges);
    EXPECT_TRUE(of(answers_only).hands_over);
    EXPECT_FALSE(of(answers_only).places_calls);
    auto without_socket = voice();
    without_socket.event_socket.clear();
    EXPECT_TRUE(of(without_socket).bridges);
    EXPECT_FALSE(of(without_socket).places_calls);
}

TEST(Registry, RefusesAFreeswitchThatCouldNotDialSafely) {
    EXPECT_FALSE(make_carrier(channel("freeswitch"), kContext).has_value()) << "of texts";
    for (const char* dial : {"sofia/gateway/carrier", "{number}", "{x=y}sofia/gateway/carrier/{number}"}) {
        auto settings = voice();
        settings.dial = dial;
        EXPECT_FALSE(make_carrier(settings, kContext).has_value()) << dial;
    }
    auto nameless = voice();
    nameless.number = "hotline";
    EXPECT_FALSE(make_carrier(nameless, kContext).has_value());
    auto nowhere = voice();
    nowhere.public_url.clear();
    EXPECT_FALSE(make_carrier(nowhere, kContext).has_value());
    nowhere.public_url = "http://127.0.0.1:8700/${x}";
    EXPECT_FALSE(make_carrier(nowhere, kContext).has_value());
}

TEST(Registry, TellsKannelAndTheHandsetWhereToReachUs) {
    const auto kannel = make_carrier(channel("kannel"), kContext).value()->build_send(outgoing());
    const std::pair<std::string, std::string> receipts{
        "X-Kannel-DLR-Url",
        "http://127.0.0.1:8080/in/sms/tokentokentokentokento/status?id=1&part=1&parts=1&attempt=1&state=%d"};
    EXPECT_NE(std::ranges::find(kannel.front().headers, receipts), kannel.front().headers.end());
    const auto handset = make_carrier(channel("handset"), kContext).value()->build_send(outgoing());
    EXPECT_EQ(handset.front().url, "http://127.0.0.1:8081/handset/sms");
    const auto twilio = make_carrier(channel("twilio"), kContext).value()->build_send(outgoing());
    EXPECT_NE(twilio.front().body.find("StatusCallback=http%3A%2F%2F127.0.0.1%3A8080%2Fin%2Fsms%2F"
                                       "tokentokentokentokento%2Fstatus%3Fid%3D1%26attempt%3D1"),
              std::string::npos);
}

TEST(Registry, RefusesWhatIsUnknownOrIncomplete) {
    EXPECT_EQ(make_carrier(channel("pigeon"), kContext).error().message,
              "channel sms names a carrier that does not exist");
    auto settings = channel("kannel");
    settings.api_password = {};
    EXPECT_EQ(make_carrier(settings, kContext).error().message, "channel sms needs a value for api_password");
    settings.carrier = "africastalking";
    EXPECT_EQ(make_carrier(settings, kContext).error().message, "channel sms needs a value for api_password");
    settings.carrier = "twilio";
    EXPECT_EQ(make_carrier(settings, kContext).error().message, "channel sms needs a value for api_password");
    EXPECT_EQ(make_carrier(ussd("somleng"), kContext).error().message,
              "channel sms needs a value for kind = \"sms\" or \"voice\"");
    EXPECT_EQ(make_carrier(channel("ussd-gateway"), kContext).error().message,
              "channel sms needs a value for kind = \"ussd\"");
    auto nameless = ussd("ussd-gateway");
    nameless.dialect.text.clear();
    EXPECT_EQ(make_carrier(nameless, kContext).error().message, "channel sms needs a value for ussd_text");
}

}  // namespace registry_test
}  // namespace harborline::gateway
