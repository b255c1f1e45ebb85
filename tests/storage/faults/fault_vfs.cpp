#include "tests/storage/faults/fault_vfs.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <new>

namespace harborline::testing {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

int io_error_of(Operation operation) {
    switch (operation) {
        case Operation::kWrite:
            return SQLITE_IOERR_WRITE;
        case Operation::kSync:
            return SQLITE_IOERR_FSYNC;
        case Operation::kTruncate:
            return SQLITE_IOERR_TRUNCATE;
        case Operation::kOpen:
            return SQLITE_CANTOPEN;
        case Operation::kDelete:
            return SQLITE_IOERR_DELETE;
        case Operation::kFileSize:
            return SQLITE_IOERR_FSTAT;
        case Operation::kRead:
            return SQLITE_IOERR_READ;
        case Operation::kShmMap:
            return SQLITE_IOERR_SHMMAP;
        case Operation::kShmLock:
            return SQLITE_IOERR_SHMLOCK;
    }
    return SQLITE_IOERR;
}

int code_of(Operation operation, Failure failure) {
    switch (failure) {
        case Failure::kFull:
        case Failure::kShort:
            return SQLITE_FULL;
        case Failure::kReadonly:
            return SQLITE_READONLY;
        case Failure::kIoError:
        case Failure::kTorn:
        case Failure::kDies:
        case Failure::kPowerCut:
            return io_error_of(operation);
    }
    return SQLITE_IOERR;
}

bool writes_half(Failure failure) {
    return failure == Failure::kShort || failure == Failure::kTorn || failure == Failure::kDies;
}

}  // namespace

const char* name_of(Operation operation) {
    constexpr std::array<const char*, kOperations> kNames{"write", "sync", "truncate", "open",    "delete",
                                                          "size",  "read", "shm_map",  "shm_lock"};
    return kNames.at(static_cast<std::size_t>(operation));
}

const char* name_of(Failure failure) {
    constexpr std::array<const char*, 7> kNames{"full", "io_error", "readonly", "short", "torn", "dies", "power_cut"};
    return kNames.at(static_cast<std::size_t>(failure));
}

/// What SQLite takes for its file; the real one lies behind it in the same memory.
struct FaultVfs::File {
    sqlite3_file base{};
    FaultVfs* vfs = nullptr;
    std::string path{};

    static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
    static sqlite3_file* real(sqlite3_file* file) {
        return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kRoom);
    }
    /// 0 where the operation may go on.
    static int refusal(sqlite3_file* file, Operation operation) {
        const auto failure = of(file).vfs->judge(operation, of(file).path);
        return failure ? code_of(operation, *failure) : SQLITE_OK;
    }
    static const std::size_t kRoom;
};

const std::size_t FaultVfs::File::kRoom = (sizeof(File) + 15) / 16 * 16;

/// The functions that SQLite calls.
struct FaultVfs::Calls {
    static FaultVfs& of(sqlite3_vfs* vfs) { return *static_cast<FaultVfs*>(vfs->pAppData); }

    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
        auto& self = of(vfs);
        file->pMethods = nullptr;
        const std::string path = name == nullptr ? "" : name;
        if (const auto failure = self.judge(Operation::kOpen, path)) return code_of(Operation::kOpen, *failure);

