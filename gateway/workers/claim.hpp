#pragma once
#include <string_view>
#include <vector>

#include "gateway/conversation/rules.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/phone_number.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// A message that a worker has taken.
struct Claimed {
    core::Message message{};
    core::PhoneNumber number{};
    std::string_view why_not{};  ///< Why it must not go; empty: it may.
};

/// Takes what is due on a channel and asks of each, in the same transaction, whether it may leave now: I6, the sender
/// refuses, not the staff's memory; a call for a page goes only while that calls for somebody; and relatives' words,
/// which come in here, only where they may still pass (I8). What has to wait for an hour goes back until it begins, at
/// the latest until its expiry, and is not returned; what must never go is returned with the reason.
std::vector<Claimed> claim_allowed(storage::Transaction& tx, const storage::OutboxClaim& wish, core::ChannelKind kind,
                                   const Rules& rules);

}  // namespace harborline::gateway
