#include "gateway/service/telephony.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/calls/call_placer.hpp"
#include "gateway/carriers/dial_string.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
namespace {

/// The longest recording there is, in 16-bit stereo at twice our rate.
constexpr std::size_t kFetchedMax = 64 * 1024 * 1024;
constexpr std::chrono::minutes kTidyAgainAfter{10};

std::chrono::seconds longest_recording(const config::Settings& settings) {
    std::chrono::seconds longest{1};
    for (const auto& channel : settings.channels) longest = std::max(longest, channel.recording_max);
    return longest + std::chrono::seconds{10};
}

/// Where the channel's addresses begin; the token is in it.
core::Secret base_of(const config::ChannelSettings& channel) {
    std::string_view own = channel.public_url;
    while (own.ends_with('/')) own.remove_suffix(1);
    return core::Secret{std::string{own} + "/in/" + channel.name + "/" + channel.token.reveal()};
}

asio::awaitable<SendResult> place(EventSocket& socket, OutgoingCall call) {
    CallPlacer placer{socket};
    SendResult result = co_await placer.place(std::move(call));
    co_return result;
}

}  // namespace

Telephony::Telephony(Parts parts, asio::io_context& loop)
    : parts_(std::move(parts)),
      log_(parts_.log("calls")),
      vault_(parts_.settings.recordings),
      recordings_({.gate = parts_.gate,
                   .vault = vault_,
                   .disk = disk_,
                   .clock = parts_.clock,
                   .random = parts_.random,
                   .longest = longest_recording(parts_.settings),
                   .lose = parts_.lose}),
      speech_({.folder = speech_folder(parts_.settings.database),
               .secret = parts_.store.secret(storage::SecretPurpose::kRepeatHash),
               .clock = parts_.clock,
               .log = parts_.log("audio")}),
      sounds_({.speech = speech_,
               .recordings = recordings_,
               .disk = disk_,
               .sounds = parts_.settings.sounds,
               .secret = parts_.store.secret(storage::SecretPurpose::kRepeatHash),
               .clock = parts_.clock,
               .random = parts_.random,
               .log = parts_.log("audio")}),
      fetching_(loop, {.response_max = kFetchedMax, .trust = parts_.trust}),
      fetcher_({.gate = parts_.gate,
                .desk = recordings_,
                .carrier_of = parts_.carrier_of,
                .send = [this](ApiRequest request) { return fetching_.send(std::move(request)); },
                .clock = parts_.clock,
                .log = parts_.log("workers")},
               loop.get_executor()),
      tidy_again_(loop) {
    for (const auto& channel : parts_.settings.channels) {
        if (channel.event_socket.empty()) continue;
        const auto address = read_switch_address(channel.event_socket);
        if (!address) throw std::runtime_error("channel " + channel.name + ": " + address.error().message);
        const auto on_leg_end = [this](const LegEnd& end) {
            log_.info("leg_ended", {{"cause", end.cause}, {"answered", end.answered ? 1 : 0}});
        };
        sockets_.push_back(
            {channel.name, std::make_unique<EventSocket>(
                               loop, EventSocketOptions{.address = *address, .password = channel.event_socket_password},
                               on_leg_end, log_)});
    }
}

Telephony::~Telephony() {
    speech_.stop();
    disk_.join();
}

std::vector<Telephony::Part> Telephony::parts() {
    std::vector<Part> parts;
    parts.push_back({"recordings", fetcher_.run()});
    parts.push_back({"recordings tidied", tidy()});
    for (auto& each : sockets_) parts.push_back({each.channel, each.socket->run()});
    return parts;
}

asio::awaitable<void> Telephony::tidy() {
    while (!stopping_) {
        try {
            const std::size_t orphans = co_await recordings_.remove_orphans();
            if (orphans > 0) log_.info("recordings_tidied", {{"removed", orphans}});
            co_return;
        } catch (const std::exception& error) {
            // A part that fails ends the service, and a full disk would end the next one too.
            log_.warn("recordings_not_tidied", {{"why", error.what()}});
        }
        if (stopping_) co_return;
        tidy_again_.expires_after(kTidyAgainAfter);
        boost::system::error_code ignored;
        co_await tidy_again_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

EventSocket* Telephony::socket_of(std::string_view channel) {
    const auto found = std::ranges::find(sockets_, channel, &Socket::channel);
    return found == sockets_.end() ? nullptr : found->socket.get();
}

std::function<asio::awaitable<SendResult>(OutgoingMessage)> Telephony::placer(const config::ChannelSettings& channel) {
    EventSocket* socket = socket_of(channel.name);
    if (socket == nullptr || channel.dial.empty()) return {};
    const DialWay way{.number = channel.number, .dial = channel.dial};
    return [socket, way, base = base_of(channel)](const OutgoingMessage& message) {
        OutgoingCall call{.id = message.id, .attempt = message.attempt};
        call.command = [way, base, number = message.to.reveal_e164(), id = message.id,
                        ring = call.ring](std::string_view uuid) {
            return originate_command(way, number, uuid, base.reveal() + "/voice/o" + std::to_string(id.value), ring);
        };
        return place(*socket, std::move(call));
    };
}

asio::awaitable<void> Telephony::end_leg(std::string channel, std::string leg) {
    const auto ended = co_await ask_to_end(channel, std::move(leg));
    if (ended)
        log_.info("talk_ended", {{"channel", channel}});
    else
        log_.warn("talk_not_ended", {{"channel", channel}, {"why", ended.error().message}});
}

/// Over the channel's event socket where it has one, else by a request to the carrier. A leg that is gone has ended.
asio::awaitable<core::Result<void>> Telephony::ask_to_end(std::string channel, std::string leg) {
    if (EventSocket* socket = socket_of(channel)) {
        const auto killed = co_await socket->hang_up(std::move(leg), "NORMAL_CLEARING");
        if (!killed) co_return killed.error();
        co_return core::Result<void>{};
    }
    const Carrier* carrier = parts_.carrier_of(channel);
    auto request = carrier == nullptr ? std::nullopt : carrier->build_hang_up(leg);
    if (!request) co_return core::Error{core::ErrorKind::kNotFound, "this channel has no way to end a talk"};
    const auto answer = co_await fetching_.send(std::move(*request));
    if (!answer) co_return answer.error();
    if (answer->status / 100 != 2 && answer->status != 404)
        co_return core::Error{core::ErrorKind::kUnavailable, "the carrier answered " + std::to_string(answer->status)};
    co_return core::Result<void>{};
}

void Telephony::stop() {
    stopping_ = true;
    tidy_again_.cancel();
    fetcher_.stop();
    for (auto& each : sockets_) each.socket->stop();
    speech_.stop();
}

}  // namespace harborline::gateway
