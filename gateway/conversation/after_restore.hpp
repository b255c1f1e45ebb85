#pragma once
#include "handlers/core/ids.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// The journal's word for it.
inline constexpr auto kDatabaseRestored = "database_restored";

struct AfterRestore {
    int held = 0;    ///< Messages that wait for a person's word.
    int alerts = 0;  ///< Calls for a human that nobody had taken, and that begin anew.
};

/// What must be done in a restored database before anything can be sent, in one transaction. Every unsent message is
/// held (I11): it may have gone since, or be too late. Every alert that nobody has taken climbs its ladder from the
/// beginning, as soon as the service starts (I10): whoever was paged may have been so for another matter since, and a
/// danger that is told twice is better than one that is forgotten. Families are reminded of nothing that they may have
/// been reminded of, and called for no appointment that may have taken place: from the next week, and the next
/// occurrence, on. `by` may be none.
AfterRestore settle_after_restore(storage::Transaction& tx, core::StaffId by, core::Instant now,
                                  const core::TimeZone& zone);

}  // namespace harborline::gateway
