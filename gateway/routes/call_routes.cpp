// Requests of calls: the half of PublicRoutes that is heard.
#include <utility>

#include "gateway/routes/public_routes.hpp"
#include "gateway/routes/refusals.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
namespace {

constexpr std::string_view kLegs = "confirm/";

/// Whether somebody holds the line, rather than that the carrier tells us something.
bool is_listened_to(const WebRequest& request) {
    return request.action.starts_with("voice") || request.action.starts_with(kLegs);
}

}  // namespace

asio::awaitable<WebResponse> PublicRoutes::call(Entry& entry, const WebRequest& request) {
    auto batch = entry.carrier->decode(request, parts_.clock.now());
    if (!batch || batch->empty() || !batch->front()) {
        count(entry, InboundOutcome::kRefused);
        const core::Error nothing{core::ErrorKind::kMalformed, "there is no call in this request"};
        const core::Error why = !batch ? batch.error() : batch->empty() ? nothing : batch->front().error();
        if (why.kind == core::ErrorKind::kMalformed && is_listened_to(request))
            co_return co_await call_again(entry, request);
        co_return refused(why);
    }
    const auto began = std::chrono::steady_clock::now();
    auto taken = co_await hear(entry, std::move(*batch->front()));
    if (!taken) co_return co_await call_again(entry, request);
    core::CallAnswer spoken = std::move(taken->answer.call).value_or(core::CallAnswer{});
    auto answer = co_await answer_call(entry, request, std::move(spoken));
    // Until what she hears is on its way, and not only its words.
    if (parts_.on_turn) parts_.on_turn(std::chrono::steady_clock::now() - began);
    co_return answer;
}

asio::awaitable<core::Result<TakenMessage>> PublicRoutes::hear(const Entry& entry, core::Inbound inbound) {
    inbound.channel = entry.channel->name;
    inbound.kind = entry.channel->kind;
    auto told = co_await keep(*inbound.call);
    if (!told && inbound.call->event == core::CallInput::Event::kEnded) {
        // That her call is over is said once, whatever the disk does not take: somebody may have to hear of it.
        parts_.log.error("recording_not_kept", {{"channel", entry.channel->name}, {"why", told.error().message}});
        told = std::optional<storage::Recording>{};
    }
    core::Result<TakenMessage> taken = core::Error{core::ErrorKind::kUnavailable, "the recording was not kept"};
    if (told) taken = co_await parts_.service.take(std::move(inbound), std::move(*told));
    if (!taken) {
        count(entry, InboundOutcome::kUnavailable);
        parts_.log.warn("inbound_unavailable", {{"channel", entry.channel->name}});
        co_return taken;
    }
    if (taken->how == Taken::kStranded) parts_.log.error("stranded", {{"channel", entry.channel->name}});
    count(entry, outcome_of(taken->how));
    co_return taken;
}

asio::awaitable<WebResponse> PublicRoutes::perhaps_over(const Entry& entry, const WebRequest& request,
                                                        WebResponse answer) {
    auto batch = entry.carrier->decode(request, parts_.clock.now());
    if (!batch || batch->empty() || !batch->front()) co_return answer;  // It still rings, or they talk.
    if (batch->front()->call->event != core::CallInput::Event::kEnded) co_return answer;
    const auto taken = co_await hear(entry, std::move(*batch->front()));
    if (!taken) co_return plain(503, "nothing was stored; try again\n");
    co_return answer;
}

/// What she has told is durable before the turn that names it. Without it the turn must not be taken.
asio::awaitable<core::Result<std::optional<storage::Recording>>> PublicRoutes::keep(core::CallInput& said) {
    std::optional<storage::Recording> told;
    if (said.audio.empty() && said.audio_url.empty()) co_return told;
    storage::Recording recording = parts_.recordings->begin();
    if (said.audio.empty()) {
        recording.state = storage::Recording::State::kFetching;
        recording.carrier_url = std::move(said.audio_url);
        said.recording = recording.name;
        told = std::move(recording);
        co_return told;
    }
    auto kept = co_await parts_.recordings->keep(std::move(recording), std::exchange(said.audio, {}));
    if (!kept && kept.error().kind == core::ErrorKind::kMalformed) co_return told;  // Nothing was to be heard.
    if (!kept) co_return kept.error();
    said.recording = kept->name;
    told = std::move(*kept);
    co_return told;
}

asio::awaitable<WebResponse> PublicRoutes::answer_call(const Entry& entry, const WebRequest& request,
                                                       core::CallAnswer spoken) {
    const VoiceCapabilities can = entry.carrier->capabilities().voice;
    core::Answer answer;
    answer.call = co_await parts_.sounds->prepare(std::move(spoken), can, entry.channel->public_url);
    co_return entry.carrier->encode_answer_to(request, answer);
}

/// Nothing could be stored, or understood: she is told to call again. An error would only be the carrier's own words,
/// or none. Whoever was rung for her is not the one to call again.
asio::awaitable<WebResponse> PublicRoutes::call_again(const Entry& entry, const WebRequest& request) {
    core::CallAnswer last{.language = entry.channel->language};
    if (parts_.words_again && !request.action.starts_with(kLegs))
        last.sounds.push_back({.words = parts_.words_again(*entry.channel), .prompt = "err.again"});
    co_return co_await answer_call(entry, request, std::move(last));
}

}  // namespace harborline::gateway
