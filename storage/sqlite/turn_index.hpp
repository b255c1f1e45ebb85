#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harborline::storage::sqlite {

/// A sorted list of keys, each with a turn, in the compact form in which it is stored: looked through where it lies.
class TurnIndex {
  public:
    struct Entry {
        std::uint64_t key = 0;
        std::int64_t turn = 0;
    };

    TurnIndex(std::int64_t first_turn, std::string bytes) : first_turn_(first_turn), bytes_(std::move(bytes)) {}

    /// The stored form. `entries` are sorted by key; no turn is before `first_turn`, none 2^32 behind it.
    static std::string pack(std::int64_t first_turn, std::span<const Entry> entries);

    std::size_t size() const { return bytes_.size() / kEntryBytes; }
    std::uint64_t key(std::size_t at) const;
    std::int64_t turn(std::size_t at) const;
    /// Where the first entry stands that is not before `key`; `size()` where there is none.
    std::size_t lower_bound(std::uint64_t key) const;

  private:
    static constexpr std::size_t kKeyBytes = 8;
    static constexpr std::size_t kTurnBytes = 4;
    static constexpr std::size_t kEntryBytes = kKeyBytes + kTurnBytes;

    std::int64_t first_turn_;
    std::string bytes_;
};

}  // namespace harborline::storage::sqlite
