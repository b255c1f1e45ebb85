#pragma once
#include <string>
#include <string_view>

#include "handlers/core/random.hpp"

/// What a child's card is drawn from.
namespace harborline::gateway {

/// In the journal, with the child's external id.
inline constexpr auto kCardPinSet = "card_pin_set";

/// 8 digits, the first 1 to 7: none of them alone is one of our keys.
std::string draw_card_number(core::Random& random);
/// 4 digits that are not guessed first: none that go up or down by the same step (0000, 1234, 2468, 9876).
std::string draw_card_pin(core::Random& random);
/// Another one, which calls for help. Differs from `pin` in three places or more: neither one wrong key nor two that
/// have changed places make an alarm.
std::string draw_duress_pin(std::string_view pin, core::Random& random);

}  // namespace harborline::gateway
