#include "storage/sealing/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace harborline::storage::sealing {
namespace {

class File {
  public:
    File(const std::filesystem::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    int fd() const { return fd_; }
    bool opened() const { return fd_ >= 0; }

  private:
    int fd_;
};

core::Error refusal(core::ErrorKind kind, const std::filesystem::path& path, const std::string& what) {
    return {kind, "The master key file " + path.string() + " " + what};
}

/// The new name itself must survive a power cut, or the database would come back without its key.
bool sync_folder_of(const std::filesystem::path& path) {
    const File folder{path.has_parent_path() ? path.parent_path() : ".", O_RDONLY | O_DIRECTORY};
    return folder.opened() && ::fsync(folder.fd()) == 0;
}

/// 0, or why the key could not be written durably.
int write_draft(const std::filesystem::path& draft, const Key& key) {
    const File file{draft, O_WRONLY | O_CREAT | O_EXCL};
    if (!file.opened() || ::fchmod(file.fd(), 0600) != 0) return errno;
    const auto written = ::write(file.fd(), key.data(), Key::kSize);
    if (written < 0) return errno;
    if (written != static_cast<ssize_t>(Key::kSize)) return ENOSPC;
    return ::fsync(file.fd()) == 0 ? 0 : errno;
}

}  // namespace

core::Result<Key> read_master_key(const std::filesystem::path& path) {
    const File file{path, O_RDONLY};
    if (!file.opened() && errno == ENOENT)
        return refusal(core::ErrorKind::kNotFound, path,
                       "is missing and the database cannot be read without it: put it back from its own backup.");
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

    // Written beside its place and moved: a crash in between must not leave half a key behind.
    auto draft = path;
    draft += ".new" + std::to_string(::getpid());
    // One of that name is what a start with our process id left when it was killed: in a container all have the same.
    ::unlink(draft.c_str());
    if (const int why = write_draft(draft, key); why != 0) {
        ::unlink(draft.c_str());
        return refusal(core::ErrorKind::kUnavailable, path,
                       std::string{"cannot be made ("} + std::strerror(why) + "): check its folder and the disk.");
    }
    // A link refuses an existing name, where a rename would replace a key that something may still be sealed under.
    const bool linked = ::link(draft.c_str(), path.c_str()) == 0;
    const int why = errno;
    ::unlink(draft.c_str());
    if (!linked && why == EEXIST) return read_master_key(path);
    if (!linked || !sync_folder_of(path))
        return refusal(core::ErrorKind::kUnavailable, path,
                       std::string{"cannot be made ("} + std::strerror(linked ? errno : why) + "): check its folder.");
    return key;
}

}  // namespace harborline::storage::sealing
