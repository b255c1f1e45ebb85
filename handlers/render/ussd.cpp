#include "handlers/render/ussd.hpp"

#include <algorithm>

#include "handlers/core/utf8.hpp"
#include "handlers/render/graphemes.hpp"
#include "handlers/render/sms.hpp"

namespace harborline::render {
namespace {

/// A page keeps at least this share of itself before it is cut at a space instead of inside a word.
constexpr int kLeastShare = 2;

/// Everything that the GSM alphabet lacks as a question mark.
std::string in_gsm7(std::string_view words) {
    std::string kept;
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t begin = at;
        core::next_code_point(words, at);
        const std::string_view character = words.substr(begin, at - begin);
        kept.append(gsm7_septets(character) < 0 ? "?" : character);
    }
    return kept;
}

class Pages {
  public:
    Pages(bool septets, int limit, const PageMarks& marks) : septets_(septets), limit_(limit), marks_(marks) {}

    std::vector<std::string> cut(std::string_view words) {
        std::vector<std::string> pages;
        while (!words.empty()) {
            const bool first = pages.empty();
            const int back = first ? 0 : below(marks_.back);
            if (cost(words) + back <= limit_) {
                pages.push_back(std::string{words} + (first ? "" : "\n" + marks_.back));
                break;
            }
            const int room = limit_ - back - below(marks_.more);
            const std::size_t taken = fitting(words, std::max(room, 1));
            std::string page{words.substr(0, taken)};
            if (page.ends_with(' ') || page.ends_with('\n')) page.pop_back();
            page += first ? "\n" + marks_.more : "\n" + marks_.back + " " + marks_.more;
            pages.push_back(std::move(page));
            words.remove_prefix(taken);
        }
        if (pages.empty()) pages.emplace_back();
        return pages;
    }

  private:
    int cost(std::string_view text) const { return septets_ ? gsm7_septets(text) : utf16_units(text); }
    /// Of a mark with the line break or the space before it.
    int below(std::string_view mark) const { return cost(mark) + 1; }

    /// How many bytes go on a page with so much room: up to the last space of its second half, where there is one.
    std::size_t fitting(std::string_view words, int room) const {
        std::size_t whole = 0;
        std::size_t at_space = 0;
        int used = 0;
        bool full = false;
        each_grapheme(words, [&](std::string_view grapheme) {
            if (full) return;
            used += cost(grapheme);
            if (used > room && whole > 0) {
                full = true;
                return;
            }
            whole += grapheme.size();
            if ((grapheme == " " || grapheme == "\n") && used >= room / kLeastShare) at_space = whole;
        });
        return at_space > 0 ? at_space : whole;
    }

    bool septets_;
    int limit_;
    const PageMarks& marks_;
};

}  // namespace

std::string render_ussd(const flow::Catalogue& catalogue, std::string_view language,
                        const std::vector<flow::Say>& says) {
    std::string text;
    for (const flow::Say& say : says) {
        const std::string words = catalogue.fill(language, say, core::ChannelKind::kUssd);
        if (words.empty()) continue;
        if (!text.empty()) text.push_back('\n');
        text.append(words);
    }
    return text;
}

ScreenLength measure_screen(std::string_view words, const core::ScreenLimits& limits) {
    const int septets = gsm7_septets(words);
    if (septets >= 0 || limits.units == 0) return {std::max(septets, 0), limits.septets - limits.footer, true};
    return {utf16_units(words), limits.units - limits.footer, false};
}

std::vector<std::string> split_screens(std::string_view words, const core::ScreenLimits& limits,
                                       const PageMarks& marks) {
    const auto is_foreign = [](const std::string& mark) { return gsm7_septets(mark) < 0; };
    if (limits.units == 0 && (gsm7_septets(words) < 0 || is_foreign(marks.more) || is_foreign(marks.back)))
        return split_screens(in_gsm7(words), limits, {in_gsm7(marks.more), in_gsm7(marks.back)});
    const auto whole = measure_screen(words, limits);
    if (whole.used <= whole.limit) return {std::string{words}};
    const bool septets = whole.septets && gsm7_septets(marks.more + marks.back) >= 0;
    const int limit = (septets ? limits.septets : limits.units) - limits.footer;
    return Pages{septets, limit, marks}.cut(words);
}

}  // namespace harborline::render
