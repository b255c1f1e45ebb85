#include "gateway/calls/call_placer.hpp"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <utility>

namespace harborline::gateway {

namespace {

using boost::asio::awaitable;
using Kind = PlacedEnd::Kind;

/// The switch counts in whole seconds, and says its word a little later.
constexpr std::chrono::seconds kBeyondRing{5};
/// The name is in use, or too many calls at once: the switch says the same of both.
constexpr std::string_view kMaybeInUse = "DESTINATION_OUT_OF_ORDER";

/// A uuid of the hash of a text (RFC 9562, version 8).
std::string uuid_of(std::string_view text) {
    std::array<std::uint8_t, 16> hash{};
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    crypto_generichash(hash.data(), hash.size(), bytes, text.size(), nullptr, 0);
    hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0fU) | 0x80U);
    hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3fU) | 0x80U);
    std::array<char, 33> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    std::string uuid(hex.data());
    for (const std::size_t dash : {8, 13, 18, 23}) uuid.insert(dash, 1, '-');
    return uuid;
}

std::string name_of(std::string_view what, core::OutboxId id, int attempt) {
    return uuid_of("harborline " + std::string(what) + " " + std::to_string(id.value) + " " + std::to_string(attempt));
}

SendResult::Kind send_kind(Kind kind) {
    switch (kind) {
        case Kind::kAnswered:
            return SendResult::Kind::kSent;
        case Kind::kNoNumber:
            return SendResult::Kind::kRefused;
        case Kind::kUnknown:
            return SendResult::Kind::kUnknown;
        case Kind::kBusy:
        case Kind::kNoAnswer:
        case Kind::kDeclined:
        case Kind::kEnded:
        case Kind::kFailed:
            break;
    }
    return SendResult::Kind::kRetry;
}

SendResult not_placed(const core::Error& error) {
    SendResult result{.kind = SendResult::Kind::kRetry, .reason = error.message};
    if (error.kind == core::ErrorKind::kMalformed) result.kind = SendResult::Kind::kRefused;
    // That very attempt is under way: another would ring her twice.
    if (error.kind == core::ErrorKind::kConflict) result.kind = SendResult::Kind::kUnknown;
    return result;
}

SendResult result_of(const PlacedEnd& end) {
    SendResult result{.kind = send_kind(end.kind), .reason = std::string(words_of(end.kind))};
    if (!end.cause.empty()) result.reason += " (" + end.cause + ")";
    return result;
}

}  // namespace

std::string call_name(core::OutboxId id, int attempt) {
    return name_of("call", id, attempt);
}

awaitable<SendResult> CallPlacer::place(OutgoingCall call) {
    const std::string name = call_name(call.id, call.attempt);
    auto command = call.command(name);
    if (!command) co_return not_placed(command.error());
    CallOrder order;
    order.job = name_of("job", call.id, call.attempt);
    order.legs.push_back(name);
    order.command = std::move(*command);
    const auto guard = call.ring + kBeyondRing;
    const auto end = co_await socket_.originate(std::move(order), guard);
    if (!end) co_return not_placed(end.error());

    SendResult result = result_of(*end);
    if (end->kind == Kind::kFailed && end->cause == kMaybeInUse) {
        const auto is_up = co_await socket_.exists(name);
        if (is_up && *is_up) result.kind = SendResult::Kind::kSent;
        if (!is_up) result.kind = SendResult::Kind::kUnknown;
    }
    if (result.kind == SendResult::Kind::kSent) result.carrier_id = name;
    co_return result;
}

}  // namespace harborline::gateway
