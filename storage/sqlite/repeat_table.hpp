#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace harborline::storage::sqlite {

/// Hashes of the messages of the last days with the turns that took them, in memory: a unique index over random ids
/// would dirty a random page per message. What it names may be gone: a hit is compared with the turn itself.
class RepeatTable {
  public:
    using Hash = std::uint64_t;
    using TurnId = std::int64_t;

    /// Adds the turns that may have taken a message with this hash, in no order.
    void find(Hash hash, std::vector<TurnId>& turns) const { shard(hash).find(hash, turns); }
    void insert(Hash hash, TurnId turn) { shard(hash).insert(hash, turn); }
    /// Nothing where it is not there.
    void remove(Hash hash, TurnId turn) { shard(hash).remove(hash, turn); }
    std::size_t size() const;

  private:
    /// Open addressing, at most half full. Many small ones, so that none holds everybody up when it grows.
    class Shard {
      public:
        void find(Hash hash, std::vector<TurnId>& turns) const;
        void insert(Hash hash, TurnId turn);
        void remove(Hash hash, TurnId turn);
        std::size_t size() const { return size_; }

      private:
        struct Slot {
            Hash hash = 0;
            TurnId turn = 0;  ///< 0: free.
        };
        std::size_t home(Hash hash) const { return hash & (slots_.size() - 1); }
        std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
        void grow();

        std::vector<Slot> slots_ = std::vector<Slot>(16);
        std::size_t size_ = 0;
    };

    static constexpr int kShardBits = 8;
    static std::size_t shard_of(Hash hash) { return hash >> (64 - kShardBits); }
    Shard& shard(Hash hash) { return shards_[shard_of(hash)]; }
    const Shard& shard(Hash hash) const { return shards_[shard_of(hash)]; }

    std::array<Shard, 1U << kShardBits> shards_{};
};

}  // namespace harborline::storage::sqlite
