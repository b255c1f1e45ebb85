#include "storage/key_backup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "storage/files/files.hpp"
#include "storage/sealing/key_backup.hpp"
#include "storage/sealing/key_file.hpp"
#include "storage/sqlite/verification.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

core::Error about(const fs::path& file, core::ErrorKind kind, const std::string& what) {
    return {kind, "The file " + file.string() + " " + what};
}

/// A backup of a key has a few hundred bytes; what is longer is read no further.
core::Result<std::string> read_backup(const fs::path& path) {
    const files::File file{path, O_RDONLY};
    std::array<char, 4096> bytes{};
    const auto size = file.opened() ? ::read(file.fd(), bytes.data(), bytes.size()) : -1;
    if (size < 0)
        return about(path, core::ErrorKind::kNotFound,
                     std::string{"cannot be read ("} + std::strerror(errno) + "): name the backup of the key.");
    return std::string{bytes.data(), static_cast<std::size_t>(size)};
}

core::Result<sealing::Key> open_backup(const fs::path& path, const core::Secret& passphrase) {
    const auto text = read_backup(path);
    if (!text) return text.error();
    auto key = sealing::unlock_key(*text, passphrase);
    if (!key) return about(path, key.error().kind, key.error().message);
    return key;
}

}  // namespace

core::Result<void> back_up_key(const fs::path& master_key, const fs::path& to, const core::Secret& passphrase,
                               core::Random& random) {
    const auto key = sealing::read_master_key(master_key);
    if (!key) return key.error();
    const auto text = sealing::lock_key(*key, passphrase, random);
    if (!text) return about(to, text.error().kind, text.error().message);

    const auto written = files::write_new(to, *text);
    if (written == files::Written::kExists)
        return about(to, core::ErrorKind::kConflict, "exists already and is not overwritten: name a new one.");
    if (written == files::Written::kFailed)
        return about(to, core::ErrorKind::kUnavailable,
                     std::string{"cannot be made ("} + std::strerror(errno) + "): name one in a folder with room.");
    const auto again = open_backup(to, passphrase);
    if (!again) return again.error();
    if (std::memcmp(again->data(), key->data(), sealing::Key::kSize) != 0)
        return about(to, core::ErrorKind::kUnavailable, "does not hold the key: check the disk.");
    return {};
}

core::Result<KeyRestored> restore_key(const fs::path& from, const fs::path& master_key, const fs::path& database,
                                      const core::Secret& passphrase) {
    const auto key = open_backup(from, passphrase);
    if (!key) return key.error();
    const auto fits = sqlite::key_fits(database, *key);
    const bool asked = fits && fits->has_value();
    if (asked && !**fits)
        return about(from, core::ErrorKind::kConflict,
                     "holds a key that is not the one of the database " + database.string() +
                         ": use the backup of the right key, or move that database away.");
    if (const auto put = sealing::put_master_key(master_key, *key); !put) return put.error();
    return KeyRestored{.fits_database = asked, .why_not_asked = fits ? std::string{} : fits.error().message};
}

}  // namespace harborline::storage
