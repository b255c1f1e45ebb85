#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "handlers/core/time.hpp"

namespace harborline::storage {

/// Something that must be looked at, at an instant: never a timer in memory. What is due is decided again from the
/// facts when it is looked at, so a stale deadline does nothing.
struct Deadline {
    enum class Kind : std::uint8_t {
        kLapse,        ///< A conversation may have gone silent. Subject: handset.
        kLadder,       ///< An alert's next step. Subject: alert.
        kFragments,    ///< Parts of a text may be waiting in vain. Subject: handset.
        kNotice,       ///< A case's 15 days (信访工作条例 Art. 23). Subject: case.
        kPageAnswer,   ///< A page for an ordinary case may be unanswered. Subject: page.
        kUntaken,      ///< A case that found every phone full. Subject: case.
        kReply,        ///< A reply, or words of a relative, may not have gone out in time. Subject: message.
        kSession,      ///< A carrier's session may be over. Subject: handset.
        kHandled,      ///< A taken alert may still wait for somebody to do something. Subject: alert.
        kAsked,        ///< Who took it may not have said that she is still at it. Subject: page.
        kBundle,       ///< Pages of one phone wait to be told in one text. Subject: staff.
        kSafety,       ///< A safety case without a level, or a child's whose report wants an outcome. Subject: case.
        kTalk,         ///< Two relatives may be talking who must not any more. Subject: the caller's handset.
        kWeekly,       ///< Families are looked at for their weekly contact. Subject: who was the last; 0: nobody.
        kAppointment,  ///< A child and one of its people may be to be put through. Subject: appointment.
    };
    static constexpr std::size_t kKinds = 15;
    std::int64_t id = 0;
    Kind kind = Kind::kLapse;
    std::int64_t subject = 0;
    core::Instant due_at{};
};

class Deadlines {
  public:
    virtual ~Deadlines() = default;
    virtual void add(Deadline::Kind kind, std::int64_t subject, core::Instant due_at) = 0;
    /// Removes and returns what is due, earliest first; ladders of alerts before everything else.
    virtual std::vector<Deadline> take_due(core::Instant now, int limit) = 0;
    /// Removes exactly this one, whatever else is due. False where it is gone.
    virtual bool take(const Deadline& one) = 0;
    virtual std::optional<core::Instant> next_due() = 0;
    /// Whether there is one of this kind. Reads all of them: for what is done once.
    virtual bool has(Deadline::Kind kind) = 0;
};

}  // namespace harborline::storage
