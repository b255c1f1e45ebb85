#pragma once
#include "storage/restoration.hpp"

namespace harborline::storage::sqlite {

/// Behind the database's name while a restored database is ready and the old one on its way out.
inline constexpr auto kRestoredSuffix = ".restored";

}  // namespace harborline::storage::sqlite
