#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sqlite/repeat_table.hpp"
#include "storage/sqlite/turn_tail.hpp"

namespace harborline::storage::sqlite {

/// The hashes of some thousand consecutive turns as they are stored: sorted, so that one can be looked for before they
/// are taken into the table in memory.
class RepeatRun {
  public:
    RepeatRun(std::int64_t first_turn, std::string bytes) : first_turn_(first_turn), bytes_(std::move(bytes)) {}

    /// The stored form of these entries' hashes; none of their turns may be before `first_turn`.
    static std::string pack(std::int64_t first_turn, std::span<const TurnTail::Entry> entries);

    std::int64_t first_turn() const { return first_turn_; }
    std::size_t size() const { return bytes_.size() / kEntryBytes; }
    RepeatTable::Hash hash(std::size_t at) const;
    RepeatTable::TurnId turn(std::size_t at) const;
    void find(RepeatTable::Hash hash, std::vector<RepeatTable::TurnId>& turns) const;

  private:
    static constexpr std::size_t kHashBytes = 8;
    static constexpr std::size_t kTurnBytes = 4;
    static constexpr std::size_t kEntryBytes = kHashBytes + kTurnBytes;

    std::int64_t first_turn_;
    std::string bytes_;
};

}  // namespace harborline::storage::sqlite
