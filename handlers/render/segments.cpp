#include <algorithm>
#include <array>

#include "handlers/core/utf8.hpp"
#include "handlers/render/graphemes.hpp"
#include "handlers/render/sms.hpp"

namespace harborline::render {
namespace {

using core::next_code_point;

/// What fits on the air, in septets or UTF-16 units: 140 octets, less the 6 of a header with an 8-bit reference.
struct Limits {
    int single = 0;
    int part = 0;
};
constexpr Limits kGsm7Limits{160, 153};
constexpr Limits kUcs2Limits{70, 67};

/// Septets of every Latin-1 character (3GPP TS 23.038, 6.2.1): 1 in the alphabet, 2 behind an escape, 0 in neither.
constexpr auto kLatin1Septets = [] {
    std::array<signed char, 256> septets{};
    for (std::size_t c = 0x20; c < 0x7F; ++c) septets[c] = 1;
    for (const char c : {'^', '{', '}', '\\', '[', '~', ']', '|', '\f'}) septets[static_cast<unsigned char>(c)] = 2;
    for (const char c : {'\n', '\r'}) septets[static_cast<unsigned char>(c)] = 1;
    septets['`'] = 0;
    for (const char16_t c : std::u16string_view{u"£¥èéùìòÇØøÅåÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"}) septets[c] = 1;
    return septets;
}();

int septets_of(char32_t c) {
    if (c < kLatin1Septets.size()) return kLatin1Septets[c];
    switch (c) {
        case U'€':
            return 2;
        case U'Δ':
        case U'Φ':
        case U'Γ':
        case U'Λ':
        case U'Ω':
        case U'Π':
        case U'Ψ':
        case U'Σ':
        case U'Θ':
        case U'Ξ':
            return 1;
        default:
            return 0;
    }
}

int units_of(char32_t c) {
    return c > 0xFFFF ? 2 : 1;
}

int cost_of(SmsCoding coding, char32_t c) {
    return coding == SmsCoding::kGsm7 ? septets_of(c) : units_of(c);
}

int cost_of(SmsCoding coding, std::string_view text) {
    int cost = 0;
    for (std::size_t at = 0; at < text.size();) cost += cost_of(coding, next_code_point(text, at));
    return cost;
}

/// Gathers graphemes into parts, each as full as it gets.
class Filler {
  public:
    Filler(SmsParts& out, int limit) : out_(out), limit_(limit) {}

    void add(std::string_view grapheme) {
        const int cost = cost_of(out_.coding, grapheme);
        if (cost > limit_) return add_by_character(grapheme);
        append(grapheme, cost);
    }

  private:
    /// One grapheme longer than a part, which no person writes: cut between characters, so that nothing is lost.
    void add_by_character(std::string_view grapheme) {
        for (std::size_t at = 0; at < grapheme.size();) {
            const std::size_t begin = at;
            const int cost = cost_of(out_.coding, next_code_point(grapheme, at));
            append(grapheme.substr(begin, at - begin), cost);
        }
    }

    void append(std::string_view piece, int cost) {
        if (out_.parts.empty() || used_ + cost > limit_) {
            out_.parts.emplace_back();
            used_ = 0;
        }
        out_.parts.back().append(piece);
        used_ += cost;
    }

    SmsParts& out_;
    int limit_;
    int used_ = 0;
};

/// In this alphabet the only grapheme of two characters is CR LF.
void fill_gsm7(std::string_view text, Filler& filler) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t c = next_code_point(text, at);
        if (c == U'\r' && at < text.size() && text[at] == '\n') ++at;
        filler.add(text.substr(begin, at - begin));
    }
}

}  // namespace

int gsm7_septets(std::string_view text) {
    int total = 0;
    for (std::size_t at = 0; at < text.size();) {
        const int septets = septets_of(next_code_point(text, at));
        if (septets == 0) return -1;
        total += septets;
    }
    return total;
}

int utf16_units(std::string_view text) {
    return cost_of(SmsCoding::kUcs2, text);
}

SmsParts split_sms(std::string_view text) {
    const int septets = gsm7_septets(text);
    SmsParts out{.coding = septets < 0 ? SmsCoding::kUcs2 : SmsCoding::kGsm7};
    const Limits limits = septets < 0 ? kUcs2Limits : kGsm7Limits;
    if (text.empty()) return out;
    if ((septets < 0 ? utf16_units(text) : septets) <= limits.single) {
        out.parts.emplace_back(text);
        return out;
    }
    Filler filler{out, limits.part};
    if (septets < 0) {
        each_grapheme(text, [&filler](std::string_view grapheme) { filler.add(grapheme); });
    } else {
        fill_gsm7(text, filler);
    }
    return out;
}

}  // namespace harborline::render
