#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// Another program, given all its input at once and heard to its end.
struct Program {
    std::vector<std::string> command{};  ///< Found by PATH. Seen by everybody on the machine: nothing of a person's.
    std::string input{};
    std::chrono::milliseconds limit{5'000};  ///< From start to end; then it is killed, with whatever it has started.
    std::size_t output_max = 16 * 1024 * 1024;
};

/// Runs it and returns what it wrote to its standard output. Blocks: for threads that may. Whatever happens, the
/// program is gone on return. kNotFound: it is not on this machine; kUnavailable: it failed, took too long, said too
/// much, or `stopping` was set.
core::Result<std::string> run_program(const Program& program, const std::atomic<bool>& stopping);

}  // namespace harborline::gateway
