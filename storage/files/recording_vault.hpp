#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "storage/sealing/key.hpp"

namespace harborline::storage {

/// A new file's name, 192 random bits that nobody guesses, and the key that it is sealed under.
struct RecordingSeal {
    std::string name{};
    sealing::Key key{};
};
RecordingSeal new_recording_seal(core::Random& random);

/// BLAKE2b of the plain audio, 32 bytes.
std::string recording_digest(std::string_view plain);

/// The folder of sealed recordings (0700), one file (0600) each. Does file I/O: never inside a transaction, nor on the
/// event loop. A file is durable, and so is its name, before any row may name it; a file that no row names is what a
/// crash in between has left. Any thread.
class RecordingVault {
  public:
    explicit RecordingVault(std::filesystem::path folder);

    const std::filesystem::path& folder() const { return folder_; }

    /// Whether this process may make the folder, where it is missing, and write there. Makes and writes nothing.
    bool may_write() const;

    /// Durable on return. Makes the folder where it is missing. kUnavailable: the disk is full or in trouble, nothing
    /// is left; kConflict: there is a file of this name.
    core::Result<void> write(const RecordingSeal& seal, std::string_view plain) const;

    /// kNotFound: no such file; kMalformed: cut short, changed, under another key, or not what the digest says.
    core::Result<std::string> read(const RecordingSeal& seal, std::string_view digest) const;

    /// Without a file there is nothing to do.
    core::Result<void> remove(const std::string& name) const;

    bool has(const std::string& name) const;
    /// Of all files, those among them that a crash has left half written.
    std::vector<std::string> names() const;
    /// Removes what is not named and was written before `before`. Returns how many.
    std::size_t remove_orphans(const std::vector<std::string>& named, core::Instant before) const;

    /// Copies every file that `to` does not have yet; durable on return. Behind each it calls `rest` with its size.
    core::Result<void> copy_to(const std::filesystem::path& to,
                               const std::function<void(std::size_t bytes)>& rest = {}) const;
    /// Moves what is not named into another folder: it belongs to another database.
    core::Result<void> move_unnamed(const std::vector<std::string>& named, const std::filesystem::path& to) const;

  private:
    std::filesystem::path folder_;
};

}  // namespace harborline::storage
