#pragma once
#include <filesystem>
#include <optional>

#include "handlers/core/result.hpp"
#include "storage/sealing/key.hpp"
#include "storage/verification.hpp"

namespace harborline::storage::sqlite {

/// Whether a database was sealed under this master key; nothing where there is none. Says in words why one that is
/// there cannot be asked.
core::Result<std::optional<bool>> key_fits(const std::filesystem::path& database, const sealing::Key& key);

}  // namespace harborline::storage::sqlite
