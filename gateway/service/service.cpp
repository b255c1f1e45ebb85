#include "gateway/service/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gateway/app/ground.hpp"
#include "gateway/carriers/registry.hpp"
#include "gateway/conversation/conversation_service.hpp"
#include "gateway/conversation/key_watch.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/http/client.hpp"
#include "gateway/http/log.hpp"
#include "gateway/http/metrics.hpp"
#include "gateway/http/server.hpp"
#include "gateway/routes/mailbox.hpp"
#include "gateway/routes/private_routes.hpp"
#include "gateway/routes/public_routes.hpp"
#include "gateway/service/telephony.hpp"
#include "gateway/workers/auditor_worker.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "gateway/workers/delivery_worker.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Of the 10 s that a stop may take: for requests that were read, then for messages under way.
constexpr auto kAnswerWithin = 5s;
constexpr auto kSendWithin = 3s;

constexpr auto kGaugeEvery = 15s;
constexpr int kStrandedCounted = 1'000;
constexpr int kEventsTold = 200;

template <class T>
T need(core::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

std::vector<std::string> names_of(const std::vector<config::ChannelSettings>& channels) {
    std::vector<std::string> names;
    for (const auto& channel : channels) names.push_back(channel.name);
    return names;
}

std::size_t most_in_flight(const std::vector<config::ChannelSettings>& channels) {
    int most = 1;
    for (const auto& channel : channels) most = std::max(most, channel.in_flight_max);
    return static_cast<std::size_t>(most);
}

SendOutcome outcome_of(SendResult::Kind kind) {
    switch (kind) {
        case SendResult::Kind::kSent:
            return SendOutcome::kSent;
        case SendResult::Kind::kRetry:
            return SendOutcome::kRetry;
        case SendResult::Kind::kRefused:
            return SendOutcome::kRefused;
        case SendResult::Kind::kUnknown:
            return SendOutcome::kUnknown;
    }
    return SendOutcome::kUnknown;
}

ServerOptions options_of(const config::ListenerSettings& settings, Log log) {
    return {.address = settings.address,
            .port = settings.port,
            .connections_max = settings.connections_max,
            .header_timeout = settings.header_timeout,
            .idle_timeout = settings.idle_timeout,
            .log = std::move(log)};
}

HashKey new_hash_key(core::Random& random) {
    HashKey key{};
    random.fill(std::as_writable_bytes(std::span{key}));
    return key;
}

/// The service's parts in the order in which they need one another, and its life from start to stop.
class Service {
  public:
    explicit Service(const Loaded& loaded);
    int run();

  private:
    std::unique_ptr<Telephony> make_telephony(const Loaded& loaded);
    const Carrier* carrier_of(std::string_view channel) const;
    void listen(const std::optional<TlsIdentity>& tls);
    void hire();
    void spawn(std::string_view name, asio::awaitable<void> part);
    void tell_certificate();
    void renew_certificate();
    asio::awaitable<void> heed_hangups();
    asio::awaitable<void> live();
    asio::awaitable<void> stop();
    void wake_senders();
    void end_talk(const TurnTaker::Talk& talk);
    std::string why_not_ready() const;
    std::string metrics_text();
    void count_sent(core::MessageClass what, SendResult::Kind kind);
    asio::awaitable<void> gauge();
    std::int64_t tell_events(const std::vector<storage::JournalEntry>& latest, std::int64_t told);

    const config::Settings& settings_;
    Logs logs_;
    Log log_;
    SystemClock clock_{};
    SystemRandom random_{};
    std::unique_ptr<Ground> ground_;
    asio::io_context loop_{1};
    StoreGate gate_;
    HttpClient client_;
    Metrics metrics_;
    Mailbox mailbox_{clock_.now()};
    ConversationService conversations_;
    std::unique_ptr<Telephony> telephony_;  ///< Where a channel carries calls.
    PublicRoutes public_routes_;
    PrivateRoutes private_routes_;
    std::unique_ptr<Server> private_server_{};
    std::unique_ptr<Server> public_server_{};
    std::vector<std::unique_ptr<Carrier>> carriers_{};
    std::vector<std::unique_ptr<DeliveryWorker>> senders_{};
    ClockWorker clock_worker_;
    AuditorWorker auditor_;
    asio::signal_set signals_{loop_, SIGTERM, SIGINT};
    asio::signal_set hangups_{loop_, SIGHUP};
    std::optional<TlsIdentity> certificate_{};
    asio::steady_timer workers_gone_{loop_};
    int working_ = 0;
    bool stopping_ = false;
    bool staffed_ = false;
    core::Instant started_at_ = clock_.now();
};

Service::Service(const Loaded& loaded)
    : settings_(loaded.settings),
      logs_(settings_.log_level),
      log_(logs_.folder("gateway")),
      ground_(need(Ground::open(settings_, loaded.book, {.clock = clock_, .random = random_}, Access::kCreate))),
      gate_(ground_->store(), loop_.get_executor()),
      client_(loop_, {.idle_max_per_host = most_in_flight(settings_.channels), .trust = loaded.trust}),
      metrics_(names_of(settings_.channels)),
      conversations_(gate_, ground_->taker(), ground_->replies(), [this] { wake_senders(); }),
      telephony_(make_telephony(loaded)),
      public_routes_({.service = conversations_,
                      .mailbox = mailbox_,
                      .clock = clock_,
                      .country = settings_.country,
                      .words_again =
                          [this](const config::ChannelSettings& channel) {
                              return ground_->rules().book.catalogue.fill(channel.language, {.key = "err.again"},
                                                                          channel.kind);
                          },
                      .recordings = telephony_ ? &telephony_->recordings() : nullptr,
                      .sounds = telephony_ ? &telephony_->sounds() : nullptr,
                      .on_inbound = [this](std::string_view channel,
                                           InboundOutcome outcome) { metrics_.inbound(channel, outcome); },
                      .on_turn = [this](std::chrono::duration<double> time) { metrics_.turn_took(time); },
                      .log = logs_.folder("routes"),
                      .hash_key = new_hash_key(random_),
                      .handset_rate = {settings_.conversation.texts_per_min, 1min},
                      .stranger_rate = {settings_.public_listener.strangers_per_min, 1min}}),
      private_routes_({.mailbox = mailbox_,
                       .country = settings_.country,
                       .why_not_ready = [this] { return why_not_ready(); },
                       .metrics = [this] { return metrics_text(); },
                       .remark = [this] { return auditor_.remark(); }}),
      clock_worker_({.gate = gate_,
                     .taker = ground_->taker(),
                     .replies = ground_->replies(),
                     .settings = settings_.outbox,
                     .clock = clock_,
                     .on_commit = [this] { wake_senders(); },
                     .log = logs_.folder("workers"),
                     .end_talk = [this](const TurnTaker::Talk& talk) { end_talk(talk); }},
                    loop_.get_executor()),
      auditor_({.gate = gate_,
                .rules = ground_->rules(),
                .clock = clock_,
                .on_audit = [this](std::size_t differences) { metrics_.duty_audit_differences(differences); },
                .on_commit = [this] { wake_senders(); },
                .log = logs_.folder("workers")},
               loop_.get_executor()) {
    listen(loaded.tls);
    hire();
}

std::unique_ptr<Telephony> Service::make_telephony(const Loaded& loaded) {
    const auto carries_calls = [](const config::ChannelSettings& channel) {
        return channel.kind == core::ChannelKind::kVoice;
    };
    if (std::ranges::none_of(settings_.channels, carries_calls)) return nullptr;
    Telephony::Parts parts{
        .settings = settings_,
        .store = ground_->store(),
        .gate = gate_,
        .trust = loaded.trust,
        .clock = clock_,
        .random = random_,
        .carrier_of = [this](std::string_view channel) { return carrier_of(channel); },
        .lose = [this](storage::Transaction& tx,
                       core::LetterId letter) { KinshipDesk(ground_->rules()).lost(tx, letter, clock_.now()); },
        .log = [this](std::string_view folder) { return logs_.folder(folder); }};
    return std::make_unique<Telephony>(std::move(parts), loop_);
}

const Carrier* Service::carrier_of(std::string_view channel) const {
    for (std::size_t at = 0; at < carriers_.size(); ++at)
        if (settings_.channels[at].name == channel) return carriers_[at].get();
    return nullptr;
}

void Service::listen(const std::optional<TlsIdentity>& tls) {
    raise_open_files_limit();
    private_server_ = need(Server::listen(
        loop_, options_of(settings_.private_listener, logs_.folder("http")),
        [this](std::string_view method, std::string_view path) { return private_routes_.limits(method, path); },
        [this](WebRequest& request) { return private_routes_.handle(request); }));
    auto options = options_of(settings_.public_listener, logs_.folder("http"));
    options.tls = tls;
    options.admit = [this](std::string_view peer) { return public_routes_.admits(peer); };
    public_server_ = need(Server::listen(
        loop_, std::move(options),
        [this](std::string_view method, std::string_view path) { return public_routes_.limits(method, path); },
        [this](WebRequest& request) { return public_routes_.handle(request); }));
    certificate_ = tls;
    if (certificate_) tell_certificate();
}

void Service::hire() {
    const CarrierContext context{
        .country = settings_.country,
        .private_url = "http://" + authority_of(settings_.private_listener.address, private_server_->port())};
    for (const auto& channel : settings_.channels) {
        carriers_.push_back(need(make_carrier(channel, context)));
        public_routes_.add(channel, *carriers_.back());
        senders_.push_back(std::make_unique<DeliveryWorker>(
            DeliveryWorker::Parts{
                .gate = gate_,
                .replies = ground_->replies(),
                .desk = ground_->taker().desk(),
                .carrier = *carriers_.back(),
                .channel = channel,
                .settings = settings_.outbox,
                .clock = clock_,
                .random = random_,
                .send = [this](ApiRequest request) { return client_.send(std::move(request)); },
                .on_result = [this](core::MessageClass what, SendResult::Kind kind) { count_sent(what, kind); },
                .log = logs_.folder("workers"),
                .place = telephony_ ? telephony_->placer(channel) : nullptr},
            loop_.get_executor()));
    }
}

void Service::spawn(std::string_view name, asio::awaitable<void> part) {
    ++working_;
    asio::co_spawn(loop_, std::move(part), [this, name = std::string{name}](std::exception_ptr error) {
        if (--working_ == 0) workers_gone_.cancel();
        if (!error || stopping_) return;
        // A part that ends by itself leaves a service that is half there: better none, and a supervisor that restarts.
        log_.error("part_failed", {{"part", name}});
        std::raise(SIGTERM);
    });
}

void Service::tell_certificate() {
    const auto left = std::chrono::floor<std::chrono::days>(certificate_->expires_at() - clock_.now());
    if (left.count() < 0)
        log_.warn("certificate_expired", {{"serial", certificate_->serial()}});
    else
        log_.info("certificate_shown", {{"serial", certificate_->serial()}, {"days_left", left.count()}});
}

void Service::renew_certificate() {
    const auto& listener = settings_.public_listener;
    if (!certificate_) return log_.info("nothing_to_renew");
    const auto next = certificate_->load_next(listener.tls_certificate, listener.tls_key, clock_.now());
    if (!next) return log_.error("certificate_refused", {{"why", next.error().message}});
    certificate_ = *next;
    public_server_->renew(*certificate_);
    tell_certificate();
}

/// SIGHUP: the certificate is read anew; a bad one leaves the old one where it is.
asio::awaitable<void> Service::heed_hangups() {
    for (boost::system::error_code closed; !closed;) {
        co_await hangups_.async_wait(asio::redirect_error(asio::use_awaitable, closed));
        if (!closed) renew_certificate();
    }
}

asio::awaitable<void> Service::live() {
    boost::system::error_code ignored;
    co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    signals_.async_wait([](boost::system::error_code error, int) {
        if (!error) std::_Exit(1);
    });
    co_await stop();
}

asio::awaitable<void> Service::stop() {
    stopping_ = true;
    log_.info("stopping");
    co_await public_server_->stop(kAnswerWithin);
    for (auto& sender : senders_) sender->stop();
    clock_worker_.stop();
    auditor_.stop();
    if (telephony_) telephony_->stop();
    if (working_ > 0) {
        workers_gone_.expires_after(kSendWithin);
        boost::system::error_code ignored;
        co_await workers_gone_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_await private_server_->stop(100ms);
}

int Service::run() {
    bool key_is_safe = false;
    ground_->store().run([&](storage::Transaction& tx) {
        staffed_ = !tx.staff().roster().staff.empty();
        key_is_safe = is_key_backed_up(tx);
    });
    if (!staffed_) log_.error("roster_empty");
    if (!key_is_safe) {
        log_.warn("key_not_backed_up");
        fmt::print("The master key has no backup, and losing it loses everything: run harborline key backup FILE.\n");
    }
    if (ground_->rules().settings.duty.alarm_channel.empty()) log_.warn("alarm_channel_missing");
    const auto listener_ended = [this](std::exception_ptr error) {
        if (error && !stopping_) std::raise(SIGTERM);
    };
    asio::co_spawn(loop_, public_server_->run(), listener_ended);
    asio::co_spawn(loop_, private_server_->run(), listener_ended);
    for (std::size_t at = 0; at < senders_.size(); ++at) spawn(settings_.channels[at].name, senders_[at]->run());
    spawn("clock", clock_worker_.run());
    spawn("auditor", auditor_.run());
    if (telephony_)
        for (auto& part : telephony_->parts()) spawn(part.name, std::move(part.run));
    asio::co_spawn(loop_, gauge(), [](std::exception_ptr) {});
    asio::co_spawn(loop_, heed_hangups(), [](std::exception_ptr) {});
    asio::co_spawn(loop_, live(), [this](std::exception_ptr) { loop_.stop(); });
    log_.info("started", {{"public_port", public_server_->port()}, {"private_port", private_server_->port()}});
    fmt::print("Harborline listens on {}://{} (carriers) and http://{} (health, metrics)\n",
               certificate_ ? "https" : "http", authority_of(settings_.public_listener.address, public_server_->port()),
               authority_of(settings_.private_listener.address, private_server_->port()));
    std::fflush(stdout);
    try {
        loop_.run();
    } catch (...) {
        // The store calls back into what is about to be destroyed: it goes first.
        ground_->store().stop();
        throw;
    }
    // From here on nobody listens for signals: the system's own answer to a second one is to end us at once.
    boost::system::error_code ignored;
    signals_.clear(ignored);
    ground_->store().stop();
    log_.info("stopped");
    return 0;
}

void Service::wake_senders() {
    if (telephony_) telephony_->wake();
    for (auto& sender : senders_) sender->wake();
}

void Service::end_talk(const TurnTaker::Talk& talk) {
    if (!telephony_) return;
    // It takes as long as the carrier does, and the ladders do not wait for that.
    asio::co_spawn(loop_, telephony_->end_leg(talk.channel, talk.leg), [this](std::exception_ptr error) {
        if (error) log_.warn("talk_not_ended");
    });
}

std::string Service::why_not_ready() const {
    if (stopping_) return "stopping";
    if (!ground_->store().healthy())
        return "the database cannot be written; look at the disk, and restart the service if this lasts";
    if (!staffed_) return "nobody is on the roster; import one with: harborline roster import FILE.csv";
    return {};
}

void Service::count_sent(core::MessageClass what, SendResult::Kind kind) {
    metrics_.sent(outcome_of(kind));
    if (core::is_page(what) && kind == SendResult::Kind::kSent) metrics_.page_sent();
}

std::string Service::metrics_text() {
    const ServerCounts& counts = public_server_->counts();
    metrics_.queue_waiting(ground_->store().waiting());
    metrics_.connections(counts.connections);
    metrics_.connections_turned_away(counts.turned_away);
    if (certificate_)
        metrics_.tls({.certificate_expires = certificate_->expires_at() - clock_.now(),
                      .handshakes_failed = counts.handshakes_failed});
    return metrics_.exposition();
}

/// Figures that only the store knows, looked at now and then.
asio::awaitable<void> Service::gauge() {
    struct Figures {
        std::size_t waiting = 0;
        std::size_t stranded = 0;
        bool staffed = false;
        std::vector<storage::JournalEntry> events{};
    };
    asio::steady_timer timer(loop_);
    std::int64_t told = 0;
    while (!stopping_) {
        auto figures = std::make_shared<Figures>();
        storage::Store::Work work = [figures](storage::Transaction& tx) {
            figures->waiting = tx.outbox().count_waiting();
            figures->stranded = tx.stranded().list(kStrandedCounted).size();
            figures->staffed = !tx.staff().roster().staff.empty();
            figures->events = tx.journal().latest(kEventsTold);
        };
        try {
            co_await gate_.transact(storage::Store::Lane::kOrdinary, std::move(work));
            metrics_.outbox_waiting(figures->waiting);
            metrics_.stranded(figures->stranded);
            staffed_ = figures->staffed;
            told = tell_events(figures->events, told);
        } catch (const std::exception& error) {
            log_.warn("figures_unavailable", {{"why", error.what()}});
        }
        if (telephony_) telephony_->sounds().forget_old();
        timer.expires_after(kGaugeEvery);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

/// The store's journal of what happened to the service goes into the log, once each; the events of earlier runs were
/// told then. `latest` is newest first.
std::int64_t Service::tell_events(const std::vector<storage::JournalEntry>& latest, std::int64_t told) {
    const std::int64_t newest = latest.empty() ? told : latest.front().id;
    for (auto event = latest.rbegin(); event != latest.rend(); ++event) {
        // "told_…" only remembers that the administrator was texted.
        if (event->id <= told || event->at < started_at_ || event->event.starts_with("told_")) continue;
        // What a person did is news; what happened by itself needs a look.
        if (event->staff)
            log_.info(event->event, {{"journal", event->id}, {"case", event->case_id}, {"staff", event->staff}});
        else
            log_.warn(event->event, {{"journal", event->id}, {"case", event->case_id}});
        if (event->event == "nobody_on_duty") metrics_.nobody_on_duty();
    }
    return newest;
}

}  // namespace

int run_service(const Loaded& loaded) {
    // A peer that has left is an error of one write, not the end of the service.
    std::signal(SIGPIPE, SIG_IGN);
    return Service(loaded).run();
}

}  // namespace harborline::gateway
