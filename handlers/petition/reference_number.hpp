#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/ids.hpp"
#include "handlers/core/result.hpp"
#include "handlers/petition/keyed_permutation.hpp"

namespace harborline::petition {

/// The number that a person is told for her matter (domain rules 2.8): 8 digits, the first from 1 to 7 so that it is
/// never a reserved key's beginning, the last a Damm check digit. The seven before it are a keyed permutation of the
/// case counter: how many matters there were, or which came next, can not be read from them. No date inside.
class ReferenceNumbers {
  public:
    using Key = KeyedPermutation::Key;
    static constexpr std::int64_t kMatters = 7'000'000;

    /// The key never changes while a matter lives: the numbers told would stop fitting.
    explicit ReferenceNumbers(const Key& key);

    /// Fails with kRefused for a counter outside 1 … kMatters.
    core::Result<std::string> of(core::CaseId id) const;

    /// The matter that a number means; nothing where it is no 8 ASCII digits or its check digit is wrong. Whether that
    /// matter exists is the store's to say.
    std::optional<core::CaseId> id_of(std::string_view reference) const;

  private:
    KeyedPermutation permutation_;
};

/// The check digit for `digits` after H. M. Damm (2004): finds every single wrong digit and every swap of neighbours.
/// 0 for a text that ends with its own right check digit. `digits` holds '0'-'9' only.
char damm_digit(std::string_view digits);

}  // namespace harborline::petition
