#include "storage/sqlite/outbox_rules.hpp"

#include <algorithm>

namespace harborline::storage::sqlite {

using core::MessageState;
using core::ReceiptState;

bool may_settle(MessageState from, MessageState to, bool same_attempt) {
    const bool by_a_person = to == MessageState::kWaiting || to == MessageState::kDropped;
    switch (from) {
        case MessageState::kSending:
            // A worker whose lease ran out may still tell that the message went, but not send it into a third round.
            return same_attempt || to == MessageState::kSent || to == MessageState::kDropped;
        case MessageState::kWaiting:
            return to == MessageState::kDropped || to == MessageState::kHeld || to == MessageState::kSent ||
                   to == MessageState::kWaiting;
        case MessageState::kSent:
            return to == MessageState::kUnknown || to == MessageState::kFailed || to == MessageState::kDelivered;
        case MessageState::kUnknown:
            return by_a_person || to == MessageState::kSent || to == MessageState::kFailed ||
                   to == MessageState::kDelivered;
        case MessageState::kFailed:
        case MessageState::kExpired:
        case MessageState::kDead:
        case MessageState::kHeld:
            return by_a_person;
        case MessageState::kDelivered:
        case MessageState::kDropped:
            return false;
    }
    return false;
}

namespace {

constexpr char byte_of(ReceiptState state) {
    return static_cast<char>(static_cast<int>(state) + 1);
}

}  // namespace

bool is_about_this_attempt(const core::Receipt& receipt, MessageState state, int attempts) {
    if (receipt.state == ReceiptState::kDelivered) return true;
    return state != MessageState::kWaiting && (receipt.attempt == 0 || receipt.attempt >= attempts);
}

std::string with_receipt(std::string_view receipts, const core::Receipt& receipt) {
    std::string taken_in{receipts};
    const std::size_t part = std::max<std::size_t>(receipt.part, 1);
    const std::size_t parts = std::max<std::size_t>(receipt.parts, 1);
    if (part > parts || (!receipts.empty() && receipts.size() != parts)) return taken_in;
    taken_in.resize(parts, '\0');
    char& known = taken_in[part - 1];
    if (known != byte_of(ReceiptState::kDelivered))
        known = receipt.state == ReceiptState::kDelivered ? byte_of(receipt.state)
                                                          : std::max(known, byte_of(receipt.state));
    return taken_in;
}

std::string arrived_parts(std::string_view receipts) {
    std::string arrived{receipts};
    std::ranges::replace_if(
        arrived, [](char part) { return part != byte_of(ReceiptState::kDelivered); }, '\0');
    return arrived;
}

ReceiptState sum_of(std::string_view receipts) {
    const auto is = [](ReceiptState state) { return [state](char part) { return part == byte_of(state); }; };
    if (receipts.empty()) return ReceiptState::kBuffered;
    if (std::any_of(receipts.begin(), receipts.end(), is(ReceiptState::kFailed))) return ReceiptState::kFailed;
    if (std::all_of(receipts.begin(), receipts.end(), is(ReceiptState::kDelivered))) return ReceiptState::kDelivered;
    if (std::any_of(receipts.begin(), receipts.end(), is(ReceiptState::kDelivered))) return ReceiptState::kAccepted;
    return std::any_of(receipts.begin(), receipts.end(), is(ReceiptState::kAccepted)) ? ReceiptState::kAccepted
                                                                                      : ReceiptState::kBuffered;
}

MessageState after_receipt(MessageState from, ReceiptState sum) {
    // Delivered is a fact whatever we had made of the message meanwhile. Failed says nothing about the attempt that a
    // waiting message still has before it.
    if (sum == ReceiptState::kDelivered) return MessageState::kDelivered;
    const bool went = from == MessageState::kSending || from == MessageState::kSent || from == MessageState::kUnknown;
    return sum == ReceiptState::kFailed && went ? MessageState::kFailed : from;
}

}  // namespace harborline::storage::sqlite
