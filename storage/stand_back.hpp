#pragma once
#include <chrono>
#include <cstddef>
#include <thread>

namespace harborline::storage {

/// For whatever reads a whole database beside the service, after each few tenths of a millisecond of work: sleeps for a
/// moment. It is not enough that the kernel ranks it last: a processor takes over what waits for another one when it
/// falls idle (Linux, newidle balance), and beside such work it never does.
inline void stand_back() {
    std::this_thread::sleep_for(std::chrono::microseconds{100});
}

/// For whoever copies beside the service, behind so many bytes: 25 MB a second at most.
inline void stand_back_behind(std::size_t bytes) {
    std::this_thread::sleep_for(std::chrono::microseconds{bytes / 25});
}

}  // namespace harborline::storage
