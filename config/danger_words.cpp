#include "config/danger_words.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

namespace harborline::config {

namespace {

constexpr std::size_t kLatinLeast = 3;
constexpr std::size_t kWordBytesMost = 64;

std::optional<core::Level> raising_level(std::string_view name) {
    if (name == "yellow") return core::Level::kYellow;
    if (name == "orange") return core::Level::kOrange;
    if (name == "red") return core::Level::kRed;
    return std::nullopt;
}

/// The letters and characters of a word, without what the search passes over.
std::string bare(std::string_view word) {
    std::string kept;
    for (const char c : word)
        if (static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0)
            kept += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return kept;
}

class DangerReader {
  public:
    DangerReader(const std::string& file, core::Findings& findings) : file_(file), findings_(findings) {}

    core::DangerList read(const toml::table& root) {
        for (const auto& [key, node] : root) {
            if (key == "harmless") {
                read_words(node, [&](std::string word) { list_.harmless.push_back(std::move(word)); });
            } else if (key == "covert") {
                read_words(node, [&](std::string word) { list_.covert.push_back(std::move(word)); });
            } else if (key == "list" && node.is_array_of_tables()) {
                for (const auto& entry : *node.as_array()) read_list(*entry.as_table());
            } else {
                report(node, "write harmless = [...], covert = [...] and [[list]] sections, nothing else");
            }
        }
        if (list_.words.empty()) findings_.push_back({file_, 1, "there are no words of danger"});
        return std::move(list_);
    }

  private:
    void report(const toml::node& node, std::string message) {
        findings_.push_back({file_, static_cast<int>(node.source().begin.line), std::move(message)});
    }

    void read_list(const toml::table& table) {
        std::optional<core::Level> level;
        if (const auto* written = table["level"].as_string()) level = raising_level(written->get());
        if (!level) return report(table, "a list needs level = \"red\", \"orange\" or \"yellow\"");
        if (!table["language"].is_string() || !table["words"].is_array())
            report(table, "a list needs language = \"...\" and words = [...]");
        for (const auto& [key, node] : table) {
            if (key == "words") {
                read_words(node, [&](std::string word) { list_.words.push_back({std::move(word), *level}); });
            } else if (key != "level" && key != "language") {
                report(node, "a list has language, level and words, nothing else");
            }
        }
    }

    template <class Keep>
    void read_words(const toml::node& node, Keep keep) {
        const auto* words = node.as_array();
        if (words == nullptr) return report(node, "words are written as a list of texts");
        for (const auto& entry : *words) {
            const auto* word = entry.as_string();
            if (word == nullptr) {
                report(entry, "a word must be a text in quotes");
            } else if (check(*word)) {
                keep(word->get());
            }
        }
    }

    bool check(const toml::value<std::string>& word) {
        const std::string kept = bare(word.get());
        const bool latin = std::ranges::all_of(kept, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (kept.empty()) return report(word, "a word must not be empty"), false;
        if (kept.size() > kWordBytesMost) return report(word, "a word is longer than anybody writes it"), false;
        if (latin && kept.size() < kLatinLeast)
            return report(word,
                          "a word in Latin letters has three of them at the least: shorter ones stand in half of all "
                          "texts"),
                   false;
        if (!seen_.insert(word.get()).second) return report(word, "this word stands here twice"), false;
        return true;
    }

    const std::string& file_;
    core::Findings& findings_;
    core::DangerList list_{};
    std::set<std::string> seen_{};
};

}  // namespace

core::DangerList read_danger_words(std::string_view toml, const std::string& file, core::Findings& findings) {
    try {
        return DangerReader{file, findings}.read(toml::parse(toml));
    } catch (const toml::parse_error& error) {
        findings.push_back({file, static_cast<int>(error.source().begin.line), "not valid TOML"});
        return {};
    }
}

}  // namespace harborline::config
