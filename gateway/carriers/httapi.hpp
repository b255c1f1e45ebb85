#pragma once
#include <optional>
#include <string>

#include "handlers/core/call.hpp"

/// Documents of FreeSWITCH's mod_httapi (docs/mod_httapi_doc.txt, mod_httapi.c, and what was recorded of it).
namespace harborline::gateway {

/// Where a document sends FreeSWITCH next, and what the carrier adds to it.
struct HttapiPage {
    std::string action{};  ///< The address that is asked next; kept by FreeSWITCH from the tag that names it.
    int step = 1;          ///< Of that address.
    bool leg = false;      ///< Of a leg that we rang: hanging up refuses, Join accepts.
    bool rings = false;    ///< Of a call that is not answered yet: whatever does not turn it away has it answered.
    std::optional<std::string> dial{};  ///< Dial: the whole dial string; none where it could not be written, and then
                                        ///< the dial fails at once.
};

/// The document that says and does it. Sounds without an address become a short tone.
std::string write_httapi(const core::CallAnswer& answer, const HttapiPage& page);

/// One that does nothing.
std::string write_empty_httapi();

/// Names of fields in the request that follows a document.
std::string httapi_keys_field(int step);  ///< What she keyed.
inline constexpr std::string_view kHttapiAsked = "asked";
/// The values of `asked`: what the document of that step asked for, where the other fields do not say it.
std::string httapi_recorded(int step);
std::string httapi_dialled(int step);

}  // namespace harborline::gateway
