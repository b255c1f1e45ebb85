#pragma once
#include <string_view>

#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/rules.hpp"
#include "handlers/core/case.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/message.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// What caseworkers do to a matter, and what becomes of their replies (事事有回音). Used within a transaction.
class ReplyDesk {
  public:
    ReplyDesk(const Rules& rules, DutyDesk& desk);

    /// Sends a caseworker's answer by the channel the person wrote through. Refuses where she chose another way to be
    /// reached, wants no texts, or the matter is a safety matter (I6).
    core::Result<core::OutboxId> reply(storage::Transaction& tx, core::Case matter, core::StaffId by,
                                       std::string_view text, core::Instant now);

    /// Closes a matter: with a reply that was delivered, or else with a reason why a reply is unsafe or impossible
    /// (I4).
    core::Result<void> close(storage::Transaction& tx, core::Case matter, core::StaffId by, std::string_view reason,
                             core::Instant now);

    /// A carrier's receipt. False for a message that is not ours. One that names it by an id that we do not know waits
    /// a while for `named`: the carrier may have been quicker than its own answer to our sending.
    bool receipt(storage::Transaction& tx, core::Receipt receipt);

    /// The carrier has answered our sending with an id of its own, by which its receipts will name this attempt.
    void named(storage::Transaction& tx, const core::Message& message, std::string_view carrier_id, core::Instant now);

    /// A message has reached a state from which it will not arrive by itself (failed, unknown, expired, dead): where it
    /// carried a reply, the task comes back to its owner.
    void did_not_arrive(storage::Transaction& tx, const core::Message& message, core::Instant now);

    /// A person decides that a message goes (again): it gets as much time as a new reply.
    void send_again(storage::Transaction& tx, const core::Message& message, core::Instant now);
    /// A person decides that a message never goes: where it carried a reply, the task comes back to its owner.
    void drop(storage::Transaction& tx, const core::Message& message, core::Instant now);

    /// A reply's time to go out is over: where it has not gone, the task comes back to its owner.
    void reply_is_due(storage::Transaction& tx, core::OutboxId reply, core::Instant now);

  private:
    const Rules& rules_;
    DutyDesk& desk_;
};

}  // namespace harborline::gateway
