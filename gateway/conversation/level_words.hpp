#pragma once
#include <stdexcept>
#include <string_view>

#include "handlers/core/case.hpp"

namespace harborline::gateway {

/// The text that names a level.
inline std::string_view level_key(core::Level level) {
    switch (level) {
        case core::Level::kNone:
            return "level.none";
        case core::Level::kGreen:
            return "level.green";
        case core::Level::kYellow:
            return "level.yellow";
        case core::Level::kUnknown:
            return "level.unknown";
        case core::Level::kOrange:
            return "level.orange";
        case core::Level::kRed:
            return "level.red";
    }
    throw std::logic_error("a level without a name");
}

}  // namespace harborline::gateway
