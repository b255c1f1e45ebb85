#include "gateway/carriers/base64.hpp"

#include <openssl/evp.h>

#include <utility>

namespace harborline::gateway {

std::string base64(std::string_view bytes) {
    std::string encoded((bytes.size() + 2) / 3 * 4 + 1, '\0');  // It ends what it writes with a zero.
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    encoded.resize(static_cast<std::size_t>(length));
    return encoded;
}

std::optional<std::string> from_base64(std::string_view written) {
    std::string bytes(written.size() / 4 * 3, '\0');
    const int length =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(written.data()), static_cast<int>(written.size()));
    if (length < 0) return std::nullopt;
    const std::size_t padding = written.ends_with("==") ? 2 : written.ends_with('=') ? 1 : 0;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    // The library reads past spaces and odd padding.
    return base64(bytes) == written ? std::optional{std::move(bytes)} : std::nullopt;
}

}  // namespace harborline::gateway
