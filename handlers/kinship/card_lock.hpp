#pragma once
#include "handlers/core/family.hpp"
#include "handlers/core/time.hpp"

/// What keeps the PIN of a card from being tried through. Two counts of misses: of the pair (card, phone), and of the
/// card alone, from phones that are not its child's own (`is_own_phone`: one of those written down for the child). Ask
/// both before a PIN is compared; while either says locked, nothing opens. The PIN that calls for help is compared all
/// the same: nobody can lock it. 9 and 0 are open always.
namespace harborline::kinship {

/// Five misses lock the pair for a day. A child that has forgotten its PIN is let in the next day without anybody's
/// help, and one phone still needs years for ten thousand PINs.
bool pair_locked(const core::PinMisses& pair, core::Instant now);

/// Five misses lock the card, whatever phones they came from: for 15 minutes, then for twice as long each time, at most
/// for a day. Never for the child's own phones: no stranger shuts it out there.
bool card_locked(const core::PinMisses& card, bool is_own_phone, core::Instant now);

/// A wrong PIN. A miss is forgotten when none has followed it for a day; of the locks one with each day without a miss
/// on which the card was not locked. Changes nothing while either is locked.
void note_miss(core::PinMisses& pair, core::PinMisses& card, bool is_own_phone, core::Instant now);

/// The right PIN: the misses are forgotten. How often the card was locked is not: whoever tries between the days on
/// which its child opens it waits ever longer.
void note_opened(core::PinMisses& pair, core::PinMisses& card);

}  // namespace harborline::kinship
