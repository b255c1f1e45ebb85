#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/alert.hpp"

namespace harborline::duty {

/// A caseworker's answer by itself, before anybody looks at what she was told.
struct Command {
    enum class Kind : std::uint8_t { kTake, kHandBack };
    Kind kind = Kind::kTake;
    int code = 0;        ///< 0: she named no page.
    bool digit = false;  ///< A bare 1 or 2, which can as well answer a menu.
};

/// Reads 1, 收到, 接, 接3, 收到3, 3a (take) and 2, 退, 退3, 3b (hand back) in any spelling: full-width, Chinese or
/// circled digits (接十二 too), capitals, spaces, "回1", a closing mark. Nothing where the whole text is not exactly
/// one of them. `text` is valid UTF-8 of any length. The danger key is nobody's answer here; the caller asks for it
/// first.
std::optional<Command> read_command(std::string_view text);

/// The digits that a text is made of and nothing else, in any spelling as above; empty where it is anything else.
std::string read_digits(std::string_view text);

struct DutyAnswer {
    enum class Kind : std::uint8_t {
        kTake,
        kHandBack,
        kListOpen,    ///< It can not be said which page is meant: tell her `open`, change nothing.
        kStale,       ///< Tell her what became of `page`, or that there is none of this code.
        kNotForDuty,  ///< An ordinary person's text.
    };
    Kind kind = Kind::kNotForDuty;
    std::optional<core::Page> page{};
    std::vector<int> open{};  ///< With kListOpen: the codes of her open pages, in rising order.
    bool would_take = false;  ///< With kStale: she named the page, or is called for it, and would have it.
};

/// What a text from a staff handset does, given that phone's pages, newest first: the open ones of any age, and those
/// of the last day in any state; older ones are ignored. 1, 收到, 接, 2 and 退 alone count only while exactly one page
/// is open. A page that she has taken may be handed back by its code. A page of which she was asked whether she is
/// still at it counts as open: to take it again is to say so. Pages that she was not told of yet answer to their codes
/// only.
DutyAnswer interpret(std::string_view text, const std::vector<core::Page>& pages, core::Instant now);

/// The same of an answer to exactly this page: by a key, while she is called for it.
DutyAnswer answer_to(const core::Page& page, Command::Kind kind);

/// The phone's next free page code: the lowest number from `first` on without the digits 0, 8 and 9 that no open page
/// and no page of the last day uses. `pages` as for `interpret`.
int next_code(const std::vector<core::Page>& pages, core::Instant now, int first = 1);

}  // namespace harborline::duty
