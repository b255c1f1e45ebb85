#include "storage/files/recording_vault.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "storage/files/files.hpp"

namespace harborline::storage {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

namespace {

// A file is: mark, header of the stream, then pieces, each with its tag; the last piece says that it is the last.
constexpr std::string_view kMark = "HLREC\x01\r\n";
constexpr std::size_t kHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kOverhead = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kNameBytes = 24;
constexpr std::size_t kNameSize = 32;
constexpr std::size_t kDigest = 32;
/// Far more than the longest recording that the settings allow.
constexpr std::size_t kMostBytes = 256 * 1024 * 1024;
static_assert(sealing::Key::kSize == crypto_secretstream_xchacha20poly1305_KEYBYTES);

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes, std::size_t at) {
    return reinterpret_cast<unsigned char*>(bytes.data()) + at;
}

/// A name of ours leads nowhere else.
bool is_name(std::string_view name) {
    return name.size() == kNameSize && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}

Error trouble(std::string_view what) {
    return {ErrorKind::kUnavailable, std::string{what} + " (" + std::strerror(errno) + ")"};
}

std::string sealed(const RecordingSeal& seal, std::string_view plain) {
    std::string out{kMark};
    out.resize(kMark.size() + kHeader);
    crypto_secretstream_xchacha20poly1305_state state;
    crypto_secretstream_xchacha20poly1305_init_push(&state, raw(out, kMark.size()), seal.key.data());
    for (bool last = false; !last;) {
        const auto piece = plain.substr(0, kPiece);
        plain.remove_prefix(piece.size());
        last = plain.empty();
        const auto at = out.size();
        out.resize(at + piece.size() + kOverhead);
        crypto_secretstream_xchacha20poly1305_push(
            &state, raw(out, at), nullptr, raw(piece), piece.size(), raw(seal.name), seal.name.size(),
            last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    }
    sodium_memzero(&state, sizeof state);
    return out;
}

std::optional<std::string> opened(const RecordingSeal& seal, std::string_view bytes) {
    if (!bytes.starts_with(kMark) || bytes.size() < kMark.size() + kHeader + kOverhead) return std::nullopt;
    bytes.remove_prefix(kMark.size());
    crypto_secretstream_xchacha20poly1305_state state;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state, raw(bytes), seal.key.data()) != 0) return std::nullopt;
    bytes.remove_prefix(kHeader);

    std::string plain;
    unsigned char tag = 0;
    while (bytes.size() >= kOverhead && tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        const auto piece = bytes.substr(0, kPiece + kOverhead);
        bytes.remove_prefix(piece.size());
        const auto at = plain.size();
        plain.resize(at + piece.size() - kOverhead);
        if (crypto_secretstream_xchacha20poly1305_pull(&state, raw(plain, at), nullptr, &tag, raw(piece), piece.size(),
                                                       raw(seal.name), seal.name.size()) != 0)
            return std::nullopt;
    }
    sodium_memzero(&state, sizeof state);
    const bool whole = bytes.empty() && tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return whole ? std::optional{std::move(plain)} : std::nullopt;
}

core::Result<std::string> whole_file(const fs::path& path) {
    const files::File file{path, O_RDONLY};
    if (!file.opened())
        return errno == ENOENT ? Error{ErrorKind::kNotFound, "the recording's file is missing"}
                               : trouble("the recording's file cannot be opened");
    struct stat about {};
    if (::fstat(file.fd(), &about) != 0) return trouble("the recording's file cannot be read");
    if (static_cast<std::size_t>(about.st_size) > kMostBytes)
        return Error{ErrorKind::kMalformed, "the recording's file is too long to be one of ours"};
    std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        const auto read = ::read(file.fd(), bytes.data() + at, bytes.size() - at);
        if (read < 0 && errno == EINTR) continue;
        if (read < 0) return trouble("the recording's file cannot be read");
        if (read == 0) bytes.resize(at);
        at += static_cast<std::size_t>(read);
    }
    return bytes;
}

/// The folder and every name on the way to it survive a power cut.
core::Result<void> make_folder(const fs::path& folder) {
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) return {};
    std::error_code failed;
    if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failed);
    if (failed) return Error{ErrorKind::kUnavailable, "the folder of recordings cannot be made: " + failed.message()};
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return trouble("the folder of recordings cannot be made");
    if (::chmod(folder.c_str(), 0700) != 0 || !files::sync_folder_of(folder))
        return trouble("the folder of recordings cannot be made");
    return {};
}

bool is_named(const std::vector<std::string>& sorted, const std::string& name) {
    return std::ranges::binary_search(sorted, name);
}

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::ranges::sort(names);
    return names;
}

}  // namespace

