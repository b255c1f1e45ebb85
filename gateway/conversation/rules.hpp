#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/random.hpp"
#include "handlers/flow/book.hpp"
#include "handlers/petition/reference_number.hpp"
#include "handlers/safety/danger_words.hpp"

namespace harborline::gateway {

/// What every turn needs and no turn changes: read once at start.
struct Rules {
    const config::Settings& settings;
    const flow::Book& book;
    petition::ReferenceNumbers references;
    core::TimeZone zone;
    core::Random& random;
    std::vector<std::string> bridging{};      ///< Channels whose carrier rings others for a caller.
    std::vector<std::string> handing_over{};  ///< Channels whose carrier keeps none of what a caller says.
    safety::DangerWords danger{};             ///< Of the settings.
    core::Instant began_at{};                 ///< When this service did: sounds of the one before are gone.

    bool has_channel(std::string_view name) const;
    /// Throws std::out_of_range for a channel that is not configured (any more).
    const config::ChannelSettings& channel(std::string_view name) const;
    /// The channel that reaches staff phones: the first one configured that carries texts.
    const config::ChannelSettings& staff_channel() const;
    /// The channel whose texts reach the handsets of this one: itself, unless it carries sessions.
    const config::ChannelSettings& text_channel(const config::ChannelSettings& channel) const;
    bool bridges(std::string_view channel) const;
    bool hands_over(std::string_view channel) const;
    /// The channel that calls handsets of this one: itself, or one whose texts go out by it, or the first that carries
    /// calls. Null where none does.
    const config::ChannelSettings* call_channel(std::string_view name) const;
    /// Whether this is the number that a channel shows, however a carrier writes it.
    bool is_ours(std::string_view channel, std::string_view shown) const;
    /// The language that is spoken to a handset on a channel: the handset's own, where there are texts in it.
    std::string_view language(const config::ChannelSettings& channel, std::string_view handsets) const;
    /// The words of a say for a text or a screen, on a text the signature first (the channel's own where none is
    /// given), in the channel's language or the handset's own.
    std::string words(const config::ChannelSettings& channel, std::string_view language,
                      const std::vector<flow::Say>& says, std::optional<std::string_view> signature = {}) const;
    /// Words cut into the pages of a channel's screen, with the keys that turn them.
    std::vector<std::string> screens(const config::ChannelSettings& channel, std::string_view language,
                                     std::string_view words) const;
};

}  // namespace harborline::gateway
