#pragma once
#include <array>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/network.hpp"
#include "config/settings.hpp"
#include "gateway/audio/recording_desk.hpp"
#include "gateway/audio/sound_desk.hpp"
#include "gateway/carriers/carrier.hpp"
#include "gateway/conversation/conversation_service.hpp"
#include "gateway/http/log.hpp"
#include "gateway/http/metrics.hpp"
#include "gateway/http/server.hpp"
#include "gateway/routes/limits.hpp"
#include "gateway/routes/mailbox.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// The public listener: /in/<channel>/<token>/<action>. A wrong token, an unknown channel and a foreign network are
/// the same 404, found with the same work.
class PublicRoutes {
  public:
    struct Parts {
        ConversationService& service;
        Mailbox& mailbox;
        core::Clock& clock;
        std::string country;
        /// What a session is told where nothing could be stored: it ends, and she has to dial again.
        std::function<std::string(const config::ChannelSettings&)> words_again{};
        RecordingDesk* recordings = nullptr;  ///< Both are needed where a channel carries calls.
        SoundDesk* sounds = nullptr;
        std::function<void(std::string_view channel, InboundOutcome outcome)> on_inbound;
        std::function<void(std::chrono::duration<double>)> on_turn;  ///< From the message read to its commit.
        Log log;
        HashKey hash_key{};
        Rate handset_rate{};   ///< Texts of one handset.
        Rate stranger_rate{};  ///< Connections from one address of which no request was let in yet.
    };
    explicit PublicRoutes(Parts parts);

    /// Whether somebody at this address may connect. Known are those that have shown a token, and whole networks.
    Admission admits(std::string_view peer);

    /// Before the first request. `channel` and `carrier` must outlive the routes.
    void add(const config::ChannelSettings& channel, const Carrier& carrier);

    RouteLimits limits(std::string_view method, std::string_view path) const;
    boost::asio::awaitable<WebResponse> handle(WebRequest& request);

  private:
    using Digest = std::array<unsigned char, 32>;
    struct Entry {
        const config::ChannelSettings* channel = nullptr;
        const Carrier* carrier = nullptr;
        std::vector<Digest> tokens{};
        std::vector<config::Network> networks{};
        Rate rate{};
        Meter texts{};
        Meter receipts{};
    };
    using Batch = std::vector<core::Result<core::Inbound>>;
    struct Target {
        std::string_view channel{};
        std::string_view token{};
        std::string_view action{};
    };
    static std::optional<Target> read(std::string_view path);
    static Digest digest(std::string_view token);
    const Entry* admitted(const Target& target) const;
    Entry* named(std::string_view channel);
    /// How long the carrier has to wait before it may bring these texts; zero: they are let in, and counted.
    std::chrono::nanoseconds wait_for(Entry& entry, const Batch& batch, SteadyTime now);

    boost::asio::awaitable<WebResponse> texts(Entry& entry, const WebRequest& request);
    /// For somebody who looks at a screen while nothing could be stored: at any other answer than a good one the
    /// operator shows her an error of its own.
    WebResponse dial_again(const Entry& entry, const WebRequest& request) const;
    /// One request of a call (call_routes.cpp).
    boost::asio::awaitable<WebResponse> call(Entry& entry, const WebRequest& request);
    boost::asio::awaitable<WebResponse> call_again(const Entry& entry, const WebRequest& request);
    boost::asio::awaitable<WebResponse> answer_call(const Entry& entry, const WebRequest& request,
                                                    core::CallAnswer spoken);
    boost::asio::awaitable<core::Result<TakenMessage>> hear(const Entry& entry, core::Inbound inbound);
    /// A receipt of a call that we have placed may say that it is over.
    boost::asio::awaitable<WebResponse> perhaps_over(const Entry& entry, const WebRequest& request, WebResponse answer);
    boost::asio::awaitable<core::Result<std::optional<storage::Recording>>> keep(core::CallInput& said);
    /// The audio of a call, by its address.
    WebResponse audio(std::string_view path);
    boost::asio::awaitable<WebResponse> receipts(Entry& entry, const WebRequest& request);
    WebResponse inbox(const WebRequest& request);
    void count(const Entry& entry, InboundOutcome outcome) const;

    Parts parts_;
    std::vector<Entry> entries_{};
    HandsetLimit handsets_;
    StrangerLimit strangers_;
};

}  // namespace harborline::gateway
