#pragma once
#include <optional>

#include "gateway/conversation/case_deeds.hpp"
#include "handlers/core/family.hpp"

namespace harborline::gateway {

/// The kinship line by telephone: two relatives are put through to one another, and either hears what the other has
/// left for it. No talk is recorded, and no word of theirs is kept here (I7). Lives as long as one turn.
class KinshipCalls {
  public:
    KinshipCalls(const Rules& rules, storage::Transaction& tx, const Speaker& speaker, core::Instant now);

    core::Outcome perform(core::Deed deed, core::Fields& saved);

    /// Whether the other side of the tie that she has chosen has a phone that this line rings, whatever the hour, and
    /// whoever is kept away: she hears it ring all the same, and nobody takes it (domain rules 4.6).
    bool rings(const core::Fields& saved);

    struct Ring {
        core::TieId tie{};
        bool to_child = false;
        core::PhoneNumber number{};
    };
    /// Whom she may ring now: judged once more, because it is about to happen.
    std::optional<Ring> whom_to_ring(const core::Fields& saved);

  private:
    core::Outcome ring(core::Fields& saved);
    core::Outcome rang(core::Fields& saved);
    core::Outcome next(core::Fields& saved);
    core::Outcome heard(core::Fields& saved);
    bool may_leave_letter(const core::Tie& tie, bool to_child);
    /// Nothing where it is not hers.
    std::optional<core::Tie> chosen(const core::Fields& saved);
    std::optional<core::PhoneNumber> number_of_other_side(const core::Fields& saved, const core::Tie& tie);
    /// When the child may begin a call; now, where it may. What was agreed on beforehand is never used up.
    core::Instant begins(const core::Tie& tie, const core::Fields& saved);
    std::optional<core::Letter> oldest_waiting(const core::Fields& saved);

    const Rules& rules_;
    storage::Transaction& tx_;
    const Speaker& speaker_;
    core::Instant now_;
};

/// Whether a phone may ring because a relative wants to talk: it is in this country, nobody is watched who has not
/// agreed to be called now, and no code was agreed that the machine would have to hear first (domain rules 3.4).
bool may_ring_relative(storage::Transaction& tx, const Rules& rules, const storage::Handset& phone, core::Instant now);

/// Puts the words or the recordings of letters in the place of their marks, for as long as they are on their way to her
/// and may be heard on that phone.
void speak_letters(storage::Transaction& tx, const Rules& rules, core::HandsetId phone, core::CallAnswer& answer,
                   core::Instant now);

}  // namespace harborline::gateway
