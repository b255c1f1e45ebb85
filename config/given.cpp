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

std::optional<std::string> Given::resolve(const std::string& written) const {
    std::string text = written;
    if (written.starts_with(kEnv)) {
        const char* value = std::getenv(written.c_str() + kEnv.size());
        if (value == nullptr) {
            problem("names an environment variable that is not set");
            return std::nullopt;
        }
        text = value;
    } else if (written.starts_with(kFile)) {
        auto content = read_text_file(sheet_.folder / written.substr(kFile.size()), kReferencedMax);
        if (content.has_error()) {
            problem("names a file that can not be read: " + content.error().message);
            return std::nullopt;
        }
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
