#include "config/checks.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <charconv>
#include <cstdint>
#include <stdexcept>

#include "config/network.hpp"

namespace harborline::config {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool all_digits(std::string_view text, std::size_t size_min, std::size_t size_max) {
    return text.size() >= size_min && text.size() <= size_max && std::all_of(text.begin(), text.end(), is_digit);
}

template <std::size_t N>
bool is_one_of(const std::string& text, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_token(const std::string& text) {
    // 22 characters of 6 bits are the least that holds 128 bits.
    return text.size() >= 22 && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || is_lower(c) || is_upper(c) || c == '-' || c == '_';
           });
}

bool is_signature(const std::string& text) {
    constexpr std::string_view open = "【";
    constexpr std::string_view close = "】";
    if (text.empty()) return true;
    if (!text.starts_with(open) || !text.ends_with(close) || text.size() > 90) return false;
    const auto inner = text.substr(open.size(), text.size() - open.size() - close.size());
    return !inner.empty() && inner.find(open) == std::string::npos && inner.find(close) == std::string::npos;
}

bool is_channel_name(const std::string& text) {
    return !text.empty() && text.size() <= 32 && is_lower(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_language(const std::string& text) {
    if (text.size() != 2 && text.size() != 5) return false;
    if (!is_lower(text[0]) || !is_lower(text[1])) return false;
    return text.size() == 2 || (text[2] == '-' && is_upper(text[3]) && is_upper(text[4]));
}

bool is_timezone(const std::string& text) {
    try {
        date::locate_zone(text);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

/// Boost.URL 1.81 wraps a port beyond 65535 around.
bool is_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return error == std::errc{} && end == digits.data() + digits.size() && port != 0;
}

bool is_url(const std::string& text) {
    const auto url = boost::urls::parse_uri(text);
    if (!url || (url->has_port() && !is_port(url->port())) || url->host().empty() || url->has_userinfo() ||
        url->has_fragment() || url->has_query())
        return false;
    return url->scheme() == "http" || url->scheme() == "https";
}

bool is_field_name(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || is_lower(c) || is_upper(c) || c == '-' || c == '_' || c == '.';
    });
}

bool is_short_and_printable(const std::string& text) {
    return !text.empty() && text.size() <= 32 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_service_code(const std::string& text) {
    return text.size() >= 2 && text.size() <= 32 &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '*' || c == '#'; });
}

}  // namespace

const Check kAnyText{"", [](const std::string&) { return true; }};
const Check kNotEmpty{"not empty", [](const std::string& text) { return !text.empty(); }};
const Check kWebhookToken{"22 to 128 characters of A-Z a-z 0-9 - _ (128 bits at least)", is_token};
const Check kSignature{"as registered, within 【】, or empty", is_signature};
const Check kChannelName{"1 to 32 characters of a-z 0-9 -, a letter first", is_channel_name};
const Check kOptionalChannelName{"the name of a channel, or empty",
                                 [](const std::string& text) { return text.empty() || is_channel_name(text); }};
const Check kCarrier{
    "\"kannel\", \"africastalking\", \"twilio\", \"signalwire\", \"somleng\", \"freeswitch\", \"ussd-gateway\" or "
    "\"handset\"",
    [](const std::string& text) {
        return is_one_of(text, std::array<std::string_view, 8>{"kannel", "africastalking", "twilio", "signalwire",
                                                               "somleng", "freeswitch", "ussd-gateway", "handset"});
    }};
const Check kLanguage{"a language tag such as zh-CN or en", is_language};
const Check kDigits{"3 to 20 digits, or empty",
                    [](const std::string& text) { return text.empty() || all_digits(text, 3, 20); }};
const Check kNumber{"3 to 20 digits, a plus before them where the carrier wants it, or empty",
                    [](const std::string& text) {
                        const std::string_view digits = std::string_view{text}.substr(text.starts_with('+') ? 1 : 0);
                        return text.empty() || all_digits(digits, 3, 20);
                    }};
const Check kCountry{"a country code: 1 to 3 digits, no plus",
                     [](const std::string& text) { return all_digits(text, 1, 3) && text.front() != '0'; }};
const Check kAddress{"an IPv4 or IPv6 address of this machine", [](const std::string& text) {
                         return text.find('/') == std::string::npos && Network::parse(text).has_value();
                     }};
const Check kNetworkBlock{"blocks such as 10.0.0.0/8 or ::1/128",
                          [](const std::string& text) { return Network::parse(text).has_value(); }};
const Check kTimezone{"a name of the time zone database, such as Asia/Shanghai", is_timezone};
const Check kUrl{"http:// or https://host:port/path, without user, query or fragment", is_url};
const Check kFieldName{"1 to 64 characters of A-Z a-z 0-9 - _ .", is_field_name};
const Check kShortWords{"1 to 32 characters that can be printed", is_short_and_printable};
const Check kServiceCode{"2 to 32 characters of 0-9 * #", is_service_code};
const Check kLogLevel{"debug, info, warn or error", [](const std::string& text) {
                          return is_one_of(text, std::array<std::string_view, 4>{"debug", "info", "warn", "error"});
                      }};

}  // namespace harborline::config
