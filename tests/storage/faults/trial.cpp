#include "tests/storage/faults/trial.hpp"

#include <array>
#include <latch>
#include <stdexcept>
#include <utility>

namespace harborline::storage {

const char* name_of(Heard heard) {
    constexpr std::array<const char*, 5> kNames{"nothing", "committed", "unavailable", "its own exception",
                                                "something else"};
    return kNames.at(static_cast<std::size_t>(heard));
}

Heard heard_in(std::exception_ptr error) {
    if (!error) return Heard::kCommitted;
    try {
        std::rethrow_exception(std::move(error));
    } catch (const Unavailable&) {
        return Heard::kUnavailable;
    } catch (const ThrownOnPurpose&) {
        return Heard::kItsOwnException;
    } catch (...) {
        return Heard::kSomethingElse;
    }
}

Trial::Trial(std::filesystem::path in, int autocheckpoint_pages, std::size_t fold_after_turns)
    : folder(std::move(in)), autocheckpoint_pages_(autocheckpoint_pages), fold_after_turns_(fold_after_turns) {}

bool Trial::open(bool as_command) {
    randoms_.push_back(std::make_unique<testing::FakeRandom>(7 + randoms_.size()));
    try {
        auto opened = open_sqlite({.database = folder / "harborline.db",
                                   .master_key = folder / "master.key",
                                   .busy_timeout = std::chrono::milliseconds{1},
                                   .autocheckpoint_pages = autocheckpoint_pages_,
                                   .fold_after_turns = fold_after_turns_,
                                   .clock = &clock_,
                                   .random = randoms_.back().get(),
                                   .may_create = !as_command});
        refusal = opened ? "" : opened.error().message;
        if (opened) store = std::move(*opened);
        return static_cast<bool>(opened);
    } catch (const std::exception& error) {
        refusal = std::string{"thrown, not said: "} + error.what();
        return false;
    }
}

bool Trial::run(const Deed& deed) {
    std::promise<Heard> told;
    auto future = told.get_future();
    store->submit(Store::Lane::kOrdinary, deed.work,
                  [&](std::exception_ptr error) { told.set_value(heard_in(std::move(error))); });
    records.push_back({deed, future.get()});
    return records.back().heard == Heard::kCommitted;
}

void Trial::run_as_group(const std::vector<Deed>& deeds, const std::string& danger,
                         const std::function<void()>& ready) {
    group = deeds.size();
    // While this one holds the storage thread, the others gather behind it.
    std::promise<void> running;
    std::promise<void> released;
    std::latch all{static_cast<std::ptrdiff_t>(deeds.size()) + 1};
    store->submit(
        Store::Lane::kOrdinary,
        [&](Transaction&) {
            running.set_value();
            released.get_future().wait();
        },
        [&](std::exception_ptr) { all.count_down(); });
    running.get_future().wait();
    ready();

    std::vector<Heard> heard(deeds.size(), Heard::kNothing);
    for (std::size_t at = 0; at < deeds.size(); ++at)
        store->submit(deeds[at].name == danger ? Store::Lane::kDanger : Store::Lane::kOrdinary, deeds[at].work,
                      [&, at](std::exception_ptr error) {
                          heard[at] = heard_in(std::move(error));
                          all.count_down();
                      });
    released.set_value();
    all.wait();
    for (std::size_t at = 0; at < deeds.size(); ++at) records.push_back({deeds[at], heard[at]});
}

int Trial::times_stored(const Deed& deed) {
    int times = 0;
    store->run([&](Transaction& tx) { times = deed.times_stored(tx); });
    return times;
}

}  // namespace harborline::storage
