// A number as anybody writes it; the first byte chooses the country.
#include "handlers/core/phone_number.hpp"

#include <array>
#include <sstream>

#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    using core::PhoneNumber;
    constexpr std::array<std::string_view, 9> kCountries{"86", "1", "44", "39", "36", "7", "254", "", "999"};
    Draw draw{input};
    const std::string_view country = kCountries.at(draw.below(kCountries.size()));
    const std::string_view written = draw.rest();

    core::looks_like_service_sender(written);
    const auto number = PhoneNumber::parse(written, country);
    if (!number) return;
    require(!number->empty(), "a number that was read is one");
    const auto again = PhoneNumber::parse(number->reveal_e164(), country);
    require(again.has_value() && *again == *number, "a number that is printed reads back");
    require(PhoneNumber::from_value(number->value()) == *number, "a stored number is the same");
    require(number->value() <= static_cast<std::uint64_t>(INT64_MAX), "a number fits into a column");
    require(number->is_subscriber() == number->reveal_e164().starts_with('+'), "a subscriber has a plus");
    require(number->reveal().size() <= (number->is_subscriber() ? 15U : 17U), "a number is not too long");
    std::ostringstream out;
    out << *number;
    require(out.str() == "(a number)", "a number is never printed");
    require(number->masked().find(number->reveal()) == std::string::npos, "a masked number is masked");
}
