#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "gateway/carriers/carrier.hpp"
#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/http/log.hpp"
#include "gateway/workers/claim.hpp"
#include "gateway/workers/send_pace.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/random.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// Hands one channel's messages to its carrier: at the channel's rate, up to `in_flight_max` at a time, each settled
/// durably. Places are filled as they become free, so that one that hangs holds up nobody else; the last place is kept
/// for red pages where there is more than one. What ends meanwhile is settled together with the next claim, in one
/// piece of work. A crash between the carrier's acceptance and the settling can send a message twice; such a repeat is
/// counted in its row.
class DeliveryWorker {
  public:
    using SendRequest = std::function<boost::asio::awaitable<core::Result<WebResponse>>(ApiRequest)>;
    using OnResult = std::function<void(core::MessageClass, SendResult::Kind)>;

    struct Parts {
        StoreGate& gate;
        ReplyDesk& replies;
        DutyDesk& desk;
        const Carrier& carrier;
        const config::ChannelSettings& channel;
        const config::Settings::Outbox& settings;
        core::Clock& clock;
        core::Random& random;
        SendRequest send;
        OnResult on_result;  ///< For metrics.
        Log log;
        /// Calls somebody, where the channel's carrier does that by another way than HTTP.
        std::function<boost::asio::awaitable<SendResult>(OutgoingMessage)> place{};
    };
    DeliveryWorker(Parts parts, boost::asio::any_io_executor executor);

    /// Claims what is due now and has a place, sends it and settles it. Returns how many messages it took.
    boost::asio::awaitable<int> run_once();

    /// Goes on until `stop`, looking for due rows when woken and at least once a second. What is under way is finished
    /// first.
    boost::asio::awaitable<void> run();
    void wake();
    void stop();

  private:
    struct UnderWay {
        core::OutboxId id{};
        bool red = false;
    };
    /// How many more may be claimed.
    struct Room {
        int places = 0;
        int ordinary = 0;  ///< Of these, for what is no red page.
    };
    /// What an attempt came to.
    struct Outcome {
        core::Message message{};
        std::string carrier_id{};  ///< By which the carrier's receipts will name it; empty: by our own.
        bool is_final = false;     ///< No receipt will ever say more.
    };
    using Ended = std::vector<Outcome>;
    Room room() const;
    bool paused() const;
    void pause(std::chrono::seconds retry_after);
    boost::asio::awaitable<int> round();
    storage::OutboxClaim wish_for(Room room) const;
    boost::asio::awaitable<std::vector<Claimed>> settle_and_claim(Room room);
    boost::asio::awaitable<std::vector<Claimed>> claim_each(storage::OutboxClaim wish);
    boost::asio::awaitable<void> set_aside(core::OutboxId id);
    static void settle(storage::Transaction& tx, const Outcome& outcome, ReplyDesk& replies, DutyDesk& desk,
                       core::Instant now);
    boost::asio::awaitable<void> settle_each(std::shared_ptr<Ended> ended);
    /// False where the piece threw; that the store is in trouble is for the caller.
    boost::asio::awaitable<bool> carried_out(storage::Store::Work work);
    /// To be settled with the next that end.
    void keep(Ended& ended, std::size_t from);
    void start(Claimed claimed);
    boost::asio::awaitable<void> deliver(Claimed claimed, SendPace::TimePoint at);
    bool calls() const { return parts_.channel.kind == core::ChannelKind::kVoice; }
    bool may_go(const Claimed& claimed) const;
    core::Message without_sending(Claimed& claimed) const;
    core::Message judged(const SendResult& result, core::Message message) const;
    boost::asio::awaitable<SendResult> attempt(const Claimed& claimed);
    boost::asio::awaitable<void> rest(std::chrono::steady_clock::duration longest);
    void tell_trouble(const std::exception& error) const;
    void news();

    Parts parts_;
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer sleep_;
    SendPace pace_;
    std::vector<UnderWay> under_way_{};
    Ended ended_{};              ///< Judged and not settled yet.
    bool settle_first_ = false;  ///< The store was in trouble, perhaps with what is due only.
    std::exception_ptr trouble_{};
    core::Instant paused_until_{};
    bool stopping_ = false;
    bool look_ = true;  ///< There may be something to claim.
    SendPace::TimePoint looked_at_{};
    bool news_ = false;
};

}  // namespace harborline::gateway
