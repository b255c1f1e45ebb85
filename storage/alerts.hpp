#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "handlers/core/alert.hpp"

namespace harborline::storage {

/// Calls for a human and the pages that carry them.
class Alerts {
  public:
    virtual ~Alerts() = default;

    virtual core::AlertId raise(const core::Alert& alert) = 0;
    virtual std::optional<core::Alert> find(core::AlertId id) = 0;
    virtual void update(const core::Alert& alert) = 0;
    /// Not yet taken.
    virtual std::vector<core::Alert> open() = 0;
    /// Open, or of the newest thousand raised or taken at or after `since`; oldest first.
    virtual std::vector<core::Alert> recent(core::Instant since) = 0;
    virtual std::optional<core::Alert> open_for(core::CaseId case_id) = 0;

    virtual core::PageId page(const core::Page& page) = 0;
    virtual std::optional<core::Page> find_page(core::PageId id) = 0;
    virtual void update(const core::Page& page) = 0;
    /// This person's pages sent at or after `since`, newest first, in any state: decides free codes and stale ones.
    virtual std::vector<core::Page> pages_of(core::StaffId staff, core::Instant since) = 0;
    /// How many this person was sent after `since`.
    virtual std::int64_t count_pages_of(core::StaffId staff, core::Instant since) = 0;
    virtual std::vector<core::Page> pages_for(core::CaseId case_id) = 0;

    /// The alert calls for this page, again perhaps; twice at one instant is once.
    virtual void call_for(core::PageId page, core::Instant at) = 0;
    /// This text tells of the page: of all its callings that nothing has told of.
    virtual void told(core::PageId page, core::OutboxId message) = 0;
    /// Oldest first. A page from before this was written down has none.
    virtual std::vector<core::Paging> pagings_of(core::PageId page) = 0;
};

}  // namespace harborline::storage
