#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "handlers/core/case.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/core/time.hpp"
#include "handlers/duty/ladder.hpp"
#include "handlers/petition/routing.hpp"

/// Says a second time, in other words than `due` and `tell_at`, what an alert of any level calls for, and compares it
/// with what was done (I10). `due` goes forward from what the last asking left behind; this reads the whole story from
/// its beginning.
namespace harborline::duty {

/// One telling of one caseworker, as it stands in the records.
struct Telling {
    core::StaffId staff{};
    core::Instant at{};  ///< When the alert called for her.
    bool went = true;    ///< Whether the carrier has taken the text that told her.
    /// From `at` until that text was written; none: it was not.
    std::optional<std::chrono::milliseconds> waited = std::chrono::milliseconds{0};
};

/// Somebody answers for an alert, or does not any more.
struct AlertChange {
    enum class Kind : std::uint8_t {
        kTaken,
        kHandedBack,
        kSilent,  ///< Whoever had taken it said nothing more: it is open again.
        kClosed,  ///< Its matter is over: nobody is told any more.
    };
    Kind kind = Kind::kTaken;
    core::Instant at{};
    core::StaffId by{};
};

/// The stored facts about one alert.
struct AlertStory {
    core::Instant raised_at{};
    std::vector<AlertChange> changes{};  ///< In order of time.
    std::vector<Telling> told{};         ///< By text, in order of `at`.
    std::vector<Telling> called{};       ///< By calls, in order of `at`.
};

/// Who could be woken in this role at this instant, each once; for the administrator's, every administrator where none
/// is in her hours. Empty: a hole in the roster.
using Reachable = std::function<std::vector<core::StaffId>(core::Role, core::Instant)>;

/// The same of one moment's roster: for less than RED nobody at night who asked not to be woken.
std::vector<core::StaffId> reachable_in(const core::Roster& roster, const petition::Post& post, core::Role role,
                                        core::Level level, const core::LocalTime& local, const Night& night);

/// How long the text for a page of an alert of this level may wait for others at the most, where a phone gets one text
/// in `bundle`. RED: not at all. Others: until `bundle` after the last text of their level or a higher one; such a text
/// that they did not go with is of a higher level each time, so `bundle` once for every level from theirs to ORANGE. A
/// page that waits longer, or that was never told, is always found; one that waited this long without a cause is not.
std::chrono::milliseconds longest_wait(core::Level level, std::chrono::milliseconds bundle);

struct AuditRules {
    const Ladder& ladder;
    Reachable reachable;
    /// Every administrator of the roster of that instant, whatever the hour: the last resort.
    std::function<std::vector<core::StaffId>(core::Instant)> administrators;
    std::chrono::milliseconds tolerance{60'000};  ///< So much later than due is in time.
    std::chrono::milliseconds may_wait{0};        ///< `longest_wait` of the alert's level.
    int leader_after = 2;                         ///< The hand-back (or silence) that calls the leader; 0: none does.
    /// Whether whoever is told by text at that instant is to be called as well. Empty: nobody calls, nor is audited.
    std::function<bool(core::StaffId, core::Instant)> is_called{};
};

/// Somebody who must be called for: from `due` on, not later than the tolerance after it.
struct ExpectedPage {
    core::StaffId staff{};
    core::Instant due{};
    int step = 0;  ///< Of the whole story, from 0: whoever has the same number is told together.
};

/// Whoever must have been called for by `now`. What fell due less than the tolerance before `now`, or before somebody
/// took the alert, is left out while nobody was: it may yet come, or needed not. Holders of a step are those of the
/// instant at which it was carried out; where it was not, those who were there all the while in which it was in time.
std::vector<ExpectedPage> expected_pages(const AlertStory& story, const AuditRules& rules, core::Instant now);

struct Difference {
    enum class Kind : std::uint8_t {
        kMissing,       ///< Others of her step were called for; or she was, and no text told her.
        kNobody,        ///< Nobody of the step was called for, although somebody was there.
        kLate,          ///< Called for, or told, after the tolerance.
        kAfterTaken,    ///< Called for, or told, while somebody answered for it already.
        kNotCalledFor,  ///< Told without a step: the wrong person, too early or twice.
        kNotSent,       ///< Written in time, and the tolerance later the carrier still has not taken it.
        kNotCalled,     ///< Told by text, and no call was made for that.
        kCalledAlone,   ///< Called, and not told by text in the same moment; or somebody who must not be called.
    };
    Kind kind = Kind::kMissing;
    core::StaffId staff{};
    core::Instant at{};  ///< When the step fell due; of one telling, when it was called for.

    bool operator==(const Difference&) const = default;
};

/// One telling answers every step of hers that had fallen due by then; it is to be in words `may_wait` and the
/// tolerance later, unless somebody answers for the alert before that or she hands it back. Each difference once, in
/// order of time.
std::vector<Difference> compare(const AlertStory& story, const std::vector<ExpectedPage>& expected,
                                const AuditRules& rules, core::Instant now);

/// Text by text, whether the call beside it was made; a desk makes both in one moment, or neither.
std::vector<Difference> compare_calls(const AlertStory& story, const AuditRules& rules, core::Instant now);

/// All of it, in order of time.
std::vector<Difference> audit(const AlertStory& story, const AuditRules& rules, core::Instant now);

}  // namespace harborline::duty
