#include "gateway/conversation/after_restore.hpp"

#include <vector>

#include "handlers/kinship/appointment.hpp"

namespace harborline::gateway {
namespace {

void leave_families_alone_this_week(storage::Transaction& tx, core::LocalDate today) {
    std::vector<core::PersonId> children;
    tx.people().visit([&](const core::Person& person) {
        if (person.kind == core::PersonKind::kChild) children.push_back(person.id);
        return true;
    });
    for (const auto child : children) {
        auto contact = tx.weekly_contacts().find(child);
        if (!contact) continue;
        contact->nudged_on = today;
        tx.weekly_contacts().put(child, *contact);
    }
}

/// Their deadlines stay: whoever looks then finds the step behind.
void move_appointments_on(storage::Transaction& tx, core::Instant now, const core::TimeZone& zone) {
    for (auto& appointment : tx.appointments().standing()) {
        if (appointment.at <= now)
            appointment.ended = !kinship::go_on(appointment, zone, now);
        else if (kinship::step_due(appointment, zone, now) == kinship::Step::kRemind)
            appointment.reminded = true;
        else
            continue;
        tx.appointments().update(appointment);
    }
}

}  // namespace

AfterRestore settle_after_restore(storage::Transaction& tx, core::StaffId by, core::Instant now,
                                  const core::TimeZone& zone) {
    AfterRestore done{.held = tx.outbox().hold_unsent()};
    for (auto& alert : tx.alerts().open()) {
        alert.steps_done = 0;
        alert.ladder_from = now;
        tx.alerts().update(alert);
        tx.deadlines().add(storage::Deadline::Kind::kLadder, alert.id.value, now);
        ++done.alerts;
    }
    leave_families_alone_this_week(tx, zone.local(now).date);
    move_appointments_on(tx, now, zone);
    tx.journal().append({.at = now, .event = kDatabaseRestored, .staff = by});
    return done;
}

}  // namespace harborline::gateway
