#pragma once
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/store.hpp"

namespace harborline::gateway {

/// Brings the store's results home to the event loop, one ring of a bell for a whole commit group. Must outlive the
/// store's last callback: stop the store first. Throws std::system_error where there is no file descriptor left.
class StoreGate {
  public:
    StoreGate(storage::Store& store, const boost::asio::any_io_executor& executor);

    /// Completes after the work is committed; throws what the work threw, or storage::Unavailable. The work is owned
    /// by the store: it is carried out even where the caller has gone away, so it may refer to nothing of the
    /// caller's that does not outlive it.
    boost::asio::awaitable<void> transact(storage::Store::Lane lane, storage::Store::Work work);

    storage::Store& store() { return store_; }

  private:
    using Waiter = boost::asio::any_completion_handler<void(std::exception_ptr)>;
    struct Result {
        std::shared_ptr<Waiter> waiter{};
        std::exception_ptr error{};
    };

    void bring_home(std::shared_ptr<Waiter> waiter, std::exception_ptr error);
    /// For one ring; only while something is under way, so that a loop with nothing else to do ends.
    void listen();
    void hand_out();

    storage::Store& store_;
    /// An eventfd. A post to the loop would wake it while it holds the loop's own lock: on the same CPU the loop then
    /// runs at once, into that lock, and both threads are switched twice more.
    boost::asio::posix::stream_descriptor bell_;
    std::size_t under_way_ = 0;  ///< Pieces with the store; the loop's own.
    std::mutex mutex_{};
    std::vector<Result> results_{};  ///< What the bell was rung for.
};

}  // namespace harborline::gateway
