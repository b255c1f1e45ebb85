#pragma once
#include <optional>
#include <string_view>

#include "gateway/conversation/case_deeds.hpp"

namespace harborline::gateway {

/// Whether a call from this handset is first asked for the PIN of the staff line.
bool has_staff_line(storage::Transaction& tx, const storage::Handset& handset, core::Instant now);

/// What a caseworker does on the staff line. Each deed but the first does nothing for whoever has not keyed her PIN in
/// this call.
class StaffDeeds {
  public:
    StaffDeeds(const Rules& rules, DutyDesk& desk, storage::Transaction& tx, const Speaker& speaker, core::Instant now);

    core::Outcome perform(core::Deed deed, core::Fields& saved);

    /// Whom she may ring now: the person of the safety matter heard last, where her plan lets a caseworker call her.
    std::optional<core::PhoneNumber> whom_to_ring(const core::Fields& saved);

  private:
    core::Outcome enter(core::Fields& saved);
    core::Outcome next(core::Fields& saved);
    core::Outcome take(const core::Fields& saved);
    core::Outcome answer(core::Fields& saved);
    core::Outcome reach(const core::Fields& saved);
    core::Outcome rang(const core::Fields& saved);
    std::vector<core::Case> matters();
    /// The one that she has heard last, while it is open.
    std::optional<core::Case> heard(const core::Fields& saved);

    const Rules& rules_;
    DutyDesk& desk_;
    storage::Transaction& tx_;
    const Speaker& speaker_;
    core::Instant now_;
};

}  // namespace harborline::gateway
