#include "handlers/duty/answer_grammar.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

namespace harborline::duty {

namespace {

using core::Page;

// The longest answer that means something is far shorter; everything above is a story.
constexpr std::size_t kBytesMax = 64;
constexpr std::size_t kCodeDigitsMax = 4;

constexpr std::array<std::pair<char32_t, char>, 22> kChineseDigits{{
    {U'一', '1'}, {U'二', '2'}, {U'三', '3'}, {U'四', '4'}, {U'五', '5'}, {U'六', '6'}, {U'七', '7'}, {U'八', '8'},
    {U'九', '9'}, {U'壹', '1'}, {U'贰', '2'}, {U'叁', '3'}, {U'肆', '4'}, {U'伍', '5'}, {U'陆', '6'}, {U'柒', '7'},
    {U'捌', '8'}, {U'玖', '9'}, {U'幺', '1'}, {U'两', '2'}, {U'零', '0'}, {U'〇', '0'},
}};

char32_t plain_digit(char32_t sign) {
    for (const auto& [chinese, digit] : kChineseDigits)
        if (sign == chinese) return static_cast<char32_t>(digit);
    return sign;
}

bool is_digit(char32_t sign) {
    return sign >= U'0' && sign <= U'9';
}

/// What makes the emoji of a key of a digit.
constexpr char32_t kKeycap = 0x20E3;

/// Width, case, circles and invisible signs folded, spaces, keycaps and closing marks gone, Chinese digits plain.
std::u32string fold(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU has no normalisation data");
    const auto folded = folding->normalize(
        icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<std::int32_t>(text.size())}), status);

    std::u32string plain;
    for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
        const auto sign = static_cast<char32_t>(folded.char32At(at));
        if (sign != kKeycap && !u_isUWhiteSpace(static_cast<UChar32>(sign))) plain += plain_digit(sign);
    }
    while (!plain.empty() && std::u32string_view{U"。.,!、~;"}.find(plain.back()) != std::u32string_view::npos)
        plain.pop_back();
    return plain;
}

/// 十二 is 12 and 二十一 is 21; other numbers stay as they are.
std::u32string without_tens(std::u32string_view number) {
    const auto ten = number.find(U'十');
    if (ten == std::u32string_view::npos) return std::u32string{number};
    const auto before = number.substr(0, ten);
    const auto behind = number.substr(ten + 1);
    if (before.size() > 1 || behind.size() > 1) return {};
    return std::u32string{before.empty() ? U"1" : before} + std::u32string{behind.empty() ? U"0" : behind};
}

/// 0 where it is no number that could be a code.
int read_code(std::u32string_view written) {
    const auto number = without_tens(written);
    if (number.empty() || number.size() > kCodeDigitsMax || !std::ranges::all_of(number, is_digit)) return 0;
    int code = 0;
    for (const auto digit : number) code = code * 10 + static_cast<int>(digit - U'0');
    return code;
}

std::optional<Command> word_and_code(std::u32string_view text) {
    constexpr std::array<std::pair<std::u32string_view, Command::Kind>, 3> kWords{{
        {U"收到", Command::Kind::kTake},
        {U"接", Command::Kind::kTake},
        {U"退", Command::Kind::kHandBack},
    }};
    for (const auto& [word, kind] : kWords) {
        if (!text.starts_with(word)) continue;
        const auto rest = text.substr(word.size());
        if (rest.empty()) return Command{.kind = kind};
        if (const int code = read_code(rest)) return Command{.kind = kind, .code = code};
    }
    return std::nullopt;
}

bool is_relevant(const Page& page, core::Instant now) {
    return page.wants_answer() || page.sent_at > now - std::chrono::hours{24};
}

DutyAnswer with_code(const Command& command, const std::vector<Page>& pages) {
    const auto named = std::ranges::find(pages, command.code, &Page::code);
    if (named == pages.end()) return {.kind = DutyAnswer::Kind::kStale};
    return answer_to(*named, command.kind);
}

DutyAnswer without_code(const Command& command, const std::vector<Page>& pages) {
    std::vector<Page> open;
    // One that waits to be told has no part in what she means by her only page.
    std::ranges::copy_if(pages, std::back_inserter(open),
                         [](const Page& page) { return page.wants_answer() && page.told; });
    if (open.empty() && command.digit) return {};
    if (open.empty()) return {.kind = DutyAnswer::Kind::kStale, .page = pages.front()};
    if (open.size() == 1)
        return {.kind = command.kind == Command::Kind::kTake ? DutyAnswer::Kind::kTake : DutyAnswer::Kind::kHandBack,
                .page = open.front()};
    DutyAnswer list{.kind = DutyAnswer::Kind::kListOpen};
    for (const auto& page : open) list.open.push_back(page.code);
    std::ranges::sort(list.open);
    return list;
}

bool is_speakable(int code) {
    for (; code > 0; code /= 10)
        if (const int digit = code % 10; digit == 0 || digit == 8 || digit == 9) return false;
    return true;
}

}  // namespace

std::string read_digits(std::string_view text) {
    if (text.size() > kBytesMax) return {};
    const auto folded = fold(text);
    if (!std::ranges::all_of(folded, is_digit)) return {};
    return {folded.begin(), folded.end()};
}

std::optional<Command> read_command(std::string_view text) {
    if (text.size() > kBytesMax) return std::nullopt;
    const auto folded = fold(text);
    std::u32string_view whole = folded;
    for (const std::u32string_view prefix : {U"回复", U"回", U"按"})
        if (whole.starts_with(prefix)) {
            whole.remove_prefix(prefix.size());
            break;
        }
    if (whole == U"1") return Command{.kind = Command::Kind::kTake, .digit = true};
    if (whole == U"2") return Command{.kind = Command::Kind::kHandBack, .digit = true};
    if (const auto command = word_and_code(whole)) return command;
    if (!whole.ends_with(U'a') && !whole.ends_with(U'b')) return std::nullopt;
    const int code = read_code(whole.substr(0, whole.size() - 1));
    if (code == 0) return std::nullopt;
    return Command{.kind = whole.ends_with(U'a') ? Command::Kind::kTake : Command::Kind::kHandBack, .code = code};
}

DutyAnswer interpret(std::string_view text, const std::vector<Page>& pages, core::Instant now) {
    std::vector<Page> relevant;
    std::ranges::copy_if(pages, std::back_inserter(relevant), [&](const Page& page) { return is_relevant(page, now); });
    if (relevant.empty()) return {};
    const auto command = read_command(text);
    if (!command) return {};
    return command->code == 0 ? without_code(*command, relevant) : with_code(*command, relevant);
}

DutyAnswer answer_to(const Page& page, Command::Kind kind) {
    const bool open = page.wants_answer();
    if (kind == Command::Kind::kTake && open) return {.kind = DutyAnswer::Kind::kTake, .page = page};
    if (kind == Command::Kind::kHandBack && (open || page.state == Page::State::kTaken))
        return {.kind = DutyAnswer::Kind::kHandBack, .page = page};
    return {.kind = DutyAnswer::Kind::kStale, .page = page, .would_take = kind == Command::Kind::kTake};
}

int next_code(const std::vector<Page>& pages, core::Instant now, int first) {
    const auto is_used = [&](int code) {
        return std::ranges::any_of(pages,
                                   [&](const Page& page) { return page.code == code && is_relevant(page, now); });
    };
    int code = first;
    while (!is_speakable(code) || is_used(code)) ++code;
    return code;
}

}  // namespace harborline::duty
