#pragma once
#include <memory>

#include "config/settings.hpp"
#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/rules.hpp"
#include "gateway/conversation/turn_taker.hpp"
#include "handlers/core/random.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "storage/open.hpp"
#include "storage/store.hpp"

namespace harborline::gateway {

/// The machine's own clock and its source of randomness.
class SystemClock : public core::Clock {
  public:
    core::Instant now() const override;
};
class SystemRandom : public core::Random {
  public:
    void fill(std::span<std::byte> out) override;
};

/// What the opener wants of the database.
enum class Access {
    kRead,    ///< No write lock: a long list never holds up a webhook.
    kWrite,   ///< It must be there.
    kCreate,  ///< It is made where it is missing.
};

/// What the service, every command and the terminal phone stand on: the open store and the rules of turns. Owned by
/// whoever runs; the members refer to one another in this order.
class Ground {
  public:
    struct World {
        core::Clock& clock;
        core::Random& random;
        /// How long to wait for another process's write. The service answers carriers meanwhile, a command can wait.
        std::chrono::milliseconds busy_timeout{2'000};
    };
    /// Opens the store that the settings name. `settings` and `book` must outlive the result.
    static core::Result<std::unique_ptr<Ground>> open(const config::Settings& settings, const flow::Book& book,
                                                      World world, Access access);

    storage::Store& store() { return *store_; }
    const Rules& rules() const { return rules_; }
    TurnTaker& taker() { return taker_; }
    ReplyDesk& replies() { return replies_; }

  private:
    Ground(std::unique_ptr<storage::Store> store, const Rules& rules);

    std::unique_ptr<storage::Store> store_;
    Rules rules_;
    TurnTaker taker_;
    ReplyDesk replies_;
};

}  // namespace harborline::gateway
