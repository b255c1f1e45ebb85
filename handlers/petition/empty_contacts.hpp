#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/inbound.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"

namespace harborline::petition {

/// Calls and screen sessions of one handset that ended with nothing told and nothing done (domain rules 3.7): silent,
/// joking, testing, or a person who does not dare yet. After many of them the line is slowed down, never shut; whom it
/// may not be slowed down for is its caller's to know. Each line (telephone, screen) is counted by itself. A value kept
/// with the handset's conversation.
class EmptyContacts {
  public:
    static constexpr std::size_t kMax = 64;  ///< Kept at most; behind it the oldest are forgotten.
    static constexpr std::chrono::days kRemembered{7};
    static constexpr std::chrono::hours kSlowedFor{1};      ///< From the last empty contact on.
    static constexpr std::chrono::hours kSlowedAtMost{24};  ///< From the first slowed one on.

    /// One more has ended. The `limit`th within an hour slows the line down; 0: none does.
    void note(core::ChannelKind line, core::Instant now, int limit);
    /// Whether a contact that begins now hears the kind line in place of the menu. A slow-down that lies ahead was
    /// begun before the clock was set back, and is over.
    bool slowed(core::ChannelKind line, core::Instant now) const;
    /// She was asked for something and gave it: what was counted so far slows nothing down any more.
    void lift();

    /// How many there were within kRemembered, on every line, lifted ones among them: a sign of need, not of guilt.
    std::size_t remembered(core::Instant now) const;

    friend bool operator==(const EmptyContacts&, const EmptyContacts&) = default;
    friend std::string encode(const EmptyContacts& contacts);
    friend core::Result<EmptyContacts> decode_empty_contacts(std::string_view bytes);

  private:
    struct Contact {
        core::Instant at{};
        core::ChannelKind line = core::ChannelKind::kVoice;
        bool spent = false;  ///< Counts for no slow-down any more.
        friend bool operator==(const Contact&, const Contact&) = default;
    };
    static constexpr std::size_t kLines = 3;
    bool counts(const Contact& contact, core::ChannelKind line, core::Instant now) const;
    void end(core::ChannelKind line);

    std::vector<Contact> contacts_{};            ///< Earliest first.
    std::array<core::Instant, kLines> begun_{};  ///< By line: when it was slowed down; 1970: it is not.
};

/// Compact, versioned form for storage. Empty where there are none.
std::string encode(const EmptyContacts& contacts);
/// Fails with kMalformed on anything `encode` did not write.
core::Result<EmptyContacts> decode_empty_contacts(std::string_view bytes);

}  // namespace harborline::petition
