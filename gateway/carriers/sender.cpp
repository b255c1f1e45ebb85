#include "gateway/carriers/sender.hpp"

#include <algorithm>

namespace harborline::gateway {

core::Result<core::PhoneNumber> read_sender(std::string_view written, std::string_view country) {
    if (written.empty()) return core::Error{core::ErrorKind::kMalformed, "the sender is missing"};
    auto number = core::PhoneNumber::parse(written, country);
    if (number) return number;
    if (core::looks_like_service_sender(written)) return core::PhoneNumber{};
    return core::Error{core::ErrorKind::kMalformed, "the sender is not a phone number"};
}

bool is_plain_token(std::string_view value) {
    constexpr std::size_t kMax = 64;
    return value.size() <= kMax && std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace harborline::gateway
