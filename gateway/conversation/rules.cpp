#include "gateway/conversation/rules.hpp"

#include <algorithm>
#include <stdexcept>

#include "handlers/render/sms.hpp"

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
    return settings.channels.at(0);
}

std::string Rules::words(const config::ChannelSettings& channel, std::string_view language,
                         const std::vector<flow::Say>& says) const {
    const std::string_view spoken = book.catalogue.has_language(language) ? language : channel.language;
    return render::render_sms(book.catalogue, spoken, channel.signature, says);
}

}  // namespace harborline::gateway
