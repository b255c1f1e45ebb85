#include "gateway/carriers/webhook_query.hpp"

#include <algorithm>

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using gateway::percent_decoded;
using gateway::percent_encoded;
using gateway::WebhookQuery;

void try_encoding(std::string_view bytes) {
    const std::string encoded = percent_encoded(bytes);
    require(std::ranges::all_of(encoded, [](char c) { return c > ' ' && c <= '~' && c != '&' && c != '='; }),
            "what is encoded can stand in a query");
    require(percent_decoded(encoded) == bytes, "encoding is undone by decoding");
    const auto decoded = percent_decoded(bytes);
    if (decoded) require(percent_decoded(percent_encoded(*decoded)) == *decoded, "decoded bytes can be encoded again");
}

/// A name and a value that a query is written from are what it is read as.
void try_pair(Draw draw) {
    const std::string_view name = draw.take(draw.below(16));
    const std::string_view value = draw.rest();
    const auto query = WebhookQuery::parse("a=1&" + percent_encoded(name) + "=" + percent_encoded(value) + "&&b");
    if (name == "a" || name == "b") return require(!query.has_value(), "a name twice is refused");
    if (!query) return require(3 * (name.size() + value.size()) + 8 > WebhookQuery::kBytesMax, "a short query is read");
    require(query->get(name) == value && query->get("a") == "1", "a value is found under its name");
    require(query->find("b") != nullptr && query->get("b").empty(), "a name alone is there and empty");
}

}  // namespace

void try_input(std::string_view input) {
    const auto query = WebhookQuery::parse(input);
    if (query) require(query->size() <= WebhookQuery::kPairsMax, "a query is bounded");
    try_encoding(input);
    try_pair(Draw{input});
}

}  // namespace harborline::fuzz
