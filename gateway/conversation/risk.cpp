#include "gateway/conversation/risk.hpp"

#include <string>

#include "handlers/safety/mandatory_report.hpp"
#include "handlers/safety/triage.hpp"

namespace harborline::gateway {
namespace {

std::string_view written(core::Level level) {
    switch (level) {
        case core::Level::kNone:
            break;
        case core::Level::kGreen:
            return "green";
        case core::Level::kYellow:
            return "yellow";
        case core::Level::kUnknown:
            return "unknown";
        case core::Level::kOrange:
            return "orange";
        case core::Level::kRed:
            return "red";
    }
    return "none";
}

/// Whether the level has somebody woken, rather than told of a new matter.
bool wakes(core::Level level) {
    return level >= core::Level::kYellow;
}

}  // namespace

bool raise_level(storage::Transaction& tx, DutyDesk& desk, core::Case& matter, core::Level heard, std::string_view why,
                 core::Instant now) {
    const core::Level level = safety::raise_only(matter.level, heard);
    if (level == matter.level) return false;
    matter.level = level;
    tx.cases().update(matter);
    std::string note = "level=";
    note.append(written(level)).append("; raised by the machine: ").append(why);
    tx.cases().append(matter.id, {.at = now, .kind = core::CaseEntry::Kind::kStatus, .text = note});
    if (wakes(level))
        desk.raise(tx, matter, now);
    else
        desk.announce(tx, matter, now);
    return true;
}

void safety_is_due(storage::Transaction& tx, DutyDesk& desk, core::CaseId id, core::Instant now) {
    auto matter = tx.cases().find(id);
    if (!matter || matter->status == core::CaseStatus::kClosed) return;
    if (matter->level == core::Level::kNone)
        raise_level(tx, desk, *matter, core::Level::kUnknown, "she did not go on", now);
    if (matter->category != kHarmToChild || now - matter->opened_at < safety::kOutcomeWithin) return;
    tx.cases().append(id, {.at = now,
                           .kind = core::CaseEntry::Kind::kNote,
                           .text = "report: made? to whom? what came of it? (未保法 11)"});
    desk.page_owner(tx, *matter, now);
    tx.deadlines().add(storage::Deadline::Kind::kSafety, id.value, now + safety::kOutcomeWithin);
}

}  // namespace harborline::gateway
