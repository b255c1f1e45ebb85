#pragma once
#include <string>
#include <string_view>

#include "handlers/core/inbound.hpp"
#include "handlers/core/message.hpp"

/// What may become of a stored message, apart from how it is stored. Pure.
namespace harborline::storage::sqlite {

/// Of a red page the column `due_at` holds an instant that is this much too early: negative until 2100, so that one
/// index has these before everything else.
#define HARBORLINE_OUTBOX_AHEAD "(class = 7) * 4102444800000"
static_assert(static_cast<int>(core::MessageClass::kRedPage) == 7);

/// Whether a settlement may move a message from where it stands: a worker settles what it is sending, and says
/// what silence made of a sent one; a person releases, sends again or drops. `same_attempt` is false where the row has
/// been claimed again since the settler saw it.
bool may_settle(core::MessageState from, core::MessageState to, bool same_attempt);

/// Whether a receipt says something about a message that has had so many attempts. That a part arrived always does;
/// anything else only about the attempt that is under way or was the last.
bool is_about_this_attempt(const core::Receipt& receipt, core::MessageState state, int attempts);

/// One byte a part, 0 where nothing has come yet. Returns `receipts` with `receipt` taken in, forward only: failed is
/// more than accepted, and delivered is more than failed. One that speaks of another number of parts changes nothing.
std::string with_receipt(std::string_view receipts, const core::Receipt& receipt);

/// `receipts` with everything forgotten but the parts that arrived.
std::string arrived_parts(std::string_view receipts);

/// What the receipts of all parts amount to.
core::ReceiptState sum_of(std::string_view receipts);

/// Where a message stands after its receipts have come to `sum`.
core::MessageState after_receipt(core::MessageState from, core::ReceiptState sum);

}  // namespace harborline::storage::sqlite
