#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace harborline::storage::sqlite {

/// Moves pages from the write-ahead log into the database on a thread and a connection of its own, so that no commit
/// waits for it. What is appended meanwhile stays in the log: the writer finishes the rest, which is little, between
/// two groups; only then can the log begin anew.
class Checkpointer {
  public:
    /// `db`: another connection to the same file. `start_pages`: a log of so many pages is folded back.
    Checkpointer(std::unique_ptr<SQLite::Database> db, int start_pages);
    ~Checkpointer();

    /// After a commit of the writer, on its thread: how long the log is, and how to fold back what is left of it.
    template <class FinishRest>
    void after_commit(int log_pages, const FinishRest& finish_rest) {
        if (log_pages < last_pages_) next_pages_ = start_pages_;
        last_pages_ = log_pages;
        if (log_pages < next_pages_) return;
        if (!pass_is_over()) return;
        finish_rest();
        // A long reader may keep the log from beginning anew: then not at every commit.
        next_pages_ = log_pages + start_pages_ / 4;
    }

  private:
    /// True once for each pass that has ended; begins one where none is under way.
    bool pass_is_over();
    void run();
    void sync();

    enum class Pass { kNone, kWanted, kUnderWay, kOver };

    std::unique_ptr<SQLite::Database> db_;
    const int start_pages_;
    int next_pages_ = start_pages_;
    int last_pages_ = 0;
    std::mutex mutex_{};
    std::condition_variable changed_{};
    Pass pass_ = Pass::kNone;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace harborline::storage::sqlite
