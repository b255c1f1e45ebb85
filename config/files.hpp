#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "handlers/core/result.hpp"

namespace harborline::config {

/// The whole of a regular file, or kNotFound / kMalformed in words. Files over `bytes_max` are refused unread, so that
/// a wrong path (a database, a device) costs nothing.
core::Result<std::string> read_text_file(const std::filesystem::path& file, std::size_t bytes_max = 1 << 20);

/// The *.toml files directly in a folder, sorted by name, so that every machine reads them in the same order.
core::Result<std::vector<std::filesystem::path>> toml_files(const std::filesystem::path& folder);

}  // namespace harborline::config
