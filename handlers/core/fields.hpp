#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harborline::core {

/// A handful of named values in the order they were set: what a person has answered so far, or what a prompt
/// is filled with. Small and flat on purpose: a turn copies it.
class Fields {
  public:
    Fields() = default;
    Fields(std::initializer_list<std::pair<std::string, std::string>> entries) : entries_(entries) {}

    /// The value, or an empty view where there is none.
    std::string_view get(std::string_view name) const {
        for (const auto& [key, value] : entries_)
            if (key == name) return value;
        return {};
    }
    bool has(std::string_view name) const {
        for (const auto& entry : entries_)
            if (entry.first == name) return true;
        return false;
    }
    void set(std::string_view name, std::string_view value) {
        for (auto& [key, old] : entries_)
            if (key == name) {
                old = value;
                return;
            }
        entries_.emplace_back(name, value);
    }
    bool empty() const { return entries_.empty(); }
    void clear() { entries_.clear(); }
    void reserve(std::size_t count) { entries_.reserve(count); }
    const std::vector<std::pair<std::string, std::string>>& entries() const { return entries_; }
    friend bool operator==(const Fields&, const Fields&) = default;

  private:
    std::vector<std::pair<std::string, std::string>> entries_{};
};

}  // namespace harborline::core
