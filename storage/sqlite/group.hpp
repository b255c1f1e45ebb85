#pragma once
#include <exception>
#include <span>

#include "storage/sqlite/session.hpp"
#include "storage/store.hpp"

namespace harborline::storage::sqlite {

/// One piece of work on its way: `error` is what its Done will be told.
struct Piece {
    Store::Work work{};
    Store::Done done{};
    std::exception_ptr error{};
};

/// Runs groups of pieces, each group in one transaction that is committed once. Pieces throw rarely, and a savepoint
/// for each costs a copy of every page that it touches: so they run without, and a group in which one throws is undone
/// and run again with savepoints, as are the groups after it for a while.
class GroupRunner {
  public:
    explicit GroupRunner(Session& session) : session_(session) {}

    /// Afterwards each piece is committed or has its error. Calls no Done. Says whether the database is well.
    bool run(std::span<Piece> group);

  private:
    enum class Fate {
        kCommitted,
        kThrew,   ///< A piece that had no savepoint: the group is undone.
        kLost,    ///< A piece took the whole transaction down with it.
        kFailed,  ///< Nothing is stored, whoever was to blame; everybody has an error.
    };
    struct Attempt {
        Fate fate = Fate::kCommitted;
        std::size_t culprit = 0;  ///< Past the end: any of them.
    };
    Attempt attempt(std::span<Piece> group, bool with_savepoints);
    Attempt run_pieces(std::span<Piece> group, bool with_savepoints);
    bool run_one_by_one(std::span<Piece> group, std::size_t culprit);

    Session& session_;
    int careful_for_ = 0;  ///< So many more groups get savepoints.
};

}  // namespace harborline::storage::sqlite
