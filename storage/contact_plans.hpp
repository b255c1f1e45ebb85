#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "handlers/core/ids.hpp"

namespace harborline::storage {

/// How the people at handsets may be reached (I6), each in the form that handlers/safety writes. Sealed.
class ContactPlans {
  public:
    virtual ~ContactPlans() = default;
    /// None where nobody has written one down.
    virtual std::optional<std::string> find(core::HandsetId handset) = 0;
    /// In the place of the one before. The handset must be there.
    virtual void put(core::HandsetId handset, std::string_view plan) = 0;
    virtual void erase(core::HandsetId handset) = 0;
};

}  // namespace harborline::storage
