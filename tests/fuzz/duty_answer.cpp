// A caseworker's answer on the first line; then a byte for each page on her phone and three for what it is.
#include "handlers/duty/answer_grammar.hpp"

#include <algorithm>

#include "handlers/core/utf8.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using core::Page;
using duty::DutyAnswer;

constexpr core::Instant kNow{std::chrono::sys_days{std::chrono::year{2027} / 3 / 3}};

std::vector<Page> pages_of(Draw draw) {
    std::vector<Page> pages;
    while (!draw.empty() && pages.size() < 40) {
        Page page{.id = {static_cast<std::int64_t>(pages.size()) + 1}};
        page.code = 1 + draw.byte();
        page.state = static_cast<Page::State>(draw.below(4));
        page.sent_at = kNow - std::chrono::hours{draw.below(48)};
        pages.push_back(page);
    }
    return pages;
}

bool is_open(const Page& page) {
    return page.state == Page::State::kOpen;
}

void require_sound(const DutyAnswer& answer, const std::vector<Page>& pages) {
    const auto open = std::ranges::count_if(pages, is_open);
    switch (answer.kind) {
        case DutyAnswer::Kind::kTake:
            return require(answer.page && is_open(*answer.page), "only an open page is taken");
        case DutyAnswer::Kind::kHandBack:
            return require(answer.page && (is_open(*answer.page) || answer.page->state == Page::State::kTaken),
                           "only an open page or one that she took is handed back");
        case DutyAnswer::Kind::kListOpen:
            require(answer.open.size() == static_cast<std::size_t>(open) && open > 1, "all open codes are listed");
            return require(std::ranges::is_sorted(answer.open), "codes are listed in order");
        case DutyAnswer::Kind::kStale:
        case DutyAnswer::Kind::kNotForDuty:
            return;
    }
}

}  // namespace

void try_input(std::string_view input) {
    Draw draw{input};
    const std::string text = core::repair_utf8(draw.until('\n'));
    const auto pages = pages_of(draw);

    const auto command = duty::read_command(text);
    if (command) require(command->code >= 0 && (!command->digit || command->code == 0), "a digit alone names no page");
    const auto answer = duty::interpret(text, pages, kNow);
    require_sound(answer, pages);
    if (!command) require(answer.kind == DutyAnswer::Kind::kNotForDuty, "what is no answer is a person's text");
    if (answer.page && command && command->code != 0)
        require(answer.page->code == command->code, "the page is the one named");

    const int code = duty::next_code(pages, kNow);
    require(std::to_string(code).find_first_of("089") == std::string::npos, "a code has no 0, 8 or 9 in it");
    const bool taken = std::ranges::any_of(pages, [&](const Page& page) { return page.code == code && is_open(page); });
    require(!taken, "a code is free");
}

}  // namespace harborline::fuzz
