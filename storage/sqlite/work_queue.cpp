#include "storage/sqlite/work_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace harborline::storage::sqlite {

WorkQueue::WorkQueue(std::size_t group_max, std::size_t queue_max)
    : group_max_(std::max<std::size_t>(group_max, 1)), queue_max_(queue_max) {}

bool WorkQueue::push(Store::Lane lane, Piece& piece) {
    {
        const std::lock_guard lock{mutex_};
        auto& waiting = lane == Store::Lane::kDanger ? danger_ : ordinary_;
        if (closed_ || waiting.size() >= queue_max_) return false;
        waiting.push_back(std::move(piece));
    }
    arrived_.notify_one();
    return true;
}

std::vector<Piece> WorkQueue::take() {
    std::unique_lock lock{mutex_};
    arrived_.wait(lock, [this] { return closed_ || !danger_.empty() || !ordinary_.empty(); });

    std::vector<Piece> group;
    move_some(danger_, group_max_, group);
    // Danger is committed in a small group, so that it waits for few others; but others always get on too, or a flood
    // of it would stop the service.
    const std::size_t ordinary_max = group.empty() ? group_max_ : std::max<std::size_t>(group_max_ / 8, 1);
    move_some(ordinary_, ordinary_max, group);
    return group;
}

void WorkQueue::move_some(std::deque<Piece>& lane, std::size_t most, std::vector<Piece>& group) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(lane.size(), most));
    const auto end = lane.begin() + count;
    group.insert(group.end(), std::make_move_iterator(lane.begin()), std::make_move_iterator(end));
    lane.erase(lane.begin(), end);
}

void WorkQueue::close() {
    {
        const std::lock_guard lock{mutex_};
        closed_ = true;
    }
    arrived_.notify_all();
}

std::size_t WorkQueue::waiting() const {
    const std::lock_guard lock{mutex_};
    return danger_.size() + ordinary_.size();
}

}  // namespace harborline::storage::sqlite
