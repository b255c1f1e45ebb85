#include "handlers/safety/danger_words.hpp"

#include <algorithm>
#include <utility>

#include "handlers/core/utf8.hpp"

namespace harborline::safety {
namespace {

constexpr char32_t kGap = U' ';

bool is_ascii_word(char32_t c) {
    return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9') || c == U'\'';
}

/// Half width and lower case.
char32_t folded(char32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    return c >= U'A' && c <= U'Z' ? c + 0x20 : c;
}

/// Spaces, marks, invisible characters and pictures: what people put between characters, on purpose or not.
bool is_gap(char32_t c) {
    if (c < 0x80) return !is_ascii_word(c);
    return (c >= 0x80 && c < 0xC0) || (c >= 0x2000 && c < 0x2E80) || (c >= 0x3000 && c < 0x3040) ||
           (c >= 0xFE00 && c < 0xFE70) || c == 0xFEFF || (c >= 0xFF5F && c < 0xFF70) || c == core::kReplacement ||
           (c >= 0x1F000 && c < 0x20000);
}

struct Forms {
    std::u32string joined{};           ///< Without any gap.
    std::vector<bool> behind_a_gap{};  ///< Of each character of `joined`.
    std::u32string spaced{};           ///< One gap before every Latin word; empty where there is none.
};

Forms forms_of(std::string_view text) {
    Forms forms;
    forms.joined.resize(text.size());  // Cut back to what there is.
    forms.behind_a_gap.resize(text.size());
    std::size_t joined = 0;
    bool after_gap = false;
    bool after_latin = false;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = folded(core::next_code_point(text, at));
        if (is_gap(c)) {
            after_gap = true;
            after_latin = false;
            continue;
        }
        const bool latin = c < 0x80;
        if (latin && !after_latin) {
            if (forms.spaced.empty()) forms.spaced.assign(forms.joined, 0, joined);
            forms.spaced += kGap;
        }
        if (!forms.spaced.empty()) forms.spaced += c;
        forms.behind_a_gap[joined] = std::exchange(after_gap, false);
        forms.joined[joined++] = c;
        after_latin = latin;
    }
    forms.joined.resize(joined);
    return forms;
}

/// Whether there is a gap anywhere behind the first of these characters.
bool is_torn(const std::vector<bool>& behind_a_gap, std::size_t first, std::size_t last) {
    for (std::size_t at = first + 1; at <= last && at < behind_a_gap.size(); ++at)
        if (behind_a_gap[at]) return true;
    return false;
}

}  // namespace

DangerWords::DangerWords(const core::DangerList& list) {
    for (const auto& phrase : list.harmless) add(phrase, core::Level::kNone);
    for (const auto& word : list.words) add(word.text, word.level);
    for (const auto& word : list.covert)
        if (auto joined = forms_of(word).joined; !joined.empty()) covert_.push_back(std::move(joined));
}

bool DangerWords::asks_covertly(std::string_view text) const {
    if (covert_.empty() || text.size() > kCodeTextBytes) return false;
    const std::u32string joined = forms_of(text).joined;
    return std::ranges::any_of(covert_, [&](const auto& word) { return joined.find(word) != std::u32string::npos; });
}

void DangerWords::add(std::string_view word, core::Level level) {
    Forms forms = forms_of(word);
    if (forms.joined.empty()) return;
    const bool latin = std::ranges::all_of(forms.joined, [](char32_t c) { return c < 0x80; });
    std::u32string& text = latin ? forms.spaced : forms.joined;
    // Every Latin word begins with a gap, so its first letter tells more.
    const char32_t first = latin ? text[1] : text[0];
    by_first_[first].push_back({std::move(text), level});
}

core::Level DangerWords::level_of(std::string_view text) const {
    const Forms forms = forms_of(text);
    return std::max(look(forms.joined, forms.behind_a_gap), look(forms.spaced, {}));
}

core::Level DangerWords::look(std::u32string_view text, const std::vector<bool>& behind_a_gap) const {
    core::Level highest = core::Level::kNone;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto entries = by_first_.find(text[at]);
        if (entries == by_first_.end()) continue;
        for (const auto& entry : entries->second) {
            const bool latin = entry.text[0] == kGap;
            if (latin && (at == 0 || text[at - 1] != kGap)) continue;
            const std::size_t from = latin ? at - 1 : at;
            if (text.compare(from, entry.text.size(), entry.text) != 0) continue;
            if (entry.level == core::Level::kNone) {
                const std::size_t last = from + entry.text.size() - 1;
                if (is_torn(behind_a_gap, from, last)) continue;
                at = last;
                break;
            }
            highest = std::max(highest, entry.level);
        }
        if (highest == core::Level::kRed) break;
    }
    return highest;
}

}  // namespace harborline::safety
