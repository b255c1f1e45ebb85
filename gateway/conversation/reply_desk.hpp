#pragma once
#include <string>
#include <string_view>

#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/rules.hpp"
#include "handlers/core/case.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/message.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// How a recorded answer stands in a timeline.
std::string words_of_recording(std::string_view name);

/// What caseworkers do to a matter, and what becomes of their replies (事事有回音). Used within a transaction.
class ReplyDesk {
  public:
    ReplyDesk(const Rules& rules, DutyDesk& desk);

    /// Sends a caseworker's answer by the channel the person wrote through, within her hours. Refuses where she chose
    /// another way to be reached, wants no texts, or her number has an open safety matter and no plan (I6). In a safety
    /// matter the words go as they are, and must not say what they are about (domain rules 3.4, point 2).
    core::Result<core::OutboxId> reply(storage::Transaction& tx, core::Case matter, core::StaffId by,
                                       std::string_view text, core::Instant now);

    /// What is played to her when she is called: words, or else a caseworker's recording by its name.
    struct SpokenReply {
        std::string text{};
        std::string recording{};
    };
    /// Calls her with a caseworker's answer, within her hours, or else between 8 and 20 o'clock. Refuses as `reply`
    /// does, and where she did not ask to be called. The row's text is the encoded CallAnswer that she hears once she
    /// says that it is for her.
    core::Result<core::OutboxId> reply_by_phone(storage::Transaction& tx, core::Case matter, core::StaffId by,
                                                const SpokenReply& reply, core::Instant now);

    /// Closes a matter: with a reply that was delivered, or else with a reason why a reply is unsafe or impossible
    /// (I4): then none of its replies that still waits goes out.
    core::Result<void> close(storage::Transaction& tx, core::Case matter, core::StaffId by, std::string_view reason,
                             core::Instant now);

    /// A carrier's receipt. False for a message that is not ours. One that names it by an id that we do not know waits
    /// a while for `named`: the carrier may have been quicker than its own answer to our sending.
    bool receipt(storage::Transaction& tx, core::Receipt receipt);

    /// A call of ours has told what it had to tell to the end, or is over without: then a reply's task comes back to
    /// its owner, and a page's ladder goes on as it would have.
    void heard(storage::Transaction& tx, core::OutboxId call, bool to_the_end, core::Instant now);

    /// The carrier has answered our sending with an id of its own, by which its receipts will name this attempt.
    void named(storage::Transaction& tx, const core::Message& message, std::string_view carrier_id, core::Instant now);

    /// The carrier has a message, and gives no receipts.
    void sent_for_good(storage::Transaction& tx, const core::Message& message, core::Instant now);

    /// A message has reached a state from which it will not arrive by itself (failed, unknown, expired, dead): where it
    /// carried a reply, its owner is told, once, and with the last reply the task comes back to her; whoever wrote a
    /// relative's words is told.
    void did_not_arrive(storage::Transaction& tx, const core::Message& message, core::Instant now);

    /// A person decides that a message goes (again): it gets as much time as a new reply, and its matter is answered as
    /// with one.
    void send_again(storage::Transaction& tx, const core::Message& message, core::Instant now);
    /// A person decides that a message never goes: where it carried a reply, the task comes back to its owner.
    void drop(storage::Transaction& tx, const core::Message& message, core::Instant now);

    /// A relative's words leave, under this lease. Where nobody ever says what became of them, whoever wrote them is to
    /// know soon behind it.
    static void look_after_attempt(storage::Transaction& tx, core::OutboxId words, core::Instant lease_until);
    /// A reply's time to go out is over: where it has not gone, the task comes back to its owner. Of a relative's
    /// words: whoever wrote them is told.
    void reply_is_due(storage::Transaction& tx, core::OutboxId reply, core::Instant now);

    const Rules& rules() const { return rules_; }

  private:
    /// When a reply may begin to go out.
    struct Permission {
        core::Instant from{};
        bool by_exception = false;  ///< Against her plan: two people answer for it.
    };
    core::Result<Permission> permission(storage::Transaction& tx, const core::Case& matter, bool call,
                                        core::Instant now) const;
    bool keep(storage::Transaction& tx, const core::Receipt& receipt);
    static void ring_again(storage::Transaction& tx, const core::Message& before, core::Instant now);
    core::OutboxId send(storage::Transaction& tx, core::Case matter, core::Message message,
                        const core::CaseEntry& entry, const Permission& permission);

    const Rules& rules_;
    DutyDesk& desk_;
};

}  // namespace harborline::gateway
