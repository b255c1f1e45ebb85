#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "handlers/core/case.hpp"

namespace harborline::storage {

struct CaseFilter {
    bool open_only = true;
    core::StaffId owner{};  ///< None: everybody's.
    int limit = 100;
};

/// Matters, each with a data key of its own under which its words are sealed. Words that do not open any more are
/// empty, in a matter (reference, place, channel …) as in its timeline: the rest still holds, and nothing writes over
/// them.
class Cases {
  public:
    virtual ~Cases() = default;

    /// The id that the next `open` will use, so that its reference number can be computed.
    virtual core::CaseId next_id() = 0;
    /// Throws std::logic_error where the owner is none or not on the staff (I3). `opened.id` must come from next_id.
    virtual void open(const core::Case& opened) = 0;
    virtual std::optional<core::Case> find(core::CaseId id) = 0;
    /// Writes everything but the id, the reference and the opening. Throws as `open` does.
    virtual void update(const core::Case& changed) = 0;
    virtual std::vector<core::Case> list(const CaseFilter& filter) = 0;
    /// The newest matter of this handset that is not closed. One of a child's card is none of the handset's: whoever
    /// has the phone later has nothing to do with it.
    virtual std::optional<core::Case> latest_open_of(core::HandsetId handset, core::CaseKind kind) = 0;

    /// How many matters of this kind the handset ever had, closed ones among them.
    virtual std::int64_t count_of(core::HandsetId handset, core::CaseKind kind) = 0;
    /// The newest matter that this child's card has opened and that is not closed.
    virtual std::optional<core::Case> latest_open_of_child(core::PersonId child) = 0;

    virtual void append(core::CaseId id, const core::CaseEntry& entry) = 0;
    virtual std::vector<core::CaseEntry> entries(core::CaseId id) = 0;
};

}  // namespace harborline::storage
