#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "handlers/core/result.hpp"

/// The strings by which FreeSWITCH is told whom to ring. A bracket, comma or quote that came in with a number would set
/// variables or ring others; and a leg without our caller id is shown the number of the person who called us
/// (httapi.md, fact 16). So everything that enters is checked, and every leg begins with our number.
namespace harborline::gateway {

/// How numbers are reached, from the settings of a channel.
struct DialWay {
    std::string number{};  ///< Ours, which everybody who is rung is shown.
    std::string dial{};    ///< sofia/gateway/carrier/{number}
};

/// What an answered leg asks before it may talk.
struct LegQuestion {
    std::string confirm_url{};  ///< Asked by the dialplan's extension "confirm".
    std::string call{};         ///< FreeSWITCH's name of the call that the leg is rung for; may be empty.
};

/// [0-9+], not empty, no longer than a number can be.
bool is_dialable(std::string_view number);

/// One {number}, a slash (without one FreeSWITCH would look for an extension), and nothing that FreeSWITCH reads as the
/// end of a leg, a list or a variable.
bool is_dial_template(std::string_view dial);

/// Only what an address of ours holds: neither brackets nor commas, quotes, blanks and dollar signs.
bool is_plain_url(std::string_view url);

/// Rings all numbers at once; who accepts first talks. kMalformed where there is no number, or anything is not as
/// above.
core::Result<std::string> dial_string(const DialWay& way, std::span<const std::string> numbers,
                                      const LegQuestion& question);

/// The command of the event socket, without its line end, that rings `number` and asks `url` once it is answered.
/// `uuid` becomes FreeSWITCH's name of the call. kMalformed as above.
core::Result<std::string> originate_command(const DialWay& way, std::string_view number, std::string_view uuid,
                                            std::string_view url, std::chrono::seconds ring);

}  // namespace harborline::gateway