        const int code = self.real_->xOpen(self.real_, name, File::real(file), flags, out_flags);
        if (code != SQLITE_OK) return code;
        new (file) File{.base = {.pMethods = &kMethods}, .vfs = &self, .path = path};
        const std::scoped_lock lock(self.mutex_);
        self.open_.insert(path);
        if (self.synced_.count(path) == 0) self.keep_as_synced(path);
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
        auto& self = of(vfs);
        if (const auto failure = self.judge(Operation::kDelete, name)) return code_of(Operation::kDelete, *failure);
        const std::scoped_lock lock(self.mutex_);
        self.synced_.erase(name);
        return self.real_->xDelete(self.real_, name, sync_folder);
    }
    static int access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
        return of(vfs).real_->xAccess(of(vfs).real_, name, flags, out);
    }
    static int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
        return of(vfs).real_->xFullPathname(of(vfs).real_, name, size, out);
    }
    static int randomness(sqlite3_vfs* vfs, int size, char* out) {
        return of(vfs).real_->xRandomness(of(vfs).real_, size, out);
    }
    static int pause(sqlite3_vfs* vfs, int microseconds) { return of(vfs).real_->xSleep(of(vfs).real_, microseconds); }
    static int current_time(sqlite3_vfs* vfs, sqlite3_int64* out) {
        return of(vfs).real_->xCurrentTimeInt64(of(vfs).real_, out);
    }
    static int last_error(sqlite3_vfs*, int, char*) { return 0; }

    static int close(sqlite3_file* file) {
        const int code = File::real(file)->pMethods->xClose(File::real(file));
        auto& mine = File::of(file);
        {
            const std::scoped_lock lock(mine.vfs->mutex_);
            mine.vfs->open_.erase(mine.vfs->open_.find(mine.path));
        }
        mine.~File();
        return code;
    }
    static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
        if (const int code = File::refusal(file, Operation::kRead)) return code;
        return File::real(file)->pMethods->xRead(File::real(file), into, size, at);
    }
    static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
        auto& mine = File::of(file);
        const auto failure = mine.vfs->judge(Operation::kWrite, mine.path);
        if (!failure) return File::real(file)->pMethods->xWrite(File::real(file), from, size, at);
        // Once the process has ended not even half is written any more.
        if (writes_half(*failure)) File::real(file)->pMethods->xWrite(File::real(file), from, size / 2, at);
        return code_of(Operation::kWrite, *failure);
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        if (const int code = File::refusal(file, Operation::kTruncate)) return code;
        return File::real(file)->pMethods->xTruncate(File::real(file), size);
    }
    static int sync(sqlite3_file* file, int) {
        if (const int code = File::refusal(file, Operation::kSync)) return code;
        auto& mine = File::of(file);
        const std::scoped_lock lock(mine.vfs->mutex_);
        mine.vfs->keep_as_synced(mine.path);
        return SQLITE_OK;
    }
    static int file_size(sqlite3_file* file, sqlite3_int64* out) {
        if (const int code = File::refusal(file, Operation::kFileSize)) return code;
        return File::real(file)->pMethods->xFileSize(File::real(file), out);
    }
    static int lock(sqlite3_file* file, int level) {
        return File::real(file)->pMethods->xLock(File::real(file), level);
    }
    static int unlock(sqlite3_file* file, int level) {
        return File::real(file)->pMethods->xUnlock(File::real(file), level);
    }
    static int check_lock(sqlite3_file* file, int* out) {
        return File::real(file)->pMethods->xCheckReservedLock(File::real(file), out);
    }
    static int control(sqlite3_file* file, int what, void* argument) {
        return File::real(file)->pMethods->xFileControl(File::real(file), what, argument);
    }
    static int sector_size(sqlite3_file* file) { return File::real(file)->pMethods->xSectorSize(File::real(file)); }
    static int characteristics(sqlite3_file* file) {
        return File::real(file)->pMethods->xDeviceCharacteristics(File::real(file));
    }
    static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
        if (const int code = File::refusal(file, Operation::kShmMap)) return code;
        return File::real(file)->pMethods->xShmMap(File::real(file), page, size, extend, out);
    }
    static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
        // Letting go of a lock cannot fail.
        if ((flags & SQLITE_SHM_LOCK) != 0)
            if (const int code = File::refusal(file, Operation::kShmLock)) return code;
        return File::real(file)->pMethods->xShmLock(File::real(file), offset, count, flags);
    }
    static void shm_barrier(sqlite3_file* file) { File::real(file)->pMethods->xShmBarrier(File::real(file)); }
    static int shm_unmap(sqlite3_file* file, int remove_it) {
        return File::real(file)->pMethods->xShmUnmap(File::real(file), File::of(file).vfs->dead() ? 0 : remove_it);
    }

    static constexpr sqlite3_io_methods kMethods{.iVersion = 2,
                                                 .xClose = close,
                                                 .xRead = read,
                                                 .xWrite = write,
                                                 .xTruncate = truncate,
                                                 .xSync = sync,
                                                 .xFileSize = file_size,
                                                 .xLock = lock,
                                                 .xUnlock = unlock,
                                                 .xCheckReservedLock = check_lock,
                                                 .xFileControl = control,
                                                 .xSectorSize = sector_size,
                                                 .xDeviceCharacteristics = characteristics,
                                                 .xShmMap = shm_map,
                                                 .xShmLock = shm_lock,
                                                 .xShmBarrier = shm_barrier,
                                                 .xShmUnmap = shm_unmap,
                                                 .xFetch = nullptr,
                                                 .xUnfetch = nullptr};
};

