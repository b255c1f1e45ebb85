#include "storage/sqlite/repeat_run.hpp"

#include <algorithm>
#include <iterator>

namespace harborline::storage::sqlite {
namespace {

void append_little_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::uint64_t read_little_endian(std::string_view in) {
    std::uint64_t value = 0;
    for (std::size_t i = in.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(in[i]);
    return value;
}

}  // namespace

std::string RepeatRun::pack(std::int64_t first_turn, std::span<const TurnTail::Entry> entries) {
    std::vector<TurnTail::Entry> known;
    std::ranges::copy_if(entries, std::back_inserter(known), [](const auto& entry) { return entry.hash != 0; });
    std::ranges::sort(known, {}, &TurnTail::Entry::hash);
    std::string bytes;
    bytes.reserve(known.size() * kEntryBytes);
    for (const auto& entry : known) append_little_endian(bytes, entry.hash, kHashBytes);
    for (const auto& entry : known)
        append_little_endian(bytes, static_cast<std::uint64_t>(entry.turn - first_turn), kTurnBytes);
    return bytes;
}

RepeatTable::Hash RepeatRun::hash(std::size_t at) const {
    return read_little_endian(std::string_view{bytes_}.substr(at * kHashBytes, kHashBytes));
}

RepeatTable::TurnId RepeatRun::turn(std::size_t at) const {
    const auto behind = std::string_view{bytes_}.substr(size() * kHashBytes + at * kTurnBytes, kTurnBytes);
    return first_turn_ + static_cast<std::int64_t>(read_little_endian(behind));
}

void RepeatRun::find(RepeatTable::Hash wanted, std::vector<RepeatTable::TurnId>& turns) const {
    std::size_t low = 0;
    for (std::size_t high = size(); low < high;) {
        const std::size_t middle = low + (high - low) / 2;
        if (hash(middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < size() && hash(low) == wanted; ++low) turns.push_back(turn(low));
}

}  // namespace harborline::storage::sqlite
