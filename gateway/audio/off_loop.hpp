#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <utility>

namespace harborline::gateway {

/// Does on a thread of the pool what would hold up the event loop, and brings the result home. Throws what the work
/// threw. Join the pool before anything goes that the work refers to, and before the loop goes. `Value` needs a
/// default.
template <class Value>
boost::asio::awaitable<Value> off_loop(boost::asio::thread_pool& pool, std::function<Value()> work) {
    namespace asio = boost::asio;
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Value)>(
        [&pool](auto handler, std::function<Value()> piece) {
            auto home = asio::make_work_guard(asio::get_associated_executor(handler));
            asio::post(pool,
                       [handler = std::move(handler), home = std::move(home), piece = std::move(piece)]() mutable {
                           Value value{};
                           std::exception_ptr failed;
                           try {
                               value = piece();
                           } catch (...) {
                               failed = std::current_exception();
                           }
                           piece = nullptr;
                           const auto executor = home.get_executor();
                           asio::post(executor, [handler = std::move(handler), failed = std::move(failed),
                                                 value = std::move(value), home = std::move(home)]() mutable {
                               std::move(handler)(std::move(failed), std::move(value));
                           });
                       });
        },
        asio::use_awaitable, std::move(work));
}

}  // namespace harborline::gateway
