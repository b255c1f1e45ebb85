#include "gateway/conversation/kin_call_desk.hpp"

#include <chrono>
#include <string_view>

#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/core/window.hpp"
#include "handlers/kinship/call_reason.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

/// Until her phone has put the call away that we have turned away.
constexpr auto kLineFree = 5s;
constexpr auto kBackAgain = 30s;
constexpr int kBackTries = 2;
/// Whoever is called back later than this has called again, or gone home.
constexpr auto kBackWithin = 5min;

}  // namespace

bool KinCallDesk::is_call(const Rules& rules, const core::Message& message) {
    return message.kind == core::MessageClass::kKinship && rules.has_channel(message.channel) &&
           rules.channel(message.channel).kind == core::ChannelKind::kVoice;
}

bool KinCallDesk::may_ring(storage::Transaction& tx, const storage::Handset& handset, core::Instant now) const {
    const auto& settings = rules_.settings;
    if (!settings.kinship.missed_call || handset.staff || handset.opt_out == storage::OptOut::kEverything) return false;
    // No subscriber's number of China is one that costs more than others (PhoneNumber).
    if (!handset.number.is_subscriber() || !handset.number.reveal().starts_with(settings.country)) return false;
    if (core::holds(settings.kinship.quiet, rules_.zone.local(now))) return false;
    if (contact_plan(tx, handset.id).way != safety::Way::kUnasked) return false;
    if (tx.cases().latest_open_of(handset.id, core::CaseKind::kSafety)) return false;
    return !tx.people().at(handset.id).empty();
}

bool KinCallDesk::may_call_back(storage::Transaction& tx, const storage::Handset& handset, const Memory& memory,
                                core::Instant now) const {
    const auto& session = memory.session;
    const bool is_free = (session.id.empty() || session.over) && memory.talks.empty();
    const int per_day = rules_.settings.kinship.callbacks_per_day;
    return is_free && kinship::may_call_back(memory.call_backs, per_day, rules_.zone, now) &&
           may_ring(tx, handset, now);
}

void KinCallDesk::call_back(storage::Transaction& tx, core::HandsetId handset, Memory& memory,
                            core::Instant now) const {
    kinship::note_call_back(memory.call_backs, rules_.zone, now);
    place_back(tx, handset, 1, now + kLineFree, now);
}

void KinCallDesk::place_back(storage::Transaction& tx, core::HandsetId handset, int tries, core::Instant due,
                             core::Instant now) const {
    tx.outbox().add({.channel = rules_.settings.kinship.call_channel,
                     .to = handset,
                     .text = kinship::encode({.tries = tries}),
                     .kind = core::MessageClass::kKinship,
                     .created_at = now,
                     .due_at = due,
                     .expires_at = due + kBackWithin});
}

KinshipDesk::Leave KinCallDesk::let_go(storage::Transaction& tx, const core::Message& claimed,
                                       core::Instant now) const {
    if (may_begin(tx, claimed, now)) return {};
    return {.why_not = "this phone is not to be called any more"};
}

bool KinCallDesk::may_begin(storage::Transaction& tx, const core::Message& row, core::Instant now) const {
    const auto reason = kinship::read_call_reason(row.text);
    if (!reason) return false;
    if (reason->kind == kinship::CallReason::Kind::kBooked)
        return AppointmentDesk(rules_).may_ring(tx, reason->appointment, row.to, now);
    return may_ring(tx, tx.handsets().get(row.to), now);
}

void KinCallDesk::reached_nobody(storage::Transaction& tx, const core::Message& row, core::Instant now) const {
    const auto reason = kinship::read_call_reason(row.text);
    // An appointment looks by itself whether the two have talked.
    if (!reason || reason->kind != kinship::CallReason::Kind::kBack) return;
    const auto again = now + kBackAgain;
    if (reason->tries < kBackTries && again < row.expires_at)
        return place_back(tx, row.to, reason->tries + 1, again, now);
    auto known = recall(tx, tx.handsets().get(row.to));
    if (!known) return;
    known->memory.call_backs.in_vain = true;
    known->conversation.state = encode(known->memory);
    tx.conversations().put(known->conversation);
}

}  // namespace harborline::gateway
