#pragma once
#include <filesystem>
#include <string>

#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::storage {

/// Writes the master key, locked with a passphrase, into a new file (0600) and reads it back. Refuses in words.
core::Result<void> back_up_key(const std::filesystem::path& master_key, const std::filesystem::path& to,
                               const core::Secret& passphrase, core::Random& random);

struct KeyRestored {
    bool fits_database = false;   ///< False where there is no database that could be asked.
    std::string why_not_asked{};  ///< Of a database that is there, in words; empty: there is none.
};
/// Puts the master key in its place (0600). Refuses in words where a file is there already, a wrong passphrase, and a
/// key that is not the one of the database.
core::Result<KeyRestored> restore_key(const std::filesystem::path& from, const std::filesystem::path& master_key,
                                      const std::filesystem::path& database, const core::Secret& passphrase);

}  // namespace harborline::storage
