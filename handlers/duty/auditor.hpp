#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/core/time.hpp"
#include "handlers/duty/ladder.hpp"

/// Says a second time, in other words than `due`, what an alert calls for, and compares it with what was done (I10).
/// `due` goes forward from what the last asking left behind; this reads the whole story from its beginning.
namespace harborline::duty {

/// One telling of one caseworker, as it stands in the records.
struct Telling {
    core::StaffId staff{};
    core::Instant at{};  ///< When it was written.
    bool went = true;    ///< Whether the carrier has taken it.
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
    std::vector<Telling> told{};         ///< By text, in order of time.
    std::vector<Telling> called{};       ///< By calls, in order of time.
};

/// Who could be woken in this role at this instant, each once; for the administrator's, every administrator where none
/// is in her hours. Empty: a hole in the roster.
using Reachable = std::function<std::vector<core::StaffId>(core::Role, core::Instant)>;

struct AuditRules {
    const Ladder& ladder;
    Reachable reachable;
    /// Every administrator of the roster of that instant, whatever the hour: the last resort.
    std::function<std::vector<core::StaffId>(core::Instant)> administrators;
    std::chrono::milliseconds tolerance{60'000};  ///< So much later than due is in time.
    int leader_after = 2;                         ///< The hand-back (or silence) that calls the leader; 0: none does.
    /// Whether whoever is told by text at that instant is to be called as well. Empty: nobody calls, nor is audited.
    std::function<bool(core::StaffId, core::Instant)> is_called{};
};

/// Somebody who must be told: from `due` on, not later than the tolerance after it.
struct ExpectedPage {
    core::StaffId staff{};
    core::Instant due{};
    int step = 0;  ///< Of the whole story, from 0: whoever has the same number is told together.
};

/// Whoever must have been told by `now`. What fell due less than the tolerance before `now`, or before somebody took
/// the alert, is left out while nobody was told: it may yet come, or needed not. Holders of a step are those of the
/// instant at which it was carried out; where it was not, those who were there all the while in which it was in time.
std::vector<ExpectedPage> expected_pages(const AlertStory& story, const AuditRules& rules, core::Instant now);

struct Difference {
    enum class Kind : std::uint8_t {
        kMissing,       ///< Others of her step were told.
        kNobody,        ///< Nobody of the step was told, although somebody was there.
        kLate,          ///< Told, after the tolerance.
        kAfterTaken,    ///< Told while somebody answered for it already.
        kNotCalledFor,  ///< Told without a step: the wrong person, too early or twice.
        kNotSent,       ///< Written in time, and the tolerance later the carrier still has not taken it.
        kNotCalled,     ///< Told by text, and no call was made for that.
        kCalledAlone,   ///< Called, and not told by text in the same moment; or somebody who must not be called.
    };
    Kind kind = Kind::kMissing;
    core::StaffId staff{};
    core::Instant at{};  ///< When the step fell due; of what no step called for, when she was told.

    bool operator==(const Difference&) const = default;
};

/// One telling answers every step of hers that had fallen due by then. Each difference once, in order of time.
std::vector<Difference> compare(const AlertStory& story, const std::vector<ExpectedPage>& expected,
                                std::chrono::milliseconds tolerance, core::Instant now);

/// Text by text, whether the call beside it was made; a desk makes both in one moment, or neither.
std::vector<Difference> compare_calls(const AlertStory& story, const AuditRules& rules, core::Instant now);

/// All of it, in order of time.
std::vector<Difference> audit(const AlertStory& story, const AuditRules& rules, core::Instant now);

}  // namespace harborline::duty