RecordingSeal new_recording_seal(core::Random& random) {
    std::array<std::byte, kNameBytes> drawn{};
    random.fill(drawn);
    std::array<char, kNameSize + 1> name{};
    static_assert(sodium_base64_ENCODED_LEN(kNameBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == kNameSize + 1);
    sodium_bin2base64(name.data(), name.size(), reinterpret_cast<const unsigned char*>(drawn.data()), drawn.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    RecordingSeal seal{.name = name.data()};
    random.fill(seal.key.writable());
    return seal;
}

std::string recording_digest(std::string_view plain) {
    std::string digest(kDigest, '\0');
    crypto_generichash(raw(digest, 0), digest.size(), raw(plain), plain.size(), nullptr, 0);
    return digest;
}

RecordingVault::RecordingVault(fs::path folder) : folder_(std::move(folder)) {}

bool RecordingVault::may_write() const {
    // What there is of the way to it decides.
    auto nearest = folder_;
    std::error_code ignored;
    while (!fs::exists(nearest, ignored) && nearest.has_relative_path()) nearest = nearest.parent_path();
    return fs::is_directory(nearest, ignored) && ::access(nearest.c_str(), W_OK | X_OK) == 0;
}

core::Result<void> RecordingVault::write(const RecordingSeal& seal, std::string_view plain) const {
    if (!is_name(seal.name)) return Error{ErrorKind::kMalformed, "this is no name of a recording"};
    if (const auto made = make_folder(folder_); !made) return made.error();
    switch (files::write_new(folder_ / seal.name, sealed(seal, plain))) {
        case files::Written::kDone:
            return {};
        case files::Written::kExists:
            return Error{ErrorKind::kConflict, "there is a recording of this name"};
        case files::Written::kFailed:
            break;
    }
    return trouble("the recording cannot be written");
}

core::Result<std::string> RecordingVault::read(const RecordingSeal& seal, std::string_view digest) const {
    if (!is_name(seal.name)) return Error{ErrorKind::kNotFound, "this is no name of a recording"};
    const auto bytes = whole_file(folder_ / seal.name);
    if (!bytes) return bytes.error();
    auto plain = opened(seal, *bytes);
    if (!plain || recording_digest(*plain) != digest)
        return Error{ErrorKind::kMalformed, "the recording's file is damaged or was changed"};
    return std::move(*plain);
}

core::Result<void> RecordingVault::remove(const std::string& name) const {
    if (!is_name(name)) return Error{ErrorKind::kMalformed, "this is no name of a recording"};
    const auto path = folder_ / name;
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT) return {};
        return trouble("the recording cannot be removed");
    }
    if (!files::sync_folder_of(path)) return trouble("the recording cannot be removed for good");
    return {};
}

bool RecordingVault::has(const std::string& name) const {
    std::error_code ignored;
    return is_name(name) && fs::is_regular_file(folder_ / name, ignored);
}

std::vector<std::string> RecordingVault::names() const {
    std::vector<std::string> all;
    std::error_code ended;
    for (fs::directory_iterator each{folder_, ended}, end; !ended && each != end; each.increment(ended))
        all.push_back(each->path().filename().string());
    return all;
}

std::size_t RecordingVault::remove_orphans(const std::vector<std::string>& named, core::Instant before) const {
    const auto known = sorted(named);
    std::size_t removed = 0;
    for (const auto& name : names()) {
        const auto path = folder_ / name;
        struct stat about {};
        if (is_named(known, name) || ::lstat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
        const core::Instant written{std::chrono::seconds{about.st_mtim.tv_sec}};
        if (written < before && ::unlink(path.c_str()) == 0) ++removed;
    }
    return removed;
}

core::Result<void> RecordingVault::copy_to(const fs::path& to,
                                           const std::function<void(std::size_t bytes)>& rest) const {
    bool copied = false;
    for (const auto& name : names()) {
        if (!is_name(name)) continue;
        if (const auto made = make_folder(to); !made) return made.error();
        const auto bytes = whole_file(folder_ / name);
        if (!bytes && bytes.error().kind == ErrorKind::kNotFound) continue;  // Erased meanwhile.
        if (!bytes) return bytes.error();
        if (files::place_new(to / name, *bytes) == files::Written::kFailed)
            return trouble("a recording cannot be copied");
        copied = true;
        if (rest) rest(bytes->size());
    }
    if (copied && !files::sync_folder_of(to / "all")) return trouble("the folder of recordings cannot be synced");
    return {};
}

core::Result<void> RecordingVault::move_unnamed(const std::vector<std::string>& named, const fs::path& to) const {
    const auto known = sorted(named);
    for (const auto& name : names()) {
        if (is_named(known, name)) continue;
        if (const auto made = make_folder(to); !made) return made.error();
        if (::rename((folder_ / name).c_str(), (to / name).c_str()) != 0)
            return trouble("a recording of another database cannot be moved aside");
    }
    return {};
}

}  // namespace harborline::storage
