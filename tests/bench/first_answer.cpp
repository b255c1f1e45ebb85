// Starts a server and asks it until it answers: how long from the start to the first text taken, commit included.
//
// usage: first_answer PORT PATH RUN TEXTS COMMAND...       prints one JSON object; the server is then stopped (SIGTERM)
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include "tests/bench/http_exchange.hpp"
#include "tests/bench/petition_requests.hpp"

namespace {

using namespace harborline;
using Clock = std::chrono::steady_clock;

bool is_answered(std::uint16_t port, const std::string& request) {
    bench::HttpExchange exchange;
    if (!exchange.connect(port)) return false;
    exchange.send(request);
    return exchange.receive(true) == 200;
}

pid_t start(char** command) {
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child > 0) return child;
    if (const int nowhere = open("/dev/null", O_WRONLY); nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
    execv(command[0], command);
    _exit(127);
}

double until_answered_ms(pid_t child, Clock::time_point began, std::uint16_t port, const std::string& request) {
    while (!is_answered(port, request)) {
        if (waitpid(child, nullptr, WNOHANG) != 0) throw std::runtime_error("the server ended before it answered");
        if (Clock::now() - began > std::chrono::seconds{60}) throw std::runtime_error("no answer within a minute");
        sched_yield();
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 6) {
        std::cerr << "usage: first_answer PORT PATH RUN TEXTS COMMAND...\n";
        return 2;
    }
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    const std::string request = bench::PetitionRequests(argv[2], argv[3], argv[4]).next();
    const auto began = Clock::now();
    const pid_t child = start(argv + 5);
    double took_ms = 0;
    try {
        took_ms = until_answered_ms(child, began, port, request);
    } catch (...) {
        kill(child, SIGKILL);
        throw;
    }
    kill(child, SIGTERM);
    waitpid(child, nullptr, 0);
    std::cout << "{\"first_answer_ms\": " << took_ms << "}\n";
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
