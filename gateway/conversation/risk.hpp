#pragma once
#include <string_view>

#include "gateway/conversation/duty_desk.hpp"
#include "handlers/core/case.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// Raises the level of a matter and calls people by the new one; `why` goes into the timeline, and is never a word of
/// hers. False, and nothing done, where `heard` is not higher: the machine never lowers a level (domain rules 3.3).
bool raise_level(storage::Transaction& tx, DutyDesk& desk, core::Case& matter, core::Level heard, std::string_view why,
                 core::Instant now);

/// A safety matter is looked at again. Where nobody knows its level by now, because she did not go on, it is UNKNOWN
/// and somebody is called (domain rules 3.3). On a child's, whoever answers for it is asked whether the report was
/// made, to whom, and what came of it, every seven days until it is closed (未保法 11).
void safety_is_due(storage::Transaction& tx, DutyDesk& desk, core::CaseId id, core::Instant now);

/// Classes of safety matters.
inline constexpr std::string_view kHarm = "harm";
inline constexpr std::string_view kHarmToChild = "harm_child";

}  // namespace harborline::gateway
