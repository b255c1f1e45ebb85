#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

/// One thing that happened to the service itself or by a person's command ("nobody_on_duty", "case_read").
struct JournalEntry {
    std::int64_t id = 0;
    core::Instant at{};
    std::string event{};  ///< snake_case
    core::CaseId case_id{};
    core::StaffId staff{};
    std::string detail{};  ///< Sealed at rest.
};

class Journal {
  public:
    virtual ~Journal() = default;
    virtual void append(const JournalEntry& entry) = 0;
    /// Newest first.
    virtual std::vector<JournalEntry> latest(int limit) = 0;
    /// When this event was last written, to keep the administrator from being told forty times.
    virtual core::Instant last(std::string_view event) = 0;
};

}  // namespace harborline::storage
