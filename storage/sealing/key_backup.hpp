#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/secret.hpp"
#include "storage/sealing/key.hpp"

namespace harborline::storage::sealing {

/// What one guess at a passphrase costs whoever guesses. The defaults are libsodium's MODERATE: 0.7 s and 256 MB, which
/// also the small machine has on which a key is put back in a hurry.
struct GuessCost {
    unsigned long long passes = 3;
    std::size_t memory_bytes = 256ULL << 20;
};

/// A key locked with a passphrase, as a text of five lines that can be printed and typed in again: what it is and how
/// it is put back, the cost, the salt, the sealed key, and a check of those that tells a damaged file from a wrong
/// passphrase. Argon2id and XChaCha20-Poly1305; version and cost are associated data. Fails where there is no memory.
core::Result<std::string> lock_key(const Key& key, const core::Secret& passphrase, core::Random& random,
                                   GuessCost cost = {});

/// Refuses in words (behind the file's name) what is no backup of a key, a newer one, half of one, a damaged one, and a
/// wrong passphrase.
core::Result<Key> unlock_key(std::string_view backup, const core::Secret& passphrase);

}  // namespace harborline::storage::sealing
