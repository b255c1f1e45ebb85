#include "gateway/carriers/twilio_signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "gateway/carriers/base64.hpp"

namespace harborline::gateway {
namespace {

constexpr std::string_view kBodyDigest = "bodySHA256";

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string sha256_hex(std::string_view bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(octets(bytes), bytes.size(), digest.data());
    std::string hex;
    for (const unsigned char byte : digest) hex += {kHex[byte >> 4U], kHex[byte & 15U]};
    return hex;
}

/// The address as it is configured, and as it is with the port left out, or with its scheme's own where it has none.
std::vector<std::string> spellings(std::string_view url) {
    std::vector<std::string> all{std::string{url}};
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return all;
    const auto host = scheme_end + 3;
    const auto host_end = std::min(url.find_first_of("/?", host), url.size());
    const std::string_view authority = url.substr(host, host_end - host);
    const auto colon = authority.find_last_of(":]@");
    if (colon != std::string_view::npos && authority[colon] == ':') {
        all.push_back(std::string{url.substr(0, host + colon)}.append(url.substr(host_end)));
    } else {
        const std::string_view port = url.starts_with("https:") ? ":443" : ":80";
        all.push_back(std::string{url.substr(0, host_end)}.append(port).append(url.substr(host_end)));
    }
    return all;
}

}  // namespace

std::string twilio_signature(const core::Secret& token, std::string_view url, NamedValues fields) {
    std::ranges::sort(fields);
    const auto repeats = std::ranges::unique(fields);
    fields.erase(repeats.begin(), repeats.end());
    std::string text{url};
    for (const auto& [name, value] : fields) text.append(name).append(value);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int length = 0;
    const std::string& key = token.reveal();
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), octets(text), text.size(), mac.data(), &length);
    return base64({reinterpret_cast<const char*>(mac.data()), length});
}

bool is_signed(const core::Secret& token, std::string_view url, const WebRequest& request, std::string_view signature) {
    const auto query = read_pairs(request.query);
    if (!query || token.empty()) return false;
    NamedValues fields;
    const auto digest = std::ranges::find(*query, kBodyDigest, &NamedValues::value_type::first);
    if (digest != query->end()) {
        if (!same(digest->second, sha256_hex(request.body))) return false;
    } else if (request.method == "POST") {
        auto form = read_pairs(request.body);
        if (!form) return false;
        fields = std::move(*form);
    }
    return std::ranges::any_of(spellings(url), [&](const std::string& spelling) {
        return same(twilio_signature(token, spelling, fields), signature);
    });
}

}  // namespace harborline::gateway
