#include "gateway/carriers/charset.hpp"

#include <algorithm>
#include <array>

#include "gateway/carriers/ascii.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

using core::Error;
using core::ErrorKind;

struct Named {
    std::string_view name{};
    Charset charset = Charset::kUtf8;
};

/// The first name of each is the one that we write.
constexpr std::array kNames{
    Named{"utf-8", Charset::kUtf8},
    Named{"utf-16be", Charset::kUtf16Be},
    Named{"windows-1252", Charset::kWindows1252},
    Named{"iso-8859-1", Charset::kLatin1},
    Named{"utf8", Charset::kUtf8},
    Named{"us-ascii", Charset::kUtf8},
    Named{"8-bit", Charset::kUtf8},
    Named{"utf-16", Charset::kUtf16Be},
    Named{"ucs-2", Charset::kUtf16Be},
    Named{"ucs-2be", Charset::kUtf16Be},
    Named{"iso-10646-ucs-2", Charset::kUtf16Be},
    Named{"cp1252", Charset::kWindows1252},
    Named{"latin1", Charset::kLatin1},
};

/// 0x80 to 0x9F; 0 where Windows-1252 has no character.
constexpr std::array<char16_t, 32> kWindows1252{u'€', 0,    u'‚', u'ƒ', u'„', u'…', u'†', u'‡', u'ˆ', u'‰', u'Š',
                                                u'‹', u'Œ', 0,    u'Ž', 0,    0,    u'‘', u'’', u'“', u'”', u'•',
                                                u'–', u'—', u'˜', u'™', u'š', u'›', u'œ', 0,    u'ž', u'Ÿ'};

char32_t single_byte(Charset charset, unsigned char byte) {
    if (charset == Charset::kLatin1 || byte < 0x80 || byte > 0x9F) return byte;
    const char16_t mapped = kWindows1252.at(byte - 0x80U);
    return mapped == 0 ? core::kReplacement : mapped;
}

std::string from_single_bytes(Charset charset, std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 4);
    for (const char c : bytes) core::append_utf8(text, single_byte(charset, static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

std::optional<Charset> charset_named(std::string_view name) {
    for (const Named& known : kNames)
        if (std::ranges::equal(known.name, name, {}, {}, lower)) return known.charset;
    return std::nullopt;
}

std::string_view name_of(Charset charset) {
    switch (charset) {
        case Charset::kUtf8:
            return "UTF-8";
        case Charset::kUtf16Be:
            return "UTF-16BE";
        case Charset::kWindows1252:
            return "WINDOWS-1252";
        case Charset::kLatin1:
            return "ISO-8859-1";
    }
    return {};
}

std::string_view charset_parameter(std::string_view content_type) {
    constexpr std::string_view kName = "charset=";
    const auto found = std::ranges::search(content_type, kName, {}, lower);
    std::string_view value{found.end(), content_type.end()};
    value = value.substr(0, value.find(';'));
    while (!value.empty() && (value.front() == '"' || value.front() == ' ')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '"' || value.back() == ' ')) value.remove_suffix(1);
    return value;
}

core::Result<std::string> to_utf8(Charset charset, std::string_view bytes) {
    switch (charset) {
        case Charset::kUtf16Be:
            return core::utf8_from_utf16be(bytes);
        case Charset::kUtf8:
            if (!core::is_valid_utf8(bytes)) return Error{ErrorKind::kMalformed, "the text is not valid UTF-8"};
            return std::string{bytes};
        case Charset::kWindows1252:
        case Charset::kLatin1:
            return from_single_bytes(charset, bytes);
    }
    return Error{ErrorKind::kMalformed, "the charset of the text is unknown"};
}

std::string to_utf8_repaired(Charset charset, std::string_view bytes) {
    if (charset == Charset::kUtf16Be) return core::repair_utf16be(bytes);
    if (charset == Charset::kUtf8) return core::repair_utf8(bytes);
    return from_single_bytes(charset, bytes);
}

}  // namespace harborline::gateway
