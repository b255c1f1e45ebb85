#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "handlers/core/date_span.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/phone_number.hpp"

namespace harborline::core {

struct StaffMember {
    StaffId id{};
    std::string key{};  ///< Short stable name from the roster file ("li"); what commands and timelines show.
    std::string name{};
    PhoneNumber phone{};
    std::string os_user{};  ///< Maps the operating-system user to her for `--as`.
    bool active = true;     ///< False once she is no longer in the roster.
    bool night = true;      ///< Whether less than danger may wake her. RED always does.
    bool call = true;       ///< Whether RED rings her besides texting her, where a channel calls.
    bool verified = false;  ///< Whether she has answered from this number with a code that was sent there.
};

enum class Role : std::uint8_t {
    kOwner,  ///< Accountable for the matters of a district and department.
    kDuty,   ///< First to be told.
    kSecond,
    kLeader,
    kAdministrator,  ///< Told when the machine or the roster is in trouble; the last resort of every ladder.
};

/// One weekly line of the roster. Times are minutes of the local day; `to` <= `from` crosses midnight. What begins on
/// one day and ends on the next belongs to the day on which it begins.
struct Shift {
    StaffId staff{};
    Role role = Role::kDuty;
    std::string district{};    ///< Place code, or empty for the whole city.
    std::string department{};  ///< Or empty for all.
    std::uint8_t days = 0x7f;  ///< Bit 0 Monday … bit 6 Sunday.
    int from_min = 0;
    int to_min = 24 * 60;
    std::vector<DateSpan> on{};   ///< Where there are any: of those days only, a stand-in or a holiday's duty.
    std::vector<DateSpan> off{};  ///< Not of those days.
};

struct Roster {
    std::vector<StaffMember> staff{};
    std::vector<Shift> shifts{};
};

}  // namespace harborline::core
