#include "gateway/conversation/rules.hpp"

#include <algorithm>
#include <stdexcept>

#include "handlers/render/sms.hpp"
#include "handlers/render/ussd.hpp"

namespace harborline::gateway {

bool Rules::has_channel(std::string_view name) const {
    return std::ranges::find(settings.channels, name, &config::ChannelSettings::name) != settings.channels.end();
}

const config::ChannelSettings& Rules::channel(std::string_view name) const {
    const auto found = std::ranges::find(settings.channels, name, &config::ChannelSettings::name);
    if (found == settings.channels.end()) throw std::out_of_range("a channel that is not in the settings");
    return *found;
}

const config::ChannelSettings& Rules::staff_channel() const {
    const auto found = std::ranges::find(settings.channels, core::ChannelKind::kSms, &config::ChannelSettings::kind);
    if (found == settings.channels.end()) throw std::out_of_range("no channel carries texts");
    return *found;
}

const config::ChannelSettings& Rules::text_channel(const config::ChannelSettings& channel) const {
    if (channel.kind == core::ChannelKind::kSms) return channel;
    return has_channel(channel.text_channel) ? this->channel(channel.text_channel) : staff_channel();
}

bool Rules::bridges(std::string_view channel) const {
    return std::ranges::find(bridging, channel) != bridging.end();
}

bool Rules::hands_over(std::string_view channel) const {
    return std::ranges::find(handing_over, channel) != handing_over.end();
}

const config::ChannelSettings* Rules::call_channel(std::string_view name) const {
    const config::ChannelSettings* first = nullptr;
    for (const auto& channel : settings.channels) {
        if (channel.kind != core::ChannelKind::kVoice) continue;
        if (channel.name == name || text_channel(channel).name == name) return &channel;
        if (first == nullptr) first = &channel;
    }
    return first;
}

bool Rules::is_ours(std::string_view name, std::string_view shown) const {
    // A service number is known by its digits only.
    const auto digits = [](std::string_view number) { return number.substr(number.starts_with('+') ? 1 : 0); };
    if (digits(shown) == digits(channel(name).number)) return true;
    const auto ours = core::PhoneNumber::parse(channel(name).number, settings.country);
    const auto theirs = core::PhoneNumber::parse(shown, settings.country);
    return ours && theirs && *ours == *theirs;
}

std::string_view Rules::language(const config::ChannelSettings& channel, std::string_view handsets) const {
    return book.catalogue.has_language(handsets) ? handsets : std::string_view{channel.language};
}

std::vector<std::string> Rules::screens(const config::ChannelSettings& channel, std::string_view language,
                                        std::string_view words) const {
    const auto spoken = this->language(channel, language);
    const auto mark = [&](std::string_view key) { return book.catalogue.fill(spoken, {.key = std::string{key}}); };
    return render::split_screens(words, channel.screen, {mark("ussd.more"), mark("ussd.back")});
}

std::string Rules::words(const config::ChannelSettings& channel, std::string_view language,
                         const std::vector<flow::Say>& says, std::optional<std::string_view> signature) const {
    const auto spoken = this->language(channel, language);
    if (channel.kind == core::ChannelKind::kUssd) return render::render_ussd(book.catalogue, spoken, says);
    return render::render_sms(book.catalogue, spoken, signature.value_or(channel.signature), says);
}

}  // namespace harborline::gateway
