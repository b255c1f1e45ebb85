#include "gateway/workers/recording_worker.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace harborline::gateway {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using State = storage::Recording::State;

namespace {

constexpr auto kLookForRecordingsAfter = 1s;
constexpr int kFetchedAtOnce = 20;
constexpr int kRemovedAtOnce = 100;
constexpr auto kRetryFirst = 5s;
constexpr auto kRetryMax = 10min;
/// The waits double from 5 s to 10 min: after so many attempts an hour and a half has gone by.
constexpr int kGoneAfter = 16;
/// From here on the wait is the longest. No other failure counts further: it is no word of the carrier's that it has
/// none, and what follows it has to be said for an hour once more.
constexpr int kOtherwiseMost = 8;

bool is_gone(int status) {
    return status == 404 || status == 410;
}

std::chrono::seconds wait_after(int attempts) {
    return std::min<std::chrono::seconds>(kRetryFirst * (1 << std::clamp(attempts - 1, 0, 10)), kRetryMax);
}

}  // namespace

RecordingWorker::RecordingWorker(Parts parts, asio::any_io_executor executor)
    : parts_(std::move(parts)), sleep_(executor) {}

void RecordingWorker::put_off(Recording& recording, std::string_view step, std::string_view why) const {
    ++recording.attempts;
    recording.due_at = parts_.clock.now() + wait_after(recording.attempts);
    parts_.log.warn("recording_put_off",
                    {{"channel", recording.channel}, {"step", step}, {"attempts", recording.attempts}, {"why", why}});
}

asio::awaitable<RecordingWorker::Recording> RecordingWorker::fetched(Recording recording, const Carrier& carrier) {
    std::optional<ApiRequest> request = carrier.build_fetch(recording.carrier_url);
    if (!request) {
        put_off(recording, "fetch", "its address is none of this carrier's");
        co_return recording;
    }
    core::Result<WebResponse> response = co_await parts_.send(std::move(*request));
    const bool gone = response && is_gone(response->status);
    if (!gone) recording.attempts = std::min(recording.attempts, kOtherwiseMost - 1);
    if (!response) {
        put_off(recording, "fetch", response.error().message);
        co_return recording;
    }
    if (response->status != 200) {
        put_off(recording, "fetch", "status " + std::to_string(response->status));
        if (gone && recording.attempts >= kGoneAfter) {
            recording.state = State::kLost;
            recording.carrier_url.clear();
        }
        co_return recording;
    }
    core::Result<Recording> kept = co_await parts_.desk.keep(recording, std::move(response->body));
    if (!kept) {
        put_off(recording, "keep", kept.error().message);
        co_return recording;
    }
    kept->attempts = 0;
    kept->due_at = parts_.clock.now();
    co_return std::move(*kept);
}

asio::awaitable<RecordingWorker::Recording> RecordingWorker::erased(Recording recording, const Carrier& carrier) {
    std::optional<ApiRequest> request = carrier.build_erase(recording.carrier_url);
    if (!request) {
        recording.carrier_url.clear();
        co_return recording;
    }
    core::Result<WebResponse> response = co_await parts_.send(std::move(*request));
    if (!response)
        put_off(recording, "erase", response.error().message);
    else if (response->status / 100 == 2 || is_gone(response->status))
        recording.carrier_url.clear();
    else
        put_off(recording, "erase", "status " + std::to_string(response->status));
    co_return recording;
}

/// What somebody has decided about the recording meanwhile stands: only what is the worker's own is written.
asio::awaitable<void> RecordingWorker::save(Recording before, Recording after) {
    const auto now = parts_.clock.now();
    storage::Store::Work work = [before = std::move(before), after = std::move(after), now](storage::Transaction& tx) {
        auto stored = tx.recordings().find(after.name);
        if (!stored) return;
        stored->carrier_url = after.carrier_url;
        stored->attempts = after.attempts;
        stored->due_at = after.due_at;
        if (stored->state == before.state) {
            stored->state = after.state;
            stored->bytes = after.bytes;
            stored->length = after.length;
            stored->digest = after.digest;
        }
        tx.recordings().update(*stored);
        if (after.state == State::kLost && before.state != State::kLost)
            tx.journal().append({.at = now, .event = "recording_lost", .case_id = stored->case_id});
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(work));
}

/// One at which something throws must not stop the others for ever.
asio::awaitable<void> RecordingWorker::take_up(std::string name) {
    std::string why;
    try {
        co_await advance(name);
        co_return;
    } catch (const storage::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        why = error.what();
    }
    parts_.log.error("recording_trouble", {{"why", why}});
    storage::Store::Work later = [name, until = parts_.clock.now() + kRetryMax](storage::Transaction& tx) {
        tx.recordings().put_off(name, until);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(later));
}

asio::awaitable<void> RecordingWorker::advance(std::string name) {
    auto found = std::make_shared<std::optional<Recording>>();
    storage::Store::Work look = [found, name](storage::Transaction& tx) { *found = tx.recordings().find(name); };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(look));
    if (!*found) co_return;
    Recording recording = std::move(**found);
    const Carrier* carrier = parts_.carrier_of(recording.channel);
    Recording after = recording;
    if (carrier == nullptr)
        put_off(after, "find", "its channel is not in the settings any more");
    else if (recording.state == State::kFetching)
        after = co_await fetched(recording, *carrier);
    else
        after = co_await erased(recording, *carrier);
    if (after.state == State::kLost) parts_.log.error("recording_lost", {{"channel", after.channel}});
    co_await save(std::move(recording), std::move(after));
}

/// One that can not be removed now is met again.
asio::awaitable<int> RecordingWorker::remove(std::vector<std::string> dropped) {
    if (dropped.empty()) co_return 0;
    std::vector<std::string> gone = co_await parts_.desk.remove(std::move(dropped));
    const auto count = static_cast<int>(gone.size());
    storage::Store::Work forget = [gone = std::move(gone)](storage::Transaction& tx) {
        for (const auto& name : gone) tx.letters().forget_recording(name);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(forget));
    co_return count;
}

asio::awaitable<int> RecordingWorker::run_once() {
    auto due = std::make_shared<std::vector<std::string>>();
    auto dropped = std::make_shared<std::vector<std::string>>();
    storage::Store::Work look = [due, dropped, now = parts_.clock.now()](storage::Transaction& tx) {
        *due = tx.recordings().due(now, kFetchedAtOnce);
        *dropped = tx.letters().dropped_recordings(kRemovedAtOnce);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(look));
    int count = co_await remove(std::move(*dropped));
    for (auto& name : *due) {
        if (stopping_) break;
        ++count;
        co_await take_up(std::move(name));
    }
    co_return count;
}

asio::awaitable<void> RecordingWorker::run() {
    while (!stopping_) {
        int done = 0;
        try {
            done = co_await run_once();
        } catch (const std::exception& error) {
            parts_.log.warn("recording_trouble", {{"why", error.what()}});
        }
        if (stopping_) break;
        if (done > 0) continue;  // What was fetched is to be erased at once.
        sleep_.expires_after(kLookForRecordingsAfter);
        boost::system::error_code ignored;
        co_await sleep_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void RecordingWorker::wake() {
    sleep_.cancel();
}

void RecordingWorker::stop() {
    stopping_ = true;
    sleep_.cancel();
}

}  // namespace harborline::gateway
