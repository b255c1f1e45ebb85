#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/case_deeds.hpp"
#include "handlers/core/family.hpp"

namespace harborline::gateway {

/// Along which ties words would go that come from a handset without a menu.
struct Addressees {
    std::vector<core::Tie> ties{};  ///< Nobody's, one, or several to ask of, who wrote last first (kinship::meant).
    bool by_child = false;
};
/// None where the handset is not its people's own.
Addressees addressees(storage::Transaction& tx, const storage::Handset& handset, const Memory& memory,
                      core::Instant now);

/// What a child and its people do on the kinship line. Lives as long as one turn. No word of hers, and no digit of a
/// PIN, outlives the deed that takes it.
class KinshipDeeds {
  public:
    KinshipDeeds(const Rules& rules, CaseDeeds& cases, storage::Transaction& tx, const Speaker& speaker, Memory& memory,
                 core::Instant now);

    core::Outcome perform(core::Deed deed, core::Fields& saved);

  private:
    core::Outcome enter(core::Fields& saved);
    core::Outcome card(core::Fields& saved);
    bool is_of_children();
    void call_for_help(core::PersonId child);
    /// Counts a miss where it does not.
    bool opens(const core::Card& card, std::string_view pin);
    void note_locked(core::PersonId child);
    core::Outcome news(const core::Fields& saved);
    core::Outcome list(core::Fields& saved);
    core::Outcome choose(core::Fields& saved);
    core::Outcome begin_text(const core::Tie& tie, core::Fields& saved);
    core::Outcome begin_letter(const core::Tie& tie, core::Fields& saved);
    core::Outcome words_wait_until(core::Instant opening, core::Fields& saved);
    core::Outcome send(core::Fields& saved);
    core::Outcome answer(core::Fields& saved);
    core::Outcome ask_whom(const Addressees& to, core::Fields& saved);
    core::Outcome answer_chosen(core::LetterId parked, core::Fields& saved);
    core::Outcome drop(core::Fields& saved);
    core::Outcome relay(const core::Tie& tie, std::string_view words, core::Fields& saved);

    /// Whom she can choose from.
    std::vector<core::Tie> ties(const core::Fields& saved);
    std::string entries(const std::vector<core::Tie>& ties, const core::Fields& saved);
    std::string entry(char key, std::string_view label);
    bool wants_watch(const core::Tie& tie, std::string_view words);
    bool is_overheard(core::PersonId person);
    bool is_flood(const core::Tie& tie, bool to_child);

    const Rules& rules_;
    CaseDeeds& cases_;
    storage::Transaction& tx_;
    const Speaker& speaker_;
    Memory& memory_;
    core::Instant now_;
};

}  // namespace harborline::gateway
