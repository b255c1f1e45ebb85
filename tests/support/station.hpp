#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/carriers/registry.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "gateway/conversation/conversation_service.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/http/metrics.hpp"
#include "gateway/http/server.hpp"
#include "gateway/routes/mailbox.hpp"
#include "gateway/routes/private_routes.hpp"
#include "gateway/routes/public_routes.hpp"
#include "tests/support/http_peer.hpp"
#include "tests/support/store_tap.hpp"
#include "tests/support/world.hpp"

namespace harborline::testing {

/// A World with its listeners, real HTTP on loopback:
///   handset  token kHandsetToken            kannel  token kKannelToken, and kOldToken while it is changed
///   fenced   token kFencedToken, reachable from a network that is not here
///   at       Africa's Talking's texts, token kAtToken
///   screens  its USSD, token kScreensToken; far the same with kFarToken, reachable as fenced
///   operator a USSD gateway that speaks JSON, token kOperatorToken
class Station {
  public:
    static constexpr std::string_view kHandsetToken = "handset-token-0123456789";
    static constexpr std::string_view kKannelToken = "kannel-token-0123456789a";
    static constexpr std::string_view kOldToken = "kannel-token-before-this";
    static constexpr std::string_view kFencedToken = "fenced-token-0123456789a";

    static constexpr std::string_view kAtToken = "at-sms-token-0123456789a";
    static constexpr std::string_view kScreensToken = "screen-token-0123456789a";
    static constexpr std::string_view kFarToken = "far-ussd-token-012345678";
    static constexpr std::string_view kOperatorToken = "operator-token-012345678";

    struct Limits {
        std::int64_t texts_per_min = 0;
        std::int64_t inbound_per_s = 0;  ///< Of every channel.
        std::int64_t strangers_per_min = 0;
    };

    explicit Station(gateway::Logs* logs = nullptr, const flow::Book& book = shipped().book)
        : Station(Limits{}, logs, book) {}
    explicit Station(const Limits& limits, gateway::Logs* logs = nullptr, const flow::Book& book = shipped().book)
        : logs_(logs), limits_(limits), world(shipped_roster(), with_channels(shipped().settings, limits), book) {
        for (const auto& channel : world.settings.channels) {
            carriers.push_back(
                gateway::make_carrier(channel, {.country = "86", .private_url = "http://127.0.0.1:1"}).value());
            routes.add(channel, *carriers.back());
        }
        server = listen(
            {.admit = [this](std::string_view peer) { return routes.admits(peer); }, .log = log("http")},
            [this](std::string_view method, std::string_view path) { return routes.limits(method, path); },
            [this](gateway::WebRequest& request) { return routes.handle(request); });
        private_server = listen(
            {.log = log("http")},
            [this](std::string_view method, std::string_view path) { return private_routes.limits(method, path); },
            [this](gateway::WebRequest& request) { return private_routes.handle(request); });
    }
    ~Station() {
        for (auto* one : {server.get(), private_server.get()}) {
            bool stopped = false;
            boost::asio::co_spawn(loop, one->stop(std::chrono::seconds{1}),
                                  [&](std::exception_ptr) { stopped = true; });
            run_until(loop, [&] { return stopped; });
        }
        world.ground->store().stop();  // Its last callback needs the gate.
    }
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    std::string ask(std::string request) { return exchange(loop, server->port(), std::move(request)); }
    std::string ask_privately(std::string request) {
        return exchange(loop, private_server->port(), std::move(request));
    }

    static std::string path(std::string_view channel, std::string_view token, std::string_view action) {
        return std::string{"/in/"}.append(channel).append("/").append(token).append("/").append(action);
    }
    /// A text as Kannel hands it on by GET.
    static std::string kannel_text(std::string_view from, std::string_view text, std::string_view id,
                                   std::string_view more = "&coding=2&charset=UTF-8") {
        return http("GET", path("kannel", kKannelToken, "sms") + "?from=" + gateway::percent_encoded(from) +
                               "&to=12338&text=" + gateway::percent_encoded(text) + "&id=" + std::string{id} +
                               std::string{more});
    }
    static std::string form(std::string_view path, std::string_view body) {
        return http("POST", path, body, "Content-Type: application/x-www-form-urlencoded\r\n");
    }
    /// What she has entered in the session so far, as Africa's Talking hands it on.
    static std::string screen(std::string_view from, std::string_view text, std::string_view session = "ATUid_1") {
        return form(path("screens", kScreensToken, "ussd"),
                    "sessionId=" + std::string{session} + "&serviceCode=%2A384%23&phoneNumber=" +
                        gateway::percent_encoded(from) + "&text=" + gateway::percent_encoded(text));
    }
    /// The news that it is over, with all that it repeats.
    static std::string session_end(std::string_view from, std::string_view entered, std::string_view last_words,
                                   std::string_view session = "ATUid_1", std::string_view status = "Success") {
        return form(path("screens", kScreensToken, "end"),
                    "date=2027-03-03+02%3A00%3A00&sessionId=" + std::string{session} +
                        "&serviceCode=%2A384%23&networkCode=63902&phoneNumber=" + gateway::percent_encoded(from) +
                        "&status=" + std::string{status} + "&cost=0.05&durationInMillis=41000&hopsCount=7&input=" +
                        gateway::percent_encoded(entered) + "&lastAppResponse=" + gateway::percent_encoded(last_words) +
                        "&errorMessage=" + gateway::percent_encoded(entered));
    }
    static std::string handset_texts(std::string_view json) {
        return http("POST", path("handset", kHandsetToken, "sms"), json, "Content-Type: application/json\r\n");
    }

