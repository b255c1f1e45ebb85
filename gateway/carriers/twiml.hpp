#pragma once
#include <string>

#include "handlers/core/call.hpp"

namespace harborline::gateway {

/// How one account writes TwiML.
struct TwimlStyle {
    bool pauses = true;    ///< Knows <Pause>.
    bool whispers = true;  ///< Asks the far side first (the `url` of a <Number>); else nobody is rung.
    std::string voice{};   ///< Of <Say>; empty: its default.
    std::string number{};  ///< Ours: the caller id of every leg.
};

/// Where the requests that follow an answer go: whole URLs.
struct TwimlPlaces {
    std::string next{};           ///< Keys, silence, and what became of a Dial.
    std::string next_recorded{};  ///< The same, and says of itself that something was to be recorded.
    std::string leg{};            ///< Somebody who was rung has picked up; empty on such a leg itself: it rings nobody.
};

/// The answer as a TwiML document (UTF-8, no white space between elements: Somleng takes it for a verb). Whatever she
/// does or leaves undone, a request comes back to us or the call is over. A sound without words and address is left
/// out.
std::string write_twiml(const core::CallAnswer& answer, const TwimlStyle& style, const TwimlPlaces& places);

}  // namespace harborline::gateway
