#pragma once
#include <filesystem>
#include <string>
#include <string_view>

/// Files that must be whole or not there at all, whatever happens while they are written.
namespace harborline::storage::files {

/// An open file; -1 where it could not be opened, and `errno` says why.
class File {
  public:
    File(const std::filesystem::path& path, int flags);
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    int fd() const { return fd_; }
    bool opened() const { return fd_ >= 0; }

  private:
    int fd_;
};

/// A new name must itself survive a power cut. False where the folder cannot be synced.
bool sync_folder_of(const std::filesystem::path& path);

/// Beside its place under another name until it is whole; then never over an existing file. 0600, durable on return.
enum class Written { kDone, kExists, kFailed };  ///< `errno` says why it failed.
Written write_new(const std::filesystem::path& path, std::string_view bytes);
/// The same, but its name is durable only once the folder is synced: for many files of one folder.
Written place_new(const std::filesystem::path& path, std::string_view bytes);

/// How the two above give a finished draft its name where the file system knows no links, as the FAT of a stick: never
/// over an existing file (EEXIST). The draft may stay behind.
bool publish_without_link(const std::filesystem::path& draft, const std::filesystem::path& path);

/// Copies into a file that must not exist yet: 0600, durable on return, nothing left where it fails (`errno`).
bool copy_new(const std::filesystem::path& from, const std::filesystem::path& to);

/// The same path with something written behind it.
std::filesystem::path beside(const std::filesystem::path& path, std::string_view suffix);

}  // namespace harborline::storage::files
