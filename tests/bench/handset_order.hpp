#pragma once
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace harborline::bench {

/// Which handset sends the n-th message. In round r (messages r*handsets and on) every handset writes once, in an order
/// drawn from r: each walks through its petition step by step, and neighbours in time are no neighbours in the
/// database, neither by number nor by when they first wrote. petitions.lua computes the same.
class HandsetOrder {
  public:
    explicit HandsetOrder(int handsets) : order_(static_cast<std::size_t>(handsets)) { shuffle(0); }

    int handsets() const { return static_cast<int>(order_.size()); }
    std::int64_t round_of(std::int64_t message) const { return message / handsets(); }

    int at(std::int64_t message) {
        if (round_of(message) != round_) shuffle(round_of(message));
        return order_[static_cast<std::size_t>(message % handsets())];
    }

  private:
    void shuffle(std::int64_t round) {
        round_ = round;
        std::iota(order_.begin(), order_.end(), 0);
        std::minstd_rand0 draw(static_cast<std::uint_fast32_t>(round + 1));
        for (std::size_t last = order_.size() - 1; last > 0; --last)
            std::swap(order_[last], order_[draw() % (last + 1)]);
    }

    std::vector<int> order_;
    std::int64_t round_ = 0;
};

}  // namespace harborline::bench
