#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/staff.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

/// What opens the staff line for one member.
struct LinePin {
    std::string hash{};         ///< Salted; never the digits themselves.
    int misses = 0;             ///< Wrong tries in a row,
    core::Instant missed_at{};  ///< and when the last was.
};

/// A code that was sent to a member's number: who answers with it from there has shown that the number is hers.
struct NumberCheck {
    std::string code{};  ///< Empty: none was sent to the number that she has now.
    core::Instant sent_at{};
};

/// Who works here and when. Names and numbers are sealed. Whose row can not be read any more is nobody: she is found
/// nowhere and her shifts are not there, until `replace` writes her down anew, under another id.
class Staff {
  public:
    virtual ~Staff() = default;
    /// Makes the store say what the file says: members are matched by `key`, keep their ids, and those not named any
    /// more become inactive; shifts are replaced. A number stays verified while it is the same. Marks the handsets. A
    /// shift names a member by the id that `roster` itself gives her (1-based position where it gives none). Open
    /// matters of somebody who leaves go to the first administrator; throws std::logic_error where there is none, or
    /// where the roster contradicts itself.
    virtual void replace(const core::Roster& roster, core::Instant now) = 0;
    /// The active members and their shifts.
    virtual core::Roster roster() = 0;
    /// Active or not.
    virtual std::optional<core::StaffMember> find(core::StaffId id) = 0;
    /// Active members only, as by_os_user.
    virtual std::optional<core::StaffMember> by_key(std::string_view key) = 0;
    virtual std::optional<core::StaffMember> by_os_user(std::string_view user) = 0;
    /// None where she was given none, or has left the staff since.
    virtual std::optional<LinePin> line_pin(core::StaffId id) = 0;
    virtual void put_line_pin(core::StaffId id, const LinePin& pin) = 0;
    /// Throws std::out_of_range where there is no such member, as `put_number_check` and `verify_number`.
    virtual NumberCheck number_check(core::StaffId id) = 0;
    virtual void put_number_check(core::StaffId id, const NumberCheck& check) = 0;
    /// Her present number is hers; the code is used up.
    virtual void verify_number(core::StaffId id) = 0;
    /// Moves on with each change, so that a caller may keep a copy of the roster until then, also one of a transaction
    /// that was undone.
    virtual std::int64_t version() = 0;
};

}  // namespace harborline::storage
