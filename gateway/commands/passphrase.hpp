#pragma once
#include <filesystem>

#include "handlers/core/secret.hpp"

namespace harborline::gateway {

/// Asks for a passphrase: the first line of `file` where one is named, else typed at the terminal without an echo, else
/// the first line of standard input. Never from arguments or the environment, which others on the machine can read.
/// Throws CommandFailed in words.
class PassphraseReader {
  public:
    explicit PassphraseReader(std::filesystem::path file) : file_(std::move(file)) {}

    /// A new one: at least 12 characters; typed twice at a terminal.
    core::Secret choose() const;
    /// One that was chosen before.
    core::Secret ask() const;

  private:
    bool at_terminal() const;
    core::Secret read_line() const;

    std::filesystem::path file_;
};

}  // namespace harborline::gateway
