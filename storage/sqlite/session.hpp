#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <cstddef>
#include <memory>

#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "storage/open.hpp"
#include "storage/sealing/day_keys.hpp"
#include "storage/sealing/key_ring.hpp"
#include "storage/sqlite/context.hpp"
#include "storage/sqlite/conversations.hpp"
#include "storage/sqlite/fold.hpp"
#include "storage/sqlite/key_table.hpp"
#include "storage/sqlite/repeat_log.hpp"
#include "storage/sqlite/repositories.hpp"
#include "storage/sqlite/turn_tail.hpp"
#include "storage/store.hpp"

namespace harborline::storage::sqlite {

/// One connection with everything prepared on it: opens and closes transactions, and is the Transaction that a piece
/// of work sees. Belongs to one thread. Made on a migrated database, inside a transaction.
class Session : public Transaction {
  public:
    Session(std::unique_ptr<SQLite::Database> db, const sealing::Key& master, const StoreOptions& options);

    /// From now on transactions take no write lock.
    void only_read() { reads_only_ = true; }

    /// Outside any transaction. Where it fails there may be letters that can be neither written nor read, and nothing
    /// else.
    core::Result<void> keep_day_keys() { return day_keys_.keep(clock_.now()); }

    /// BEGIN IMMEDIATE, and takes in what other processes have written. Before it the keys of letters are looked after.
    void begin();
    /// What the group added to the tables in memory stands once this has returned.
    void commit();
    /// Whatever is left of the group's transaction is undone, in memory too.
    void roll_back();

    /// Before a piece that must be undone alone where it throws.
    void open_piece();
    /// After any piece. One that was opened writes its waiting rows, so that it alone fails where they do not fit.
    void close_piece();
    /// After the last piece: writes what the group has waiting.
    void write_waiting() { context_.write_waiting(); }
    /// Undoes an opened piece alone. False when SQLite has undone the whole group already, or cannot undo the piece.
    bool undo_piece();
    /// Whether there is no transaction any more, because SQLite has undone it after an error.
    bool lost() const;

    /// So many of the newest repeats stay, whatever their age.
    void keep_repeats(std::int64_t at_least) { repeats_.keep_at_least(at_least); }
    /// Reads into memory what later turns need of the last days'; inside a transaction. From now on the tail of turns
    /// is folded whenever it is so long.
    void load_turns(std::size_t fold_after_turns);
    /// Moves everything from the write-ahead log into the database.
    void checkpoint();
    /// From now on commits only count the log's pages; whoever calls this sees to it that they are folded back.
    void leave_checkpoints();
    int log_pages() const { return log_pages_; }
    /// The log stays as it is when the last connection is closed.
    void keep_log();
    std::array<std::byte, 32> secret(SecretPurpose purpose);
    SQLite::Database& database() { return *db_; }

    Handsets& handsets() override { return *handsets_; }
    Conversations& conversations() override { return conversations_; }
    Turns& turns() override { return *turns_; }
    Fragments& fragments() override { return *fragments_; }
    Cases& cases() override { return *cases_; }
    Alerts& alerts() override { return *alerts_; }
    Outbox& outbox() override { return *outbox_; }
    CarrierIds& carrier_ids() override { return *carrier_ids_; }
    Recordings& recordings() override { return *recordings_; }
    Staff& staff() override { return *staff_; }
    ContactPlans& contact_plans() override { return *contact_plans_; }
    People& people() override { return *people_; }
    Letters& letters() override { return *letters_; }
    KinCalls& kin_calls() override { return *kin_calls_; }
    Appointments& appointments() override { return *appointments_; }
    WeeklyContacts& weekly_contacts() override { return *weekly_contacts_; }
    Deadlines& deadlines() override { return *deadlines_; }
    Stranded& stranded() override { return *stranded_; }
    Journal& journal() override { return *journal_; }
    Timekeeping& timekeeping() override { return *timekeeping_; }

  private:
    /// What was read of the database before may not be what is stored.
    void forget();
    /// Takes out of memory what the running group appended behind its first `count` turns.
    void undo_turns(std::size_t count);

    std::unique_ptr<SQLite::Database> db_;
    const core::Clock& clock_;
    KeyTable key_table_;
    sealing::KeyRing keys_;
    sealing::DayKeys day_keys_;
    Context context_;
    Channels channels_;
    TurnTail tail_;
    SqliteConversations conversations_;
    RepeatLog repeats_;
    Fold fold_;
    std::int64_t data_version_ = 0;
    std::size_t piece_mark_ = 0;
    bool piece_is_open_ = false;
    int log_pages_ = 0;

    std::unique_ptr<Handsets> handsets_;
    std::unique_ptr<Turns> turns_;
    std::unique_ptr<Fragments> fragments_;
    std::unique_ptr<Cases> cases_;
    std::unique_ptr<Alerts> alerts_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<CarrierIds> carrier_ids_;
    std::unique_ptr<Recordings> recordings_;
    std::unique_ptr<Staff> staff_;
    std::unique_ptr<ContactPlans> contact_plans_;
    std::unique_ptr<People> people_;
    std::unique_ptr<Letters> letters_;
    std::unique_ptr<KinCalls> kin_calls_;
    std::unique_ptr<Appointments> appointments_;
    std::unique_ptr<WeeklyContacts> weekly_contacts_;
    std::unique_ptr<Deadlines> deadlines_;
    std::unique_ptr<Stranded> stranded_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<Timekeeping> timekeeping_;

    Sql begin_{*db_, "BEGIN IMMEDIATE"};
    Sql begin_reading_{*db_, "BEGIN DEFERRED"};
    bool reads_only_ = false;
    Sql commit_{*db_, "COMMIT"};
    Sql roll_back_{*db_, "ROLLBACK"};
    Sql open_piece_{*db_, "SAVEPOINT piece"};
    Sql release_piece_{*db_, "RELEASE piece"};
    Sql undo_piece_{*db_, "ROLLBACK TO piece"};
    Sql read_data_version_{*db_, "PRAGMA data_version"};
};

}  // namespace harborline::storage::sqlite
