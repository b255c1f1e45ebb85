#include "gateway/carriers/registry.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/carriers/africas_talking_carrier.hpp"
#include "gateway/carriers/freeswitch_carrier.hpp"
#include "gateway/carriers/handset_carrier.hpp"
#include "gateway/carriers/kannel_carrier.hpp"
#include "gateway/carriers/twilio_carrier.hpp"
#include "gateway/carriers/ussd_gateway_carrier.hpp"

namespace harborline::gateway {
namespace {

using core::Error;
using core::ErrorKind;
using Made = core::Result<std::unique_ptr<Carrier>>;

Error lacks(const config::ChannelSettings& channel, std::string_view setting) {
    return {ErrorKind::kMalformed, "channel " + channel.name + " needs a value for " + std::string{setting}};
}

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

/// Where the carrier reaches the channel. Holds its token.
std::string webhook_url(const config::ChannelSettings& channel) {
    return without_slash(channel.public_url) + "/in/" + channel.name + "/" + channel.token.reveal();
}

Made kannel(const config::ChannelSettings& channel, const CarrierContext& context) {
    if (channel.api_url.empty()) return lacks(channel, "api_url");
    if (channel.api_user.empty()) return lacks(channel, "api_user");
    if (channel.api_password.empty()) return lacks(channel, "api_password");
    if (channel.public_url.empty()) return lacks(channel, "public_url");
    return make_kannel({.api_url = channel.api_url,
                        .user = channel.api_user,
                        .password = channel.api_password,
                        .number = channel.number,
                        .status_url = core::Secret{webhook_url(channel) + "/status"},
                        .country = context.country});
}

Made handset(const config::ChannelSettings& channel, const CarrierContext& context) {
    HandsetOptions options{.deliver_url = without_slash(context.private_url) + "/handset/" + channel.name,
                           .number = channel.number,
                           .country = context.country};
    if (channel.kind == core::ChannelKind::kUssd) return make_handset_ussd(std::move(options));
    if (channel.kind == core::ChannelKind::kVoice) return make_handset_voice(std::move(options));
    return make_handset(std::move(options));
}

Made africas_talking(const config::ChannelSettings& channel, const CarrierContext& context) {
    if (channel.kind == core::ChannelKind::kUssd) return make_africas_talking_ussd(context.country);
    if (channel.api_url.empty()) return lacks(channel, "api_url");
    if (channel.api_user.empty()) return lacks(channel, "api_user");
    if (channel.api_password.empty()) return lacks(channel, "api_password");
    return make_africas_talking_sms({.api_url = channel.api_url,
                                     .user = channel.api_user,
                                     .api_key = channel.api_password,
                                     .number = channel.number,
                                     .country = context.country});
}

template <TwilioVariant variant>
Made twilio(const config::ChannelSettings& channel, const CarrierContext& context) {
    if (channel.api_url.empty()) return lacks(channel, "api_url");
    if (channel.api_user.empty()) return lacks(channel, "api_user");
    if (channel.api_password.empty()) return lacks(channel, "api_password");
    if (channel.public_url.empty()) return lacks(channel, "public_url");
    if (channel.number.empty()) return lacks(channel, "number");
    if (channel.kind == core::ChannelKind::kUssd) return lacks(channel, "kind = \"sms\" or \"voice\"");
    TwilioOptions options{.variant = variant,
                          .api_url = without_slash(channel.api_url),
                          .account = channel.api_user,
                          .auth_token = channel.api_password,
                          .number = channel.number,
                          .public_url = without_slash(channel.public_url),
                          .webhook_url = core::Secret{webhook_url(channel)},
                          .say_voice = channel.say_voice,
                          .country = context.country};
    return channel.kind == core::ChannelKind::kVoice ? make_twilio_voice(std::move(options))
                                                     : make_twilio_sms(std::move(options));
}

Made ussd_gateway(const config::ChannelSettings& channel, const CarrierContext& context) {
    if (channel.kind != core::ChannelKind::kUssd) return lacks(channel, "kind = \"ussd\"");
    if (channel.dialect.session.empty()) return lacks(channel, "ussd_session");
    if (channel.dialect.number.empty()) return lacks(channel, "ussd_number");
    if (channel.dialect.text.empty()) return lacks(channel, "ussd_text");
    return make_ussd_gateway({.dialect = channel.dialect, .country = context.country});
}

Made freeswitch(const config::ChannelSettings& channel, const CarrierContext& context) {
    if (channel.kind != core::ChannelKind::kVoice) return lacks(channel, "kind = \"voice\"");
    if (channel.public_url.empty()) return lacks(channel, "public_url");
    if (!channel.dial.empty() && !is_dial_template(channel.dial))
        return lacks(channel, "dial that holds {number} once");
    if (!channel.dial.empty() && !is_dialable(channel.number)) return lacks(channel, "number, of digits only");
    const std::string base = without_slash(channel.public_url) + "/in/" + channel.name + "/" + channel.token.reveal();
    if (!is_plain_url(base)) return lacks(channel, "public_url without signs");
    return make_freeswitch({.base = core::Secret{base},
                            .way = {.number = channel.number, .dial = channel.dial},
                            .event_socket = !channel.event_socket.empty(),
                            .country = context.country});
}

struct Maker {
    std::string_view name{};
    Made (*make)(const config::ChannelSettings&, const CarrierContext&) = nullptr;
};

constexpr std::array kMakers{
    Maker{"kannel", kannel},
    Maker{"handset", handset},
    Maker{"africastalking", africas_talking},
    Maker{"ussd-gateway", ussd_gateway},
    Maker{"twilio", twilio<TwilioVariant::kTwilio>},
    Maker{"signalwire", twilio<TwilioVariant::kSignalWire>},
    Maker{"somleng", twilio<TwilioVariant::kSomleng>},
    Maker{"freeswitch", freeswitch},
};

/// What a channel's carrier can do on a call; nothing where the channel can not be made or carries none.
VoiceCapabilities voice_of(const config::ChannelSettings& channel) {
    if (channel.kind != core::ChannelKind::kVoice) return {};
    const auto carrier = make_carrier(channel, {});
    return carrier ? (*carrier)->capabilities().voice : VoiceCapabilities{};
}

std::vector<std::string> channels_that(bool VoiceCapabilities::*can,
                                       const std::vector<config::ChannelSettings>& channels) {
    std::vector<std::string> names;
    for (const auto& channel : channels)
        if (voice_of(channel).*can) names.push_back(channel.name);
    return names;
}

}  // namespace

core::Result<std::unique_ptr<Carrier>> make_carrier(const config::ChannelSettings& channel,
                                                    const CarrierContext& context) {
    const auto* maker = std::ranges::find(kMakers, channel.carrier, &Maker::name);
    if (maker == kMakers.end())
        return Error{ErrorKind::kMalformed, "channel " + channel.name + " names a carrier that does not exist"};
    return maker->make(channel, context);
}

std::vector<std::string> bridging_channels(const std::vector<config::ChannelSettings>& channels) {
    return channels_that(&VoiceCapabilities::bridges, channels);
}

std::vector<std::string> handing_over_channels(const std::vector<config::ChannelSettings>& channels) {
    return channels_that(&VoiceCapabilities::hands_over, channels);
}

bool places_calls(const config::ChannelSettings& channel) {
    return voice_of(channel).places_calls;
}

std::vector<std::string_view> carrier_names() {
    std::vector<std::string_view> names;
    for (const Maker& maker : kMakers) names.push_back(maker.name);
    return names;
}

}  // namespace harborline::gateway
