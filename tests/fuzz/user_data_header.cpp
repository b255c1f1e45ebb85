#include "gateway/carriers/user_data_header.hpp"

#include <cstdio>
#include <string>

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using gateway::Concatenation;

std::string hexadecimal(std::string_view bytes) {
    std::string digits;
    for (const char c : bytes) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
        digits += two;
    }
    return digits;
}

bool same(const std::optional<Concatenation>& a, const std::optional<Concatenation>& b) {
    if (!a || !b) return !a && !b;
    return a->reference == b->reference && a->wide_reference == b->wide_reference && a->total == b->total &&
           a->index == b->index;
}

}  // namespace

void try_input(std::string_view input) {
    const auto part = gateway::read_user_data_header(input);
    if (part && *part) {
        require((*part)->index >= 1 && (*part)->index <= (*part)->total, "a part is one of its total");
        require((*part)->total > 1, "a text in one part is no part");
        require((*part)->wide_reference || (*part)->reference <= 0xFF, "a narrow reference has 8 bits");
    }
    if (input.empty()) return;

    // Whatever is a header is the same header in hexadecimal digits.
    std::string header(1, static_cast<char>(input.size()));
    header += input.substr(0, 255);
    header[0] = static_cast<char>(header.size() - 1);
    const auto raw = gateway::read_user_data_header(header);
    const auto written = gateway::read_user_data_header(hexadecimal(header));
    require(raw.has_value() == written.has_value(), "both ways of writing a header are read");
    if (raw) require(same(*raw, *written), "both ways of writing a header say the same");
}

}  // namespace harborline::fuzz
