#include "gateway/conversation/store_gate.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace harborline::gateway {
namespace asio = boost::asio;

StoreGate::StoreGate(storage::Store& store, asio::any_io_executor executor)
    : store_(store), executor_(std::move(executor)) {}

asio::awaitable<void> StoreGate::transact(storage::Store::Lane lane, storage::Store::Work work) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        [this, lane](auto handler, storage::Store::Work piece) {
            auto waiter = std::make_shared<Waiter>(std::move(handler));
            store_.submit(lane, std::move(piece), [this, waiter = std::move(waiter)](std::exception_ptr error) {
                bring_home(waiter, std::move(error));
            });
        },
        asio::use_awaitable, std::move(work));
}

void StoreGate::bring_home(std::shared_ptr<Waiter> waiter, std::exception_ptr error) {
    bool first = false;
    {
        const std::scoped_lock lock(mutex_);
        first = results_.empty();
        results_.push_back({std::move(waiter), std::move(error)});
    }
    if (first) asio::post(executor_, [this] { hand_out(); });
}

void StoreGate::hand_out() {
    std::vector<Result> ready;
    {
        const std::scoped_lock lock(mutex_);
        ready.swap(results_);
    }
    for (auto& result : ready) std::move (*result.waiter)(std::move(result.error));
}

}  // namespace harborline::gateway
