#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// 0 to 15, or -1 where the character is no hexadecimal digit.
int hex_value(char c);

/// Undoes percent-encoding as HTML forms write it (a plus is a space). Empty where a percent sign is not followed by
/// two hexadecimal digits. The result is bytes, not necessarily text.
std::optional<std::string> percent_decoded(std::string_view encoded);

/// Only letters, digits and -._~ stay as they are.
std::string percent_encoded(std::string_view bytes);

using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// A query or a form as it was sent: in order, names may come again. kMalformed on a bad escape, too many parameters or
/// too many bytes (the limits of WebhookQuery).
/// Names that `wanted` refuses are passed over and not counted.
core::Result<NamedValues> read_pairs(std::string_view encoded, bool (*wanted)(std::string_view name) = nullptr);

/// A query or a form as pairs in the order they came.
class WebhookQuery {
  public:
    static constexpr std::size_t kBytesMax = 64 * 1024;
    static constexpr std::size_t kPairsMax = 64;  ///< Twilio's about a call are some forty.

    /// kMalformed on a bad escape, too many parameters, too many bytes, or one name twice: whoever reads the first and
    /// whoever reads the last would disagree. Names that `wanted` refuses are passed over and not counted.
    using Wanted = bool (*)(std::string_view name);
    static core::Result<WebhookQuery> parse(std::string_view encoded, Wanted wanted = nullptr);

    /// Behind the others, under the same limits.
    core::Result<void> add(std::string name, std::string value);

    /// Null where the parameter is absent; it may be there and empty.
    const std::string* find(std::string_view name) const;
    /// Empty where the parameter is absent.
    std::string_view get(std::string_view name) const;
    std::size_t size() const { return pairs_.size(); }

  private:
    NamedValues pairs_{};
};

}  // namespace harborline::gateway
