#pragma once
#include <string>
#include <utility>

namespace harborline::core {

/// A password or token: readable only where it is meant to be used, and printable nowhere.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

  private:
    std::string value_{};
};

}  // namespace harborline::core
