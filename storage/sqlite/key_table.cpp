#include "storage/sqlite/key_table.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kByScope =
    R"sql(SELECT id, purpose, subject, wrapped FROM data_key WHERE purpose = ? AND subject = ?)sql";
constexpr auto kById = R"sql(SELECT id, purpose, subject, wrapped FROM data_key WHERE id = ?)sql";
constexpr auto kNextId = R"sql(SELECT 1 + coalesce(max(id), 0) FROM data_key)sql";
constexpr auto kAdd = R"sql(INSERT INTO data_key (id, purpose, subject, wrapped) VALUES (?, ?, ?, ?))sql";

sealing::KeyShelf::Wrapped read(Row row) {
    return {.id = row.integer(0), .scope = {row.as<sealing::KeyPurpose>(1), row.integer(2)}, .key = row.text(3)};
}

}  // namespace

KeyTable::KeyTable(SQLite::Database& db)
    : by_scope_(db, kByScope), by_id_(db, kById), next_id_(db, kNextId), add_(db, kAdd) {}

std::optional<KeyTable::Wrapped> KeyTable::find(sealing::KeyScope scope) {
    return by_scope_.first(read, scope.purpose, scope.subject);
}

std::optional<KeyTable::Wrapped> KeyTable::find(std::int64_t id) {
    return by_id_.first(read, id);
}

std::int64_t KeyTable::next_id() {
    return next_id_.integer();
}

void KeyTable::add(const Wrapped& wrapped) {
    add_.run(wrapped.id, wrapped.scope.purpose, wrapped.scope.subject, Blob{wrapped.key});
}

}  // namespace harborline::storage::sqlite
