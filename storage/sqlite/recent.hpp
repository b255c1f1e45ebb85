#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace harborline::storage::sqlite {

/// What was read or written lately, so that the next turn of the same handset reads no page: a bounded copy in memory.
/// What nobody asked for while `kHalf` others were is forgotten. Emptied when the database may have moved on.
template <class Value>
class Recent {
  public:
    /// Until the next call.
    Value* find(std::uint64_t key, std::int64_t epoch) {
        if (epoch != epoch_) clear(epoch);
        if (const auto young = young_.find(key); young != young_.end()) return &young->second;
        const auto old = old_.find(key);
        if (old == old_.end()) return nullptr;
        Value value = std::move(old->second);
        old_.erase(old);
        make_room();
        return &young_.emplace(key, std::move(value)).first->second;
    }
    Value& put(std::uint64_t key, const Value& value, std::int64_t epoch) {
        // Into the memory that the last value has there.
        if (auto* known = find(key, epoch)) return *known = value;
        make_room();
        return young_.emplace(key, value).first->second;
    }
    void forget(std::uint64_t key) {
        young_.erase(key);
        old_.erase(key);
    }

  private:
    static constexpr std::size_t kHalf = 16'384;

    void clear(std::int64_t epoch) {
        young_.clear();
        old_.clear();
        epoch_ = epoch;
    }

    void make_room() {
        if (young_.size() < kHalf) return;
        old_ = std::exchange(young_, {});
    }

    using Map = boost::unordered_flat_map<std::uint64_t, Value>;  // A turn finds its way with two looks into memory.
    Map young_{};
    Map old_{};
    std::int64_t epoch_ = 0;
};

}  // namespace harborline::storage::sqlite
