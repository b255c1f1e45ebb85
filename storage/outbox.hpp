#pragma once
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/inbound.hpp"
#include "handlers/core/message.hpp"

namespace harborline::storage {

/// What a worker asks for.
struct OutboxClaim {
    std::string channel{};
    core::Instant now{};
    core::Instant lease_until{};                         ///< Must be after `now`.
    int limit = 0;                                       ///< Messages in all,
    int ordinary_max = std::numeric_limits<int>::max();  ///< and of those that are no red pages.
    std::vector<core::OutboxId> under_way{};             ///< The worker's own, passed over whatever the clock says.
    core::OutboxId only{};                               ///< Nothing but this one, where it is due.
};

/// One message that told a caseworker of her page, without its words.
struct PageMessage {
    core::OutboxId id{};
    std::string channel{};
    core::Instant created_at{};
    core::MessageState state = core::MessageState::kWaiting;
};

/// Messages waiting to leave the building and what became of them. A row is written in the same transaction as the
/// turn that caused it, so a crash can delay a message but never lose or invent one.
class Outbox {
  public:
    virtual ~Outbox() = default;

    /// Needs an expiry (I11): throws std::logic_error where `expires_at` is not after `created_at`.
    virtual core::OutboxId add(const core::Message& message) = 0;
    /// Words that do not open are empty, here and in every list, where the message is not about to be sent: it must not
    /// stop others, and can still be looked at and dropped. Sent again, it is dead before it goes.
    virtual std::optional<core::Message> find(core::OutboxId id) = 0;

    /// Takes messages of a channel that are due and hides them until the lease is over (state kSending, attempts + 1):
    /// red pages first, the others in the order in which they fell due. A worker that dies lets its lease run out; the
    /// row then comes back with `repeats` + 1 where its class may be repeated, else it becomes kUnknown. Expired rows
    /// become kExpired and are not returned; one that expired after an attempt that may have arrived becomes kUnknown.
    virtual std::vector<core::Message> claim_due(const OutboxClaim& wanted) = 0;
    std::vector<core::Message> claim_due(std::string_view channel, core::Instant now, core::Instant lease_until,
                                         int limit) {
        return claim_due({.channel = std::string{channel}, .now = now, .lease_until = lease_until, .limit = limit});
    }
    /// What `claim_due` would look at, nothing of it opened: one row that can not be read must not stop its channel.
    virtual std::vector<core::OutboxId> due(const OutboxClaim& wanted) = 0;
    /// An unsent row that can not be claimed is due again at `later`, its attempts + 1; at every multiple of
    /// `attempts_max`, and where it would have expired by then, it is dead. Nothing else of it is read or written.
    /// True: dead now.
    virtual bool set_aside(core::OutboxId id, core::Instant later, int attempts_max, std::string_view reason) = 0;
    /// Writes what became of one attempt: state, due_at, repeats and reason of `message`. Does nothing where the
    /// message has moved on meanwhile: delivered by a receipt, dropped by a person, claimed again by another worker
    /// (which then may only hear that it was sent). Also how silence makes a sent message unknown, and how a person
    /// drops one or, with kWaiting and a new due_at, sends a dead, failed, unknown, expired or held one (again).
    virtual void settle(const core::Message& message) = 0;
    /// Gives back what `claim_due` has just taken, as if nobody had: the message waits until `due_at`, and this was no
    /// attempt.
    virtual void put_back(const core::Message& claimed, core::Instant due_at) = 0;
    /// Keeps one part's receipt, moving forward only, and says what the receipts of all parts so far amount to:
    /// kFailed when one part failed, kDelivered when every part arrived. That a part arrived is a fact whichever
    /// attempt brought it; that it failed says nothing about a later attempt. Empty for an unknown message.
    virtual std::optional<core::ReceiptState> record_receipt(const core::Receipt& receipt) = 0;

    /// A decision from outside an attempt: a person sends again, releases or drops; nobody waits for a receipt any
    /// more. What goes again though it may have arrived, sent or unknown, has `repeats` + 1.
    virtual void move(core::OutboxId id, core::MessageState state, core::Instant due_at, core::Instant expires_at) = 0;

    /// Sent before `before` and still without a final receipt.
    virtual std::vector<core::Message> without_receipt(core::Instant before, int limit) = 0;
    virtual std::vector<core::Message> in_state(core::MessageState state, int limit) = 0;
    /// How a page was told, each time, alone or in one text with others, oldest first.
    virtual std::vector<PageMessage> messages_of(core::PageId page) = 0;
    /// Waiting or being sent, on all channels.
    virtual std::size_t count_waiting() = 0;
    /// Every unsent row becomes kHeld. Says how many.
    virtual int hold_unsent() = 0;
};

}  // namespace harborline::storage
