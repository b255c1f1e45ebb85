#include "storage/sqlite/group.hpp"

#include <sqlite3.h>

#include <string>

#include "storage/sqlite/database.hpp"

namespace harborline::storage::sqlite {
namespace {

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

/// False when the piece has taken the whole transaction down with it.
bool run_piece(Session& session, Piece& piece) {
    try {
        session.open_piece();
        piece.work(session);
        session.close_piece();
        return true;
    } catch (...) {
        piece.error = translated_current();
        return session.undo_piece();
    }
}

enum class Fate { kCommitted, kFailed, kLost };

struct Attempt {
    Fate fate = Fate::kCommitted;
    std::size_t culprit = 0;  ///< Of a lost group.
};

Attempt attempt(Session& session, std::span<Piece> group) {
    try {
        session.begin(group.size());
        for (std::size_t at = 0; at < group.size(); ++at) {
            if (run_piece(session, group[at])) continue;
            session.roll_back();
            return {Fate::kLost, at};
        }
        session.commit();
        return {};
    } catch (const SQLite::Exception& error) {
        fail_all(group, sqlite3_errstr(error.getExtendedErrorCode()));
    } catch (const std::exception&) {
        fail_all(group, "memory or a table in it");
    }
    try {
        session.roll_back();
    } catch (const SQLite::Exception&) {
        // Its transaction will be found open at the next BEGIN, and this is tried again then.
    }
    return {Fate::kFailed};
}

}  // namespace

bool run_group(Session& session, std::span<Piece> group) {
    const auto first = attempt(session, group);
    if (first.fate != Fate::kLost) return first.fate == Fate::kCommitted;

    // The culprit fails; the others were undone with it through no fault of theirs and run again, one by one.
    bool well = false;
    for (std::size_t at = 0; at < group.size(); ++at) {
        auto& piece = group[at];
        if (at == first.culprit) {
            piece.error = std::make_exception_ptr(Unavailable("the database had to undo a whole group of work"));
            continue;
        }
        piece.error = nullptr;
        const auto again = attempt(session, group.subspan(at, 1));
        if (again.fate == Fate::kLost)
            piece.error = std::make_exception_ptr(Unavailable("the database had to undo this piece of work"));
        well = again.fate == Fate::kCommitted;
    }
    return well;
}

}  // namespace harborline::storage::sqlite
