#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/open.hpp"
#include "storage/sqlite/checkpointer.hpp"
#include "storage/sqlite/session.hpp"
#include "storage/sqlite/work_queue.hpp"

namespace harborline::storage::sqlite {

/// The store over one SQLite file: a queue, a thread that commits in groups, and the session it alone uses.
class SqliteStore : public Store {
  public:
    /// `session` must be in no transaction. Without a checkpointer commits fold the log back themselves.
    SqliteStore(const StoreOptions& options, std::unique_ptr<Session> session,
                std::array<std::array<std::byte, 32>, 2> secrets, std::unique_ptr<Checkpointer> checkpointer);
    ~SqliteStore() override;

    void submit(Lane lane, Work work, Done done) override;
    bool healthy() const override { return healthy_; }
    std::size_t waiting() const override { return queue_.waiting(); }
    std::array<std::byte, 32> secret(SecretPurpose purpose) const override;
    void stop() override;

  private:
    void work();

    std::unique_ptr<Session> session_;
    std::array<std::array<std::byte, 32>, 2> secrets_;
    std::unique_ptr<Checkpointer> checkpointer_;
    WorkQueue queue_;
    std::atomic<bool> healthy_{true};
    std::once_flag stopped_{};
    std::thread thread_;
};

}  // namespace harborline::storage::sqlite
