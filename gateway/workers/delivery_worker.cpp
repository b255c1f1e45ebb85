#include "gateway/workers/delivery_worker.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "gateway/workers/retry_policy.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto kLookAgain = 1s;
/// After the store said no there is no hurry.
constexpr auto kAfterTrouble = 2s;

bool is_over(core::MessageState state) {
    return state == core::MessageState::kDead || state == core::MessageState::kUnknown ||
           state == core::MessageState::kExpired || state == core::MessageState::kDropped;
}

}  // namespace

DeliveryWorker::DeliveryWorker(Parts parts, asio::any_io_executor executor)
    : parts_(std::move(parts)), executor_(std::move(executor)), sleep_(executor_), pace_(executor_) {}

asio::awaitable<std::vector<DeliveryWorker::Claimed>> DeliveryWorker::claim() {
    auto claimed = std::make_shared<std::vector<Claimed>>();
    const core::Instant now = parts_.clock.now();
    storage::Store::Work work = [claimed, now, channel = parts_.channel.name, lease = parts_.settings.lease,
                                 limit = parts_.channel.in_flight_max](storage::Transaction& tx) {
        claimed->clear();
        for (auto& message : tx.outbox().claim_due(channel, now, now + lease, limit)) {
            const auto handset = tx.handsets().get(message.to);
            const bool asked_for =
                message.kind == core::MessageClass::kAnswer || message.kind == core::MessageClass::kPage;
            claimed->push_back({.message = std::move(message),
                                .number = handset.number,
                                .wants_nothing = !asked_for && handset.opt_out == storage::OptOut::kEverything});
        }
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(work));
    co_return std::move(*claimed);
}

asio::awaitable<int> DeliveryWorker::run_once() {
    std::vector<Claimed> claimed = co_await claim();
    const int count = static_cast<int>(claimed.size());
    // A latch: each delivery runs by itself, and the last one to end wakes this coroutine.
    auto left = std::make_shared<int>(count);
    asio::steady_timer all_done(executor_, asio::steady_timer::time_point::max());
    std::exception_ptr trouble;
    for (auto& item : claimed) {
        co_await pace();
        asio::co_spawn(executor_, deliver(std::move(item)), [left, &all_done, &trouble](std::exception_ptr error) {
            if (error) trouble = error;
            if (--*left == 0) all_done.cancel();
        });
    }
    boost::system::error_code ignored;
    while (*left > 0) co_await all_done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (trouble) std::rethrow_exception(trouble);
    co_return count;
}

asio::awaitable<void> DeliveryWorker::pace() {
    const auto now = std::chrono::steady_clock::now();
    const auto gap = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(1.0 / std::max(parts_.channel.rate_per_s, 0.01)));
    const auto at = std::max(now, next_send_);
    next_send_ = at + gap;
    if (at <= now) co_return;
    if (stopping_) co_return;
    pace_.expires_at(at);
    boost::system::error_code ignored;
    co_await pace_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> DeliveryWorker::deliver(Claimed claimed) {
    if (claimed.message.expires_at <= parts_.clock.now()) {
        claimed.message.state = core::MessageState::kExpired;
        co_return co_await settle(std::move(claimed.message));
    }
    if (stopping_) {
        claimed.message.state = core::MessageState::kWaiting;
        co_return co_await settle(std::move(claimed.message));
    }
    if (claimed.wants_nothing) {
        claimed.message.state = core::MessageState::kDropped;
        claimed.message.reason = "opted out of everything";
        co_return co_await settle(std::move(claimed.message));
    }
    const SendResult result = co_await attempt(claimed);
    if (parts_.on_result) parts_.on_result(claimed.message.kind, result.kind);
    core::Message judged =
        judge(result, std::move(claimed.message), parts_.settings, parts_.clock.now(), parts_.random);
    co_await settle(std::move(judged));
}

asio::awaitable<SendResult> DeliveryWorker::attempt(const Claimed& claimed) {
    const core::Message& message = claimed.message;
    const auto left = std::chrono::duration_cast<std::chrono::minutes>(message.expires_at - parts_.clock.now());
    const OutgoingMessage outgoing{.id = message.id,
                                   .to = claimed.number,
                                   .text = message.text,
                                   .attempt = message.attempts,
                                   .validity = std::max(left, 1min)};
    SendResult result{.kind = SendResult::Kind::kRefused, .reason = "nothing to send"};
    bool some_parts_went = false;
    for (ApiRequest& request : parts_.carrier.build_send(outgoing)) {
        core::Result<WebResponse> response = co_await parts_.send(std::move(request));
        if (response) {
            result = parts_.carrier.read_send_result(*response);
        } else {
            const bool lost = response.error().kind == core::ErrorKind::kUnknown;
            result = SendResult{lost ? SendResult::Kind::kUnknown : SendResult::Kind::kRetry, response.error().message,
                                std::nullopt};
        }
        if (result.kind != SendResult::Kind::kSent) break;
        some_parts_went = true;
    }
    // Parts that went will go again with the rest: she may see them twice.
    if (some_parts_went && result.kind == SendResult::Kind::kRetry) result.kind = SendResult::Kind::kUnknown;
    co_return result;
}

asio::awaitable<void> DeliveryWorker::settle(core::Message message) {
    auto settled = std::make_shared<const core::Message>(std::move(message));
    const core::Instant now = parts_.clock.now();
    storage::Store::Work work = [settled, now, replies = &parts_.replies,
                                 desk = &parts_.desk](storage::Transaction& tx) {
        tx.outbox().settle(*settled);
        // A receipt or a person may have been quicker: then this attempt's end is not the message's.
        const auto stored = tx.outbox().find(settled->id);
        if (!stored || stored->state != settled->state || !is_over(settled->state)) return;
        replies->did_not_arrive(tx, *settled, now);
        if (settled->state == core::MessageState::kDead) desk->tell_administrator(tx, "dead_letter", now);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(work));
}

asio::awaitable<void> DeliveryWorker::run() {
    while (!stopping_) {
        std::chrono::steady_clock::duration wait = kLookAgain;
        bool again = false;
        woken_ = false;
        try {
            again = co_await run_once() > 0;
        } catch (const std::exception& error) {
            parts_.log.warn("delivery_trouble", {{"channel", parts_.channel.name}, {"why", error.what()}});
            wait = kAfterTrouble;
        }
        if (stopping_ || again || woken_) continue;
        sleep_.expires_after(wait);
        boost::system::error_code ignored;
        co_await sleep_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void DeliveryWorker::wake() {
    woken_ = true;
    sleep_.cancel();
}

void DeliveryWorker::stop() {
    stopping_ = true;
    sleep_.cancel();
    pace_.cancel();
}

}  // namespace harborline::gateway
