#pragma once
#include <vector>

#include "handlers/core/family.hpp"
#include "handlers/core/ids.hpp"

namespace harborline::storage {

/// Which relatives were brought together by telephone, when and how long: no number, no word.
class KinCalls {
  public:
    virtual ~KinCalls() = default;
    virtual void add(const core::KinCall& call) = 0;
    /// Of a child, from `since` on, oldest first.
    virtual std::vector<core::KinCall> of_child(core::PersonId child, core::Instant since) = 0;
};

}  // namespace harborline::storage
