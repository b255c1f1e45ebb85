#pragma once
#include <span>
#include <string_view>

namespace harborline::storage::sqlite {

/// The texts of storage/migrations in order; the first leads to version 1. Never edited after a release.
std::span<const std::string_view> migrations();

}  // namespace harborline::storage::sqlite
