#include "gateway/audio/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string_view>

namespace harborline::gateway {
namespace {

using core::Error;
using core::ErrorKind;
using SteadyClock = std::chrono::steady_clock;

/// How soon a stop is noticed.
constexpr int kSliceMs = 50;
/// Between two looks at a program that has said everything: it ends at once, or not at all.
constexpr int kEndingMs = 2;

class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    int get() const { return fd_; }
    int& out() { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_;
};

/// A socket pair and not a pipe: who writes to a program that is gone gets an error and not a signal.
struct Pipe {
    Pipe() {
        std::array<int, 2> ends{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
        ours.out() = ends[0];
        theirs.out() = ends[1];
    }
    bool opened() const { return ours.get() >= 0; }
    Descriptor ours{};
    Descriptor theirs{};
};

/// A running program, in a process group of its own. Ends with this object at the latest.
class Running {
  public:
    Running(const Program& program, const Pipe& in, const Pipe& out) {
        std::vector<char*> argv;
        for (const auto& word : program.command) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_adddup2(&files, in.theirs.get(), 0);
        posix_spawn_file_actions_adddup2(&files, out.theirs.get(), 1);
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addclosefrom_np(&files, 3);  // Connections of the service are not its business.
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setpgroup(&attributes, 0);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes, &none);
        sigset_t usual;
        sigemptyset(&usual);
        sigaddset(&usual, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes, &usual);
        failed_ = ::posix_spawnp(&pid_, argv.front(), &files, &attributes, argv.data(), environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&files);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        if (failed_ == 0) reap();
    }

    int failed() const { return failed_; }
    /// Whether it has ended; its exit status is still to be taken.
    bool ended() const {
        siginfo_t about{};
        return ::waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOHANG | WNOWAIT) == 0 && about.si_pid != 0;
    }

    /// Kills what is left of the group and takes the exit status.
    int reap() {
        ::kill(-pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        failed_ = ESRCH;
        return status;
    }

  private:
    pid_t pid_ = -1;
    int failed_ = 0;
};

/// Gives the input, takes the output, until the program has ended and everything is heard.
class Talk {
  public:
    Talk(const Program& program, Pipe& in, Pipe& out, const Running& running)
        : input_(program.input), output_max_(program.output_max), in_(in), out_(out), running_(running) {
        if (input_.empty()) in_.ours.close();
    }

    /// What went wrong; nothing where it went on to the end.
    std::optional<std::string_view> to_the_end(SteadyClock::time_point until, const std::atomic<bool>& stopping) {
        while (!heard_all_ || !running_.ended()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now()).count();
            if (left <= 0) return "took too long";
            if (stopping) return "was stopped";
            std::array<pollfd, 2> waits{pollfd{in_.ours.get(), POLLOUT, 0},
                                        pollfd{heard_all_ ? -1 : out_.ours.get(), POLLIN, 0}};
            const auto slice = std::min<std::int64_t>(heard_all_ ? kEndingMs : kSliceMs, left);
            if (::poll(waits.data(), waits.size(), static_cast<int>(slice)) < 0 && errno != EINTR)
                return "cannot be waited for";
            if (waits[0].revents != 0) give();
            if (waits[1].revents != 0 && !take()) return "said too much";
        }
        return std::nullopt;
    }

    std::string& output() { return output_; }

  private:
    void give() {
        const auto sent = ::send(in_.ours.get(), input_.data(), input_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
        input_.remove_prefix(sent < 0 ? input_.size() : static_cast<std::size_t>(sent));
        if (input_.empty()) in_.ours.close();
    }
    bool take() {
        std::array<char, 64 * 1024> piece{};
        const auto size = ::recv(out_.ours.get(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
        if (size <= 0) {
            heard_all_ = true;
            return true;
        }
        output_.append(piece.data(), static_cast<std::size_t>(size));
        return output_.size() <= output_max_;
    }

    std::string_view input_;
    std::size_t output_max_;
    Pipe& in_;
    Pipe& out_;
    const Running& running_;
    std::string output_{};
    bool heard_all_ = false;
};

}  // namespace

core::Result<std::string> run_program(const Program& program, const std::atomic<bool>& stopping) {
    const auto until = SteadyClock::now() + program.limit;
    const auto failed = [&](std::string_view what) {
        return Error{ErrorKind::kUnavailable, "the program " + program.command.front() + " " + std::string{what}};
    };
    Pipe in;
    Pipe out;
    if (!in.opened() || !out.opened()) return failed("cannot be started: too many files are open");
    Running running{program, in, out};
    if (running.failed() == ENOENT)
        return Error{ErrorKind::kNotFound, "the program " + program.command.front() + " is not on this machine"};
    if (running.failed() != 0) return failed("cannot be started");
    in.theirs.close();
    out.theirs.close();

    Talk talk{program, in, out, running};
    if (const auto wrong = talk.to_the_end(until, stopping)) return failed(*wrong);
    const int status = running.reap();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return failed("failed");
    return std::move(talk.output());
}

}  // namespace harborline::gateway
