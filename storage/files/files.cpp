#include "storage/files/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

namespace harborline::storage::files {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kCopiedAtOnce = 1 << 20;

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool copy_all(int from, int to) {
    std::vector<char> block(kCopiedAtOnce);
    for (;;) {
        const auto read = ::read(from, block.data(), block.size());
        if (read < 0 && errno == EINTR) continue;
        if (read <= 0) return read == 0;
        if (!write_all(to, {block.data(), static_cast<std::size_t>(read)})) return false;
    }
}

/// A link refuses an existing name, where a rename would replace what may still be needed.
bool publish(const fs::path& draft, const fs::path& path) {
    if (::link(draft.c_str(), path.c_str()) == 0) return true;
    const bool knows_none = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS;
    return knows_none && publish_without_link(draft, path);
}

/// Removing what failed must not hide why it did.
void remove_quietly(const fs::path& path) {
    const int why = errno;
    ::unlink(path.c_str());
    errno = why;
}

}  // namespace

File::File(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}

File::~File() {
    if (fd_ >= 0) ::close(fd_);
}

bool sync_folder_of(const fs::path& path) {
    const File folder{path.has_parent_path() ? path.parent_path() : ".", O_RDONLY | O_DIRECTORY};
    return folder.opened() && ::fsync(folder.fd()) == 0;
}

Written place_new(const fs::path& path, std::string_view bytes) {
    const auto draft = beside(path, ".new" + std::to_string(::getpid()));
    // One of that name is what a start with our process id left when it was killed: in a container all have the same.
    ::unlink(draft.c_str());
    bool written = false;
    {
        const File file{draft, O_WRONLY | O_CREAT | O_EXCL};
        if (!file.opened()) return Written::kFailed;
        written = ::fchmod(file.fd(), 0600) == 0 && write_all(file.fd(), bytes) && ::fsync(file.fd()) == 0;
    }
    const bool published = written && publish(draft, path);
    remove_quietly(draft);
    if (published) return Written::kDone;
    return written && errno == EEXIST ? Written::kExists : Written::kFailed;
}

Written write_new(const fs::path& path, std::string_view bytes) {
    const auto placed = place_new(path, bytes);
    return placed == Written::kDone && !sync_folder_of(path) ? Written::kFailed : placed;
}

bool publish_without_link(const fs::path& draft, const fs::path& path) {
    if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return true;
    // What can neither link nor rename so may be interrupted halfway: half a file is refused by whoever reads it.
    return (errno == EINVAL || errno == ENOSYS) && copy_new(draft, path);
}

bool copy_new(const fs::path& from, const fs::path& to) {
    const File source{from, O_RDONLY};
    if (!source.opened()) return false;
    const File copy{to, O_WRONLY | O_CREAT | O_EXCL};
    if (!copy.opened()) return false;
    if (::fchmod(copy.fd(), 0600) == 0 && copy_all(source.fd(), copy.fd()) && ::fsync(copy.fd()) == 0) return true;
    remove_quietly(to);
    return false;
}

fs::path beside(const fs::path& path, std::string_view suffix) {
    auto other = path;
    other += suffix;
    return other;
}

}  // namespace harborline::storage::files
