#pragma once
#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// Whether the master key was ever backed up, by this database's own journal. A database keeps its master key for
/// life, so that the journal of another key's database knows nothing of it.
bool is_key_backed_up(storage::Transaction& tx);

/// `by` may be none.
void note_key_backed_up(storage::Transaction& tx, core::StaffId by, core::Instant now);

}  // namespace harborline::gateway
