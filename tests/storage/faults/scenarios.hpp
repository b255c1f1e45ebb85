#pragma once
#include <ostream>
#include <vector>

#include "tests/storage/faults/trial.hpp"

namespace harborline::storage {

/// Something that a service does with its store, small and the same every time.
struct Scenario {
    const char* name;
    /// Makes the folder from which every run starts a copy. Nothing fails here or in `begin`.
    void (*prepare)(Trial&);
    void (*begin)(Trial&);
    /// What is done while things fail. Calls `ready` right before the first of it.
    void (*act)(Trial&, const std::function<void()>& ready);
    int autocheckpoint_pages = 4'000;
    /// Works beside a thread of the store's own: how many operations there are is not the same every time.
    bool varies = false;
    /// So many texts stay where a start reads all of them.
    std::size_t fold_after_turns = Trial::kLate;
};

const std::vector<Scenario>& scenarios();

inline void PrintTo(const Scenario& scenario, std::ostream* out) {
    *out << scenario.name;
}

/// A text taken in, as every turn takes one: handset, conversation, turn, answer, all or nothing. Once only.
Deed text(const std::string& identity);

}  // namespace harborline::storage
