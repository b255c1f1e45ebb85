#include "handlers/core/phone_number.hpp"

#include <charconv>
#include <ostream>

#include "handlers/core/calling_codes.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::core {
namespace {

/// A service port keeps its digits as dialled, behind this mark, because read as E.164 it could pass for somebody
/// abroad: 12520… for North America, 955… for Myanmar. Mark and 17 digits fit into 63 bits.
constexpr std::uint64_t kServiceMark = 1'000'000'000'000'000'000ULL;
/// A call without a number, behind which stands its hash.
constexpr std::uint64_t kCallMark = 2 * kServiceMark;
constexpr std::size_t kServiceDigits = 17;
constexpr std::size_t kE164Digits = 15;
constexpr std::size_t kShortCodeDigits = 6;
constexpr std::size_t kWrittenBytes = 96;  ///< A number in full-width digits with room for dashes.
constexpr std::size_t kSenderBytes = 64;

const Error kNoNumber{ErrorKind::kMalformed, "this is not a phone number"};

struct Written {
    bool international = false;  ///< A plus or 00 came before the digits.
    std::string digits{};
};

constexpr bool is_separator(char32_t c) {
    switch (c) {
        case U' ':
        case U'\t':
        case U'-':
        case U'.':
        case U'/':
        case U'(':
        case U')':
        case U'\u00A0':
        case U'\u3000':  // no-break and ideographic space
        case U'\uFF08':
        case U'\uFF09':
        case U'\uFF0D':  // full-width brackets and dash
        case U'\u2010':
        case U'\u2011':
        case U'\u2012':
        case U'\u2013':
        case U'\u2014':
        case U'\u202A':
        case U'\u202C':
        case U'\u200E':  // marks of direction that come along with copied numbers
            return true;
        default:
            return false;
    }
}

constexpr char ascii_digit(char32_t c) {
    if (c >= U'0' && c <= U'9') return static_cast<char>(c);
    if (c >= U'\uFF10' && c <= U'\uFF19') return static_cast<char>('0' + (c - U'\uFF10'));
    return 0;
}

/// Only digits and what people put between them; empty digits where there is anything else.
Written read_written(std::string_view text) {
    Written written;
    if (text.size() > kWrittenBytes || !is_valid_utf8(text)) return {};
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_code_point(text, at);
        if (const char digit = ascii_digit(c)) {
            written.digits.push_back(digit);
        } else if ((c == U'+' || c == U'\uFF0B') && !written.international && written.digits.empty()) {
            written.international = true;
        } else if (!is_separator(c)) {
            return {};
        }
    }
    if (!written.international && written.digits.starts_with("00")) {
        written.international = true;
        written.digits.erase(0, 2);
    }
    return written;
}

std::uint64_t to_value(std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

/// Mobiles 13…–19…, eleven digits (MIIT numbering plan).
constexpr bool is_chinese_mobile(std::string_view national) {
    return national.size() == 11 && national[0] == '1' && national[1] >= '3';
}

/// Area codes 10 and 2x with eight digits, all others with seven or eight; no local number begins with 0 or 1.
constexpr bool is_chinese_landline(std::string_view national) {
    if (national.size() < 10 || national[0] == '0') return false;
    const bool wide = national.starts_with("10") || national[0] == '2';
    if (!wide && (national[0] < '3' || national.starts_with("400") || national.starts_with("800"))) return false;
    const std::string_view local = national.substr(wide ? 2 : 3);
    return local[0] > '1' && (local.size() == 8 || (!wide && local.size() == 7));
}

constexpr bool is_north_american(std::string_view national) {
    return national.size() == 10 && national[0] >= '2' && national[3] >= '2';
}

constexpr bool fits_plan(const CallingCode& country, std::string_view national) {
    if (country.code == 86) return is_chinese_mobile(national) || is_chinese_landline(national);
    if (country.code == 1) return is_north_american(national);
    return national.size() >= country.shortest && national.size() <= country.longest;
}

std::size_t code_digits(const CallingCode& country) {
    return country.code < 10 ? 1 : country.code < 100 ? 2 : 3;
}

/// Whether these are the digits of a subscriber, code first; a trunk prefix that slipped in after the code, as in
/// +86 (0)451…, is cut out.
bool read_international(std::string& digits) {
    const CallingCode* country = calling_code_of(digits);
    if (country == nullptr) return false;
    const std::size_t code = code_digits(*country);
    if (digits.size() <= kE164Digits && fits_plan(*country, std::string_view{digits}.substr(code))) return true;
    if (country->trunk.empty() || !std::string_view{digits}.substr(code).starts_with(country->trunk)) return false;
    std::string without = digits;
    without.erase(code, country->trunk.size());
    if (without.size() > kE164Digits || !fits_plan(*country, std::string_view{without}.substr(code))) return false;
    digits = std::move(without);
    return true;
}

/// A national form of `country`; puts the code before it. A Chinese landline needs its trunk 0: without it 1069… is a
/// port and not Beijing.
bool read_national(std::string& digits, const CallingCode& country) {
    std::string_view national = digits;
    const bool trunk = !country.trunk.empty() && national.starts_with(country.trunk);
    if (trunk) national.remove_prefix(country.trunk.size());
    const bool fits = country.code == 86 && !trunk ? is_chinese_mobile(national) : fits_plan(country, national);
    const bool short_code = !trunk && national.size() <= kShortCodeDigits;
    if (!fits || short_code || national.size() + code_digits(country) > kE164Digits) return false;
    digits = std::to_string(country.code) + std::string{national};
    return true;
}

/// Short codes of every network (3 to 6 digits) and, in China, ports and service lines of any length.
bool is_service_port(std::string_view digits, const CallingCode* home) {
    if (digits.size() < 3 || digits.size() > kServiceDigits || digits[0] == '0') return false;
    if (digits.size() <= kShortCodeDigits) return true;
    if (home == nullptr || home->code != 86) return false;
    return (digits[0] == '1' && digits[1] < '3') || digits.starts_with("95") || digits.starts_with("96") ||
           digits.starts_with("400") || digits.starts_with("800");
}

}  // namespace

