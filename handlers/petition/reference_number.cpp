#include "handlers/petition/reference_number.hpp"

#include <algorithm>
#include <array>

namespace harborline::petition {

namespace {

constexpr std::uint64_t kFirst = 1'000'000;  // The lowest seven digits that begin with 1; the highest begin with 7.
constexpr std::size_t kDigits = 8;

// Damm's quasigroup of order 10; its diagonal is 0, which is what makes 0 the sign of a right number.
constexpr std::array<std::string_view, 10> kDamm{"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
                                                 "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"};

}  // namespace

char damm_digit(std::string_view digits) {
    char interim = '0';
    for (const char digit : digits) interim = kDamm.at(interim - '0').at(digit - '0');
    return interim;
}

ReferenceNumbers::ReferenceNumbers(const Key& key) : permutation_(key, kMatters) {}

core::Result<std::string> ReferenceNumbers::of(core::CaseId id) const {
    if (id.value < 1 || id.value > kMatters)
        return core::Error{core::ErrorKind::kRefused,
                           "The reference numbers are used up: 8 digits hold 7,000,000 matters."};
    auto reference = std::to_string(kFirst + permutation_.forward(static_cast<std::uint64_t>(id.value - 1)));
    reference += damm_digit(reference);
    return reference;
}

std::optional<core::CaseId> ReferenceNumbers::id_of(std::string_view reference) const {
    const auto is_digit = [](char sign) { return sign >= '0' && sign <= '9'; };
    if (reference.size() != kDigits || !std::ranges::all_of(reference, is_digit)) return std::nullopt;
    if (reference[0] < '1' || reference[0] > '7' || damm_digit(reference) != '0') return std::nullopt;
    std::uint64_t told = 0;
    for (const char digit : reference.substr(0, kDigits - 1))
        told = told * 10 + static_cast<std::uint64_t>(digit - '0');
    return core::CaseId{static_cast<std::int64_t>(permutation_.backward(told - kFirst)) + 1};
}

}  // namespace harborline::petition
