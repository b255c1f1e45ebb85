#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/inbound.hpp"

namespace harborline::storage {

/// A text whose turn threw: kept, never lost (I13).
struct StrandedText {
    core::StrandedId id{};
    core::Inbound inbound{};
    std::string identity{};  ///< As in Turn.
    core::Instant at{};
    std::string error{};  ///< What was thrown; no number, name or text.
};

class Stranded {
  public:
    virtual ~Stranded() = default;
    virtual core::StrandedId add(const StrandedText& text) = 0;
    /// Of one that can not be read the list says so, and when it came.
    virtual std::vector<StrandedText> list(int limit) = 0;
    virtual std::optional<StrandedText> find(core::StrandedId id) = 0;
    /// Whether this very message is stranded already (a carrier repeats itself).
    virtual bool holds(std::string_view channel, std::string_view identity) = 0;
    virtual void remove(core::StrandedId id) = 0;
};

}  // namespace harborline::storage
