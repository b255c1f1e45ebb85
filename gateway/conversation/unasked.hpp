#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/conversation/rules.hpp"
#include "handlers/core/fields.hpp"
#include "handlers/core/time.hpp"
#include "handlers/flow/catalogue.hpp"
#include "storage/transaction.hpp"

/// What goes to somebody by text who has asked for nothing.
namespace harborline::gateway {

enum class Unasked : std::uint8_t {
    kAsked,   ///< It is in the outbox.
    kStands,  ///< The same flow's question stands open on her phone already.
    kNotNow,  ///< Something else is going on there, or it is none of her hours: a later try may do.
    kNever,   ///< Nothing of the kind goes to this phone.
};

/// A question of a flow that flow::is_unasked names: whatever does not answer it is about something else.
struct UnaskedQuestion {
    std::string_view flow{};
    std::string_view step{};
    core::Fields saved{};
    core::Instant expires_at{};       ///< Not sent any more from then on.
    std::vector<flow::Say> before{};  ///< What the question is about, in front of it.
};
/// Puts a question to a phone of hers as a notice: whoever has opted out of those gets none (I6). One question is open
/// on a phone, so what she is in the middle of comes first, but for a menu that she has left lying. Her answer is
/// waited for as long as a digit answers the last question. Nothing is written where it is not kAsked.
Unasked ask_unasked(storage::Transaction& tx, const Rules& rules, const storage::Handset& to,
                    const UnaskedQuestion& what, core::Instant now);

/// By which channel texts reach a handset: as she last wrote, else as staff are reached.
const config::ChannelSettings& text_channel_of(storage::Transaction& tx, const Rules& rules, core::HandsetId handset);

}  // namespace harborline::gateway
