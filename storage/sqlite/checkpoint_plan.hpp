#pragma once
#include <optional>

namespace harborline::storage::sqlite {

/// When a write-ahead log is to be folded back into the database, and by whom. Pure.
///
/// SQLite before 3.51.3 damages a database when its log begins anew while it is being folded back although nothing was
/// left to fold (its "WAL-reset bug", sqlite.org/wal.html). So a pass is due only when the log holds more than what is
/// folded already: it can not begin anew before that pass is over.
class CheckpointPlan {
  public:
    /// `start_pages`: a log of so many pages is folded back.
    explicit CheckpointPlan(int start_pages) : start_pages_(start_pages), next_pages_(start_pages) {}

    enum class Next {
        kNothing,
        kPass,          ///< Beside the writer, while it goes on. `passed` follows.
        kPassAndFlush,  ///< The same; then what was written is flushed, or the writer would have to wait for all of it.
        kFinish,        ///< By the writer itself, which holds up commits: little is left. `passed` follows.
    };
    Next after_commit(int log_pages);
    /// A pass has ended, and so many pages of the log are in the database now; none: it failed.
    void passed(std::optional<int> folded);

  private:
    const int start_pages_;
    int next_pages_;
    int last_pages_ = 0;
    int folded_ = 0;
    int passes_ = 0;  ///< Since the log was finished or has begun anew. Behind two what came during the second is left.
    bool under_way_ = false;
    bool anew_ = false;  ///< Since the pass that is under way was asked for.
};

}  // namespace harborline::storage::sqlite
