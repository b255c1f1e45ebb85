#include "handlers/flow/answer.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <optional>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/utf8.hpp"

namespace harborline::flow {
namespace {

/// No key, number or keyword is longer, in any spelling; whatever is, is her own words and looked at no further.
constexpr std::size_t kShortBytes = 128;
constexpr std::size_t kSymbolsMax = 32;

struct DigitRun {
    char32_t first;
    char32_t last;
    int value;  ///< Of `first`.
};
/// Digits in rings, brackets and dots, raised and lowered ones. Decimal digits of every script come from ICU.
constexpr std::array kDigitRuns{
    DigitRun{0x00B2, 0x00B3, 2}, DigitRun{0x00B9, 0x00B9, 1}, DigitRun{0x2070, 0x2070, 0}, DigitRun{0x2074, 0x2079, 4},
    DigitRun{0x2080, 0x2089, 0}, DigitRun{0x2460, 0x2468, 1}, DigitRun{0x2474, 0x247C, 1}, DigitRun{0x2488, 0x2490, 1},
    DigitRun{0x24EA, 0x24EA, 0}, DigitRun{0x24F5, 0x24FD, 1}, DigitRun{0x24FF, 0x24FF, 0}, DigitRun{0x2776, 0x277E, 1},
    DigitRun{0x2780, 0x2788, 1}, DigitRun{0x278A, 0x2792, 1}, DigitRun{0x3220, 0x3228, 1}, DigitRun{0x3280, 0x3288, 1},
};
/// Written out, plain, in the banker's form and as read on the telephone.
constexpr std::array<std::u32string_view, 10> kWrittenDigits{
    U"零〇", U"一壹幺弌", U"二贰貳弍两兩", U"三叁叄參弎", U"四肆", U"五伍", U"六陆陸", U"七柒", U"八捌", U"九玖",
};
constexpr std::u32string_view kSpaces = U" \t\r\n\v\f\u00A0\u3000\u2002\u2003\u2009\u200B\u200C\u200D\u2060\uFEFF";
/// What may follow a digit without being anything: the ring of a keycap emoji and its selectors.
constexpr std::u32string_view kDecoration = U"\uFE0E\uFE0F\u20E3";
constexpr std::u32string_view kJoiners = U"-－—–‐‑−+＋加";
/// In half width, where a mark has one.
constexpr std::u32string_view kPunctuation = U".。｡,､、!?;:~…·()[]【】「」『』<>《》\"'“”‘’`´";
constexpr std::array<std::string_view, 14> kVerbs{"回复", "按键", "选择", "输入", "我选",  "我按",  "按",
                                                  "回",   "选",   "发",   "拨",   "press", "Press", "reply"};

bool among(std::u32string_view set, char32_t character) {
    return set.find(character) != std::u32string_view::npos;
}

/// What nearly every text begins and ends with: no space and no punctuation, without a look into their lists.
bool is_plain(char32_t character) {
    return (character >= U'0' && character <= U'9') || (character >= 0x4E00 && character <= 0x9FFF);
}

bool is_space(char32_t character) {
    return !is_plain(character) && among(kSpaces, character);
}

/// Half width, upper case.
char32_t fold(char32_t character) {
    if (character >= 0xFF01 && character <= 0xFF5E) character -= 0xFEE0;
    if (character >= U'a' && character <= U'z') character -= 0x20;
    return character;
}

bool is_punctuation(char32_t character) {
    return !is_plain(character) && among(kPunctuation, fold(character));
}

int digit_value(char32_t character) {
    if (character < 0x80) return character >= U'0' && character <= U'9' ? static_cast<int>(character - U'0') : -1;
    for (const auto& run : kDigitRuns)
        if (character >= run.first && character <= run.last) return run.value + static_cast<int>(character - run.first);
    for (std::size_t value = 0; value < kWrittenDigits.size(); ++value)
        if (among(kWrittenDigits[value], character)) return static_cast<int>(value);
    return u_charDigitValue(static_cast<UChar32>(character));
}

/// The key that a character stands for, or 0.
char key_of(char32_t character) {
    if (among(U"*＊﹡✱✳", character)) return '*';
    if (among(U"#＃﹟", character)) return '#';
    const int value = digit_value(character);
    return value < 0 ? '\0' : static_cast<char>('0' + value);
}

std::string_view trim(std::string_view text) {
    while (!text.empty()) {
        std::string_view rest = text;
        if (!is_space(take_character(rest))) break;
        text = rest;
    }
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && (text[start] & 0xC0) == 0x80) --start;
        std::string_view last = text.substr(start);
        if (!is_space(take_character(last))) break;
        text = text.substr(0, start);
    }
    return text;
}

/// The keys that a whole answer consists of.
struct Symbols {
    std::array<char, kSymbolsMax> keys{};
    std::size_t size = 0;
    std::string_view view() const { return {keys.data(), size}; }
};

/// Takes a verb such as "按" off the front.
void drop_verb(std::string_view& rest) {
    for (const auto verb : kVerbs)
        if (rest.starts_with(verb)) return rest.remove_prefix(verb.size());
}

