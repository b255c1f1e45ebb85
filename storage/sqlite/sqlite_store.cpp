#include "storage/sqlite/sqlite_store.hpp"

#include <sodium.h>

#include <utility>

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/group.hpp"

namespace harborline::storage::sqlite {
namespace {

/// Done must not throw; if one does all the same, the others still hear of their commit.
void tell(Piece& piece) {
    piece.work = nullptr;  // Whoever is told may rely on nothing of hers being held here any more.
    try {
        piece.done(std::move(piece.error));
    } catch (...) {
    }
}

}  // namespace

SqliteStore::SqliteStore(const StoreOptions& options, std::unique_ptr<Session> session,
                         std::array<std::array<std::byte, 32>, 2> secrets, std::unique_ptr<Checkpointer> checkpointer)
    : session_(std::move(session)),
      secrets_(secrets),
      checkpointer_(std::move(checkpointer)),
      queue_(options.group_max, options.queue_max),
      thread_([this] { work(); }) {}

SqliteStore::~SqliteStore() {
    SqliteStore::stop();
    sodium_memzero(secrets_.data(), sizeof secrets_);
}

void SqliteStore::submit(Lane lane, Work work, Done done) {
    Piece piece{.work = std::move(work), .done = std::move(done)};
    if (queue_.push(lane, piece)) return;
    piece.error = std::make_exception_ptr(Unavailable("too much work is waiting, or the store is stopping"));
    tell(piece);
}

void SqliteStore::work() {
    GroupRunner runner{*session_};
    for (auto group = queue_.take(); !group.empty(); group = queue_.take()) {
        healthy_ = runner.run(group) && !(checkpointer_ && checkpointer_->fails());
        for (auto& piece : group) tell(piece);
        group.clear();
        if (checkpointer_) checkpointer_->after_commit(session_->database(), session_->log_pages());
    }
}

std::array<std::byte, 32> SqliteStore::secret(SecretPurpose purpose) const {
    return secrets_.at(static_cast<std::size_t>(purpose));
}

void SqliteStore::stop() {
    std::call_once(stopped_, [this] {
        queue_.close();
        thread_.join();
        // A command leaves the log to the service beside it: to empty it, it would have to hold up everybody.
        if (!checkpointer_) return;
        const bool may_fold = !checkpointer_->has_given_up();
        checkpointer_.reset();
        if (may_fold)
            session_->checkpoint();
        else
            session_->keep_log();
    });
}

}  // namespace harborline::storage::sqlite
