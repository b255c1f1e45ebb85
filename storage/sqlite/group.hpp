#pragma once
#include <exception>
#include <optional>
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

/// Runs a group of pieces, each in a savepoint of one transaction, and commits it once. Afterwards each piece is
/// committed or has its error. Calls no Done. Says whether the database is well.
bool run_group(Session& session, std::span<Piece> group);

}  // namespace harborline::storage::sqlite
