// A text taken apart for the air. ICU is asked for the graphemes.
#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <memory>
#include <set>
#include <string>

#include "handlers/core/utf8.hpp"
#include "handlers/flow/lengths.hpp"
#include "handlers/render/sms.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using render::SmsCoding;
using render::SmsParts;

struct Limits {
    int single = 0;
    int part = 0;
};

Limits limits_of(SmsCoding coding) {
    return coding == SmsCoding::kGsm7 ? Limits{160, 153} : Limits{70, 67};
}

int length_of(SmsCoding coding, std::string_view text) {
    return coding == SmsCoding::kGsm7 ? render::gsm7_septets(text) : render::utf16_units(text);
}

/// Byte offsets between graphemes, found over UTF-16 and so not by the way that the splitter goes.
std::set<std::size_t> boundaries(const std::string& text) {
    static const std::unique_ptr<icu::BreakIterator> breaks = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<icu::BreakIterator>{
            icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status)};
    }();
    const auto wide = icu::UnicodeString::fromUTF8(text);
    breaks->setText(wide);
    std::set<std::size_t> offsets;
    std::string before;
    std::int32_t from = breaks->first();
    for (auto at = from; at != icu::BreakIterator::DONE; from = at, at = breaks->next()) {
        wide.tempSubStringBetween(from, at).toUTF8String(before);
        offsets.insert(before.size());
    }
    return offsets;
}

/// A cut may lie within a grapheme only where that grapheme alone is longer than a part.
bool may_cut(const std::set<std::size_t>& graphemes, std::size_t at, std::string_view text, SmsCoding coding) {
    if (graphemes.contains(at)) return true;
    const auto end = graphemes.upper_bound(at);
    const std::size_t begin = *std::prev(end);
    return length_of(coding, text.substr(begin, *end - begin)) > limits_of(coding).part;
}

void require_whole(const std::string& text, const SmsParts& split) {
    const auto [single, part] = limits_of(split.coding);
    const auto graphemes = boundaries(text);
    std::size_t at = 0;
    for (const auto& piece : split.parts) {
        require(text.compare(at, piece.size(), piece) == 0, "the parts together are the text");
        require(!piece.empty() && core::is_valid_utf8(piece), "no part is empty or cuts a character");
        const int length = length_of(split.coding, piece);
        require(length > 0 && length <= (split.parts.size() == 1 ? single : part), "no part is above its limit");
        at += piece.size();
        require(may_cut(graphemes, at, text, split.coding), "no part cuts a grapheme");
    }
    require(at == text.size(), "no part is missing");
}

}  // namespace

void try_input(std::string_view input) {
    Draw draw{input};
    const std::string signature = draw.below(2) == 0 ? "【哈尔滨市妇联】" : "[Harbin WF] ";
    const std::string words = core::repair_utf8(draw.rest());
    const std::string text = words.empty() ? words : signature + words;

    const SmsParts split = render::split_sms(text);
    require((split.coding == SmsCoding::kGsm7) == (render::gsm7_septets(text) >= 0), "seven bits where they do");
    require(flow::is_gsm7(text) == (split.coding == SmsCoding::kGsm7), "the proof knows the same alphabet");
    require_whole(text, split);
    // Marks that open the words join the signature's last character, and so many of them may go to the next part.
    if (!words.empty() && boundaries(text).contains(signature.size()))
        require(split.parts.front().starts_with(signature), "the signature is counted in");
    const int counted = flow::count_sms(text);
    require(counted <= static_cast<int>(split.parts.size()) || words.empty(), "the proof counts no more than are sent");
    require((counted == 1) == (split.parts.size() == 1) || words.empty(),
            "what the proof calls one short message is one");
}

}  // namespace harborline::fuzz
