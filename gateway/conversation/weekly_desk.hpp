#pragma once
#include <vector>

#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/rules.hpp"
#include "gateway/conversation/unasked.hpp"
#include "handlers/core/family.hpp"
#include "handlers/kinship/crossing.hpp"
#include "handlers/kinship/weekly.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// Sees to it that families are in touch once a week (未成年人保护法 23; domain rules 4.2): from the nudge's hour on it
/// goes round through all children, a few in each transaction, once an hour until the week is over. Whoever is to be
/// reminded is decided from what is stored, which says so from then on: a round that is broken off, or made twice,
/// tells nobody twice. It never says that a family was not in touch: it only knows of this line. Used within a
/// transaction.
class WeeklyDesk {
  public:
    WeeklyDesk(const Rules& rules, DutyDesk& desk) : rules_(rules), desk_(desk) {}

    /// Sets the deadline of the next round, unless there is one: with the first families.
    void begin(storage::Transaction& tx, core::Instant now) const;
    /// Looks at the next people behind `last`, and sets the deadline of those behind them, or of the next round.
    void go_round(storage::Transaction& tx, core::PersonId last, core::Instant now);
    /// A parent or a carer says from a phone of her own that they have talked: it counts for all children whom she may
    /// reach.
    void they_talked(storage::Transaction& tx, const storage::Handset& phone, core::Instant now);

  private:
    /// Somebody whom words of the child may reach, now or at another hour.
    struct Reached {
        core::Tie tie{};
        bool now = false;
    };
    std::vector<Reached> reached_by(storage::Transaction& tx, core::PersonId child, core::Instant now) const;
    void look_at(storage::Transaction& tx, const core::Person& child, core::Instant now);
    core::WeeklyContact with_talks(storage::Transaction& tx, core::PersonId child, core::WeeklyContact contact) const;
    /// False where it is to be tried again within the week.
    bool remind(storage::Transaction& tx, const core::Person& child, const std::vector<Reached>& reached,
                core::Nudge whom, core::Instant now);
    /// A step of the flow kWeekly. kAsked where somebody has the question on her phone, kNotNow where nobody has, and
    /// somebody may have later.
    Unasked ask(storage::Transaction& tx, const std::vector<Reached>& reached, bool (*whom)(const core::Tie&),
                std::string_view question, core::Instant now) const;
    bool call_caseworker(storage::Transaction& tx, const core::Person& child, const std::vector<Reached>& reached,
                         core::Instant now);
    core::Instant end_of_hours(core::Instant now) const;
    void set_round(storage::Transaction& tx, core::Instant now) const;

    const Rules& rules_;
    DutyDesk& desk_;
};

/// Words along a tie have reached whoever they are for: with an answer within a week they are contact. Before the
/// letter is erased.
void note_words_arrived(storage::Transaction& tx, const Rules& rules, const core::Letter& letter, core::Instant now);

}  // namespace harborline::gateway
