#include "handlers/kinship/call_reason.hpp"

#include <charconv>
#include <cstdint>

namespace harborline::kinship {
namespace {

constexpr std::string_view kBackMark = "back ";
constexpr std::string_view kBookedMark = "booked ";
constexpr std::int64_t kTriesMax = 100;

/// From 1.
std::optional<std::int64_t> read_from_one(std::string_view digits) {
    std::int64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end || value < 1) return std::nullopt;
    return value;
}

}  // namespace

std::string encode(const CallReason& reason) {
    if (reason.kind == CallReason::Kind::kBooked)
        return std::string{kBookedMark} + std::to_string(reason.appointment.value);
    return std::string{kBackMark} + std::to_string(reason.tries);
}

std::optional<CallReason> read_call_reason(std::string_view written) {
    const bool booked = written.starts_with(kBookedMark);
    if (!booked && !written.starts_with(kBackMark)) return std::nullopt;
    const auto number = read_from_one(written.substr((booked ? kBookedMark : kBackMark).size()));
    if (!number) return std::nullopt;
    if (booked) return CallReason{.kind = CallReason::Kind::kBooked, .appointment = {*number}};
    if (*number > kTriesMax) return std::nullopt;
    return CallReason{.tries = static_cast<int>(*number)};
}

}  // namespace harborline::kinship
