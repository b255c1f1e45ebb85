#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "handlers/core/staff.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

/// Who works here and when. Names and numbers are sealed.
class Staff {
  public:
    virtual ~Staff() = default;
    /// Makes the store say what the file says: members are matched by `key`, keep their ids, and those not named any
    /// more become inactive; shifts are replaced. Marks the handsets. Returns the active members' ids by position.
    virtual void replace(const core::Roster& roster, core::Instant now) = 0;
    virtual core::Roster roster() = 0;
    virtual std::optional<core::StaffMember> find(core::StaffId id) = 0;
    virtual std::optional<core::StaffMember> by_key(std::string_view key) = 0;
    virtual std::optional<core::StaffMember> by_os_user(std::string_view user) = 0;
    /// Counts changes, so that a caller may keep a copy of the roster until it moves.
    virtual std::int64_t version() = 0;
};

}  // namespace harborline::storage
