#pragma once
#include <string>
#include <string_view>

#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/memory.hpp"
#include "handlers/core/deeds.hpp"
#include "handlers/core/family.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// Who is talking, and where: what the deeds of one turn are done for.
struct Speaker {
    const storage::Handset& handset;
    std::string_view channel;
    std::string_view language;
    std::string_view text;  ///< What she sent in this turn; empty when nobody sent anything.
    bool by_phone = false;
    bool rings = false;                          ///< She is on the telephone, and others can be rung for her.
    bool hands_over = false;                     ///< She is on the telephone, and may say what nobody else is to hear.
    const storage::Recording* letter = nullptr;  ///< That is what she has said in this turn: no row holds it.
    bool unsure = false;  ///< What she sent may be for a relative or for us, and is to be asked of.
};

/// Whether words of danger came from a handset so lately that whatever is written there belongs to them.
bool told_of_danger(const Memory& memory, core::Instant now);

/// The deeds of flows, done over one transaction. Lives as long as one turn.
class CaseDeeds : public core::Deeds {
  public:
    CaseDeeds(const Rules& rules, DutyDesk& desk, storage::Transaction& tx, const Speaker& speaker, Memory& memory,
              core::Instant now);

    core::Outcome perform(core::Deed deed, core::Fields& saved) override;

    /// The words of a handset in danger when nothing else of its turn can be done: no flow, no state.
    void raise_alert(const core::Fields& saved);

    /// The PIN of a child's card was keyed that calls for help: people are called to danger, in a matter of the child's
    /// that is not this phone's. Nothing changes in what the phone is told, now or later, not even where nobody could
    /// be called: then the administrator is told.
    void raise_silently(const core::Person& child);

    /// Words of danger in what she has written raise the level of her safety matter, or of the one that they went into
    /// in this turn (`filed`, may be none); without either a safety matter is opened (domain rules 3.3). For a day from
    /// then on, and in the middle of something confidential (`confided`), words without danger are kept in her safety
    /// matter too. Says nothing to her. Whether there were words of danger.
    bool heed(std::string_view text, bool confided, core::CaseId filed);

    /// The matter that her words went into; none where no deed took them.
    core::CaseId filed() const { return filed_; }

  private:
    void call_people_to(const core::Person& child);
    core::Outcome open_safety(core::Fields& saved);
    core::Outcome triage(core::Fields& saved);
    void keep_wish(core::CaseId matter, const core::Fields& saved);
    void keep_wish_beside(core::CaseId filed, const core::Fields& saved);
    void note_night(core::CaseId matter, const core::Fields& saved);
    void mark_child(core::Case& matter, core::Fields& saved);
    void call_again(const core::Case& matter, core::Level heard);
    core::Case new_safety_matter(core::Level level, const core::Fields& saved);
    core::Outcome open_case(core::Fields& saved);
    void change_contact(core::Case& matter, const core::Fields& saved);
    core::Outcome open_task(core::Fields& saved);
    core::Outcome add_to_case(core::Fields& saved);
    core::Outcome find_case(core::Fields& saved);
    core::Outcome check_pin(core::Fields& saved);
    core::Outcome issue_pin(core::Fields& saved);
    void silent_call(core::Fields& saved);
    void join_recording(core::CaseId id, core::Fields& saved);
    core::Outcome find_duty();
    core::Outcome find_help(const core::Fields& saved);
    void call_is_about(core::CaseId matter);
    bool fell_silent(const core::Fields& saved, bool child) const;

    static core::ContactBack contact_of(std::string_view saved);
    static std::string answers_in(const core::Fields& saved);
    core::Case fresh(core::CaseKind kind, std::string_view place, std::string_view department);
    void file(const core::Case& opened, const core::Fields& saved);
    void say(core::CaseId id, core::CaseEntry::Kind kind, std::string_view text);
    core::Outcome fill_status(const core::Case& found, core::Fields& saved);
    std::optional<core::Case> by_reference(const core::Fields& saved);
    void wake_owner(const core::Case& matter);
    void answer_again(core::CaseId id);
    std::string new_pin();

    const Rules& rules_;
    DutyDesk& desk_;
    storage::Transaction& tx_;
    const Speaker& speaker_;
    Memory& memory_;
    core::Instant now_;
    core::CaseId filed_{};
};

}  // namespace harborline::gateway
