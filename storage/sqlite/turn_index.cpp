#include "storage/sqlite/turn_index.hpp"

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

std::string TurnIndex::pack(std::int64_t first_turn, std::span<const Entry> entries) {
    std::string bytes;
    bytes.reserve(entries.size() * kEntryBytes);
    for (const auto& entry : entries) append_little_endian(bytes, entry.key, kKeyBytes);
    for (const auto& entry : entries)
        append_little_endian(bytes, static_cast<std::uint64_t>(entry.turn - first_turn), kTurnBytes);
    return bytes;
}

std::uint64_t TurnIndex::key(std::size_t at) const {
    return read_little_endian(std::string_view{bytes_}.substr(at * kKeyBytes, kKeyBytes));
}

std::int64_t TurnIndex::turn(std::size_t at) const {
    const auto behind = std::string_view{bytes_}.substr(size() * kKeyBytes + at * kTurnBytes, kTurnBytes);
    return first_turn_ + static_cast<std::int64_t>(read_little_endian(behind));
}

std::size_t TurnIndex::lower_bound(std::uint64_t wanted) const {
    std::size_t low = 0;
    for (std::size_t high = size(); low < high;) {
        const std::size_t middle = low + (high - low) / 2;
        if (key(middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

}  // namespace harborline::storage::sqlite
