#include "storage/sqlite/sql.hpp"

#include <sqlite3.h>

#include "storage/store.hpp"

namespace harborline::storage::sqlite {

void Sql::require_transaction() const {
    if (sqlite3_get_autocommit(database_.getHandle()) != 0)
        throw Unavailable("the transaction has been undone by an earlier error");
}

}  // namespace harborline::storage::sqlite
