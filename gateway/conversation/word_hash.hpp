#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "handlers/core/random.hpp"

namespace harborline::gateway {

/// Tells whether two texts are the same one where the first was kept nowhere. Its key is drawn when first needed, lives
/// in this process alone and is written nowhere: nobody who reads what is stored can try out words on it.
class WordHash {
  public:
    explicit WordHash(core::Random& random) : random_(random) {}

    std::uint64_t of(std::string_view words);

  private:
    core::Random& random_;
    std::optional<std::array<unsigned char, 16>> key_{};
};

}  // namespace harborline::gateway
