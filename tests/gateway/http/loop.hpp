#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

namespace harborline::testing {

/// Runs the loop until the task is done and hands its value out; throws rather than hang.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> task,
      std::chrono::milliseconds patience = std::chrono::seconds{20}) {
    std::optional<T> value;
    std::exception_ptr failed;
    bool done = false;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, T result) {
        failed = thrown;
        value = std::move(result);
        done = true;
    });
    const auto until = std::chrono::steady_clock::now() + patience;
    loop.restart();
    while (!done && std::chrono::steady_clock::now() < until) loop.run_one_until(until);
    if (!done) throw std::runtime_error("the task did not end");
    if (failed) std::rethrow_exception(failed);
    return std::move(*value);
}

/// Runs the loop until a condition holds; false when it does not in time.
template <class Condition>
bool run_until(boost::asio::io_context& loop, Condition holds,
               std::chrono::milliseconds patience = std::chrono::seconds{20}) {
    const auto until = std::chrono::steady_clock::now() + patience;
    loop.restart();
    while (!holds() && std::chrono::steady_clock::now() < until) loop.run_one_until(until);
    return holds();
}

}  // namespace harborline::testing
