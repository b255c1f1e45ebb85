#pragma once

namespace harborline::gateway {

/// The small form of a letter of ASCII; everything else as it is, whatever the machine's locale.
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace harborline::gateway
