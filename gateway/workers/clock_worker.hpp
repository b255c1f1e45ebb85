#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "config/settings.hpp"
#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/conversation/turn_taker.hpp"
#include "gateway/http/log.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// What one look for something due has come to.
struct KeptDeadline {
    bool kept = false;                        ///< False: nothing is due.
    std::optional<TurnTaker::Talk> to_end{};  ///< Must not go on; it is looked at again until it is over.

    explicit operator bool() const { return kept; }
};

/// Does in a transaction what one due deadline asks for, decided again from the stored facts. Shared by the worker and
/// the terminal phone.
KeptDeadline keep_one_deadline(storage::Transaction& tx, TurnTaker& taker, ReplyDesk& replies, core::Instant now);

/// Messages that were sent too long ago to have a receipt still become *unknown*; replies come back to their owner.
/// False where there are more than `most`, which fit into one go.
bool give_up_receipts(storage::Transaction& tx, ReplyDesk& replies, core::Instant sent_before, core::Instant now,
                      int most = 200);

/// How long what waits may have to wait by these settings: nothing may after the clock was set back.
storage::LongestWaits longest_waits(const config::Settings& settings);

/// Keeps what must happen later: silent conversations, ladders, parts of texts that never came, receipts, legal days,
/// talks that somebody has forbidden.
class ClockWorker {
  public:
    struct Parts {
        StoreGate& gate;
        TurnTaker& taker;
        ReplyDesk& replies;
        const config::Settings::Outbox& settings;
        core::Clock& clock;
        std::function<void()> on_commit;  ///< There may be something to send.
        Log log;
        /// Ends a talk, in its own time; empty: there is no way to.
        std::function<void(const TurnTaker::Talk&)> end_talk{};
    };
    ClockWorker(Parts parts, boost::asio::any_io_executor executor);

    /// Does everything that is due. Returns how many deadlines that were, those put off among them.
    boost::asio::awaitable<int> run_once();
    boost::asio::awaitable<void> run();
    void stop();

  private:
    /// Finds out whether the wall clock was set back, since the last look or while the service was stopped.
    boost::asio::awaitable<void> mind_the_clock();
    /// Says in `taken` what it took, also where that throws.
    boost::asio::awaitable<bool> keep_next(std::shared_ptr<std::optional<storage::Deadline>> taken);
    boost::asio::awaitable<void> put_off(storage::Deadline due);
    boost::asio::awaitable<void> sweep();
    /// What is over, so many at once, with all that follows for somebody; says whether that was all. And of the first
    /// of them no more than that it is over.
    struct GivesUp {
        std::function<bool(storage::Transaction&, int most)> all{};
        storage::Store::Work first_alone{};
    };
    /// Where all at once throws, one by one: of what throws alone it is only kept that it is over, and it hides no
    /// other. Says whether that was all.
    boost::asio::awaitable<bool> give_up(GivesUp what);
    /// False where it throws; trouble of the store is thrown on.
    boost::asio::awaitable<bool> does(storage::Store::Work work);

    Parts parts_;
    boost::asio::steady_timer sleep_;
    std::optional<core::Instant> looked_at_{};
    core::Instant swept_at_{};
    bool stopping_ = false;
};

}  // namespace harborline::gateway
