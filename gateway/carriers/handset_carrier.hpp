#pragma once
#include <memory>
#include <string>

#include "gateway/carriers/carrier.hpp"

namespace harborline::gateway {

struct HandsetOptions {
    std::string deliver_url{};  ///< Where texts for the terminal phone are posted: our own private listener.
    std::string number{};       ///< The number that its texts are written to.
    std::string country{};      ///< Completes national numbers.
};

/// The terminal phone's texts, on loopback only. They come in by POST as JSON, {"from", "text", "id"} or an array of
/// such; texts go out as {"id", "to", "text", "attempt"}; receipts come in as {"id", "state": "delivered" | "failed"}.
std::unique_ptr<Carrier> make_handset(HandsetOptions options);

/// Its USSD. Inputs come in by POST as JSON, {"from", "session", "event": "began" | "input" | "ended", "text", "id"},
/// one a request, each with what she has entered just now. "id" may be left out, and "text" where nothing was entered.
/// The answer is {"text", "goes_on"}.
std::unique_ptr<Carrier> make_handset_ussd(HandsetOptions options);

/// Its calls. What happens comes in by POST as JSON, {"from", "call", "event": "began" | "keys" | "recorded" | "dial" |
/// "ended", "step"}, where "step" is the one of the answer before (0: there was none), "from" may be left out (a
/// withheld number), and beside it "keys" (none: nothing was keyed), "audio" (a WAV file in base64, where she was asked
/// to speak or hangs up in the middle of it) or "dial": "talked" | "no_answer" | "busy" | "refused" | "failed". The
/// answer is {"sounds": [{"words", "url"}], "act": "gather" | "record" | "dial" | "wait" | "join" | "hang_up", "step"}
/// and the act's own numbers. It says words, and rings nobody by itself.
std::unique_ptr<Carrier> make_handset_voice(HandsetOptions options);

}  // namespace harborline::gateway
