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

}  // namespace harborline::gateway
