#include <fmt/format.h>

#include "config/settings.hpp"
#include "config/settings_table.hpp"

namespace harborline::config {

namespace {

template <class Target>
std::string table_of(const Rows<Target>& rows) {
    const Target fresh;
    std::string out = "| key | type | default | must be | what it is |\n|---|---|---|---|---|\n";
    for (const auto& row : rows) {
        const auto shown = row.shown(fresh);
        const auto initially = row.required ? "required" : shown.empty() ? "none" : "`" + shown + "`";
        out += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.key, row.type, initially, row.demands, row.meaning);
    }
    return out;
}

}  // namespace

std::string settings_reference() {
    std::string out =
        "# Settings\n\nOne TOML file. Any value may be `\"env:NAME\"` (an environment variable) or `\"file:PATH\"` "
        "(the "
        "content of a file, relative to the settings file). The ending of a key is its unit: `_ms`, `_s`, `_min`. "
        "An unknown key is an error.\n";
    for (const auto& section : sections()) {
        const auto title = section.name.empty() ? "General" : "[" + section.name + "]";
        out += fmt::format("\n## {}\n\n{}\n\n{}", title, section.meaning, table_of(section.rows));
    }
    out += fmt::format(
        "\n## [[channel]]\n\nOne account with one carrier; one section each. Secrets are `env:` or `file:`; only a "
        "handset channel, which is reached from this machine alone, may have its token in the file.\n\n{}",
        table_of(channel_rows()));
    return out;
}

}  // namespace harborline::config
