#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "storage/sqlite/group.hpp"
#include "storage/store.hpp"

namespace harborline::storage::sqlite {

/// Where work waits for the storage thread: two lanes, each bounded, danger first.
class WorkQueue {
  public:
    WorkQueue(std::size_t group_max, std::size_t queue_max);

    /// False, leaving the piece alone, when the lane is full or the queue is closed.
    bool push(Store::Lane lane, Piece& piece);
    /// Waits for work and takes what is waiting, at most a group. Empty once the queue is closed and drained.
    std::vector<Piece> take();
    void close();
    std::size_t waiting() const;

  private:
    void move_some(std::deque<Piece>& lane, std::size_t most, std::vector<Piece>& group);

    const std::size_t group_max_;
    const std::size_t queue_max_;
    mutable std::mutex mutex_{};
    std::condition_variable arrived_{};
    std::deque<Piece> danger_{};
    std::deque<Piece> ordinary_{};
    bool closed_ = false;
};

}  // namespace harborline::storage::sqlite
