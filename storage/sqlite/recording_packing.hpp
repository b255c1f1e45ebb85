#pragma once
#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "storage/recordings.hpp"
#include "storage/sqlite/packing.hpp"

namespace harborline::storage::sqlite {

inline constexpr auto kRecordingColumn = "recording.sealed";

inline std::string pack(const Recording& recording) {
    const std::string_view key{reinterpret_cast<const char*>(recording.key.data()), sealing::Key::kSize};
    return std::string{Packer{}
                           .text(recording.channel)
                           .text(recording.call)
                           .text(recording.digest)
                           .text(key)
                           .text(recording.carrier_url)
                           .bytes()};
}

/// Throws sealing::Damaged.
inline void unpack(std::string_view opened, Recording& recording) {
    Unpacker unpacker{opened};
    recording.channel = unpacker.text();
    recording.call = unpacker.text();
    recording.digest = unpacker.text();
    const auto key = unpacker.text();
    if (key.size() != sealing::Key::kSize) throw sealing::Damaged("a recording's key has the wrong length");
    std::ranges::copy(std::as_bytes(std::span{key}), recording.key.writable().begin());
    recording.carrier_url = unpacker.text();
}

}  // namespace harborline::storage::sqlite
