#include "gateway/carriers/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

namespace harborline::gateway {
namespace {

using std::chrono::seconds;

constexpr seconds kLongest{24 * 3600};

std::optional<seconds> read_seconds(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = !digits.empty() && end == digits.data() + digits.size() && digits.front() != '-';
    if (whole && error == std::errc::result_out_of_range) return kLongest;
    if (!whole || error != std::errc{}) return std::nullopt;
    return std::min(seconds{value}, kLongest);
}

/// The one form that is written today: Sun, 06 Nov 1994 08:49:37 GMT.
std::optional<std::chrono::sys_seconds> read_date(std::string_view text) {
    std::istringstream in{std::string{text}};
    in.imbue(std::locale::classic());
    std::tm parts{};
    in >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S GMT");
    const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                          std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                          std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
    if (in.fail() || !day.ok()) return std::nullopt;
    return std::chrono::sys_days{day} + std::chrono::hours{parts.tm_hour} + std::chrono::minutes{parts.tm_min} +
           seconds{parts.tm_sec};
}

}  // namespace

std::optional<seconds> read_retry_after(std::string_view value, std::string_view date) {
    if (const auto wait = read_seconds(value)) return wait;
    const auto until = read_date(value);
    const auto said_at = read_date(date);
    if (!until || !said_at) return std::nullopt;
    return std::clamp(*until - *said_at, seconds{0}, kLongest);
}

}  // namespace harborline::gateway
