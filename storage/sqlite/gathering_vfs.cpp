#include "storage/sqlite/gathering_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace harborline::storage::sqlite {
namespace {

/// A commit of the largest group is a quarter of it.
constexpr std::size_t kGatheredMost = 4 << 20;

/// SQLite's own VFS looks at 17 bits of a size only.
constexpr std::size_t kWrittenMost = 96 << 10;

/// A log that grows does so by this much, in zeros, which end it as well as nothing does: to find new blocks for each
/// commit costs a file system as much again as to write it.
constexpr sqlite3_int64 kGrowth = 256 << 10;
constexpr std::array<std::byte, kGrowth> kZeros{};

/// What SQLite takes for its file of the log; the real one lies behind it in the same memory.
struct Log {
    sqlite3_file base{};
    std::vector<std::byte> gathered{};
    sqlite3_int64 at = 0;   ///< Where in the file the gathered bytes belong.
    sqlite3_int64 end = 0;  ///< Of the file, as far as is known.

    static Log& of(sqlite3_file* file) { return *reinterpret_cast<Log*>(file); }
    static sqlite3_file* real(sqlite3_file* file) {
        return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + kRoom);
    }
    static const std::size_t kRoom;

    /// SQLite's code. What could not be written is given up, as SQLite does: its transaction is rolled back.
    int hand_over(sqlite3_file* to) {
        if (gathered.empty()) return SQLITE_OK;
        const int code = write(to, gathered.data(), gathered.size(), at);
        const auto written = at + static_cast<sqlite3_int64>(gathered.size());
        gathered.clear();
        if (code == SQLITE_OK && written > end) grow(to, written);
        return code;
    }
    static int write(sqlite3_file* to, const std::byte* bytes, std::size_t size, sqlite3_int64 where) {
        int code = SQLITE_OK;
        for (std::size_t done = 0; done < size && code == SQLITE_OK; done += kWrittenMost)
            code = to->pMethods->xWrite(to, bytes + done, static_cast<int>(std::min(kWrittenMost, size - done)),
                                        where + static_cast<sqlite3_int64>(done));
        return code;
    }
    void grow(sqlite3_file* to, sqlite3_int64 written) {
        end = written;
        sqlite3_int64 size = 0;
        if (to->pMethods->xFileSize(to, &size) != SQLITE_OK) return;
        end = std::max(end, size);
        if (end > written) return;
        if (write(to, kZeros.data(), kZeros.size(), written) == SQLITE_OK) end = written + kGrowth;
    }
    bool takes(std::size_t size, sqlite3_int64 where) const {
        const bool follows = gathered.empty() || where == at + static_cast<sqlite3_int64>(gathered.size());
        return follows && gathered.size() + size <= kGatheredMost;
    }
};

const std::size_t Log::kRoom =
    (sizeof(Log) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);

/// Everything but writing sees the file as it should be by now.
template <auto kCall, typename... Arguments>
int settled(sqlite3_file* file, Arguments... arguments) {
    auto* real = Log::real(file);
    if (const int code = Log::of(file).hand_over(real); code != SQLITE_OK) return code;
    return (real->pMethods->*kCall)(real, arguments...);
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    auto& log = Log::of(file);
    const auto bytes = static_cast<std::size_t>(size);
    if (!log.takes(bytes, at))
        if (const int code = log.hand_over(Log::real(file)); code != SQLITE_OK) return code;
    if (bytes > kGatheredMost) return Log::real(file)->pMethods->xWrite(Log::real(file), from, size, at);
    if (log.gathered.empty()) log.at = at;
    const auto* first = static_cast<const std::byte*>(from);
    try {
        log.gathered.insert(log.gathered.end(), first, first + bytes);
    } catch (const std::bad_alloc&) {
        log.gathered.clear();
        return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int code = settled<&sqlite3_io_methods::xTruncate>(file, size);
    Log::of(file).end = 0;  // Looked up again.
    return code;
}

int close(sqlite3_file* file) {
    auto* real = Log::real(file);
    std::destroy_at(&Log::of(file));
    return real->pMethods->xClose(real);
}

template <auto kCall, typename... Arguments>
int forwarded(sqlite3_file* file, Arguments... arguments) {
    auto* real = Log::real(file);
    return (real->pMethods->*kCall)(real, arguments...);
}

constexpr sqlite3_io_methods kMethods{.iVersion = 1,
                                      .xClose = close,
                                      .xRead = settled<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
                                      .xWrite = write,
                                      .xTruncate = truncate,
                                      .xSync = settled<&sqlite3_io_methods::xSync, int>,
                                      .xFileSize = settled<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
                                      .xLock = forwarded<&sqlite3_io_methods::xLock, int>,
                                      .xUnlock = forwarded<&sqlite3_io_methods::xUnlock, int>,
                                      .xCheckReservedLock = forwarded<&sqlite3_io_methods::xCheckReservedLock, int*>,
                                      .xFileControl = settled<&sqlite3_io_methods::xFileControl, int, void*>,
                                      .xSectorSize = forwarded<&sqlite3_io_methods::xSectorSize>,
                                      .xDeviceCharacteristics = forwarded<&sqlite3_io_methods::xDeviceCharacteristics>,
                                      .xShmMap = nullptr,
                                      .xShmLock = nullptr,
                                      .xShmBarrier = nullptr,
                                      .xShmUnmap = nullptr,
                                      .xFetch = nullptr,
                                      .xUnfetch = nullptr};

sqlite3_vfs* real_of(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

/// Files that are no log are the real VFS's own.
int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* real = real_of(vfs);
    if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, name, file, flags, out_flags);
    file->pMethods = nullptr;
    const int code = real->xOpen(real, name, Log::real(file), flags, out_flags);
    if (code == SQLITE_OK) new (file) Log{.base = {.pMethods = &kMethods}};
    return code;
}

template <auto kCall, typename... Arguments>
int asked(sqlite3_vfs* vfs, Arguments... arguments) {
    return (real_of(vfs)->*kCall)(real_of(vfs), arguments...);
}

}  // namespace

const char* gathering_vfs() {
    // For the life of the process: SQLite keeps its address.
    static sqlite3_vfs* const registered = [] {
        auto* real = sqlite3_vfs_find(nullptr);
        auto* vfs = new sqlite3_vfs{};
        vfs->iVersion = 2;
        vfs->szOsFile = static_cast<int>(Log::kRoom) + real->szOsFile;
        vfs->mxPathname = real->mxPathname;
        vfs->zName = "gathering";
        vfs->pAppData = real;
        vfs->xOpen = open;
        vfs->xDelete = asked<&sqlite3_vfs::xDelete, const char*, int>;
        vfs->xAccess = asked<&sqlite3_vfs::xAccess, const char*, int, int*>;
        vfs->xFullPathname = asked<&sqlite3_vfs::xFullPathname, const char*, int, char*>;
        vfs->xRandomness = asked<&sqlite3_vfs::xRandomness, int, char*>;
        vfs->xSleep = asked<&sqlite3_vfs::xSleep, int>;
        vfs->xGetLastError = asked<&sqlite3_vfs::xGetLastError, int, char*>;
        vfs->xCurrentTimeInt64 = asked<&sqlite3_vfs::xCurrentTimeInt64, sqlite3_int64*>;
        sqlite3_vfs_register(vfs, 0);
        return vfs;
    }();
    return registered->zName;
}

}  // namespace harborline::storage::sqlite
