#include "storage/sealing/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/files/files.hpp"

namespace harborline::storage::sealing {
namespace {

core::Error refusal(core::ErrorKind kind, const std::filesystem::path& path, const std::string& what) {
    return {kind, "The master key file " + path.string() + " " + what};
}

files::Written write(const std::filesystem::path& path, const Key& key) {
    return files::write_new(path, {reinterpret_cast<const char*>(key.data()), Key::kSize});
}

core::Error not_made(const std::filesystem::path& path) {
    return refusal(core::ErrorKind::kUnavailable, path,
                   std::string{"cannot be made ("} + std::strerror(errno) + "): check its folder and the disk.");
}

}  // namespace

core::Result<Key> read_master_key(const std::filesystem::path& path) {
    const files::File file{path, O_RDONLY};
    if (!file.opened() && errno == ENOENT)
        return refusal(
            core::ErrorKind::kNotFound, path,
            "is missing and the database cannot be read without it: put it back with harborline key restore FILE.");
    if (!file.opened())
        return refusal(core::ErrorKind::kUnavailable, path,
                       std::string{"cannot be read ("} + std::strerror(errno) + "): make it readable for the service.");

    struct stat status {};
    if (::fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode))
        return refusal(core::ErrorKind::kMalformed, path, "is not a file: name a key file in the settings.");
    if ((status.st_mode & 077) != 0)
        return refusal(core::ErrorKind::kUnauthorized, path, "can be read by others: run chmod 600 on it.");
    if (status.st_size != static_cast<off_t>(Key::kSize))
        return refusal(core::ErrorKind::kMalformed, path,
                       "is not 32 bytes long, so it is no master key: put the right one back from its backup.");

    Key key;
    if (::read(file.fd(), key.data(), Key::kSize) != static_cast<ssize_t>(Key::kSize))
        return refusal(core::ErrorKind::kUnavailable, path, "could not be read to its end: check the disk.");
    return key;
}

core::Result<Key> make_master_key(const std::filesystem::path& path, core::Random& random) {
    Key key;
    random.fill(key.writable());
    switch (write(path, key)) {
        case files::Written::kDone:
            return key;
        case files::Written::kExists:
            return read_master_key(path);
        case files::Written::kFailed:
            break;
    }
    return not_made(path);
}

core::Result<void> put_master_key(const std::filesystem::path& path, const Key& key) {
    switch (write(path, key)) {
        case files::Written::kDone:
            return {};
        case files::Written::kExists:
            return refusal(core::ErrorKind::kConflict, path,
                           "is there already and a key is never overwritten: move it away first if it is a wrong one.");
        case files::Written::kFailed:
            break;
    }
    return not_made(path);
}

}  // namespace harborline::storage::sealing
