#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "storage/sealing/sealer.hpp"

namespace harborline::storage::sqlite {

/// Several values as one string to be sealed: one seal of 400 bytes costs half of three of a third.
class Packer {
  public:
    Packer() = default;
    explicit Packer(std::size_t expected) { bytes_.reserve(expected); }
    Packer& integer(std::int64_t value) {
        auto rest = static_cast<std::uint64_t>(value);
        while (rest >= 0x80) {
            bytes_.push_back(static_cast<char>(rest | 0x80));
            rest >>= 7;
        }
        bytes_.push_back(static_cast<char>(rest));
        return *this;
    }
    Packer& text(std::string_view value) {
        integer(static_cast<std::int64_t>(value.size()));
        bytes_.append(value);
        return *this;
    }
    std::string_view bytes() const { return bytes_; }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_{};
};

/// Reads what Packer wrote, in the same order. Throws sealing::Damaged where the bytes end too soon.
class Unpacker {
  public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

    std::int64_t integer() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) return static_cast<std::int64_t>(value);
        }
        throw sealing::Damaged("a stored value is cut short");
    }
    /// Whether anything is left: a value that an older program has not written is not there.
    bool more() const { return !rest_.empty(); }
    std::string text() {
        const auto size = static_cast<std::uint64_t>(integer());
        if (size > rest_.size()) throw sealing::Damaged("a stored value is cut short");
        std::string value{rest_.substr(0, size)};
        rest_.remove_prefix(size);
        return value;
    }

  private:
    std::string_view rest_;
};

}  // namespace harborline::storage::sqlite
