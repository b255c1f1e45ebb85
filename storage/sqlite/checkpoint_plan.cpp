#include "storage/sqlite/checkpoint_plan.hpp"

namespace harborline::storage::sqlite {

CheckpointPlan::Next CheckpointPlan::after_commit(int log_pages) {
    if (log_pages < last_pages_) {  // It has begun anew.
        folded_ = 0;
        passes_ = 0;
        next_pages_ = start_pages_;
        anew_ = true;
    }
    last_pages_ = log_pages;
    if (log_pages < next_pages_ || log_pages <= folded_ || under_way_) return Next::kNothing;
    under_way_ = true;
    anew_ = false;
    if (++passes_ == 1) return Next::kPass;
    if (passes_ == 2) return Next::kPassAndFlush;
    passes_ = 0;
    // A long reader may keep the log from beginning anew: then not at every commit.
    next_pages_ = log_pages + start_pages_ / 4;
    return Next::kFinish;
}

void CheckpointPlan::passed(std::optional<int> folded) {
    if (folded && !anew_) folded_ = *folded;
    under_way_ = false;
}

}  // namespace harborline::storage::sqlite
