#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace harborline::storage::sqlite {

/// Hashes of the messages of the last days with the turns that took them, in memory: a unique index over random ids
/// would dirty a random page per message. What the running group adds is visible to it at once and becomes part of
/// the table when its COMMIT has returned.
class RepeatTable {
  public:
    using Hash = std::uint64_t;
    using TurnId = std::int64_t;

    RepeatTable() : slots_(1024) {}

    /// Turns that may have taken a message with this hash, newest last.
    std::vector<TurnId> find(Hash hash) const;
    void add(Hash hash, TurnId turn);
    /// Adds what is committed already.
    void insert(Hash hash, TurnId turn);
    /// Takes out what has grown too old; nothing where it is not there.
    void remove(Hash hash, TurnId turn);

    std::size_t mark() const { return pending_hashes_.size(); }
    /// Forgets what was added since the mark.
    void undo(std::size_t mark);
    void publish();
    std::size_t size() const { return size_; }

  private:
    struct Slot {
        Hash hash = 0;
        TurnId turn = 0;  ///< 0: free.
    };
    std::size_t home(Hash hash) const { return hash & (slots_.size() - 1); }
    std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
    void grow();

    std::vector<Slot> slots_;
    std::size_t size_ = 0;
    std::vector<Hash> pending_hashes_{};
    std::vector<TurnId> pending_turns_{};
};

}  // namespace harborline::storage::sqlite