  private:
    gateway::Logs* logs_;
    Limits limits_;

  public:
    World world;
    boost::asio::io_context loop{1};
    StoreTap tap{world.ground->store()};
    gateway::StoreGate gate{tap, loop.get_executor()};
    gateway::Metrics metrics{{"handset", "kannel", "fenced", "at", "screens", "far", "operator"}};
    gateway::Mailbox mailbox{core::Instant{}};
    std::string why_not_ready{};
    std::string remark{};
    std::vector<gateway::InboundOutcome> outcomes{};
    gateway::ConversationService service{gate, world.ground->taker(), world.ground->replies(), [] {}};
    gateway::PublicRoutes routes{{.service = service,
                                  .mailbox = mailbox,
                                  .clock = world.clock,
                                  .country = "86",
                                  .words_again =
                                      [this](const config::ChannelSettings& channel) {
                                          return world.ground->rules().book.catalogue.fill(channel.language,
                                                                                           {.key = "err.again"});
                                      },
                                  .on_inbound =
                                      [this](std::string_view channel, gateway::InboundOutcome outcome) {
                                          metrics.inbound(channel, outcome);
                                          outcomes.push_back(outcome);
                                      },
                                  .on_turn = [this](std::chrono::duration<double> time) { metrics.turn_took(time); },
                                  .log = log("routes"),
                                  .handset_rate = {limits_.texts_per_min, std::chrono::minutes{1}},
                                  .stranger_rate = {limits_.strangers_per_min, std::chrono::minutes{1}}}};
    gateway::PrivateRoutes private_routes{{.mailbox = mailbox,
                                           .country = "86",
                                           .why_not_ready = [this] { return why_not_ready; },
                                           .metrics = [this] { return metrics.exposition(); },
                                           .remark = [this] { return remark; }}};
    std::vector<std::unique_ptr<gateway::Carrier>> carriers{};
    std::unique_ptr<gateway::Server> server{};
    std::unique_ptr<gateway::Server> private_server{};

    gateway::Log log(std::string_view folder) const { return logs_ ? logs_->folder(folder) : gateway::Log{}; }

  private:
    static config::Settings with_channels(config::Settings settings, const Limits& limits) {
        auto handset = settings.channels.at(0);
        handset.token = core::Secret{std::string{kHandsetToken}};
        auto kannel = handset;
        kannel.name = kannel.carrier = "kannel";
        kannel.token = core::Secret{std::string{kKannelToken}};
        kannel.token_old = core::Secret{std::string{kOldToken}};
        kannel.api_url = "http://127.0.0.1:1/cgi-bin/sendsms";
        kannel.api_user = "harborline";
        kannel.api_password = core::Secret{"not-a-password"};
        kannel.public_url = "http://127.0.0.1:1";
        auto fenced = kannel;
        fenced.name = "fenced";
        fenced.token = core::Secret{std::string{kFencedToken}};
        fenced.token_old = {};
        fenced.networks = {"10.0.0.0/8", "2001:db8::/32"};
        auto at = kannel;
        at.name = "at";
        at.carrier = "africastalking";
        at.token = core::Secret{std::string{kAtToken}};
        at.token_old = {};
        auto screens = at;
        screens.name = "screens";
        screens.kind = core::ChannelKind::kUssd;
        screens.token = core::Secret{std::string{kScreensToken}};
        auto far = screens;
        far.name = "far";
        far.token = core::Secret{std::string{kFarToken}};
        far.networks = fenced.networks;
        auto asks_json = screens;
        asks_json.name = "operator";
        asks_json.carrier = "ussd-gateway";
        asks_json.token = core::Secret{std::string{kOperatorToken}};
        asks_json.dialect = {.session = "sessionID",
                             .number = "msisdn",
                             .text = "userData",
                             .event = "newSession",
                             .begins = {"true"},
                             .answer = config::UssdDialect::AnswerForm::kJson,
                             .words = "message",
                             .mark = "continueSession",
                             .goes_on = "true",
                             .is_last = "false",
                             .echo = {"sessionID"}};
        settings.channels = {handset, kannel, fenced, at, screens, far, asks_json};
        for (auto& channel : settings.channels) channel.inbound_per_s = limits.inbound_per_s;
        return settings;
    }

    std::unique_ptr<gateway::Server> listen(gateway::ServerOptions options, gateway::RoutePolicy policy,
                                            gateway::Handler handler) {
        auto made = gateway::Server::listen(loop, std::move(options), std::move(policy), std::move(handler)).value();
        boost::asio::co_spawn(loop, made->run(), [](std::exception_ptr) {});
        return made;
    }
};

}  // namespace harborline::testing
