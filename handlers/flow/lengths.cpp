#include "handlers/flow/lengths.hpp"

#include "handlers/flow/utf8.hpp"

namespace harborline::flow {
namespace {

constexpr std::u32string_view kBasic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    U"abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view kExtended = U"\f^{}\\[~]|€";

struct Measure {
    int septets = 0;  ///< -1 where a character is in neither table.
    int units = 0;
};

Measure measure(std::string_view text) {
    Measure size;
    while (!text.empty()) {
        const char32_t character = take_character(text);
        size.units += character > 0xFFFF ? 2 : 1;
        if (size.septets < 0) continue;
        if (kBasic.find(character) != std::u32string_view::npos) {
            size.septets += 1;
        } else if (kExtended.find(character) != std::u32string_view::npos) {
            size.septets += 2;
        } else {
            size.septets = -1;
        }
    }
    return size;
}

int parts(int length, int alone, int joined) {
    return length <= alone ? 1 : (length + joined - 1) / joined;
}

}  // namespace

bool is_gsm7(std::string_view text) {
    return measure(text).septets >= 0;
}

int count_sms(std::string_view text) {
    const Measure size = measure(text);
    return size.septets >= 0 ? parts(size.septets, 160, 153) : parts(size.units, 70, 67);
}

bool fits_screen(std::string_view text, const core::ScreenLimits& limits) {
    const Measure size = measure(text);
    return size.septets >= 0 ? size.septets + limits.footer <= limits.septets
                             : size.units + limits.footer <= limits.units;
}

}  // namespace harborline::flow
