#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/rules.hpp"
#include "handlers/core/case.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/duty/answer_grammar.hpp"
#include "handlers/duty/ring.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// A call for a RED page that found nobody is made again after so long, for as long as the page calls for somebody.
constexpr std::chrono::minutes kRingAgain{1};

/// Whether a page still calls for somebody: nobody has answered it, its alert is open and its matter not closed.
bool still_calls(storage::Transaction& tx, const core::Page& page);
/// Whether a matter waits for nobody on the staff: an answer is on its way to her, or it is closed.
bool is_answered(const core::Case& matter);

/// Tells caseworkers of what has come in, takes their answers, and climbs the ladder of an alert. Everything it needs
/// to know is in the transaction, so a restart forgets no escalation (I10). Used on the storage thread only.
class DutyDesk {
  public:
    explicit DutyDesk(const Rules& rules);

    /// Who answers for a matter of this place and department. Throws std::runtime_error with an empty roster.
    core::StaffId owner_for(storage::Transaction& tx, std::string_view place, std::string_view department);

    /// storage::Staff::replace; whoever inherits a matter of somebody who leaves is told of it.
    void replace_roster(storage::Transaction& tx, const core::Roster& roster, core::Instant now);

    /// Tells the people on duty of a new ordinary matter, or its owner where nobody is on duty.
    void announce(storage::Transaction& tx, const core::Case& opened, core::Instant now);
    /// Raises an alert of the matter's level (duty::alert_level) and carries out its ladder's first step at once. An
    /// open one of a lower level rises to it and climbs from the bottom; one that is as high goes on climbing.
    void raise(storage::Transaction& tx, const core::Case& matter, core::Instant now);
    /// She calls or writes again in a matter that was answered: that was no answer to this. False: it waits for one
    /// already, or is closed.
    bool wants_answer_again(storage::Transaction& tx, core::CaseId id);
    /// Does what the ladder demands of an alert by now, and sets the deadline of what comes next.
    void climb(storage::Transaction& tx, core::AlertId alert, core::Instant now);
    /// A taken alert: where nothing has been noted, replied or closed in its level's time, whoever has the matter is
    /// asked whether she is still at it.
    void ask_if_handled(storage::Transaction& tx, core::AlertId alert, core::Instant now);
    /// She was asked and said nothing, nor did anything: the alert is open again, its next step due at once.
    void unanswered(storage::Transaction& tx, core::PageId page, core::Instant now);
    /// One text for the pages that wait to be told to this phone; where its owner has left, their matters' owners are
    /// paged.
    void tell_waiting(storage::Transaction& tx, core::StaffId staff, core::Instant now);

    /// Texts a member a code; that she answers with it from that phone verifies the number.
    void ask_for_code(storage::Transaction& tx, core::StaffId staff, const std::string& code, core::Instant now);

    /// An ordinary page that nobody answered: the owner is told, until the matter is answered.
    void remind(storage::Transaction& tx, core::PageId page, core::Instant now);

    /// A matter wants its owner again: its reply did not arrive, or a legal day has come.
    void page_owner(storage::Transaction& tx, const core::Case& matter, core::Instant now);

    /// A matter that found a phone full: where nobody has taken it since, its owner is told.
    void untaken(storage::Transaction& tx, core::CaseId id, core::Instant now);

    /// 信访工作条例 Art. 23: the fifteenth day is over. A matter that nobody has answered is an event.
    void notice_is_due(storage::Transaction& tx, core::CaseId id, core::Instant now);

    struct Answered {
        std::string words{};      ///< What to tell her.
        bool is_settled = false;  ///< Her words have changed something, as the same words can not do again.
    };
    /// A text from a staff member's phone. Empty where it is no answer to a page: then she is a person like any other.
    std::optional<Answered> answer(storage::Transaction& tx, core::StaffId staff, std::string_view text,
                                   core::Instant now);
    /// The same by a key, while she is called for this page: what to tell her. Of a page that is over: what became of
    /// it.
    flow::Say answer(storage::Transaction& tx, const core::Page& page, duty::Command::Kind kind, core::Instant now);

    /// Who may be rung for a caller now: the phones of whoever is on duty, without the caller's own; at most three.
    std::vector<core::PhoneNumber> phones_on_duty(storage::Transaction& tx, const core::PhoneNumber& caller,
                                                  core::Instant now);

