#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/conversation/rules.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/http/log.hpp"
#include "handlers/core/case.hpp"
#include "handlers/duty/auditor.hpp"

namespace harborline::gateway {

/// Compares once a minute what the alerts of the last hour, and those still open, called for with what was written and
/// sent (I10), whatever their level, and tells of a difference on another channel than pages go by. Knows nothing of
/// the clock worker, the desk or the ladder's own account: they are what it audits.
class AuditorWorker {
  public:
    struct Parts {
        StoreGate& gate;
        const Rules& rules;
        core::Clock& clock;
        std::function<void(std::size_t differences)> on_audit;  ///< For the metric.
        std::function<void()> on_commit;                        ///< There may be something to send.
        Log log;
        std::chrono::milliseconds patience{20'000};  ///< With the storage thread, before an audit counts as missed.
    };
    AuditorWorker(Parts parts, boost::asio::any_io_executor executor);

    /// One audit. Returns the differences within the last hour, whether or not they were told before; one where the
    /// storage thread did not answer for the third time in a row.
    boost::asio::awaitable<std::size_t> run_once();
    boost::asio::awaitable<void> run();
    void stop();

    /// What the last audit found, in words for /readyz; empty: nothing.
    std::string remark() const;

  private:
    /// One alert as it stands in the store.
    struct Record {
        core::AlertId alert{};
        core::CaseId case_id{};
        core::Level level = core::Level::kNone;
        std::string place{};
        std::string department{};
        duty::AlertStory story{};
    };
    struct Records {
        core::Instant at{};
        std::vector<Record> alerts{};
        core::Roster roster{};
        std::int64_t roster_version = -1;
        core::Instant roster_since{};
        bool over = false;
        std::exception_ptr error{};
    };
    struct Finding {
        core::AlertId alert{};
        core::CaseId case_id{};
        duty::Difference difference{};
    };
    struct RosterSince {
        core::Instant from{};
        std::int64_t version = -1;
        core::Roster roster{};
    };

    boost::asio::awaitable<void> gather(std::shared_ptr<Records> records);
    static void read_some(storage::Transaction& tx, const Rules& rules, Records& records, std::size_t from);
    static Record record_of(storage::Transaction& tx, const Rules& rules, const core::Alert& alert,
                            const core::Case& matter);
    /// Null where the storage thread did not answer in time.
    boost::asio::awaitable<std::shared_ptr<const Records>> look();
    void missed(std::string_view why);
    void learn_roster(const Records& records);
    std::vector<Finding> judge(const Records& records) const;
    boost::asio::awaitable<void> tell(std::vector<Finding> findings, core::Instant now);
    void alarm(storage::Transaction& tx, core::Instant now) const;

    Parts parts_;
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer sleep_;
    boost::asio::steady_timer answered_;
    std::shared_ptr<Records> asked_{};  ///< What the storage thread was asked for; one at a time.
    std::vector<RosterSince> rosters_{};
    std::set<std::string> told_{};
    std::size_t differences_ = 0;
    int misses_ = 0;
    bool stopping_ = false;
};

}  // namespace harborline::gateway
