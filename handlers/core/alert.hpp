#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "handlers/core/case.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/core/time.hpp"

namespace harborline::core {

/// A call for a human, with a level and a ladder.
struct Alert {
    AlertId id{};
    CaseId case_id{};
    Level level = Level::kRed;
    Instant raised_at{};
    StaffId taken_by{};
    Instant taken_at{};
    bool open = true;       ///< False once taken (acknowledged); a hand-back opens it again.
    int steps_done = 0;     ///< How many steps of the ladder were carried out, over all rounds.
    Instant ladder_from{};  ///< The instant that the ladder's minutes count from.
    int handed_back = 0;    ///< How often.
};

/// One telling of one caseworker: a code on her phone that she answers with.
struct Page {
    enum class State : std::uint8_t {
        kOpen,
        kTaken,
        kHandedBack,
        kStale,
        kAsked,  ///< Taken, and she was asked whether she is still at it: open again for her answer.
    };
    PageId id{};
    StaffId staff{};
    int code = 0;  ///< From 1, without the digits 0, 8, 9; the phone's own, not reused within a day.
    CaseId case_id{};
    AlertId alert{};  ///< None for an ordinary new case.
    Level level = Level::kNone;
    Instant sent_at{};
    State state = State::kOpen;
    bool told = true;  ///< False while it waits to be told in one text with others.

    bool wants_answer() const { return state == State::kOpen || state == State::kAsked; }
};

/// One of the times that an alert called for a page.
struct Paging {
    Instant at{};
    OutboxId message{};  ///< The text that told of it; none: not told yet.
};

}  // namespace harborline::core
