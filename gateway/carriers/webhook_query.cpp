#include "gateway/carriers/webhook_query.hpp"

#include <array>

namespace harborline::gateway {
namespace {

using core::Error;
using core::ErrorKind;

constexpr auto kHexValues = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < 10; ++i) values['0' + i] = static_cast<signed char>(i);
    for (std::size_t i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = static_cast<signed char>(10 + i);
    return values;
}();

bool is_unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

Error too_many() {
    return {ErrorKind::kMalformed, "there are too many parameters"};
}

}  // namespace

int hex_value(char c) {
    return kHexValues[static_cast<unsigned char>(c)];
}

std::optional<std::string> percent_decoded(std::string_view encoded) {
    std::string decoded(encoded.size(), '\0');
    std::size_t length = 0;
    for (std::size_t at = 0; at < encoded.size(); ++at) {
        const char c = encoded[at];
        if (c != '%') {
            decoded[length++] = c == '+' ? ' ' : c;
            continue;
        }
        if (at + 2 >= encoded.size()) return std::nullopt;
        const int high = hex_value(encoded[at + 1]);
        const int low = hex_value(encoded[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded[length++] = static_cast<char>(high * 16 + low);
        at += 2;
    }
    decoded.resize(length);
    return decoded;
}

std::string percent_encoded(std::string_view bytes) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : bytes) {
        if (is_unreserved(c)) {
            encoded.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    return encoded;
}

core::Result<NamedValues> read_pairs(std::string_view encoded, bool (*wanted)(std::string_view name)) {
    NamedValues pairs;
    if (encoded.size() > WebhookQuery::kBytesMax) return Error{ErrorKind::kMalformed, "the parameters are too long"};
    pairs.reserve(8);
    while (!encoded.empty()) {
        const std::size_t end = encoded.find('&');
        const std::string_view pair = encoded.substr(0, end);
        encoded = end == std::string_view::npos ? std::string_view{} : encoded.substr(end + 1);
        if (pair.empty()) continue;

        const std::size_t equals = pair.find('=');
        const bool bare = equals == std::string_view::npos;
        auto name = percent_decoded(pair.substr(0, equals));
        auto value = percent_decoded(bare ? std::string_view{} : pair.substr(equals + 1));
        if (!name || !value) return Error{ErrorKind::kMalformed, "a percent sign is not followed by two digits"};
        if (wanted != nullptr && !wanted(*name)) continue;
        if (pairs.size() == WebhookQuery::kPairsMax) return too_many();
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return pairs;
}

core::Result<WebhookQuery> WebhookQuery::parse(std::string_view encoded, Wanted wanted) {
    auto pairs = read_pairs(encoded, wanted);
    if (!pairs) return pairs.error();
    WebhookQuery query;
    query.pairs_.reserve(pairs->size());
    for (auto& [name, value] : *pairs)
        if (const auto added = query.add(std::move(name), std::move(value)); !added) return added.error();
    return query;
}

core::Result<void> WebhookQuery::add(std::string name, std::string value) {
    if (pairs_.size() == kPairsMax) return too_many();
    if (find(name) != nullptr) return Error{ErrorKind::kMalformed, "a parameter is given twice"};
    pairs_.emplace_back(std::move(name), std::move(value));
    return {};
}

const std::string* WebhookQuery::find(std::string_view name) const {
    for (const auto& [key, value] : pairs_)
        if (key == name) return &value;
    return nullptr;
}

std::string_view WebhookQuery::get(std::string_view name) const {
    const std::string* value = find(name);
    return value == nullptr ? std::string_view{} : std::string_view{*value};
}

}  // namespace harborline::gateway
