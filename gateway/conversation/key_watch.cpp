#include "gateway/conversation/key_watch.hpp"

namespace harborline::gateway {
namespace {

constexpr auto kKeyBackedUp = "key_backed_up";

}  // namespace

bool is_key_backed_up(storage::Transaction& tx) {
    return tx.journal().last(kKeyBackedUp) > core::Instant{};
}

void note_key_backed_up(storage::Transaction& tx, core::StaffId by, core::Instant now) {
    tx.journal().append({.at = now, .event = kKeyBackedUp, .staff = by});
}

}  // namespace harborline::gateway
