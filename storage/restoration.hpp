#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

/// How the names of what a restore moves aside end: ".before-" and the second, in UTC.
std::string aside_suffix(core::Instant now);

/// A backup on its way into the place of the database. Until `finish` the present database stays where it is, whole and
/// locked against everybody; dropped before that, nothing has happened. Who owns it opens `draft()` as a store, does
/// there what must be done before anything can be sent, and stops that store.
class Restoration {
  public:
    virtual ~Restoration() = default;

    /// Locks the present database, where there is one, and copies the backup beside it. The copy is brought up to this
    /// program's version. In it, rows, turns and conversations are counted on far above what may have been given out
    /// since the backup was made (100 million; matters 100,000, because there are 7 million reference numbers): a
    /// receipt of that lost time hits nothing new, and no reference number is told twice. No letter comes back: the
    /// copy has none. Refuses in words: a database in use, no room.
    static core::Result<std::unique_ptr<Restoration>> begin(const std::filesystem::path& backup,
                                                            const std::filesystem::path& database,
                                                            const std::filesystem::path& master_key);

    virtual const std::filesystem::path& draft() const = 0;

    /// Destroys the keys of letters, moves the present database and its log aside, under a name with the time, and the
    /// draft into its place. So nothing opens the letters of either database, nor of the backup, any more.
    /// Interrupted in between, it leaves a mark at which every start refuses until the restore is run again. Says where
    /// the old database is now; empty where there was none.
    virtual core::Result<std::filesystem::path> finish(core::Instant now) = 0;
};

}  // namespace harborline::storage
