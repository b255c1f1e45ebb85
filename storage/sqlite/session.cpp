#include "storage/sqlite/session.hpp"

#include <sqlite3.h>

#include <cstring>

namespace harborline::storage::sqlite {

Session::Session(std::unique_ptr<SQLite::Database> db, const sealing::Key& master, const core::Clock& clock,
                 core::Random& random)
    : db_(std::move(db)),
      clock_(clock),
      key_table_(*db_),
      keys_(master, key_table_, random),
      context_{.db = *db_, .keys = keys_, .now = clock.now(), .epoch = 1},
      channels_(context_),
      repeats_(context_),
      handsets_(make_handsets(context_)),
      conversations_(make_conversations(context_, channels_)),
      turns_(make_turns(context_, channels_, repeats_)),
      fragments_(make_fragments(context_)),
      cases_(make_cases(context_)),
      alerts_(make_alerts(context_)),
      outbox_(make_outbox(context_, channels_)),
      staff_(make_staff(context_, *handsets_, *cases_)),
      deadlines_(make_deadlines(context_)),
      stranded_(make_stranded(context_)),
      journal_(make_journal(context_)),
      timekeeping_(make_timekeeping(context_, *deadlines_)) {}

void Session::begin(std::size_t pieces) {
    (reads_only_ ? begin_reading_ : begin_).command();
    context_.now = clock_.now();
    const auto version = read_data_version_.integer();
    if (version != data_version_) {
        forget();
        repeats_.catch_up();
        data_version_ = version;
    }
    if (!reads_only_) repeats_.trim(pieces);
}

void Session::commit() {
    commit_.command();
    repeats_.publish();
}

void Session::roll_back() {
    repeats_.undo(0);
    forget();
    if (!lost()) roll_back_.command();
}

void Session::open_piece() {
    open_piece_.command();
    piece_mark_ = repeats_.mark();
}

void Session::close_piece() {
    close_piece_.command();
}

bool Session::undo_piece() {
    if (lost()) return false;
    try {
        undo_piece_.command();
        close_piece_.command();
    } catch (const SQLite::Exception&) {
        return false;
    }
    repeats_.undo(piece_mark_);
    forget();
    return true;
}

bool Session::lost() const {
    return sqlite3_get_autocommit(db_->getHandle()) != 0;
}

void Session::checkpoint() {
    sqlite3_wal_checkpoint_v2(db_->getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

std::array<std::byte, 32> Session::secret(SecretPurpose purpose) {
    const auto* label = purpose == SecretPurpose::kReferenceNumbers ? "reference numbers" : "repeat hashes";
    const auto key = keys_.key({sealing::KeyPurpose::kSecrets}).derive(label);
    std::array<std::byte, 32> secret{};
    std::memcpy(secret.data(), key.data(), secret.size());
    return secret;
}

void Session::forget() {
    ++context_.epoch;
    keys_.forget();
}

}  // namespace harborline::storage::sqlite