FaultVfs& FaultVfs::install() {
    // For the life of the process: SQLite keeps its address.
    static auto* const installed = new FaultVfs;
    return *installed;
}

FaultVfs::FaultVfs() : real_(sqlite3_vfs_find(nullptr)) {
    self_.iVersion = 2;
    self_.szOsFile = static_cast<int>(File::kRoom) + real_->szOsFile;
    self_.mxPathname = real_->mxPathname;
    self_.zName = "fault";
    self_.pAppData = this;
    self_.xOpen = Calls::open;
    self_.xDelete = Calls::remove;
    self_.xAccess = Calls::access;
    self_.xFullPathname = Calls::full_path;
    self_.xRandomness = Calls::randomness;
    self_.xSleep = Calls::pause;
    self_.xCurrentTimeInt64 = Calls::current_time;
    self_.xGetLastError = Calls::last_error;
    sqlite3_vfs_register(&self_, 1);
}

void FaultVfs::watch(const fs::path& folder) {
    const std::scoped_lock lock(mutex_);
    folder_ = fs::canonical(folder).string() + "/";
    counts_ = {};
    fault_.reset();
    struck_ = dead_ = false;
    synced_.clear();
}

void FaultVfs::arm(const Fault& fault) {
    const std::scoped_lock lock(mutex_);
    fault_ = fault;
    for (const auto& path : open_) keep_as_synced(path);
}

void FaultVfs::heal() {
    const std::scoped_lock lock(mutex_);
    fault_.reset();
    dead_ = false;
    synced_.clear();
}

void FaultVfs::end_process() {
    const std::scoped_lock lock(mutex_);
    dead_ = true;
}

int FaultVfs::count(Operation operation) const {
    const std::scoped_lock lock(mutex_);
    return counts_.at(static_cast<std::size_t>(operation));
}

bool FaultVfs::struck() const {
    const std::scoped_lock lock(mutex_);
    return struck_;
}

bool FaultVfs::dead() const {
    const std::scoped_lock lock(mutex_);
    return dead_;
}

void FaultVfs::lose_what_was_not_synced() {
    const std::scoped_lock lock(mutex_);
    for (const auto& [path, content] : synced_)
        if (is_watched(path)) std::ofstream{path, std::ios::binary | std::ios::trunc} << content;
}

std::optional<Failure> FaultVfs::judge(Operation operation, const std::string& path) {
    const std::scoped_lock lock(mutex_);
    if (!is_watched(path)) return std::nullopt;
    const int nth = ++counts_.at(static_cast<std::size_t>(operation));
    if (dead_) return Failure::kIoError;
    if (!fault_ || fault_->operation != operation) return std::nullopt;
    if (nth != fault_->nth && !(fault_->lasts && nth > fault_->nth)) return std::nullopt;
    struck_ = true;
    dead_ = fault_->failure == Failure::kDies || fault_->failure == Failure::kPowerCut;
    return fault_->failure;
}

bool FaultVfs::is_watched(const std::string& path) const {
    return !folder_.empty() && path.starts_with(folder_);
}

void FaultVfs::keep_as_synced(const std::string& path) {
    if (fault_ && fault_->failure == Failure::kPowerCut && is_watched(path)) synced_[path] = bytes_of(path);
}

}  // namespace harborline::testing
