#include "gateway/people/card_pin.hpp"

#include <cstddef>
#include <cstdint>

namespace harborline::gateway {
namespace {

constexpr std::uint64_t kFirstCard = 10'000'000;
constexpr std::uint64_t kCards = 70'000'000;
constexpr std::size_t kPinDigits = 4;
constexpr std::uint64_t kPins = 10'000;
constexpr int kDifferentPlaces = 3;

/// Also over the end: 8901.
bool is_even_ladder(std::string_view pin) {
    const int step = (pin[1] - pin[0] + 10) % 10;
    for (std::size_t at = 2; at < pin.size(); ++at)
        if ((pin[at] - pin[at - 1] + 10) % 10 != step) return false;
    return true;
}

int differing_places(std::string_view one, std::string_view other) {
    int differing = 0;
    for (std::size_t at = 0; at < kPinDigits; ++at) differing += one[at] != other[at] ? 1 : 0;
    return differing;
}

}  // namespace

std::string draw_card_number(core::Random& random) {
    return std::to_string(kFirstCard + random.below(kCards));
}

std::string draw_card_pin(core::Random& random) {
    for (;;) {
        const auto drawn = std::to_string(random.below(kPins));
        auto pin = std::string(kPinDigits - drawn.size(), '0') + drawn;
        if (!is_even_ladder(pin)) return pin;
    }
}

std::string draw_duress_pin(std::string_view pin, core::Random& random) {
    for (;;) {
        auto other = draw_card_pin(random);
        if (differing_places(pin, other) >= kDifferentPlaces) return other;
    }
}

}  // namespace harborline::gateway
