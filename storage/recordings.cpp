#include "storage/recordings.hpp"

#include <algorithm>
#include <span>

namespace harborline::storage {
namespace {

constexpr std::size_t kDigestSize = 32;

}  // namespace

std::string opener_of(const Recording& recording) {
    std::string opener{reinterpret_cast<const char*>(recording.key.data()), sealing::Key::kSize};
    return opener.append(recording.digest);
}

std::optional<Recording> recording_of(std::string_view name, std::string_view opener) {
    if (opener.size() != sealing::Key::kSize + kDigestSize) return std::nullopt;
    Recording recording{.name = std::string{name}, .digest = std::string{opener.substr(sealing::Key::kSize)}};
    const std::span key{opener.data(), sealing::Key::kSize};
    std::ranges::copy(std::as_bytes(key), recording.key.writable().begin());
    return recording;
}

}  // namespace harborline::storage
