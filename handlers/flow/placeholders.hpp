#pragma once
#include <optional>
#include <string_view>

namespace harborline::flow {

/// A `{name}` in a text.
struct Placeholder {
    std::string_view before{};  ///< The words between the last placeholder and this one.
    std::string_view name{};
};

/// Takes the words up to and with the next placeholder off `rest`; nothing, and `rest` untouched, where there is none.
inline std::optional<Placeholder> take_placeholder(std::string_view& rest) {
    const auto open = rest.find('{');
    if (open == std::string_view::npos) return std::nullopt;
    const auto close = rest.find('}', open);
    if (close == std::string_view::npos) return std::nullopt;
    const Placeholder found{rest.substr(0, open), rest.substr(open + 1, close - open - 1)};
    rest.remove_prefix(close + 1);
    return found;
}

/// Those that come from the choices and not from values.
inline bool is_list(std::string_view name) {
    return name == "options" || name == "keys";
}

}  // namespace harborline::flow