Result<PhoneNumber> PhoneNumber::parse(std::string_view written, std::string_view default_country) {
    auto [international, digits] = read_written(written);
    if (digits.empty()) return kNoNumber;
    const CallingCode* home = calling_code_of(default_country);

    if (!international && home != nullptr && read_national(digits, *home)) return from_value(to_value(digits));

    const bool home_code = home != nullptr && calling_code_of(digits) == home;
    // Without a plus a port comes first: somebody abroad is always written with one.
    const bool dialled_port = !international && is_service_port(digits, home);
    if ((home_code || !dialled_port) && read_international(digits)) return from_value(to_value(digits));
    // A carrier may flag a port as international, with our own country code before it or without.
    std::string_view port = digits;
    if (home_code && !dialled_port) port.remove_prefix(code_digits(*home));
    if (is_service_port(port, home)) return from_value(kServiceMark + to_value(port));
    return kNoNumber;
}

PhoneNumber PhoneNumber::of_call(std::string_view call) {
    // FNV-1a: the same on every machine and in every run.
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    for (const char c : call) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
    return from_value(kCallMark + hash % kServiceMark);
}

std::string PhoneNumber::reveal() const {
    if (empty() || digits_ >= kCallMark) return {};
    return std::to_string(digits_ >= kServiceMark ? digits_ - kServiceMark : digits_);
}

std::string PhoneNumber::reveal_e164() const {
    return is_subscriber() ? "+" + reveal() : reveal();
}

std::string PhoneNumber::masked() const {
    std::string digits = reveal();
    if (digits.starts_with("86") && is_subscriber()) digits.erase(0, 2);
    if (digits.size() < 9) return empty() ? "" : "****";
    return digits.substr(0, 3) + "****" + digits.substr(digits.size() - 4);
}

bool PhoneNumber::is_subscriber() const {
    return digits_ != 0 && digits_ < kServiceMark;
}

PhoneNumber PhoneNumber::from_value(std::uint64_t digits) {
    PhoneNumber number;
    number.digits_ = digits;
    return number;
}

std::ostream& operator<<(std::ostream& out, const PhoneNumber& number) {
    return out << (number.empty() ? "(no number)" : "(a number)");
}

bool looks_like_service_sender(std::string_view written) {
    if (written.empty() || written.size() > kSenderBytes || !is_valid_utf8(written)) return false;
    std::size_t meaningful = 0;
    for (const char c : written) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
        if (c != ' ') ++meaningful;
    }
    const Written number = read_written(written);
    // Digits alone must be too many or too few for a subscriber; a slip of the pen is no service.
    if (!number.digits.empty()) return number.digits.size() > kE164Digits || number.digits.size() <= kShortCodeDigits;
    return meaningful > 0;
}

}  // namespace harborline::core
