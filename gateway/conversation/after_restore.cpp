#include "gateway/conversation/after_restore.hpp"

namespace harborline::gateway {

AfterRestore settle_after_restore(storage::Transaction& tx, core::StaffId by, core::Instant now) {
    AfterRestore done{.held = tx.outbox().hold_unsent()};
    for (auto& alert : tx.alerts().open()) {
        alert.steps_done = 0;
        alert.ladder_from = now;
        tx.alerts().update(alert);
        tx.deadlines().add(storage::Deadline::Kind::kLadder, alert.id.value, now);
        ++done.alerts;
    }
    tx.journal().append({.at = now, .event = kDatabaseRestored, .staff = by});
    return done;
}

}  // namespace harborline::gateway
