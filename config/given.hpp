#pragma once
#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "handlers/core/finding.hpp"

namespace harborline::config {

/// The settings file being read, and what was found wrong with it.
struct Sheet {
    std::string file{};
    std::filesystem::path folder{};
    core::Findings& findings;
    core::Findings missing_secrets{};  ///< Apart: see Settings.

    void problem(int line, std::string message) { findings.push_back({file, line, std::move(message)}); }
};

/// True where a string says where its value is (`env:NAME`, `file:PATH`) instead of being it.
bool is_reference(std::string_view written);

/// One value as it stands in the file. The readers follow `env:NAME` and `file:PATH`, and report what is wrong at the
/// value's own line. No message ever repeats a value: it may be a secret in the wrong place.
class Given {
  public:
    Given(const toml::node& node, std::string name, Sheet& sheet)
        : node_(node), name_(std::move(name)), sheet_(sheet) {}

    std::optional<std::string> text() const;
    /// As a text, but a reference that leads nowhere is a missing secret, and something stands in for it: who does not
    /// need it finds the channel whole.
    std::optional<std::string> secret() const;
    std::optional<std::int64_t> integer(std::int64_t min, std::int64_t max) const;
    std::optional<double> number(double min, double max) const;
    std::optional<std::vector<std::string>> texts() const;
    /// A list of tables, each with exactly these two keys: a whole number >= 0 and a text. For ladders.
    std::optional<std::vector<std::pair<std::int64_t, std::string>>> pairs(const char* number, const char* word) const;

    void problem(const std::string& what) const { sheet_.problem(line(), name_ + " " + what); }
    const std::filesystem::path& folder() const { return sheet_.folder; }

  private:
    int line() const { return static_cast<int>(node_.source().begin.line); }
    std::optional<std::string> resolve(const std::string& written) const { return resolve(written, sheet_.findings); }
    /// `missing`: where it is told of a reference that leads nowhere.
    std::optional<std::string> resolve(const std::string& written, core::Findings& missing) const;
    Given element(const toml::node& node) const { return {node, name_, sheet_}; }

    const toml::node& node_;
    std::string name_;
    Sheet& sheet_;
};

}  // namespace harborline::config
