#include "handlers/flow/toml_table.hpp"

namespace harborline::flow {

std::optional<toml::table> parse_toml(std::string_view file, std::string_view content, core::Findings& findings) {
    try {
        return toml::parse(content);
    } catch (const toml::parse_error& error) {
        findings.push_back({std::string{file}, static_cast<int>(error.source().begin.line),
                            "not valid TOML: " + std::string{error.description()}});
        return std::nullopt;
    }
}

std::string TomlTable::text(std::string_view key) {
    const auto* node = any(key);
    if (node == nullptr) return {};
    if (const auto* value = node->as_string()) return value->get();
    report(*node, std::string{key} + " must be a text in quotes");
    return {};
}

bool TomlTable::flag(std::string_view key) {
    const auto* node = any(key);
    if (node == nullptr) return false;
    if (const auto* value = node->as_boolean()) return value->get();
    report(*node, std::string{key} + " must be true or false");
    return false;
}

int TomlTable::number(std::string_view key, int least, int most) {
    const auto* node = any(key);
    if (node == nullptr) return 0;
    const auto* value = node->as_integer();
    if (value != nullptr && value->get() >= least && value->get() <= most) return static_cast<int>(value->get());
    report(*node, std::string{key} + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    return 0;
}

const toml::table* TomlTable::table(std::string_view key) {
    const auto* node = any(key);
    if (node == nullptr) return nullptr;
    if (const auto* value = node->as_table()) return value;
    report(*node, std::string{key} + " must be a table");
    return nullptr;
}

const toml::array* TomlTable::array(std::string_view key) {
    const auto* node = any(key);
    if (node == nullptr) return nullptr;
    if (const auto* value = node->as_array()) return value;
    report(*node, std::string{key} + " must be a list");
    return nullptr;
}

const toml::node* TomlTable::any(std::string_view key) {
    asked_.emplace(key);
    return table_.get(key);
}

void TomlTable::report(int line, std::string_view message) {
    findings_.push_back({file_, line, where_.empty() ? std::string{message} : where_ + ": " + std::string{message}});
}

void TomlTable::finish() {
    for (const auto& [key, node] : table_)
        if (!asked_.contains(key.str()))
            report(static_cast<int>(key.source().begin.line), "unknown key \"" + std::string{key.str()} + "\"");
}

}  // namespace harborline::flow
