#include "gateway/conversation/conversation_service.hpp"

#include <exception>
#include <memory>
#include <utility>

#include "gateway/conversation/identity.hpp"
#include "handlers/flow/answer.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
namespace {

/// What a piece of work came to, once its commit is over.
enum class End { kDone, kUnavailable, kThrew };

struct Ended {
    End end = End::kDone;
    std::string error{};
};

asio::awaitable<Ended> run(StoreGate& gate, storage::Store::Lane lane, storage::Store::Work work) {
    Ended ended;
    try {
        co_await gate.transact(lane, std::move(work));
    } catch (const storage::Unavailable& unavailable) {
        ended = Ended{End::kUnavailable, unavailable.what()};
    } catch (const std::exception& thrown) {
        ended = Ended{End::kThrew, thrown.what()};
    }
    co_return ended;
}

core::Error unavailable(std::string why) {
    return {core::ErrorKind::kUnavailable, std::move(why)};
}

Taken how(TurnOutcome::Kind kind) {
    switch (kind) {
        case TurnOutcome::Kind::kTaken:
            return Taken::kTaken;
        case TurnOutcome::Kind::kRepeat:
            return Taken::kRepeat;
        case TurnOutcome::Kind::kPart:
            return Taken::kPart;
        case TurnOutcome::Kind::kQuarantined:
            return Taken::kQuarantined;
    }
    return Taken::kTaken;
}

}  // namespace

ConversationService::ConversationService(StoreGate& gate, TurnTaker& taker, ReplyDesk& replies,
                                         std::function<void()> on_commit)
    : gate_(gate), taker_(taker), replies_(replies), on_commit_(std::move(on_commit)) {}

asio::awaitable<core::Result<TakenMessage>> ConversationService::take(core::Inbound inbound,
                                                                      std::optional<storage::Recording> told) {
    const auto lane = flow::must_not_wait(inbound) ? storage::Store::Lane::kDanger : storage::Store::Lane::kOrdinary;
    // The store owns what the work touches: this coroutine may be gone before the work is done.
    auto message = std::make_shared<const Message>(std::move(inbound), std::move(told));
    auto outcome = std::make_shared<TurnOutcome>();
    storage::Store::Work work = [taker = &taker_, message, outcome](storage::Transaction& tx) {
        *outcome = taker->take(tx, message->inbound, message->recording());
    };
    Ended ended = co_await run(gate_, lane, std::move(work));
    if (ended.end == End::kUnavailable) co_return unavailable(std::move(ended.error));
    if (ended.end == End::kThrew) co_return co_await strand(std::move(message), std::move(ended.error), lane);
    if (outcome->kind == TurnOutcome::Kind::kTaken) on_commit_();
    co_return TakenMessage{how(outcome->kind), std::move(outcome->answer)};
}

asio::awaitable<core::Result<TakenMessage>> ConversationService::strand(std::shared_ptr<const Message> message,
                                                                        std::string error, storage::Store::Lane lane) {
    auto reason = std::make_shared<const std::string>(std::move(error));
    auto answer = std::make_shared<core::Answer>();
    storage::Store::Work work = [taker = &taker_, message, reason, answer](storage::Transaction& tx) {
        *answer = taker->strand(tx, message->inbound, *reason, message->recording());
    };
    Ended ended = co_await run(gate_, lane, std::move(work));
    const bool bare = ended.end == End::kThrew;
    if (bare) {
        // Not even the kind words could be written: the bare text is kept, and nothing else is tried with it.
        storage::Store::Work keep = [taker = &taker_, message, reason](storage::Transaction& tx) {
            const auto kept = taker->keepable(tx, message->inbound, identity_of(message->inbound));
            if (tx.stranded().holds(kept.inbound.channel, kept.identity)) return;
            tx.stranded().add(
                {.inbound = kept.inbound, .identity = kept.identity, .at = kept.inbound.received_at, .error = *reason});
        };
        ended = co_await run(gate_, lane, std::move(keep));
    }
    if (ended.end != End::kDone) co_return unavailable(std::move(ended.error));
    if (bare) {
        storage::Store::Work tell = [taker = &taker_, at = message->inbound.received_at](storage::Transaction& tx) {
            taker->desk().tell_administrator(tx, "stranded", at);
        };
        // It is kept, whatever becomes of this.
        co_await run(gate_, lane, std::move(tell));
    }
    on_commit_();
    TakenMessage stranded{Taken::kStranded, std::move(*answer)};
    co_return stranded;
}

asio::awaitable<core::Result<void>> ConversationService::receipt(core::Receipt receipt) {
    auto known = std::make_shared<bool>(false);
    storage::Store::Work work = [replies = &replies_, receipt, known](storage::Transaction& tx) {
        *known = replies->receipt(tx, receipt);
    };
    Ended ended = co_await run(gate_, storage::Store::Lane::kOrdinary, std::move(work));
    if (ended.end != End::kDone) co_return unavailable(std::move(ended.error));
    core::Result<void> kept;
    if (!*known) kept = core::Error{core::ErrorKind::kNotFound, "a receipt for a message that is not ours"};
    co_return kept;
}

}  // namespace harborline::gateway
