#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"
#include "storage/sealing/key.hpp"

namespace harborline::storage {

/// What somebody has told on the telephone. The audio itself is a file (see RecordingVault).
struct Recording {
    /// Stored: never renumber.
    enum class State : std::uint8_t {
        kKept,      ///< The file lies with us, durable since before this was written.
        kFetching,  ///< It lies with the carrier only.
        kErased,    ///< By somebody's decision; the file is gone or about to go.
        kLost,      ///< The carrier does not have it any more, and we never had it.
    };
    std::string name{};     ///< Unguessable; the file's name.
    std::string channel{};  ///< That it was told on.
    core::CaseId case_id{};
    core::HandsetId handset{};
    std::string call{};  ///< The carrier's name for the call.
    core::Instant created_at{};
    State state = State::kKept;
    std::int64_t bytes = 0;  ///< Of the plain audio; 0 while it is not ours.
    std::chrono::milliseconds length{};
    std::string digest{};       ///< BLAKE2b of the plain audio, 32 bytes.
    sealing::Key key{};         ///< That the file is sealed under.
    std::string carrier_url{};  ///< Where the carrier keeps its own; empty: it keeps none.
    int attempts = 0;           ///< At the carrier: to fetch, then to erase.
    core::Instant due_at{};     ///< Of the next attempt.
};

/// What opens a recording's file, its key and its digest in one value, where no row is to say it; and the recording
/// that such a value and the file's name stand for, nothing where it is none.
std::string opener_of(const Recording& recording);
std::optional<Recording> recording_of(std::string_view name, std::string_view opener);

/// Rows of recordings. What a row says besides times and sizes is sealed, with the matter's own key once it has one.
class Recordings {
  public:
    virtual ~Recordings() = default;

    /// Throws std::logic_error where the name is taken or empty.
    virtual void add(const Recording& recording) = 0;
    virtual std::optional<Recording> find(std::string_view name) = 0;
    /// Oldest first.
    virtual std::vector<Recording> of_case(core::CaseId id) = 0;
    /// Names of all whose file must be there.
    virtual std::vector<std::string> kept_names() = 0;
    /// Names of those with which something has to be done at the carrier by `now` (to be fetched; to be erased there),
    /// the longest due first. Nothing of them is opened: one that can not be read must not stop the others.
    virtual std::vector<std::string> due(core::Instant now, int limit) = 0;
    /// Is due again then; nothing else of it is read or written.
    virtual void put_off(std::string_view name, core::Instant until) = 0;
    /// Writes everything but name, handset and the instant of its making. Throws std::logic_error where there is none.
    virtual void update(const Recording& changed) = 0;
};

}  // namespace harborline::storage
