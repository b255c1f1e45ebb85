#include "gateway/routes/public_routes.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "gateway/routes/refusals.hpp"
#include "handlers/flow/answer.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::size_t kBodyMax = 64 * 1024;
constexpr std::string_view kInbox = "inbox";
constexpr std::string_view kAudio = "/audio/";
/// 8,000 samples of two bytes; some carriers send more.
constexpr std::size_t kAudioBytesPerSecond = 48'000;
/// A channel may bring so many seconds' worth of texts at once.
constexpr std::chrono::seconds kBurst{10};

/// A call may bring what she has told.
std::size_t body_max(const config::ChannelSettings& channel) {
    if (channel.kind != core::ChannelKind::kVoice) return kBodyMax;
    return kBodyMax + static_cast<std::size_t>(channel.recording_max.count() + 10) * kAudioBytesPerSecond;
}

/// 429 (RFC 6585). Kannel comes again on it after its http-queue-delay, Twilio only where its address asks for that in
/// a fragment (#rc=…); for whoever does not, the text is lost.
WebResponse come_again(std::chrono::nanoseconds wait) {
    auto answer = plain(429, "too many at once; nothing was stored, try again later\n");
    answer.retry_after = std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
    return answer;
}

bool must_not_wait(const core::Result<core::Inbound>& element) {
    return element && flow::must_not_wait(*element);
}

bool has_ended(const core::Result<core::Inbound>& element) {
    return element && element->session && element->session->event == core::SessionInput::Event::kEnded;
}

/// Somebody looks at a screen and waits for the next one.
bool is_at_a_screen(const core::Result<core::Inbound>& element) {
    return element && element->session && !has_ended(element);
}

/// Whether a proxy says that it stands between: then nobody knows where the request comes from.
bool is_forwarded(const WebRequest& request) {
    constexpr std::array<std::string_view, 3> kProxies{"Via", "Forwarded", "X-Forwarded-For"};
    return std::ranges::any_of(kProxies, [&](auto name) { return !request.header(name).empty(); });
}

/// Whether a comma-separated list of methods holds one.
bool lists(std::string_view methods, std::string_view method) {
    while (!methods.empty()) {
        const auto end = std::min(methods.find(','), methods.size());
        std::string_view one = methods.substr(0, end);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        if (one == method) return true;
        methods.remove_prefix(std::min(end + 1, methods.size()));
    }
    return false;
}

}  // namespace

PublicRoutes::PublicRoutes(Parts parts)
    : parts_(std::move(parts)),
      handsets_(parts_.handset_rate, parts_.hash_key),
      strangers_(parts_.stranger_rate, parts_.hash_key) {}

Admission PublicRoutes::admits(std::string_view peer) {
    const auto now = std::chrono::steady_clock::now();
    const bool is_near = std::ranges::any_of(entries_, [&](const Entry& entry) {
        return std::ranges::any_of(entry.networks, [&](const auto& network) { return network.contains(peer); });
    });
    if (is_near || strangers_.knows(peer, now)) return Admission::kKnown;
    return strangers_.admits(peer, now) ? Admission::kUnknown : Admission::kRefused;
}

PublicRoutes::Digest PublicRoutes::digest(std::string_view token) {
    Digest made{};
    crypto_generichash(made.data(), made.size(), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                       nullptr, 0);
    return made;
}

void PublicRoutes::add(const config::ChannelSettings& channel, const Carrier& carrier) {
    Entry entry{.channel = &channel, .carrier = &carrier};
    entry.tokens.push_back(digest(channel.token.reveal()));
    if (!channel.token_old.empty()) entry.tokens.push_back(digest(channel.token_old.reveal()));
    for (const auto& written : channel.networks)
        if (auto network = config::Network::parse(written)) entry.networks.push_back(*network);
    entry.rate = {.events = channel.inbound_per_s * kBurst.count(), .period = kBurst};
    entries_.push_back(std::move(entry));
}

std::optional<PublicRoutes::Target> PublicRoutes::read(std::string_view path) {
    constexpr std::string_view kPrefix = "/in/";
    if (!path.starts_with(kPrefix)) return std::nullopt;
    path.remove_prefix(kPrefix.size());
    const auto channel_end = path.find('/');
    if (channel_end == std::string_view::npos) return std::nullopt;
    const auto token_end = path.find('/', channel_end + 1);
    if (token_end == std::string_view::npos) return std::nullopt;
    return Target{.channel = path.substr(0, channel_end),
                  .token = path.substr(channel_end + 1, token_end - channel_end - 1),
                  .action = path.substr(token_end + 1)};
}

