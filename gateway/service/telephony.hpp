#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "gateway/audio/recording_desk.hpp"
#include "gateway/audio/sound_desk.hpp"
#include "gateway/audio/speech.hpp"
#include "gateway/calls/event_socket.hpp"
#include "gateway/carriers/carrier.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/http/client.hpp"
#include "gateway/http/log.hpp"
#include "gateway/workers/recording_worker.hpp"
#include "storage/store.hpp"

namespace harborline::gateway {

/// What the service needs on top for calls: our voice, what callers have told, and the sockets of switches that place
/// calls for us. Belongs to the loop's thread.
class Telephony {
  public:
    struct Parts {
        const config::Settings& settings;
        storage::Store& store;
        StoreGate& gate;
        std::optional<TlsTrust> trust{};
        core::Clock& clock;
        core::Random& random;
        std::function<const Carrier*(std::string_view channel)> carrier_of;
        std::function<void(storage::Transaction&, core::LetterId)> lose;  ///< As RecordingDesk's.
        std::function<Log(std::string_view folder)> log;
    };
    Telephony(Parts parts, boost::asio::io_context& loop);
    ~Telephony();

    RecordingDesk& recordings() { return recordings_; }
    SoundDesk& sounds() { return sounds_; }
    /// Null where the channel has none.
    EventSocket* socket_of(std::string_view channel);
    /// Calls somebody over the channel's event socket; empty where it has none, or no way to dial.
    std::function<boost::asio::awaitable<SendResult>(OutgoingMessage)> placer(const config::ChannelSettings& channel);
    /// Ends one leg of a talk, by the carrier's name for it, and with it the talk.
    boost::asio::awaitable<void> end_leg(std::string channel, std::string leg);
    /// There may be a recording to fetch.
    void wake() { fetcher_.wake(); }

    /// The parts that run as long as the service does, by name.
    struct Part {
        std::string name{};
        boost::asio::awaitable<void> run;
    };
    std::vector<Part> parts();
    void stop();

  private:
    struct Socket {
        std::string channel{};
        std::unique_ptr<EventSocket> socket{};
    };
    /// Removes what crashes have left, once.
    boost::asio::awaitable<void> tidy();
    boost::asio::awaitable<core::Result<void>> ask_to_end(std::string channel, std::string leg);

    Parts parts_;
    Log log_;
    storage::RecordingVault vault_;
    boost::asio::thread_pool disk_{1};
    RecordingDesk recordings_;
    Speech speech_;
    SoundDesk sounds_;
    /// Apart: a recording may be larger than what other answers are allowed.
    HttpClient fetching_;
    RecordingWorker fetcher_;
    std::vector<Socket> sockets_{};
    boost::asio::steady_timer tidy_again_;
    bool stopping_ = false;
};

}  // namespace harborline::gateway
