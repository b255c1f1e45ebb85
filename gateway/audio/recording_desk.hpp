#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "gateway/conversation/store_gate.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "storage/files/recording_vault.hpp"
#include "storage/recordings.hpp"

namespace harborline::gateway {

/// The only way that audio takes into the vault and out of it while the service runs: on a thread of the pool, which is
/// to be joined before anything here goes.
class RecordingDesk {
  public:
    struct Parts {
        StoreGate& gate;
        const storage::RecordingVault& vault;
        boost::asio::thread_pool& disk;
        core::Clock& clock;
        core::Random& random;
        std::chrono::seconds longest{600};
        /// What becomes of a letter that nobody will hear.
        std::function<void(storage::Transaction&, core::LetterId)> lose{};
    };
    explicit RecordingDesk(Parts parts);

    /// A recording with a name and a key of its own, made now. Who adds it fills in the rest.
    storage::Recording begin() const;

    /// Turns what a carrier sent into our form, writes it durably under the recording's name, and hands the recording
    /// back, kept, for the transaction that adds or updates its row. Only for one that no row calls kept: a file of
    /// this name is then what an attempt before a crash has left. kMalformed: no audio that we understand, or none at
    /// all; kUnavailable: the disk.
    boost::asio::awaitable<core::Result<storage::Recording>> keep(storage::Recording recording, std::string audio);

    /// The plain WAV file of a kept recording. kNotFound: there is none of this name.
    boost::asio::awaitable<core::Result<std::string>> read(std::string name);

    /// The same of what one relative has told another, by its file's name and opener; no row names it.
    boost::asio::awaitable<core::Result<std::string>> read_letter(std::string name, std::string opener);

    /// That letter could not be played when its time had come: it is lost.
    boost::asio::awaitable<void> give_up(core::LetterId letter);

    /// Removes files, and hands back the names of those that are gone.
    boost::asio::awaitable<std::vector<std::string>> remove(std::vector<std::string> names);

    /// Removes the files that no row and no letter names and that are older than a day: for the start, before calls
    /// come in. Says how many those were.
    boost::asio::awaitable<std::size_t> remove_orphans();

  private:
    Parts parts_;
};

}  // namespace harborline::gateway
