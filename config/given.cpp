#include "config/given.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "config/files.hpp"

namespace harborline::config {

namespace {

constexpr std::string_view kEnv = "env:";
constexpr std::string_view kFile = "file:";
/// Long enough for a token, and none: whoever serves has a finding instead.
constexpr std::string_view kStandsIn = "not-known-to-this-process";
constexpr std::size_t kReferencedMax = 64 * 1024;

bool is_printable(const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

template <class Number>
std::optional<Number> parse(const std::string& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

bool is_reference(std::string_view written) {
    return written.starts_with(kEnv) || written.starts_with(kFile);
}

std::optional<std::string> Given::resolve(const std::string& written, core::Findings& missing) const {
    const auto leads_nowhere = [&](const std::string& why) {
        missing.push_back({sheet_.file, line(), name_ + " " + why});
        return std::nullopt;
    };
    std::string text = written;
    if (written.starts_with(kEnv)) {
        const char* value = std::getenv(written.c_str() + kEnv.size());
        if (value == nullptr) return leads_nowhere("names an environment variable that is not set");
        text = value;
    } else if (written.starts_with(kFile)) {
        auto content = read_text_file(sheet_.folder / written.substr(kFile.size()), kReferencedMax);
        if (content.has_error()) return leads_nowhere("names a file that can not be read: " + content.error().message);
        text = std::move(*content);
        while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    }
    if (is_printable(text)) return text;
    problem("holds a line break or a control character");
    return std::nullopt;
}

std::optional<std::string> Given::text() const {
    if (const auto* written = node_.as_string()) return resolve(written->get());
    problem("must be a text in quotes");
    return std::nullopt;
}

std::optional<std::string> Given::secret() const {
    const auto* written = node_.as_string();
    if (written == nullptr || !is_reference(written->get())) return text();
    const auto missing_before = sheet_.missing_secrets.size();
    auto value = resolve(written->get(), sheet_.missing_secrets);
    return sheet_.missing_secrets.size() > missing_before ? std::string{kStandsIn} : std::move(value);
}

std::optional<std::int64_t> Given::integer(std::int64_t min, std::int64_t max) const {
    std::optional<std::int64_t> value;
    if (const auto* written = node_.as_integer()) value = written->get();
    if (const auto* written = node_.as_string(); written && is_reference(written->get())) {
        const auto text = resolve(written->get());
        if (!text) return std::nullopt;
        value = parse<std::int64_t>(*text);
    }
    if (value && *value >= min && *value <= max) return value;
    problem(fmt::format("must be a whole number from {} to {}", min, max));
    return std::nullopt;
}

std::optional<double> Given::number(double min, double max) const {
    std::optional<double> value;
    if (node_.is_number()) value = node_.value<double>();
    if (const auto* written = node_.as_string(); written && is_reference(written->get())) {
        const auto text = resolve(written->get());
        if (!text) return std::nullopt;
        value = parse<double>(*text);
    }
    if (value && *value >= min && *value <= max) return value;
    problem(fmt::format("must be a number from {} to {}", min, max));
    return std::nullopt;
}

std::optional<std::vector<std::string>> Given::texts() const {
    const auto* list = node_.as_array();
    if (list == nullptr) {
        problem("must be a list of texts: [\"…\", \"…\"]");
        return std::nullopt;
    }
    std::vector<std::string> values;
    for (const auto& node : *list) {
        auto value = element(node).text();
        if (!value) return std::nullopt;
        values.push_back(std::move(*value));
    }
    return values;
}

std::optional<std::vector<std::pair<std::int64_t, std::string>>> Given::pairs(const char* number,
                                                                              const char* word) const {
    const auto shape = fmt::format("must be a list of {{ {} = 0, {} = \"…\" }}", number, word);
    const auto* list = node_.as_array();
    if (list == nullptr) {
        problem(shape);
        return std::nullopt;
    }
    std::vector<std::pair<std::int64_t, std::string>> values;
    for (const auto& node : *list) {
        const auto* table = node.as_table();
        const auto count = table ? (*table)[number].value<std::int64_t>() : std::nullopt;
        const auto name = table ? (*table)[word].value<std::string>() : std::nullopt;
        if (!count || *count < 0 || !name || table->size() != 2) {
            element(node).problem(shape);
            return std::nullopt;
        }
        values.emplace_back(*count, *name);
    }
    return values;
}

}  // namespace harborline::config
