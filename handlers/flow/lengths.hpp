#pragma once
#include <string_view>

#include "handlers/core/inbound.hpp"

namespace harborline::flow {

/// Whether the text can go out in the GSM default alphabet (3GPP TS 23.038, 6.2.1).
bool is_gsm7(std::string_view text);

/// How many short messages a text takes at the most: 160 septets, or 70 UTF-16 units; in parts 153 and 67. The proof's
/// own measure: a renderer that cuts between graphemes may need a part more for texts near a limit of parts.
int count_sms(std::string_view text);

/// Whether a text fits one USSD screen above the operator's footer.
bool fits_screen(std::string_view text, const core::ScreenLimits& limits);

}  // namespace harborline::flow
