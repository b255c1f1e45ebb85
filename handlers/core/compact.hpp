#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// The form in which small values are stored: no names, no padding.
namespace harborline::core {

/// Appends bytes, numbers in sevens of bits and texts behind their length.
class CompactWriter {
  public:
    explicit CompactWriter(std::size_t expected) { out_.reserve(expected); }
    void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    void number(std::size_t value) {
        for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
        byte(static_cast<std::uint8_t>(value));
    }
    void text(std::string_view value) {
        number(value.size());
        out_.append(value);
    }
    std::string take() { return std::move(out_); }

  private:
    std::string out_{};
};

/// Reads what CompactWriter wrote. After the first fault everything reads as empty and `ok` stays false.
class CompactReader {
  public:
    explicit CompactReader(std::string_view rest) : rest_(rest) {}

    bool ok() const { return ok_; }
    bool at_end() const { return ok_ && rest_.empty(); }
    void fail() {
        ok_ = false;
        rest_ = {};
    }
    std::uint8_t byte() {
        if (rest_.empty()) {
            fail();
            return 0;
        }
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    std::size_t number() {
        std::size_t value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            const std::size_t part = byte();
            value |= (part & 0x7f) << shift;
            if (part >= 0x80) continue;
            if (part == 0 && shift > 0) fail();  // Overlong: not ours.
            return ok_ ? value : 0;
        }
        fail();
        return 0;
    }
    std::string_view text() {
        const std::size_t size = number();
        if (size > rest_.size()) {
            fail();
            return {};
        }
        const std::string_view value = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return value;
    }
    /// How many of the next things can be there at most: each has a byte for its length.
    std::size_t at_most(std::size_t count) const { return std::min(count, rest_.size()); }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace harborline::core
