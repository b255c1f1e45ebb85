#pragma once
#include <optional>
#include <string_view>

#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/rules.hpp"
#include "handlers/core/appointment.hpp"
#include "handlers/core/deeds.hpp"
#include "handlers/core/fields.hpp"
#include "handlers/core/result.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// "Sundays at seven": the child's telephone is called, the child says that it is there, and its relative is rung for
/// it. Each step is judged at its instant (I8), and what was not done in time is not made up for. An adult who waits
/// for it and is kept away meanwhile hears the same, at the same time, as of a call that nobody took (domain
/// rules 4.6). Used within a transaction.
class AppointmentDesk {
  public:
    explicit AppointmentDesk(const Rules& rules) : rules_(rules) {}

    /// The child's own telephone, else the first that is written down for it.
    std::optional<core::HandsetId> point_of(storage::Transaction& tx, const core::Tie& tie, core::Instant now) const;
    /// Makes one of a tie, a point and a time. Refuses, in words for whoever gives the command, what could not take
    /// place as things stand: a time at which the two may not talk, a telephone at which the child would not be known,
    /// or at which somebody is reached who must not reach it.
    core::Result<core::Appointment> make(storage::Transaction& tx, const core::Appointment& wish,
                                         core::Instant now) const;
    static void end(storage::Transaction& tx, core::Appointment appointment);

    /// It may be time for something: a reminder, a call, or to give up.
    void look(storage::Transaction& tx, core::AppointmentId id, core::Instant now) const;

    /// Whether the child's telephone may be called for it now, and whoever picks up be asked for the child.
    bool may_ring(storage::Transaction& tx, core::AppointmentId id, core::HandsetId point, core::Instant now) const;
    /// The child says that it is there: fills in who it is and whom it talks to. kNeedsPin where others use that
    /// telephone too: the card is then known, and the child keys its PIN.
    core::Outcome begin(storage::Transaction& tx, const storage::Handset& at, core::Fields& saved,
                        core::Instant now) const;
    /// Two who were put through by an appointment talk: it is kept, if it was theirs.
    void kept(storage::Transaction& tx, core::Fields& saved, core::TieId talking, core::Instant now) const;
    /// They do not: a line broke before they could. It stands as it did, and is tried again.
    void not_kept(storage::Transaction& tx, core::Fields& saved, core::Instant now) const;

    /// What the adult has answered to the reminder: another time, or not this time. kLater where the two may not talk
    /// then, and nothing changes. Whoever is kept away meanwhile is answered as if only the hours could forbid it.
    core::Outcome change(storage::Transaction& tx, const storage::Handset& hers, core::Fields& saved,
                         core::Instant now) const;

  private:
    bool puts_through() const;
    std::optional<core::Error> why_not(storage::Transaction& tx, const core::Tie& tie, const core::Appointment& wish,
                                       core::Instant now) const;
    void remind(storage::Transaction& tx, core::Appointment& appointment, core::Instant now) const;
    void call(storage::Transaction& tx, core::Appointment& appointment, core::Instant now) const;
    void place(storage::Transaction& tx, const core::Appointment& appointment, core::Instant now) const;
    void give_up(storage::Transaction& tx, core::Appointment& appointment, core::Instant now) const;
    void go_on(core::Appointment& appointment, core::Instant now) const;
    /// Writes it, and sees to it that somebody looks at it when its next step is due, or sooner.
    void put(storage::Transaction& tx, core::Appointment appointment, core::Instant now,
             std::optional<core::Instant> sooner = {}) const;
    bool may_be_moved(storage::Transaction& tx, const core::Tie& tie, core::Instant to, core::Instant now) const;
    void tell(storage::Transaction& tx, const storage::Handset& phone, const flow::Say& say, core::Instant now,
              std::optional<core::Instant> expires_at = {}) const;
    void tell_child(storage::Transaction& tx, const core::Tie& tie, flow::Say say, core::Instant now) const;

    const Rules& rules_;
};

}  // namespace harborline::gateway
