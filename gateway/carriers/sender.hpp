#pragma once
#include <string_view>

#include "handlers/core/phone_number.hpp"

namespace harborline::gateway {

/// The sender of a message as a carrier writes it. A machine's name ("ICBC") is the empty number: its text is kept and
/// never answered. kMalformed where there is no sender, or nothing that could be one.
core::Result<core::PhoneNumber> read_sender(std::string_view written, std::string_view country);

/// A carrier's id or the number written to: short and printable ASCII. May be empty.
bool is_plain_token(std::string_view value);

}  // namespace harborline::gateway
