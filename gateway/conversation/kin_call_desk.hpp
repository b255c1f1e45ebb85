#pragma once
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/conversation/rules.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/time.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// Calls that the kinship line places by itself. Each is a row of the outbox on a voice channel, of class kKinship, and
/// all that it says is why (kinship::CallReason). A row is tried once; what is tried again is a row of its own. Used
/// within a transaction.
class KinCallDesk {
  public:
    explicit KinCallDesk(const Rules& rules) : rules_(rules) {}

    /// Whether a message is such a call, rather than words.
    static bool is_call(const Rules& rules, const core::Message& message);

    /// Whether a call from this handset may be turned away unanswered, because it is called back: it is a phone of a
    /// family, of this country; nobody has agreed with whoever has it how she may be reached, and no safety matter of
    /// hers is open; it is on no other call of which we know; and the day's calls back are not used up, nor was the
    /// latest in vain. Children rest in their quiet hours: who calls then is answered.
    bool may_call_back(storage::Transaction& tx, const storage::Handset& handset, const Memory& memory,
                       core::Instant now) const;
    /// As soon as her line is free again.
    void call_back(storage::Transaction& tx, core::HandsetId handset, Memory& memory, core::Instant now) const;

    /// Judges a call again, at the instant at which it would be placed.
    KinshipDesk::Leave let_go(storage::Transaction& tx, const core::Message& claimed, core::Instant now) const;
    /// The same once somebody has picked up.
    bool may_begin(storage::Transaction& tx, const core::Message& row, core::Instant now) const;
    /// Nobody has picked up, or it was never placed.
    void reached_nobody(storage::Transaction& tx, const core::Message& row, core::Instant now) const;

  private:
    bool may_ring(storage::Transaction& tx, const storage::Handset& handset, core::Instant now) const;
    void place_back(storage::Transaction& tx, core::HandsetId handset, int tries, core::Instant due,
                    core::Instant now) const;

    const Rules& rules_;
};

}  // namespace harborline::gateway
