#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace harborline::storage {

struct VerifyOptions {
    std::filesystem::path file{};
    std::filesystem::path master_key{};
    /// Opens every sealed value; without it up to 200 of each table.
    bool full = false;
    /// The folder of its recordings: whether each that is kept is there and, of those that are opened, unchanged.
    std::filesystem::path recordings{};
};

/// What was found out about a backup.
struct Verification {
    std::vector<std::string> findings{};  ///< One sentence each, without numbers, names or texts; empty: it is sound.
    int version = 0;                      ///< Of its tables; 0 where nobody could tell.
    std::map<std::string, std::int64_t> rows{};  ///< By table.
    std::int64_t opened = 0;                     ///< Sealed values that were opened in their place.
    std::int64_t recordings = 0;                 ///< Files of them that were opened and are unchanged.
    bool sound() const { return findings.empty(); }
};

/// Reads a backup, or a database that nobody uses, and writes nothing, not even beside it: whether it is whole and
/// ours, of a version that this program knows, fits the master key, and whether what is sealed opens in its place.
Verification verify_sqlite(const VerifyOptions& options);

}  // namespace harborline::storage
