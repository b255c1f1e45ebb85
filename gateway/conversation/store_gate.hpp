#pragma once
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/store.hpp"

namespace harborline::gateway {

/// Brings the store's results home to the event loop, one post for a whole commit group. Must outlive the store's
/// last callback: stop the store first.
class StoreGate {
  public:
    StoreGate(storage::Store& store, boost::asio::any_io_executor executor);

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
    void hand_out();

    storage::Store& store_;
    boost::asio::any_io_executor executor_;
    std::mutex mutex_{};
    std::vector<Result> results_{};
};

}  // namespace harborline::gateway
