#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "storage/sealing/key.hpp"
#include "storage/sealing/sealer.hpp"

namespace harborline::storage::sealing {

/// The folder beside the master key where they lie.
std::filesystem::path day_keys_folder(const std::filesystem::path& master_key);

/// Destroys every file in such a folder; without one there is nothing to do. No letter can be opened afterwards.
core::Result<void> destroy_day_keys(const std::filesystem::path& folder);

/// The keys of kinship texts, one for each UTC day, in a folder (0700) with one file (0600) each, in no database and no
/// backup. A key dies 72 h after its day began: its file is overwritten and removed, and nobody ever opens again what
/// was sealed under it. Belongs to one thread; does file I/O in `keep` alone.
///
/// Death goes by the wall clock, and where that is wrong, words are rather lost than readable for longer. A clock that
/// jumps ahead kills the keys that would be dead then, and nothing brings them back. One that is set back meets keys
/// dated beyond tomorrow: they are kept, because they are right once a clock that stood wrong for a moment is right
/// again, but for three of the days that it shows now, and not until a day that may be a year away.
class DayKeys {
  public:
    using Day = std::chrono::sys_days;
    static constexpr std::chrono::days kLife{3};
    static Day day_of(core::Instant at) { return std::chrono::floor<std::chrono::days>(at); }

    /// Only who `makes` keys makes any: of two processes one, the service.
    DayKeys(std::filesystem::path folder, core::Random& random, bool makes);

    /// To be called before every transaction; compares two instants, and once a day there is something to do. Destroys
    /// the keys that are dead, takes in those that others have made, and makes those of today and tomorrow, durable
    /// before anything can be sealed under them. Fails in words; what can be opened by then stays so, what is dead does
    /// not, and a minute later it is tried again.
    core::Result<void> keep(core::Instant now);

    bool has(Day day) const { return keys_.contains(day); }
    /// Nothing where there is no key of that day.
    std::optional<std::string> seal(Day day, const Place& place, std::string_view plain);
    /// Nothing where its key is gone, or is not the one that it was sealed under.
    std::optional<std::string> open(const Place& place, std::string_view sealed) const;

  private:
    struct OpenKey {
        OpenKey(const Key& read, Day from) : key(read), lives_from(from) {}
        Key key;
        Day lives_from;                  ///< Its day, or the one on which it was met dated beyond tomorrow.
        std::optional<Sealer> sealer{};  ///< Made for the first seal.
    };
    using Keys = std::map<Day, OpenKey>;

    core::Result<void> settle(Day today);
    /// Takes the dead ones out of memory, and says which they were.
    std::vector<Day> forget_dead(Day today);
    /// Destroys the files of dead days, reads into `found` those that are not open yet.
    core::Result<void> look_through(Day today, Keys& found) const;
    core::Result<void> make(Day day);
    std::filesystem::path file_of(Day day) const;

    const std::filesystem::path folder_;
    core::Random& random_;
    const bool makes_;
    Keys keys_{};
    /// Nothing is to be done from the one to the other.
    core::Instant settled_from_ = core::Instant::max();
    core::Instant settled_until_ = core::Instant::min();
};

}  // namespace harborline::storage::sealing