void drop_opening(std::string_view& rest) {
    while (!rest.empty()) {
        std::string_view after = rest;
        const char32_t character = take_character(after);
        if (!is_space(character) && !is_punctuation(character)) return;
        rest = after;
    }
}

/// Nothing where the text is anything but keys, with their usual trimmings. `text` is trimmed.
std::optional<Symbols> read_symbols(std::string_view text) {
    if (text.empty() || text.size() > kShortBytes) return std::nullopt;
    Symbols symbols;
    std::string_view rest = text;
    drop_opening(rest);
    if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
        drop_verb(rest);
        drop_opening(rest);
    }
    bool closed = false;  // Punctuation came: only more of it may follow.
    while (!rest.empty()) {
        const char32_t character = take_character(rest);
        if (const char key = key_of(character); key != 0) {
            if (closed || symbols.size == kSymbolsMax) return std::nullopt;
            symbols.keys[symbols.size++] = key;
        } else if (symbols.size == 0) {
            return std::nullopt;
        } else if (is_punctuation(character) || character == U'键') {
            closed = true;
        } else if (!is_space(character) && !among(kJoiners, character) && !among(kDecoration, character)) {
            return std::nullopt;
        }
    }
    // # ends a number as on a telephone.
    if (symbols.view().ends_with('#') && symbols.size > 1 && symbols.keys[symbols.size - 2] >= '0') --symbols.size;
    return symbols;
}

bool all_digits(std::string_view keys) {
    return std::ranges::all_of(keys, [](char key) { return key >= '0' && key <= '9'; });
}

}  // namespace

core::Input read_answer(std::string_view text) {
    text = trim(text);
    core::Input input;
    input.text = text;
    const auto symbols = read_symbols(text);
    if (!symbols || symbols->size == 0) return input;
    if (symbols->size == 1) {
        input.kind = core::Input::Kind::kKey;
        input.key = symbols->keys[0];
    } else if (all_digits(symbols->view())) {
        input.kind = core::Input::Kind::kNumber;
        input.text = symbols->view();
    }
    return input;
}

bool is_danger(std::string_view text) {
    const auto symbols = read_symbols(trim(text));
    return symbols && symbols->view() == "9";
}

bool is_covert(std::string_view text) {
    const auto symbols = read_symbols(trim(text));
    return symbols && symbols->view() == names::kCovertKeys;
}

bool calls_for_help(std::string_view text) {
    const auto symbols = read_symbols(trim(text));
    return symbols && (symbols->view() == "9" || symbols->view() == "*0");
}

bool must_not_wait(const core::Inbound& inbound) {
    const std::string_view text = inbound.text;
    if (calls_for_help(text)) return true;
    if (!inbound.session || !inbound.session->cumulative) return false;
    const std::size_t star = text.rfind('*');
    if (star == std::string_view::npos) return false;
    const core::Input last = read_answer(text.substr(star + 1));
    return last.kind == core::Input::Kind::kKey && (last.key == '9' || last.key == '0');
}

std::string fold_word(std::string_view text) {
    text = trim(text);
    if (text.size() > kShortBytes) return {};
    std::string word;
    std::size_t kept = 0;  // Up to the last character that is no punctuation.
    while (!text.empty()) {
        const std::string_view before = text;
        const char32_t character = take_character(text);
        if (is_space(character)) continue;
        const bool mark = is_punctuation(character);
        if (mark && word.empty()) continue;
        if (const char32_t folded = fold(character); folded < 0x80) {
            word.push_back(static_cast<char>(folded));
        } else {
            word.append(before.substr(0, before.size() - text.size()));
        }
        if (!mark) kept = word.size();
    }
    word.resize(kept);
    return word;
}

OptWord read_opt_word(std::string_view text) {
    constexpr std::array<std::string_view, 11> kOut{"T",    "TD",     "N",    "R",           "退订", "退訂",
                                                    "取消", "不要了", "STOP", "UNSUBSCRIBE", "回TD"};
    constexpr std::array<std::string_view, 3> kOutOfAll{"全部停", "STOPALL", "全部停止"};
    constexpr std::array<std::string_view, 3> kIn{"KT", "START", "回KT"};
    constexpr std::size_t kWordBytes = 48;
    text = trim(text);
    if (text.size() > kWordBytes) return OptWord::kNone;
    const std::string word = fold_word(text);
    if (std::ranges::find(kOut, word) != kOut.end()) return OptWord::kOut;
    if (std::ranges::find(kOutOfAll, word) != kOutOfAll.end()) return OptWord::kOutOfAll;
    if (std::ranges::find(kIn, word) != kIn.end()) return OptWord::kIn;
    return OptWord::kNone;
}

std::string number_within(std::string_view text) {
    if (text.size() > kShortBytes) return {};
    std::string found;
    bool inside = false;
    while (!text.empty()) {
        const char32_t character = fold(take_character(text));
        const bool digit = character >= U'0' && character <= U'9';
        if (digit && !inside && !found.empty()) return {};
        if (digit) found.push_back(static_cast<char>(character));
        inside = digit;
    }
    return found;
}

}  // namespace harborline::flow
