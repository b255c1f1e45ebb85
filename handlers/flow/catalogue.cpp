#include "handlers/flow/catalogue.hpp"

#include <algorithm>
#include <stdexcept>

#include "handlers/flow/placeholders.hpp"
#include "handlers/flow/toml_table.hpp"

namespace harborline::flow {
namespace {

/// Keys alone, runs of three and more drawn together: "1-5 7". By ear every key stands by itself.
std::string join_keys(const std::vector<Choice>& choices, core::ChannelKind kind) {
    std::string keys;
    for (const auto& choice : choices) keys.push_back(choice.key);
    std::ranges::sort(keys);
    std::string joined;
    if (kind == core::ChannelKind::kVoice) {
        for (const char key : keys) (joined += joined.empty() ? "" : ", ") += key;
        return joined;
    }
    for (std::size_t first = 0; first < keys.size();) {
        std::size_t last = first;
        while (last + 1 < keys.size() && keys[last + 1] == keys[last] + 1) ++last;
        if (last - first < 2) last = first;
        if (!joined.empty()) joined += ' ';
        joined += keys[first];
        if (last > first) (joined += '-') += keys[last];
        first = last + 1;
    }
    return joined;
}

void read_text(Catalogue& catalogue, std::string_view language, std::string_view key, std::string_view file,
               const toml::node& node, core::Findings& findings) {
    Catalogue::Text text{.file = std::string{file}, .line = static_cast<int>(node.source().begin.line)};
    if (const auto* words = node.as_string()) {
        text.words = words->get();
    } else if (const auto* table = node.as_table();
               table != nullptr && (table->contains("text") || table->contains("voice"))) {
        TomlTable reader{*table, std::string{file}, "text " + std::string{key}, findings};
        if (reader.has("text")) text.words = reader.text("text");
        if (reader.has("ussd")) text.ussd = reader.text("ussd");
        if (reader.has("voice")) text.voice = reader.text("voice");
        text.neutral = reader.flag("neutral");
        text.is_long = reader.flag("long");
        reader.finish();
    } else {
        findings.push_back({text.file, text.line,
                            "text " + std::string{key} +
                                ": must be words in quotes, { text = \"…\", … } or { voice = \"…\", … }; a key " +
                                "with dots stands in quotes"});
        return;
    }
    if (text.words.empty() && (text.voice.empty() || !text.ussd.empty()))
        findings.push_back({text.file, text.line, "text " + std::string{key} + ": is empty"});
    if (catalogue.find(language, key) != nullptr)
        findings.push_back({text.file, text.line, "text " + std::string{key} + ": stands in another file too"});
    catalogue.set(language, key, std::move(text));
}

}  // namespace

void Catalogue::add(std::string_view language, std::string_view file, std::string_view toml, core::Findings& findings) {
    texts_.try_emplace(std::string{language});
    const auto root = parse_toml(file, toml, findings);
    if (!root) return;
    for (const auto& [key, node] : *root) read_text(*this, language, key.str(), file, node, findings);
}

void Catalogue::set(std::string_view language, std::string_view key, Text text) {
    texts_[std::string{language}].insert_or_assign(std::string{key}, std::move(text));
}

bool Catalogue::has_language(std::string_view language) const {
    return texts_.find(language) != texts_.end();
}

std::vector<std::string> Catalogue::languages() const {
    std::vector<std::string> names;
    for (const auto& entry : texts_) names.push_back(entry.first);
    return names;
}

const Catalogue::Text* Catalogue::find(std::string_view language, std::string_view key) const {
    const auto texts = texts_.find(language);
    if (texts == texts_.end()) return nullptr;
    const auto text = texts->second.find(key);
    return text == texts->second.end() ? nullptr : &text->second;
}

const Catalogue::Text& Catalogue::text(std::string_view language, std::string_view key) const {
    const Text* found = find(language, key);
    if (found == nullptr) throw std::logic_error("no text " + std::string{key} + " in " + std::string{language});
    return *found;
}

std::string Catalogue::fill(std::string_view language, const Say& say, core::ChannelKind kind) const {
    std::string filled;
    fill_into(filled, language, text(language, say.key), say, kind);
    return filled;
}

void Catalogue::fill_into(std::string& out, std::string_view language, const Text& text, const Say& say,
                          core::ChannelKind kind) const {
    std::string_view rest = text.on(kind);
    while (const auto placeholder = take_placeholder(rest)) {
        out += placeholder->before;
        if (placeholder->name == "options") {
            list_options(out, language, say, kind);
        } else if (placeholder->name == "keys") {
            out += join_keys(say.choices, kind);
        } else if (say.values.has(placeholder->name)) {
            out += say.values.get(placeholder->name);
        } else {
            throw std::logic_error("text " + say.key + " has no value for " + std::string{placeholder->name});
        }
    }
    out += rest;
}

void Catalogue::list_options(std::string& out, std::string_view language, const Say& say,
                             core::ChannelKind kind) const {
    const Text* format = nullptr;
    Say entry{.key = std::string{kOptionFormat}};
    for (const auto& choice : say.choices) {
        if (choice.label.empty()) continue;  // The prompt's own words name it.
        if (format == nullptr)
            format = &text(language, kOptionFormat);
        else
            out += ' ';
        entry.values.set("key", std::string_view{&choice.key, 1});
        entry.values.set("label", fill(language, {.key = choice.label}, kind));
        fill_into(out, language, *format, entry, kind);
    }
}

std::vector<std::string> Catalogue::placeholders(std::string_view key) const {
    std::vector<std::string> names;
    for (const auto& entry : texts_) {
        const auto text = entry.second.find(key);
        if (text == entry.second.end()) continue;
        for (const std::string* words : {&text->second.words, &text->second.ussd, &text->second.voice}) {
            std::string_view rest = *words;
            while (const auto placeholder = take_placeholder(rest))
                if (!is_list(placeholder->name) && std::ranges::find(names, placeholder->name) == names.end())
                    names.emplace_back(placeholder->name);
        }
    }
    return names;
}

std::vector<std::string> Catalogue::keys(std::string_view language) const {
    std::vector<std::string> names;
    if (const auto texts = texts_.find(language); texts != texts_.end())
        for (const auto& entry : texts->second) names.push_back(entry.first);
    std::ranges::sort(names);
    return names;
}

}  // namespace harborline::flow
