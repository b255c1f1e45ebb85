#include "gateway/conversation/word_hash.hpp"

#include <sodium.h>

#include <span>

namespace harborline::gateway {

std::uint64_t WordHash::of(std::string_view words) {
    if (!key_) random_.fill(std::as_writable_bytes(std::span{key_.emplace()}));
    std::uint64_t hash = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), reinterpret_cast<const unsigned char*>(words.data()),
                     words.size(), key_->data());
    return hash;
}

}  // namespace harborline::gateway