const PublicRoutes::Entry* PublicRoutes::admitted(const Target& target) const {
    // Every token of every channel is compared, whatever the channel's name, so that time tells nothing.
    const Digest given = digest(target.token);
    const Entry* found = nullptr;
    for (const auto& entry : entries_) {
        bool fits = false;
        for (const auto& token : entry.tokens) fits |= sodium_memcmp(token.data(), given.data(), given.size()) == 0;
        if (fits && entry.channel->name == target.channel) found = &entry;
    }
    return found;
}

PublicRoutes::Entry* PublicRoutes::named(std::string_view channel) {
    const auto found =
        std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.channel->name == channel; });
    return found == entries_.end() ? nullptr : &*found;
}

RouteLimits PublicRoutes::limits(std::string_view method, std::string_view path) const {
    if (path.starts_with(kAudio) && parts_.sounds != nullptr) {
        if (method == "GET" || method == "HEAD") {
            // Refused here and not by `handle`: whoever guesses at addresses does not keep her connection.
            if (parts_.sounds->find(path.substr(kAudio.size()))) return {};
            return {.refusal = not_found()};
        }
        return {.refusal = plain(405, "this address takes GET, HEAD\n"), .allow = "GET, HEAD"};
    }
    const auto target = read(path);
    const Entry* entry = admitted(target.value_or(Target{}));
    if (entry == nullptr) {
        if (target && parts_.on_inbound) parts_.on_inbound("none", InboundOutcome::kRefused);
        return {.refusal = not_found()};
    }
    const bool is_inbox = target->action == kInbox && entry->channel->carrier == "handset";
    const std::string_view methods = is_inbox ? "POST" : entry->carrier->methods(target->action);
    if (methods.empty()) return {.refusal = not_found()};
    if (!lists(methods, method))
        return {.refusal = plain(405, "this address takes " + std::string{methods} + "\n"),
                .allow = std::string{methods}};
    return {.body_max = body_max(*entry->channel)};
}

asio::awaitable<WebResponse> PublicRoutes::handle(WebRequest& request) {
    if (request.path.starts_with(kAudio)) co_return audio(request.path);
    // The token was looked at by `limits`, without which no request comes here.
    const auto target = read(request.path);
    Entry* entry = target ? named(target->channel) : nullptr;
    if (entry == nullptr) co_return not_found();
    const auto& networks = entry->networks;
    const bool is_foreign = !networks.empty() && std::ranges::none_of(networks, [&](const auto& network) {
        return network.contains(request.peer);
    });
    // The handset's token is known to everybody: behind a proxy on this machine the whole world would be here.
    if (is_foreign || (entry->channel->carrier == "handset" && is_forwarded(request))) {
        count(*entry, InboundOutcome::kRefused);
        co_return not_found();
    }
    strangers_.prove(request.peer, std::chrono::steady_clock::now());
    request.action = target->action;
    if (request.action == kInbox && entry->channel->carrier == "handset") co_return inbox(request);
    const bool calls = entry->channel->kind == core::ChannelKind::kVoice;
    if (request.action == "status") {
        auto answer = co_await receipts(*entry, request);
        if (calls && answer.status == 200) co_return co_await perhaps_over(*entry, request, std::move(answer));
        co_return answer;
    }
    if (calls) co_return co_await call(*entry, request);
    co_return co_await texts(*entry, request);
}

asio::awaitable<WebResponse> PublicRoutes::texts(Entry& entry, const WebRequest& request) {
    auto batch = entry.carrier->decode(request, parts_.clock.now());
    if (!batch) {
        count(entry, InboundOutcome::kRefused);
        co_return refused(batch.error());
    }
    const bool at_a_screen = std::ranges::any_of(*batch, is_at_a_screen);
    const bool ended = !at_a_screen && std::ranges::any_of(*batch, has_ended);
    const auto wait = wait_for(entry, *batch, std::chrono::steady_clock::now());
    if (wait.count() > 0) {
        count(entry, InboundOutcome::kLimited);
        co_return at_a_screen ? dial_again(entry, request) : come_again(wait);
    }
    std::optional<core::Error> broken;
    std::size_t taken = 0;
    core::Answer answer;
    for (auto& element : *batch) {
        if (!element) {
            count(entry, InboundOutcome::kRefused);
            broken = element.error();
            continue;
        }
        element->channel = entry.channel->name;
        element->kind = entry.channel->kind;
        const auto began = std::chrono::steady_clock::now();
        core::Result<TakenMessage> result = co_await parts_.service.take(std::move(*element));
        if (parts_.on_turn) parts_.on_turn(std::chrono::steady_clock::now() - began);
        if (!result) {
            count(entry, InboundOutcome::kUnavailable);
            parts_.log.warn("inbound_unavailable", {{"channel", entry.channel->name}});
            co_return at_a_screen ? dial_again(entry, request) : plain(503, "nothing was stored; try again\n");
        }
        if (result->how == Taken::kStranded) parts_.log.error("stranded", {{"channel", entry.channel->name}});
        ++taken;
        count(entry, outcome_of(result->how));
        answer = std::move(result->answer);
    }
    if (taken == 0 && broken) co_return refused(*broken);
    // Whatever is said now reaches nobody.
    if (ended) co_return plain(200, {});
    co_return entry.carrier->encode_answer_to(request, answer);
}

