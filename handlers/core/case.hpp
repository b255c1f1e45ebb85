#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"

namespace harborline::core {

enum class CaseKind : std::uint8_t { kPetition, kTask, kSafety };

/// Risk level of a safety matter (domain rules 3.3). The machine may raise it; only a named person lowers it.
enum class Level : std::uint8_t { kNone, kGreen, kYellow, kUnknown, kOrange, kRed };

/// How it is safe to reach the person. kNone: only she contacts us.
enum class ContactBack : std::uint8_t { kUnknown, kCall, kText, kNone };

/// Where a matter stands. The long statutory chain of domain rules 2.9 comes with its clocks; these are the states
/// that the main job needs.
enum class CaseStatus : std::uint8_t { kRegistered, kAccepted, kReplied, kClosed };

/// A matter with exactly one accountable owner at every moment (件件有着落).
struct Case {
    CaseId id{};
    std::string reference{};  ///< 8 digits, told to the person; set by Cases::open's caller.
    CaseKind kind = CaseKind::kPetition;
    Level level = Level::kNone;
    CaseStatus status = CaseStatus::kRegistered;
    std::string category{};    ///< petition class: marriage_family, land …
    std::string place{};       ///< Place code; empty: not known yet.
    std::string department{};  ///< RIGHTS, DEV, PUB, FAM, ORG
    StaffId owner{};           ///< Never none.
    HandsetId petitioner{};
    PersonId child{};       ///< Whose card has called for help; the phone on which it was opened may be anybody's then.
    std::string channel{};  ///< The channel she wrote through; the answer goes back by it.
    bool anonymous = false;
    ContactBack contact = ContactBack::kUnknown;
    std::string pin{};  ///< 4 digits; empty until one was given out.
    Instant opened_at{};
    Instant notice_due{};  ///< 信访工作条例 Art. 23: 15 days, the first not counted, to 24:00 local.
    std::optional<Instant> closed_at{};
    std::string close_reason{};  ///< Why a reply is unsafe or impossible, where none was delivered.
    OutboxId reply{};            ///< The last reply sent, whose receipt decides whether the case may close.
};

/// One line of a case's timeline. Append-only: it is evidence (法释〔2022〕17号 Art. 6).
struct CaseEntry {
    enum class Kind : std::uint8_t {
        kSaid,    ///< The person's own words.
        kFact,    ///< An answer to a question of ours that came later.
        kOpened,  ///< With the answers to our questions so far.
        kAssigned,
        kTaken,
        kHandedBack,
        kNote,     ///< A caseworker's.
        kReply,    ///< What was sent to the person.
        kReceipt,  ///< What became of a reply.
        kStatus,   ///< Closed, reopened …
        kLink,     ///< Another contact that belongs here.
    };
    std::int64_t id = 0;
    Instant at{};
    Kind kind = Kind::kNote;
    StaffId by{};  ///< None: the person herself, or the machine.
    std::string text{};
    OutboxId message{};
};

}  // namespace harborline::core
