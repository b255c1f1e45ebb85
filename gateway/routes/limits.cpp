#include "gateway/routes/limits.hpp"

#include <arpa/inet.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

namespace harborline::gateway {

namespace {

static_assert(std::tuple_size_v<HashKey> == crypto_shorthash_KEYBYTES);

std::uint64_t hash(std::span<const unsigned char> bytes, const HashKey& key) {
    std::array<unsigned char, crypto_shorthash_BYTES> made{};
    crypto_shorthash(made.data(), bytes.data(), bytes.size(), key.data());
    std::uint64_t number = 0;
    std::memcpy(&number, made.data(), sizeof number);
    return number;
}

std::uint64_t key_of(const core::PhoneNumber& handset, const HashKey& key) {
    const auto value = handset.value();
    std::array<unsigned char, sizeof value> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    return hash(bytes, key);
}

std::uint64_t key_of(std::string_view address, const HashKey& key) {
    constexpr std::size_t kNetworkBytes = 8;
    std::array<unsigned char, 16> bytes{};
    if (address.find(':') != std::string_view::npos &&
        ::inet_pton(AF_INET6, std::string(address).c_str(), bytes.data()))
        return hash(std::span(bytes).first(kNetworkBytes), key);
    return hash({reinterpret_cast<const unsigned char*>(address.data()), address.size()}, key);
}

}  // namespace

HandsetLimit::HandsetLimit(Rate rate, const HashKey& key) : rate_(rate), key_(key) {}

HandsetLimit::Verdict HandsetLimit::look(const core::PhoneNumber& handset, SteadyTime now) const {
    // Senders without a number share the empty one: a limit would be the limit of all of them together.
    if (handset.empty()) return {};
    const auto* used = handsets_.find(key_of(handset, key_));
    if (used == nullptr || used->was_silent(now)) return {.is_new = true};
    const auto wait = used->meter.wait(rate_, now);
    const bool is_new = wait.count() == 0 && used->events < kNewEventsMax && now < used->began + kNewFor;
    return {.is_new = is_new, .wait = wait};
}

void HandsetLimit::charge(const core::PhoneNumber& handset, SteadyTime now) {
    if (handset.empty()) return;
    auto& used = handsets_.obtain(key_of(handset, key_));
    if (used.was_silent(now)) {
        used.began = now;
        used.events = 0;
    }
    used.events = std::min(used.events + 1, kNewEventsMax);
    used.meter.charge(rate_, now);
}

StrangerLimit::StrangerLimit(Rate rate, const HashKey& key) : rate_(rate), key_(key) {}

bool StrangerLimit::knows(std::string_view address, SteadyTime now) const {
    const auto* known = known_.find(key_of(address, key_));
    return known != nullptr && known->due() + kKnownFor > now;
}

bool StrangerLimit::admits(std::string_view address, SteadyTime now) {
    if (knows(address, now)) return true;
    auto& meter = strangers_.obtain(key_of(address, key_));
    if (meter.wait(rate_, now).count() > 0) return false;
    meter.charge(rate_, now);
    return true;
}

void StrangerLimit::prove(std::string_view address, SteadyTime now) {
    constexpr Rate kUnlimited{};
    known_.obtain(key_of(address, key_)).charge(kUnlimited, now);
}

}  // namespace harborline::gateway
