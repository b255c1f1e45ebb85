#include "storage/store.hpp"

#include <future>
#include <memory>
#include <utility>

namespace harborline::storage {

void Store::run(const Work& work) {
    // The error is handed over as a value: set_exception would leave the store's thread to drop its share of it after
    // this one has gone on.
    const auto told = std::make_shared<std::promise<std::exception_ptr>>();
    auto future = told->get_future();

    submit(Lane::kOrdinary, work, [told](std::exception_ptr error) { told->set_value(std::move(error)); });

    if (auto error = future.get()) std::rethrow_exception(std::move(error));
}

}  // namespace harborline::storage
