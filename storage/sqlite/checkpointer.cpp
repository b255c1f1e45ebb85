#include "storage/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include <utility>

namespace harborline::storage::sqlite {

Checkpointer::Checkpointer(std::unique_ptr<SQLite::Database> db, int start_pages)
    : db_(std::move(db)), plan_(start_pages), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Checkpointer::after_commit(SQLite::Database& writer, int log_pages) {
    {
        const std::lock_guard lock{mutex_};
        if (given_up_) return;
        const auto next = plan_.after_commit(log_pages);
        if (next == CheckpointPlan::Next::kNothing) return;
        if (next != CheckpointPlan::Next::kFinish) {
            asked_ = next;
            return changed_.notify_one();
        }
    }
    const auto folded = fold(writer);
    const std::lock_guard lock{mutex_};
    plan_.passed(folded);
}

std::optional<int> Checkpointer::fold(SQLite::Database& db) {
    int in_log = 0;
    int in_database = 0;
    const int code =
        sqlite3_wal_checkpoint_v2(db.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &in_database);
    const int extended = sqlite3_extended_errcode(db.getHandle());

    const std::lock_guard lock{mutex_};
    // Busy: another process reads the log anew after a crash.
    failed_ = code != SQLITE_OK && code != SQLITE_BUSY;
    given_up_ = given_up_ || (failed_ && extended == SQLITE_IOERR_FSYNC);
    return code == SQLITE_OK ? std::optional{in_database} : std::nullopt;
}

/// A pass that commits overtake syncs nothing itself.
bool Checkpointer::sync() {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(db_->getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return true;
    return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

void Checkpointer::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || asked_ != CheckpointPlan::Next::kNothing; });
        if (stopping_) return;
        const bool flushes =
            std::exchange(asked_, CheckpointPlan::Next::kNothing) == CheckpointPlan::Next::kPassAndFlush;
        lock.unlock();
        const auto folded = fold(*db_);
        const bool synced = !flushes || sync();
        lock.lock();
        plan_.passed(folded);
        given_up_ = given_up_ || !synced;
    }
}

bool Checkpointer::fails() const {
    const std::lock_guard lock{mutex_};
    return failed_ || given_up_;
}

bool Checkpointer::has_given_up() const {
    const std::lock_guard lock{mutex_};
    return given_up_;
}

}  // namespace harborline::storage::sqlite
