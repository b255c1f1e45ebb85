#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>

#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/conversation/turn_taker.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// What happened to one message, for metrics and the answer to the carrier.
enum class Taken { kTaken, kRepeat, kPart, kStranded, kQuarantined };

struct TakenMessage {
    Taken how = Taken::kTaken;
    core::Answer answer{};
};

/// The asynchronous door to turns: whatever comes out of it is durable (I1). Lives on the event loop.
class ConversationService {
  public:
    /// `on_commit` is called after each message that was taken: there may be something to send.
    ConversationService(StoreGate& gate, TurnTaker& taker, ReplyDesk& replies, std::function<void()> on_commit);

    /// Takes one message. The only error is kUnavailable: nothing is stored, the carrier must try again. A turn that
    /// throws keeps its text as stranded and is an answer like any other (I13).
    /// `told` is the recording that came with it, its file durable.
    boost::asio::awaitable<core::Result<TakenMessage>> take(core::Inbound inbound,
                                                            std::optional<storage::Recording> told = std::nullopt);

    /// Keeps a receipt. kNotFound for a message that is not ours.
    boost::asio::awaitable<core::Result<void>> receipt(core::Receipt receipt);

  private:
    /// What one piece of work needs, shared with the store.
    struct Message {
        core::Inbound inbound{};
        std::optional<storage::Recording> told{};
        const storage::Recording* recording() const { return told ? &*told : nullptr; }
    };
    boost::asio::awaitable<core::Result<TakenMessage>> strand(std::shared_ptr<const Message> message, std::string error,
                                                              storage::Store::Lane lane);

    StoreGate& gate_;
    TurnTaker& taker_;
    ReplyDesk& replies_;
    std::function<void()> on_commit_;
};

}  // namespace harborline::gateway
