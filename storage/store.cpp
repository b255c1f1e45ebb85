#include "storage/store.hpp"

#include <future>
#include <utility>

namespace harborline::storage {

void Store::run(const Work& work) {
    std::promise<void> committed;
    auto future = committed.get_future();

    submit(Lane::kOrdinary, work, [&committed](std::exception_ptr error) {
        if (error)
            committed.set_exception(std::move(error));
        else
            committed.set_value();
    });

    future.get();
}

}  // namespace harborline::storage
