#pragma once
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "storage/open.hpp"
#include "tests/storage/faults/fault_vfs.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::storage {

/// A piece of work whose fate can be looked up afterwards.
struct Deed {
    std::string name{};
    Store::Work work{};
    std::function<int(Transaction&)> times_stored{};  ///< How often its effect is there; throws where it does not open.
    bool repeatable = false;                          ///< Done again, it sees that it was done before.
};

/// What a piece's Done was told.
enum class Heard { kNothing, kCommitted, kUnavailable, kItsOwnException, kSomethingElse };
const char* name_of(Heard heard);
Heard heard_in(std::exception_ptr error);

/// What deeds throw that are to be undone by themselves.
struct ThrownOnPurpose {};

/// A deed and what was told about it.
struct Record {
    Deed deed{};
    Heard heard = Heard::kNothing;
};

/// A store in a folder, what was done to it and what was said about that.
class Trial {
  public:
    Trial(std::filesystem::path folder, int autocheckpoint_pages, std::size_t fold_after_turns = kLate);
    static constexpr std::size_t kLate = 8'192;

    /// Opens the store; where it refuses, keeps the words. False then.
    bool open(bool as_command = false);
    void close() { store.reset(); }

    /// Does one deed alone and waits for its commit. Says whether it was committed.
    bool run(const Deed& deed);
    /// Does deeds as one group; the lane of each is told by `danger`. `ready` is called when all is prepared.
    void run_as_group(const std::vector<Deed>& deeds, const std::string& danger, const std::function<void()>& ready);
    /// Reads in a transaction; throws what it threw.
    int times_stored(const Deed& deed);

    std::filesystem::path folder;
    std::unique_ptr<Store> store{};
    std::vector<Record> records{};
    std::size_t group = 1;      ///< Pieces in the largest group.
    std::string refusal{};      ///< Of the last `open`.
    std::string backup_said{};  ///< Why a backup failed.
    bool backup_made = false;
    bool logic_error = false;  ///< Machine trouble that was taken for a bug.

  private:
    int autocheckpoint_pages_;
    std::size_t fold_after_turns_;
    testing::FakeClock clock_{};
    std::vector<std::unique_ptr<testing::FakeRandom>> randoms_{};
};

}  // namespace harborline::storage
