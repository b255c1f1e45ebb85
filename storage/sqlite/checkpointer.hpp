#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "storage/sqlite/checkpoint_plan.hpp"

namespace harborline::storage::sqlite {

/// Moves pages from the write-ahead log into the database on a thread and a connection of its own, so that no commit
/// waits for it. What is appended meanwhile stays in the log: the writer finishes the rest, which is little, between
/// two groups; only then can the log begin anew. The only one that does so while a service runs (see CheckpointPlan).
class Checkpointer {
  public:
    /// `db`: another connection to the same file. `start_pages`: a log of so many pages is folded back.
    Checkpointer(std::unique_ptr<SQLite::Database> db, int start_pages);
    ~Checkpointer();

    /// After each commit of the writer, on its thread: its connection, and how long the log is.
    void after_commit(SQLite::Database& writer, int log_pages);

    /// The log grows because the last try to fold it back failed. It will be tried again.
    bool fails() const;
    /// The database could not be synced. What was written to it before may be gone, and a later sync would not tell
    /// (Linux reports a failed write back once): nothing may be folded back until all of the log is read anew by a
    /// start, nor when its last connection is closed. A command that is open across that start prevents it.
    bool has_given_up() const;

  private:
    void run();
    /// So many pages of the log are in the database now; none: it failed.
    std::optional<int> fold(SQLite::Database& db);
    bool sync();

    std::unique_ptr<SQLite::Database> db_;
    mutable std::mutex mutex_{};
    std::condition_variable changed_{};
    CheckpointPlan plan_;
    CheckpointPlan::Next asked_ = CheckpointPlan::Next::kNothing;  ///< Of the thread.
    bool failed_ = false;
    bool given_up_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace harborline::storage::sqlite
