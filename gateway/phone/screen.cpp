#include "gateway/phone/screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

constexpr int kColumns = 32;

struct Range {
    char32_t first = 0;
    char32_t last = 0;
};
/// What terminals draw two columns wide (Unicode Standard Annex 11, W and F, by whole blocks).
constexpr std::array kWide{Range{0x1100, 0x115F}, Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
                           Range{0xF900, 0xFAFF}, Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                           Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

int columns_of(char32_t c) {
    return std::ranges::any_of(kWide, [c](const Range& range) { return c >= range.first && c <= range.last; }) ? 2 : 1;
}

/// Fills the box line by line.
class Box {
  public:
    void add(std::string_view character, char32_t code) {
        if (code == U'\n') return end_line();
        const int columns = columns_of(code);
        if (used_ + columns > kColumns) end_line();
        line_ += character;
        used_ += columns;
    }
    std::string closed(std::string_view frame) {
        if (used_ > 0) end_line();
        const std::string edge = horizontal(kColumns + 2);
        const auto left = std::max(kColumns - static_cast<int>(frame.size()) - 1, 0);
        return fmt::format("┌{}┐\n{}└{} {} ─┘", edge, lines_, horizontal(left), frame);
    }

  private:
    static std::string horizontal(int columns) {
        std::string line;
        for (int at = 0; at < columns; ++at) line += "─";
        return line;
    }
    void end_line() {
        lines_ += fmt::format("│ {}{} │\n", line_, std::string(static_cast<std::size_t>(kColumns - used_), ' '));
        line_.clear();
        used_ = 0;
    }

    std::string lines_{};
    std::string line_{};
    int used_ = 0;
};

}  // namespace

std::string written(const render::ScreenLength& length) {
    return fmt::format("{}/{} {}", length.used, length.limit, length.septets ? "septets" : "units");
}

std::string draw(std::string_view text, const core::ScreenLimits& limits) {
    Box box;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t code = core::next_code_point(text, at);
        box.add(text.substr(begin, at - begin), code);
    }
    return box.closed(written(render::measure_screen(text, limits)));
}

}  // namespace harborline::gateway
