#include "handlers/render/graphemes.hpp"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <cstdint>
#include <memory>
#include <stdexcept>

namespace harborline::render {
namespace {

struct CloseText {
    void operator()(UText* text) const { utext_close(text); }
};

/// Making one reads ICU's rules, which takes longer than everything else here; so one per thread.
icu::BreakIterator& graphemes() {
    thread_local const std::unique_ptr<icu::BreakIterator> iterator = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<icu::BreakIterator> made{
            icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status)};
        if (U_FAILURE(status)) throw std::runtime_error("ICU has no grapheme rules; is its data installed?");
        return made;
    }();
    return *iterator;
}

}  // namespace

void each_grapheme(std::string_view text, const std::function<void(std::string_view)>& take) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UText, CloseText> view{
        utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status)};
    icu::BreakIterator& breaks = graphemes();
    breaks.setText(view.get(), status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU cannot read a text");
    std::int32_t begin = breaks.first();
    for (std::int32_t end = breaks.next(); end != icu::BreakIterator::DONE; begin = end, end = breaks.next())
        take(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
}

}  // namespace harborline::render
