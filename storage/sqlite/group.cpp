#include "storage/sqlite/group.hpp"

#include <sqlite3.h>

#include <string>

#include "storage/sqlite/database.hpp"

namespace harborline::storage::sqlite {
namespace {

/// Whoever can make pieces throw must not make every group run twice.
constexpr int kCarefulGroups = 256;

std::exception_ptr translated_current() {
    try {
        throw;
    } catch (const SQLite::Exception& error) {
        return translated(error);
    } catch (...) {
        return std::current_exception();
    }
}

/// Fails everybody, whoever was to blame: nothing of the group is stored.
void fail_all(std::span<Piece> group, const char* why) {
    const auto what = std::string{"nothing was written, because the database could not take it: "} + why;
    for (auto& piece : group) piece.error = std::make_exception_ptr(Unavailable(what));
}

/// False when the piece threw and is not undone: the transaction must go.
bool run_piece(Session& session, Piece& piece, bool with_savepoint) {
    try {
        if (with_savepoint) session.open_piece();
        piece.work(session);
        session.close_piece();
        return true;
    } catch (...) {
        piece.error = translated_current();
        return with_savepoint && session.undo_piece();
    }
}

}  // namespace

GroupRunner::Attempt GroupRunner::run_pieces(std::span<Piece> group, bool with_savepoints) {
    session_.begin();
    for (std::size_t at = 0; at < group.size(); ++at) {
        if (run_piece(session_, group[at], with_savepoints)) continue;
        const bool threw = !with_savepoints && !session_.lost();
        session_.roll_back();
        return {threw ? Fate::kThrew : Fate::kLost, at};
    }
    try {
        session_.write_waiting();
    } catch (...) {
        // Nobody knows whose rows do not fit, unless there is one piece only.
        const bool alone = group.size() == 1;
        if (alone) group.front().error = translated_current();
        const bool threw = !session_.lost();
        session_.roll_back();
        return {threw ? Fate::kThrew : Fate::kLost, alone ? 0 : group.size()};
    }
    session_.commit();
    return {};
}

GroupRunner::Attempt GroupRunner::attempt(std::span<Piece> group, bool with_savepoints) {
    try {
        return run_pieces(group, with_savepoints);
    } catch (const SQLite::Exception& error) {
        fail_all(group, sqlite3_errstr(error.getExtendedErrorCode()));
    } catch (const std::exception&) {
        fail_all(group, "memory or a table in it");
    }
    try {
        session_.roll_back();
    } catch (const SQLite::Exception&) {
        // Its transaction will be found open at the next BEGIN, and this is tried again then.
    }
    return {Fate::kFailed};
}

bool GroupRunner::run(std::span<Piece> group) {
    const bool alone = group.size() == 1;
    const bool careful = !alone && careful_for_ > 0;
    if (careful) --careful_for_;
    auto first = attempt(group, careful);
    if (first.fate == Fate::kThrew) {
        // Alone it needs no savepoint: nobody else was undone with it.
        if (alone) return true;
        careful_for_ = kCarefulGroups;
        if (first.culprit < group.size()) group[first.culprit].error = nullptr;
        first = attempt(group, true);
    }
    if (first.fate == Fate::kLost) return run_one_by_one(group, first.culprit);
    return first.fate == Fate::kCommitted;
}

/// The culprit, where there is one, fails; the others were undone with it through no fault of theirs.
bool GroupRunner::run_one_by_one(std::span<Piece> group, std::size_t culprit) {
    bool well = false;
    for (std::size_t at = 0; at < group.size(); ++at) {
        auto& piece = group[at];
        if (at == culprit) {
            piece.error = std::make_exception_ptr(Unavailable("the database had to undo a whole group of work"));
            continue;
        }
        piece.error = nullptr;
        const auto again = attempt(group.subspan(at, 1), true);
        if (again.fate == Fate::kLost)
            piece.error = std::make_exception_ptr(Unavailable("the database had to undo this piece of work"));
        well = again.fate == Fate::kCommitted;
    }
    return well;
}

}  // namespace harborline::storage::sqlite
