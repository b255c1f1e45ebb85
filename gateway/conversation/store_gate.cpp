#include "gateway/conversation/store_gate.hpp"

#include <sys/eventfd.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace harborline::gateway {
namespace asio = boost::asio;
namespace {

int make_bell() {
    const int bell = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (bell < 0) throw std::system_error(errno, std::generic_category(), "an eventfd");
    return bell;
}

}  // namespace

StoreGate::StoreGate(storage::Store& store, const asio::any_io_executor& executor)
    : store_(store), bell_(executor, make_bell()) {}

asio::awaitable<void> StoreGate::transact(storage::Store::Lane lane, storage::Store::Work work) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        [this, lane](auto handler, storage::Store::Work piece) {
            auto waiter = std::make_shared<Waiter>(std::move(handler));
            store_.submit(lane, std::move(piece), [this, waiter = std::move(waiter)](std::exception_ptr error) {
                bring_home(waiter, std::move(error));
            });
            if (under_way_++ == 0) listen();
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
    if (first) ::eventfd_write(bell_.native_handle(), 1);
}

void StoreGate::listen() {
    bell_.async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
        if (!error) hand_out();
    });
}

void StoreGate::hand_out() {
    // Silenced before the results are taken: what comes after them rings again.
    eventfd_t rings = 0;
    ::eventfd_read(bell_.native_handle(), &rings);
    std::vector<Result> ready;
    {
        const std::scoped_lock lock(mutex_);
        ready.swap(results_);
    }
    under_way_ -= ready.size();
    if (under_way_ > 0) listen();
    for (auto& result : ready) std::move (*result.waiter)(std::move(result.error));
}

}  // namespace harborline::gateway
