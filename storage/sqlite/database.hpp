#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <exception>
#include <filesystem>
#include <functional>
#include <memory>

#include "handlers/core/result.hpp"
#include "storage/open.hpp"

namespace harborline::storage::sqlite {

inline constexpr int kApplicationId = 0x48424c4e;  // "HBLN": somebody else's SQLite file is not ours to touch.

/// Opens the file with our pragmas; creates it (0600) where that is allowed. Refuses in words what is not ours,
/// and a place where a restore was interrupted.
core::Result<std::unique_ptr<SQLite::Database>> open_database(const StoreOptions& options);

/// Whether the schema is this program's version already.
bool is_current(SQLite::Database& db);

/// Whether an older program made it.
bool is_older(SQLite::Database& db);

/// Brings the schema up to this program's version. Must run inside a transaction. Refuses a newer one in words.
core::Result<void> migrate(SQLite::Database& db);

/// Copies a database, while it is in use, into a new file (0600), durable on return and without a log beside it. Throws
/// std::runtime_error, leaving nothing behind. Calls `step_aside` after every few pages.
void copy_database(const std::filesystem::path& from, const std::filesystem::path& to,
                   const std::function<void()>& step_aside);

/// What a caller is told of an error of SQLite: Unavailable where the machine is in trouble, otherwise a bug.
std::exception_ptr translated(const SQLite::Exception& error);
core::Error refusal(const std::filesystem::path& database, const SQLite::Exception& error);

}  // namespace harborline::storage::sqlite