    /// Who is rung next for a caller in danger (duty::next_to_ring). Everybody is rung once in a call.
    std::vector<core::StaffMember> next_to_ring(storage::Transaction& tx, const core::Case& matter,
                                                const duty::Passed& passed, core::Instant now);

    /// Makes `staff` the owner of a matter, and closes the other pages for it.
    void take(storage::Transaction& tx, core::Case matter, core::StaffId staff, core::Instant now);

    /// Writes down an event of the service itself and texts the administrators, at most once in ten minutes per event.
    void tell_administrator(storage::Transaction& tx, std::string_view event, core::Instant now);

    const core::Roster& roster(storage::Transaction& tx);

  private:
    duty::Watch watch_over(storage::Transaction& tx, const core::Case& matter, core::Instant now);
    /// Answers to old pages are told what became of them for so long.
    static constexpr std::chrono::hours kPagesFor{7 * 24};
    /// An owner who does not answer is reminded once a day.
    static constexpr std::chrono::hours kRemindOwner{24};
    /// Why somebody is paged for a matter.
    struct Cause {
        core::AlertId alert{};
        core::Level level = core::Level::kNone;
    };
    void page(storage::Transaction& tx, core::StaffId staff, const core::Case& matter, const Cause& cause,
              core::Instant now);
    /// Tells a page now or puts it with those that wait.
    void tell(storage::Transaction& tx, core::Page page, const core::Case& matter, core::Instant now);
    /// Those of a phone's pages that wait and may be told now; of the others the earliest instant at which one may.
    struct Waiting {
        std::vector<core::Page> due{};
        std::optional<core::Instant> later{};
    };
    Waiting waiting_among(storage::Transaction& tx, std::vector<core::Page> pages, const core::StaffMember& member,
                          core::PageId but_for, core::Instant now);
    /// What waits to be told to somebody who has left is told to whoever has the matter now.
    void pass_on(storage::Transaction& tx, std::vector<core::Page> pages, core::Instant now);
    void announce_page(storage::Transaction& tx, const core::Page& page, const core::Case& matter, core::Instant now);
    void ring(storage::Transaction& tx, const core::Page& page, core::Instant now);
    void announce_bundle(storage::Transaction& tx, std::vector<core::Page> pages, core::Instant now);
    std::chrono::milliseconds answer_within(const core::Page& page, const core::Case& matter) const;
    void expect_answer(storage::Transaction& tx, const core::Page& page, const core::Case& matter, core::Instant now);
    int free_code(storage::Transaction& tx, core::StaffId staff, core::Instant now);

    /// False where nobody else could have it: it stays with her, and she is reminded of it.
    bool hand_back(storage::Transaction& tx, core::Page page, core::Case matter, core::Instant now);
    /// An alert's matter goes on to whoever is next; `page` is written as given, `why` goes into the timeline.
    void reopen(storage::Transaction& tx, const core::Page& page, const core::CaseEntry& why, core::Instant now);
    void ask_whoever_has_it(storage::Transaction& tx, const core::Alert& alert, const core::Case& matter,
                            core::Instant now);
    void still_at_it(storage::Transaction& tx, core::Page page, core::Instant now);
    /// A taken alert rests anew: in its level's time whoever has the matter then is asked after it.
    void rest(storage::Transaction& tx, core::AlertId id, core::StaffId by, core::Instant now);
    bool verifies_number(storage::Transaction& tx, core::StaffId staff, std::string_view text, core::Instant now);
    /// What a text to staff belongs to.
    struct About {
        core::PageId page{};
        core::CaseId case_id{};
        bool urgent = false;
    };
    /// None where she has no phone.
    core::OutboxId text_staff(storage::Transaction& tx, core::StaffId staff, const flow::Say& say, const About& about,
                              core::Instant now);
    /// Channel, receiver and words are given; the rest of the row is that of every page.
    core::OutboxId send(storage::Transaction& tx, core::Message message, const About& about, core::Instant now);
    flow::Say carry_out(storage::Transaction& tx, core::StaffId staff, const duty::DutyAnswer& read, core::Instant now);

    const Rules& rules_;
    core::Roster roster_{};
    std::int64_t roster_version_ = -1;
};

}  // namespace harborline::gateway
