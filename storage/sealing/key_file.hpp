#pragma once
#include <filesystem>

#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "storage/sealing/key.hpp"

namespace harborline::storage::sealing {

/// Reads the master key. Refuses in words a file that is missing, unreadable, open to others, or not 32 bytes long.
core::Result<Key> read_master_key(const std::filesystem::path& path);

/// Makes a new master key file (0600), durable before it returns. Never overwrites one: where it is there already, that
/// one is read.
core::Result<Key> make_master_key(const std::filesystem::path& path, core::Random& random);

/// Puts a key back in its place, as `make_master_key` does. Refuses where a file is there already.
core::Result<void> put_master_key(const std::filesystem::path& path, const Key& key);

}  // namespace harborline::storage::sealing