WebResponse PublicRoutes::audio(std::string_view path) {
    const auto file = parts_.sounds->find(path.substr(kAudio.size()));
    if (!file) return not_found();
    return {.status = 200,
            .content_type = "audio/wav",
            .body = *file->wav,
            .cache_control = file->personal ? "no-store" : "public, max-age=600"};
}

WebResponse PublicRoutes::dial_again(const Entry& entry, const WebRequest& request) const {
    core::Answer last;
    if (parts_.words_again) last.words = parts_.words_again(*entry.channel);
    return entry.carrier->encode_answer_to(request, last);
}

// All or nothing, so that the repeat of a batch is never refused for what the batch itself has used up. One text in it
// that must not wait lets its neighbours in.
std::chrono::nanoseconds PublicRoutes::wait_for(Entry& entry, const Batch& batch, SteadyTime now) {
    auto wait = entry.texts.wait(entry.rate, now);
    bool is_let_in = std::ranges::any_of(batch, must_not_wait);
    for (const auto& element : batch) {
        if (!element) continue;
        const auto handset = handsets_.look(element->from, now);
        wait = std::max(wait, handset.wait);
        is_let_in |= handset.is_new;
    }
    if (wait.count() > 0 && !is_let_in) return wait;
    for (const auto& element : batch) {
        if (!element) continue;
        entry.texts.charge(entry.rate, now);
        handsets_.charge(element->from, now);
    }
    return {};
}

asio::awaitable<WebResponse> PublicRoutes::receipts(Entry& entry, const WebRequest& request) {
    const auto now = std::chrono::steady_clock::now();
    if (const auto wait = entry.receipts.wait(entry.rate, now); wait.count() > 0) {
        count(entry, InboundOutcome::kLimited);
        co_return come_again(wait);
    }
    entry.receipts.charge(entry.rate, now);
    auto batch = entry.carrier->decode_status(request, parts_.clock.now());
    if (!batch) {
        count(entry, InboundOutcome::kRefused);
        co_return refused(batch.error());
    }
    for (auto& element : *batch) {
        if (!element) {
            count(entry, InboundOutcome::kRefused);
            continue;
        }
        element->channel = entry.channel->name;
        core::Result<void> result = co_await parts_.service.receipt(*element);
        if (!result && result.error().kind == core::ErrorKind::kUnavailable)
            co_return plain(503, "nothing was stored; try again\n");
        // A receipt for an unknown message is counted and accepted: an error would only make the carrier repeat it.
        count(entry, InboundOutcome::kReceipt);
    }
    co_return entry.carrier->encode_answer({});
}

WebResponse PublicRoutes::inbox(const WebRequest& request) {
    boost::system::error_code error;
    const json::value asked = json::parse(request.body, error);
    const auto* fields = error ? nullptr : asked.if_object();
    const auto* number = fields == nullptr ? nullptr : fields->if_contains("number");
    const auto* after = fields == nullptr ? nullptr : fields->if_contains("after");
    if (number == nullptr || !number->is_string() || after == nullptr || !after->is_int64())
        return plain(400, "this address takes {\"number\": \"+86…\", \"after\": 0}\n");
    const auto phone = core::PhoneNumber::parse(std::string_view{number->get_string()}, parts_.country);
    if (!phone) return plain(400, "this is no phone number\n");
    json::array texts;
    for (const auto& text : parts_.mailbox.take_after(*phone, after->get_int64()))
        texts.push_back({{"number", text.number}, {"id", text.message.value}, {"text", text.text}});
    const json::object answer{{"texts", std::move(texts)}};
    return {.status = 200, .content_type = "application/json", .body = json::serialize(answer)};
}

void PublicRoutes::count(const Entry& entry, InboundOutcome outcome) const {
    if (parts_.on_inbound) parts_.on_inbound(entry.channel->name, outcome);
}

}  // namespace harborline::gateway
