#include "gateway/commands/passphrase.hpp"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <string>

#include "gateway/commands/command.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

constexpr std::size_t kFewestCharacters = 12;
constexpr std::size_t kLongest = 4'096;
constexpr char kInterrupt = '\x03';

/// The terminal without its echo, and as it was again afterwards. Ctrl-C ends the line instead of the program, which
/// would leave the terminal silent.
class Silence {
  public:
    Silence() {
        ::tcgetattr(STDIN_FILENO, &before_);
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        silent.c_cc[VEOL] = kInterrupt;
        // Typed ahead was shown already: it is thrown away.
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

  private:
    termios before_{};
};

core::Secret typed(const char* prompt) {
    const Silence silence;
    fmt::print(stderr, "{}: ", prompt);
    std::fflush(stderr);
    std::string line(kLongest, '\0');
    const auto size = ::read(STDIN_FILENO, line.data(), line.size());
    fmt::print(stderr, "\n");
    line.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    if (line.empty() || line.find(kInterrupt) != std::string::npos)
        throw CommandFailed("no passphrase was given; nothing was done");
    if (line.back() == '\n') line.pop_back();
    return core::Secret{std::move(line)};
}

core::Secret first_line(std::istream& from, const std::string& name) {
    std::string line;
    std::getline(from, line);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty())
        throw CommandFailed(
            fmt::format("there is no passphrase in {}: write it into its first line, or type it at a terminal", name));
    if (line.size() > kLongest) throw CommandFailed(fmt::format("the first line of {} is no passphrase", name));
    return core::Secret{std::move(line)};
}

}  // namespace

bool PassphraseReader::at_terminal() const {
    return file_.empty() && ::isatty(STDIN_FILENO) == 1;
}

core::Secret PassphraseReader::read_line() const {
    if (file_.empty()) return first_line(std::cin, "the standard input");
    std::ifstream file{file_, std::ios::binary};
    return first_line(file, file_.string());
}

core::Secret PassphraseReader::choose() const {
    auto passphrase = at_terminal() ? typed("New passphrase, at least 12 characters") : read_line();
    if (!core::is_valid_utf8(passphrase.reveal()))
        throw CommandFailed("the passphrase is not UTF-8: another keyboard could not type it again");
    if (core::count_characters(passphrase.reveal()) < kFewestCharacters)
        throw CommandFailed(
            fmt::format("a passphrase needs at least {} characters: take four or five words", kFewestCharacters));
    if (at_terminal() && typed("The same again").reveal() != passphrase.reveal())
        throw CommandFailed("the two passphrases are not the same; nothing was done");
    return passphrase;
}

core::Secret PassphraseReader::ask() const {
    return at_terminal() ? typed("Passphrase of the backup") : read_line();
}

}  // namespace harborline::gateway
