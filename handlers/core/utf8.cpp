#include "handlers/core/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace harborline::core {
namespace {

constexpr char32_t kLeadFirst = 0xD800;
constexpr char32_t kTrailFirst = 0xDC00;
constexpr char32_t kTrailLast = 0xDFFF;

constexpr bool is_surrogate(char32_t unit) {
    return unit >= kLeadFirst && unit <= kTrailLast;
}

unsigned char byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

bool is_continuation(std::string_view text, std::size_t at) {
    return at < text.size() && (byte_at(text, at) & 0xC0U) == 0x80;
}

/// The lowest and highest second byte that a lead byte allows: rules out overlong forms, surrogates and the beyond.
bool second_byte_fits(unsigned char lead, unsigned char second) {
    switch (lead) {
        case 0xE0:
            return second >= 0xA0;
        case 0xED:
            return second <= 0x9F;
        case 0xF0:
            return second >= 0x90;
        case 0xF4:
            return second <= 0x8F;
        default:
            return true;
    }
}

std::size_t ascii_run(std::string_view text, std::size_t at) {
    while (at + 8 <= text.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if ((word & 0x8080808080808080ULL) != 0) break;
        at += 8;
    }
    while (at < text.size() && byte_at(text, at) < 0x80) ++at;
    return at;
}

/// One UTF-16BE character at `at`, which moves on behind it; false where it is unpaired or cut off.
bool next_utf16(std::string_view bytes, std::size_t& at, char32_t& out) {
    const auto unit = [&](std::size_t from) {
        return static_cast<char32_t>(byte_at(bytes, from) << 8U | byte_at(bytes, from + 1));
    };
    out = kReplacement;
    if (at + 2 > bytes.size()) {
        at = bytes.size();
        return false;
    }
    const char32_t first = unit(at);
    at += 2;
    if (!is_surrogate(first)) {
        out = first;
        return true;
    }
    if (first >= kTrailFirst || at + 2 > bytes.size()) return false;
    const char32_t second = unit(at);
    if (second < kTrailFirst || second > kTrailLast) return false;
    at += 2;
    out = 0x10000 + ((first - kLeadFirst) << 10U) + (second - kTrailFirst);
    return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    const unsigned char lead = byte_at(text, 0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (std::size_t i = 1; i < length; ++i)
        if (!is_continuation(text, i)) return 0;
    return second_byte_fits(lead, byte_at(text, 1)) ? length : 0;
}

bool is_valid_utf8(std::string_view text) {
    for (std::size_t at = ascii_run(text, 0); at < text.size();) {
        const std::size_t length = utf8_length(text.substr(at));
        if (length == 0) return false;
        at += length;
        if (at < text.size() && byte_at(text, at) < 0x80) at = ascii_run(text, at);
    }
    return true;
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
    const unsigned char lead = byte_at(text, at);
    // Nearly all of Chinese, and no lead of which some second bytes are forbidden.
    const bool plain_three =
        lead > 0xE0 && lead < 0xED && is_continuation(text, at + 1) && is_continuation(text, at + 2);
    const std::size_t length = lead < 0x80 ? 1 : plain_three ? 3 : utf8_length(text.substr(at));
    ++at;
    if (length == 0) return kReplacement;
    if (length == 1) return lead;
    char32_t code_point = lead & (0x7FU >> length);
    for (std::size_t left = length - 1; left > 0; --left) code_point = code_point << 6U | (byte_at(text, at++) & 0x3FU);
    return code_point;
}

std::size_t count_characters(std::string_view text) {
    std::size_t count = text.size();
    std::size_t at = 0;
    // Eight at a time: a continuation's two highest bits are 10.
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        const std::uint64_t continuations = word >> 7 & ~word >> 6 & 0x0101010101010101ULL;
        count -= continuations * 0x0101010101010101ULL >> 56;
    }
    for (; at < text.size(); ++at) count -= is_continuation(text, at) ? 1 : 0;
    return count;
}

void append_utf8(std::string& out, char32_t code_point) {
    if (is_surrogate(code_point) || code_point > 0x10FFFF) code_point = kReplacement;
    const auto tail = [&](unsigned shift) { out.push_back(static_cast<char>(0x80U | (code_point >> shift & 0x3FU))); };
    if (code_point < 0x80) {
        out.push_back(static_cast<char>(code_point));
    } else if (code_point < 0x800) {
        out.push_back(static_cast<char>(0xC0U | code_point >> 6U));
        tail(0);
    } else if (code_point < 0x10000) {
        out.push_back(static_cast<char>(0xE0U | code_point >> 12U));
        tail(6);
        tail(0);
    } else {
        out.push_back(static_cast<char>(0xF0U | code_point >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string repair_utf8(std::string_view bytes) {
    if (is_valid_utf8(bytes)) return std::string{bytes};
    std::string text;
    text.reserve(bytes.size());
    bool broken = false;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = utf8_length(bytes.substr(at));
        if (length != 0) text.append(bytes.substr(at, length));
        if (length == 0 && !broken) append_utf8(text, kReplacement);
        broken = length == 0;
        at += broken ? 1 : length;
    }
    return text;
}

Result<std::string> utf8_from_utf16be(std::string_view bytes) {
    if (bytes.size() % 2 != 0) return Error{ErrorKind::kMalformed, "the UTF-16 text has an odd number of bytes"};
    std::string text;
    text.reserve(bytes.size() / 2 * 3);
    for (std::size_t at = 0; at < bytes.size();) {
        char32_t code_point = 0;
        if (!next_utf16(bytes, at, code_point))
            return Error{ErrorKind::kMalformed, "the UTF-16 text has an unpaired surrogate"};
        append_utf8(text, code_point);
    }
    return text;
}

std::string repair_utf16be(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() / 2 * 3);
    for (std::size_t at = 0; at < bytes.size();) {
        char32_t code_point = 0;
        next_utf16(bytes, at, code_point);
        append_utf8(text, code_point);
    }
    return text;
}

}  // namespace harborline::core
