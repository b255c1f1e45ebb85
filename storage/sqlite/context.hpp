#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handlers/core/time.hpp"
#include "storage/sealing/key_ring.hpp"
#include "storage/sqlite/sql.hpp"

namespace harborline::storage::sqlite {

/// What the repositories of one connection share.
struct Context {
    SQLite::Database& db;
    sealing::KeyRing& keys;
    core::Instant now{};              ///< Of the running group.
    std::int64_t epoch = 1;           ///< Moves whenever what was read before may no longer be what is stored.
    std::vector<Waiting*> waiting{};  ///< Rows of the running group, by table.

    void write_waiting() {
        for (auto* rows : waiting) rows->write();
    }
    void drop_waiting() {
        for (auto* rows : waiting) rows->drop();
    }

    /// The key of what belongs to no case and is written now.
    sealing::KeyScope period() const;
    std::string seal(sealing::KeyScope scope, std::string_view column, std::int64_t row, std::string_view plain) {
        return keys.seal(scope, {column, row}, plain);
    }
    std::string open(std::string_view column, std::int64_t row, std::string_view sealed) {
        return keys.open({column, row}, sealed);
    }
};

/// The next id of a table, known before its row is written because what is sealed is bound to it. Counts in memory
/// while this connection holds the write lock and no other has written in between. After a restore it goes on above
/// what may have been given out since the backup was made.
class NextId {
  public:
    NextId(Context& context, const char* query)
        : context_(context), query_(context.db, query), floor_(context.db, kFloor) {}
    std::int64_t take();
    /// The one that was taken last, by whomever; after a restore, before the first is taken, the one below it.
    std::int64_t last();

  private:
    static constexpr auto kFloor = R"sql(SELECT value FROM counter WHERE name = 'floor')sql";

    Context& context_;
    Sql query_;
    Sql floor_;
    std::int64_t id_ = 0;
    std::int64_t epoch_ = 0;
};

/// Names of channels as small numbers.
class Channels {
  public:
    explicit Channels(Context& context) : context_(context) {}
    /// Gives an unknown name its number.
    std::int64_t id_of(std::string_view name);
    const std::string& name_of(std::int64_t id);

  private:
    void refresh();

    Context& context_;
    std::int64_t epoch_ = 0;
    std::vector<std::pair<std::int64_t, std::string>> known_{};

    static constexpr auto kAll = R"sql(SELECT id, name FROM channel ORDER BY id)sql";
    static constexpr auto kAdd = R"sql(INSERT INTO channel (id, name) VALUES (?, ?))sql";
    Sql all_{context_.db, kAll};
    Sql add_{context_.db, kAdd};
};

}  // namespace harborline::storage::sqlite
