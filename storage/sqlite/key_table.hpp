#pragma once
#include "storage/sealing/key_ring.hpp"
#include "storage/sqlite/sql.hpp"

namespace harborline::storage::sqlite {

/// Data keys in a table, wrapped.
class KeyTable : public sealing::KeyShelf {
  public:
    explicit KeyTable(SQLite::Database& db);

    std::optional<Wrapped> find(sealing::KeyScope scope) override;
    std::optional<Wrapped> find(std::int64_t id) override;
    std::int64_t next_id() override;
    void add(const Wrapped& wrapped) override;

  private:
    Sql by_scope_;
    Sql by_id_;
    Sql next_id_;
    Sql add_;
};

}  // namespace harborline::storage::sqlite
