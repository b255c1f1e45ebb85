#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

/// One input taken through a conversation: appended once, never changed.
struct Turn {
    core::TurnId id{};  ///< Counter of arrival; assigned by `append`.
    core::Instant received_at{};
    std::string channel{};
    core::HandsetId handset{};
    core::ConversationId conversation{};
    std::string
        identity{};      ///< What makes a repeat a repeat (carrier's id, or number+port+text+stamp); empty: never one.
    std::string text{};  ///< What was sent.
    std::string answer{};  ///< What the carrier was answered, where the answer carries words (USSD, voice).
    std::string note{};    ///< What happened, for replay: flow, step, deeds. No text of hers.
};

class Turns {
  public:
    virtual ~Turns() = default;
    /// The turn that took this very message before, if it is still within the window in which carriers repeat
    /// themselves (72 h). Reads no page that is not in memory unless it is a repeat.
    virtual std::optional<Turn> find_repeat(std::string_view channel, std::string_view identity) = 0;
    virtual core::TurnId append(const Turn& turn) = 0;
    virtual std::optional<Turn> get(core::TurnId id) = 0;
    /// All turns of one conversation in order. Reads every turn there is: for commands, never on the hot path.
    virtual std::vector<Turn> of(core::ConversationId conversation) = 0;
    /// Turns with an id above `after`, in order. For audits.
    virtual std::vector<Turn> since(core::TurnId after, int limit) = 0;
};

}  // namespace harborline::storage
