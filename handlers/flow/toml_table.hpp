#pragma once
#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "handlers/core/finding.hpp"

namespace harborline::flow {

/// Parses one file; a syntax error is a finding and nothing is returned.
std::optional<toml::table> parse_toml(std::string_view file, std::string_view content, core::Findings& findings);

/// One table of a file while it is read: asks for keys with their types, reports what does not fit with file, line and
/// place, and at the end every key that nobody asked for.
class TomlTable {
  public:
    /// `where` names the table in findings ("step kind"); may be empty for the file itself.
    TomlTable(const toml::table& table, std::string file, std::string where, core::Findings& findings)
        : table_(table), file_(std::move(file)), where_(std::move(where)), findings_(findings) {}

    bool has(std::string_view key) const { return table_.contains(key); }
    std::string text(std::string_view key);
    bool flag(std::string_view key);
    int number(std::string_view key, int least, int most);
    /// Null where the key is missing or no table.
    const toml::table* table(std::string_view key);
    const toml::array* array(std::string_view key);
    /// Any kind of value; null where the key is missing.
    const toml::node* any(std::string_view key);

    int line() const { return static_cast<int>(table_.source().begin.line); }
    const toml::table& raw() const { return table_; }
    void report(int line, std::string_view message);
    void report(const toml::node& node, std::string_view message) {
        report(static_cast<int>(node.source().begin.line), message);
    }
    /// Reports unknown keys. To be called last.
    void finish();

  private:
    const toml::table& table_;
    std::string file_;
    std::string where_;
    core::Findings& findings_;
    std::set<std::string, std::less<>> asked_{};
};

}  // namespace harborline::flow
