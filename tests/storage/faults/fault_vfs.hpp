#pragma once
#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace harborline::testing {

/// What SQLite asks of the machine and the machine may refuse.
enum class Operation { kWrite, kSync, kTruncate, kOpen, kDelete, kFileSize, kRead, kShmMap, kShmLock };
constexpr std::size_t kOperations = 9;
const char* name_of(Operation operation);

/// How it is refused.
enum class Failure {
    kFull,      ///< SQLITE_FULL: no room on the disk.
    kIoError,   ///< SQLITE_IOERR_*, or SQLITE_CANTOPEN.
    kReadonly,  ///< SQLITE_READONLY: mounted read-only after an error, as Linux does.
    kShort,     ///< Half of it is written, then there is no room.
    kTorn,      ///< Half of it is written, then an I/O error.
    kDies,      ///< The process ends there, a write half done. What it wrote before is in the file.
    kPowerCut,  ///< The machine ends there. What was not synced is gone.
};
const char* name_of(Failure failure);

struct Fault {
    Operation operation = Operation::kWrite;
    int nth = 1;  ///< Which one fails, counted from `watch`.
    Failure failure = Failure::kIoError;
    bool lasts = false;  ///< All later ones of its kind fail too, until `heal`.
};

/// A VFS around the default one that counts what is done to the files of one folder, and fails it when told to. It
/// never asks the disk to sync: it remembers itself what a power cut would leave. Safe for several threads.
class FaultVfs {
  public:
    /// Makes itself this process's default VFS, before the first database is opened. There is one a process.
    static FaultVfs& install();

    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    /// From now on counts what is done to the files of `folder`, from nothing.
    void watch(const std::filesystem::path& folder);
    void arm(const Fault& fault);
    /// Nothing fails any more.
    void heal();
    /// As if the process ended here: every later operation fails, until `heal`.
    void end_process();

    int count(Operation operation) const;
    /// Whether the armed fault has struck.
    bool struck() const;
    /// Whether the process has ended, by a fault or by `end_process`.
    bool dead() const;
    /// After a power cut, with every file closed: leaves in the folder what had been synced.
    void lose_what_was_not_synced();

  private:
    struct File;
    struct Calls;

    FaultVfs();
    /// Counts an operation and says how it fails, if it does.
    std::optional<Failure> judge(Operation operation, const std::string& path);
    bool is_watched(const std::string& path) const;
    void keep_as_synced(const std::string& path);

    sqlite3_vfs* real_;
    sqlite3_vfs self_{};

    mutable std::mutex mutex_{};
    std::string folder_{};
    std::array<int, kOperations> counts_{};
    std::optional<Fault> fault_{};
    bool struck_ = false;
    bool dead_ = false;
    std::multiset<std::string> open_{};
    std::map<std::string, std::string> synced_{};  ///< By path; kept only where a power cut is armed.
};

}  // namespace harborline::testing
