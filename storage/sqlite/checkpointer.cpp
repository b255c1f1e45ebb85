#include "storage/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include <utility>

namespace harborline::storage::sqlite {

Checkpointer::Checkpointer(std::unique_ptr<SQLite::Database> db, int start_pages)
    : db_(std::move(db)), start_pages_(start_pages), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool Checkpointer::pass_is_over() {
    const std::lock_guard lock{mutex_};
    if (pass_ == Pass::kOver) {
        pass_ = Pass::kNone;
        return true;
    }
    if (pass_ != Pass::kNone) return false;
    pass_ = Pass::kWanted;
    changed_.notify_one();
    return false;
}

/// A pass that commits overtake syncs nothing: whoever finishes the rest would wait for all of it.
void Checkpointer::sync() {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(db_->getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file != nullptr && file->pMethods != nullptr) file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

void Checkpointer::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || pass_ == Pass::kWanted; });
        if (stopping_) return;
        pass_ = Pass::kUnderWay;
        lock.unlock();
        // Whatever goes wrong here goes wrong again, and is told, where the writer finishes the rest. The second time
        // it is what has come during the first.
        for (int turn = 0; turn < 2; ++turn)
            sqlite3_wal_checkpoint_v2(db_->getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        sync();
        lock.lock();
        pass_ = Pass::kOver;
    }
}

}  // namespace harborline::storage::sqlite
