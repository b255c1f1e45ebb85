#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/audio/recording_desk.hpp"
#include "gateway/carriers/carrier.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/http/log.hpp"
#include "handlers/core/time.hpp"
#include "storage/recordings.hpp"

namespace harborline::gateway {

/// Brings home the recordings that lie with a carrier, and only when ours is durable and its row says so has the
/// carrier erase its own. Every step is in the row, so a restart forgets nothing. The carrier is asked again ever more
/// seldom; a recording is given up only where the carrier has said for more than an hour that it has none. And removes
/// the files of what relatives have told one another, once it was heard or nothing opens it any more.
class RecordingWorker {
  public:
    using SendRequest = std::function<boost::asio::awaitable<core::Result<WebResponse>>(ApiRequest)>;

    struct Parts {
        StoreGate& gate;
        RecordingDesk& desk;
        std::function<const Carrier*(std::string_view channel)> carrier_of;  ///< Null: no such channel any more.
        SendRequest send;  ///< Must take answers as long as a recording.
        core::Clock& clock;
        Log log;
    };
    RecordingWorker(Parts parts, boost::asio::any_io_executor executor);

    /// Does what is due, one after the other. Returns how many that were.
    boost::asio::awaitable<int> run_once();
    boost::asio::awaitable<void> run();
    /// There may be a new one.
    void wake();
    /// What is under way is finished first, within the time that a request has.
    void stop();

  private:
    using Recording = storage::Recording;

    boost::asio::awaitable<void> take_up(std::string name);
    boost::asio::awaitable<void> advance(std::string name);
    boost::asio::awaitable<int> remove(std::vector<std::string> dropped);
    boost::asio::awaitable<Recording> fetched(Recording recording, const Carrier& carrier);
    boost::asio::awaitable<Recording> erased(Recording recording, const Carrier& carrier);
    boost::asio::awaitable<void> save(Recording before, Recording after);
    void put_off(Recording& recording, std::string_view step, std::string_view why) const;

    Parts parts_;
    boost::asio::steady_timer sleep_;
    bool stopping_ = false;
};

}  // namespace harborline::gateway
