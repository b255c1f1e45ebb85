#include "handlers/flow/longest_values.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "handlers/flow/placeholders.hpp"

namespace harborline::flow {
namespace {

struct Longest {
    std::string_view name;
    int characters;
};
constexpr std::array kLongest{
    Longest{"ref", 8},    Longest{"pin", 4},     Longest{"by", 20},  Longest{"date", 11},  Longest{"unit", 12},
    Longest{"text", 120}, Longest{"state", 8},   Longest{"code", 3}, Longest{"codes", 20}, Longest{"level", 6},
    Longest{"tel", 12},   Longest{"sms110", 8},  Longest{"key", 1},  Longest{"label", 24}, Longest{"n", 3},
    Longest{"count", 3},  Longest{"minutes", 4}, Longest{"who", 12}, Longest{"open", 20},  Longest{"list", 76},
    Longest{"min", 3},    Longest{"letter", 19},
};
/// Values of digits only, in whatever language.
constexpr std::array<std::string_view, 10> kDigitsOnly{"ref", "pin", "code",  "tel",     "sms110",
                                                       "key", "n",   "count", "minutes", "min"};
/// Every so many characters of a value in Latin letters a word ends.
constexpr int kWordLength = 6;

}  // namespace

int longest_value(std::string_view name) {
    const auto* found = std::ranges::find(kLongest, name, &Longest::name);
    return found == kLongest.end() ? 0 : found->characters;
}

void fill_longest(std::string_view words, bool plain, core::Fields& values) {
    while (const auto placeholder = take_placeholder(words)) {
        const bool digits = std::ranges::find(kDigitsOnly, placeholder->name) != kDigitsOnly.end();
        std::string value;
        for (int at = 1; at <= longest_value(placeholder->name); ++at)
            value += digits ? "8" : !plain ? "国" : at % kWordLength == 0 ? " " : "x";
        values.set(placeholder->name, value);
    }
}

}  // namespace harborline::flow
