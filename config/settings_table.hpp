#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace harborline::config {

class Given;

/// One setting: the reader and the reference are both made from it.
template <class Target>
struct Row {
    std::string_view key{};
    std::string_view type{};
    std::string demands{};       ///< The constraint in words; empty where there is none.
    std::string_view meaning{};  ///< One line for the operator.
    bool required = false;
    std::function<void(const Given&, Target&)> read{};  ///< Reports what is wrong; leaves the default then.
    std::function<std::string(const Target&)> shown{};  ///< As TOML would write it; of a fresh Target: the default.
    std::function<void(Target&, const std::filesystem::path& folder)> anchor{};  ///< Paths: makes them absolute.
};
template <class Target>
using Rows = std::vector<Row<Target>>;

struct Section {
    std::string name{};  ///< "outbox", "listener.public"; empty for the keys before the first section.
    std::string_view meaning{};
    Rows<Settings> rows{};
};

std::vector<Section> sections();
Rows<ChannelSettings> channel_rows();

/// The names that `role =` may have in a ladder.
std::string_view name_of(core::Role role);

}  // namespace harborline::config
