#include "storage/sqlite/session.hpp"

#include <sqlite3.h>

#include <cstring>
#include <utility>

namespace harborline::storage::sqlite {

Session::Session(std::unique_ptr<SQLite::Database> db, const sealing::Key& master, const StoreOptions& options)
    : db_(std::move(db)),
      clock_(*options.clock),
      key_table_(*db_),
      keys_(master, key_table_, *options.random),
      day_keys_(sealing::day_keys_folder(options.master_key), *options.random, options.may_create),
      context_{.db = *db_, .keys = keys_, .now = clock_.now(), .epoch = 1},
      channels_(context_),
      tail_(context_),
      conversations_(context_, channels_, tail_),
      repeats_(context_, tail_),
      fold_(tail_, conversations_, repeats_),
      handsets_(make_handsets(context_)),
      turns_(make_turns({context_, channels_, conversations_, tail_, repeats_})),
      fragments_(make_fragments(context_, day_keys_)),
      cases_(make_cases(context_)),
      alerts_(make_alerts(context_)),
      outbox_(make_outbox(context_, channels_)),
      carrier_ids_(make_carrier_ids(context_)),
      recordings_(make_recordings(context_)),
      staff_(make_staff(context_, *handsets_, *cases_)),
      contact_plans_(make_contact_plans(context_)),
      people_(make_people(context_, *handsets_)),
      letters_(make_letters(context_, day_keys_)),
      kin_calls_(make_kin_calls(context_)),
      appointments_(make_appointments(context_)),
      weekly_contacts_(make_weekly_contacts(context_)),
      deadlines_(make_deadlines(context_)),
      stranded_(make_stranded(context_)),
      journal_(make_journal(context_)),
      timekeeping_(make_timekeeping(context_, *deadlines_)) {}

void Session::begin() {
    if (!reads_only_) keep_day_keys();
    (reads_only_ ? begin_reading_ : begin_).command();
    context_.now = clock_.now();
    const auto version = read_data_version_.integer();
    if (version != data_version_) {
        forget();
        if (!tail_.catch_up()) fold_.start_over();
        repeats_.catch_up();
        data_version_ = version;
    }
    fold_.some();
}

void Session::load_turns(std::size_t fold_after_turns) {
    repeats_.load();
    fold_.start(fold_after_turns);
}

void Session::commit() {
    conversations_.write_ids();
    commit_.command();
    fold_.publish();
    tail_.publish();
    repeats_.publish();
}

void Session::roll_back() {
    undo_turns(0);
    fold_.undo();
    forget();
    if (!lost()) roll_back_.command();
}

void Session::open_piece() {
    open_piece_.command();
    piece_is_open_ = true;
    piece_mark_ = tail_.pending().size();
}

void Session::close_piece() {
    if (lost()) throw Unavailable("the piece of work lost its transaction");
    conversations_.write_held();
    if (piece_is_open_) context_.write_waiting();
    if (std::exchange(piece_is_open_, false)) release_piece_.command();
}

bool Session::undo_piece() {
    piece_is_open_ = false;
    if (lost()) return false;
    try {
        undo_piece_.command();
        release_piece_.command();
    } catch (const SQLite::Exception&) {
        return false;
    }
    undo_turns(piece_mark_);
    forget();
    return true;
}

bool Session::lost() const {
    return sqlite3_get_autocommit(db_->getHandle()) != 0;
}

void Session::checkpoint() {
    sqlite3_wal_checkpoint_v2(db_->getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

void Session::leave_checkpoints() {
    sqlite3_wal_hook(
        db_->getHandle(),
        [](void* log_pages, sqlite3*, const char*, int pages) {
            *static_cast<int*>(log_pages) = pages;
            return SQLITE_OK;
        },
        &log_pages_);
}

void Session::keep_log() {
    sqlite3_db_config(db_->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

std::array<std::byte, 32> Session::secret(SecretPurpose purpose) {
    const auto* label = purpose == SecretPurpose::kReferenceNumbers ? "reference numbers" : "repeat hashes";
    const auto key = keys_.key({sealing::KeyPurpose::kSecrets}).derive(label);
    std::array<std::byte, 32> secret{};
    std::memcpy(secret.data(), key.data(), secret.size());
    return secret;
}

void Session::undo_turns(std::size_t count) {
    repeats_.undo(tail_.pending().subspan(count));
    tail_.undo(count);
    conversations_.drop_held();
    context_.drop_waiting();
}

void Session::forget() {
    ++context_.epoch;
    keys_.forget();
}

}  // namespace harborline::storage::sqlite
