#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/result.hpp"

/// Commands for FreeSWITCH's event socket, each with the empty line that ends it. What they are made of is checked here
/// once more: anything that could end a line and begin a command of its own fails with kMalformed.
namespace harborline::gateway {

/// One call that is to be placed. With several legs all ring at once, and the first to answer has the call.
struct CallOrder {
    std::string job{};                ///< A uuid of ours: the name under which its end is told.
    std::vector<std::string> legs{};  ///< Their uuids, as `command` gives them (origination_uuid).
    std::string command{};            ///< "bgapi originate …" without its line end.
};

/// 8-4-4-4-12 hexadecimal digits.
bool is_uuid(std::string_view text);

core::Result<std::string> write_auth(std::string_view password);
core::Result<std::string> write_originate(const CallOrder& order);
/// `cause`: as FreeSWITCH calls it (ORIGINATOR_CANCEL). One that it does not know counts as NORMAL_CLEARING there.
core::Result<std::string> write_kill(std::string_view uuid, std::string_view cause);
core::Result<std::string> write_exists(std::string_view uuid);

}  // namespace harborline::gateway
