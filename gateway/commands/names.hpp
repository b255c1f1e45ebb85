#pragma once
#include <string_view>

#include "handlers/core/case.hpp"
#include "handlers/core/message.hpp"

namespace harborline::gateway {

/// The words for states in commands and their JSON: other programs read them, so they never change.
std::string_view name_of(core::CaseKind kind);
std::string_view name_of(core::CaseStatus status);
std::string_view name_of(core::ContactBack contact);
std::string_view name_of(core::Level level);
std::string_view name_of(core::CaseEntry::Kind kind);
std::string_view name_of(core::MessageClass kind);
std::string_view name_of(core::MessageState state);

}  // namespace harborline::gateway
