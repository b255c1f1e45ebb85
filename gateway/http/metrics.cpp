#include "gateway/http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>

namespace harborline::gateway {

namespace {

constexpr std::array<const char*, 9> kInboundNames{"answered", "repeated",    "part",    "receipt",    "refused",
                                                   "stranded", "unavailable", "limited", "quarantined"};
constexpr std::array<const char*, 4> kSendNames{"sent", "retry", "refused", "unknown"};
// A commit is 0.2 ms here and may be 10 on a slow disk; carriers wait 700 ms at least.
const prometheus::Histogram::BucketBoundaries kTurnSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                           0.05,   0.1,   0.25,   0.5,   1,    2.5};
// For what claims to come from a channel that there is none of.
constexpr const char* kNoChannel = "none";

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}
prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

struct Metrics::Figures {
    using ByOutcome = std::array<prometheus::Counter*, kInboundNames.size()>;

    explicit Figures(const std::vector<std::string>& channels) {
        auto& inbound_family = prometheus::BuildCounter()
                                   .Name("harborline_inbound_total")
                                   .Help("Messages from carriers by what became of them")
                                   .Register(registry);
        const auto add = [&](const std::string& channel) {
            for (std::size_t i = 0; i < kInboundNames.size(); ++i) {
                inbound[channel][i] = &inbound_family.Add({{"channel", channel}, {"outcome", kInboundNames[i]}});
            }
        };
        for (const auto& channel : channels) add(channel);
        add(kNoChannel);
        auto& sends_family = prometheus::BuildCounter()
                                 .Name("harborline_sends_total")
                                 .Help("Attempts to send by what they came to")
                                 .Register(registry);
        for (std::size_t i = 0; i < kSendNames.size(); ++i) sends[i] = &sends_family.Add({{"result", kSendNames[i]}});
    }

    prometheus::Registry registry{};
    std::map<std::string, ByOutcome, std::less<>> inbound{};
    std::array<prometheus::Counter*, kSendNames.size()> sends{};
    prometheus::Histogram& turns = prometheus::BuildHistogram()
                                       .Name("harborline_turn_seconds")
                                       .Help("From a message read to its answer ready, commit included")
                                       .Register(registry)
                                       .Add({}, kTurnSeconds);
    prometheus::Counter& pages = counter(registry, "harborline_pages_sent_total", "Pages to caseworkers");
    prometheus::Counter& nobody =
        counter(registry, "harborline_nobody_on_duty_total", "Steps of a ladder at which nobody was on duty");
    prometheus::Gauge& differences = gauge(registry, "harborline_duty_audit_differences",
                                           "Pages within the last hour that differ from what they should have been");
    prometheus::Gauge& queue = gauge(registry, "harborline_queue_waiting", "Turns waiting for the storage thread");
    prometheus::Gauge& outbox = gauge(registry, "harborline_outbox_waiting", "Messages due and not yet sent");
    prometheus::Gauge& stranded =
        gauge(registry, "harborline_stranded", "Texts whose turn threw, waiting for a person");
    prometheus::Gauge& connections = gauge(registry, "harborline_connections", "Open connections of carriers");
    prometheus::Gauge& turned_away = gauge(registry, "harborline_connections_turned_away",
                                           "Connections closed at once since the start because there was no room");
    prometheus::Gauge* certificate = nullptr;  ///< With TLS only.
    prometheus::Gauge* handshakes = nullptr;
};

Metrics::Metrics(const std::vector<std::string>& channels) : figures_(std::make_unique<Figures>(channels)) {}

Metrics::~Metrics() = default;

void Metrics::inbound(std::string_view channel, InboundOutcome outcome) {
    auto found = figures_->inbound.find(channel);
    if (found == figures_->inbound.end()) found = figures_->inbound.find(std::string_view(kNoChannel));
    found->second[static_cast<std::size_t>(outcome)]->Increment();
}

void Metrics::turn_took(std::chrono::duration<double> time) {
    figures_->turns.Observe(time.count());
}

void Metrics::sent(SendOutcome outcome) {
    figures_->sends[static_cast<std::size_t>(outcome)]->Increment();
}

void Metrics::page_sent() {
    figures_->pages.Increment();
}

void Metrics::nobody_on_duty() {
    figures_->nobody.Increment();
}

void Metrics::duty_audit_differences(std::size_t differences) {
    figures_->differences.Set(static_cast<double>(differences));
}

void Metrics::queue_waiting(std::size_t turns) {
    figures_->queue.Set(static_cast<double>(turns));
}

void Metrics::outbox_waiting(std::size_t messages) {
    figures_->outbox.Set(static_cast<double>(messages));
}

void Metrics::stranded(std::size_t texts) {
    figures_->stranded.Set(static_cast<double>(texts));
}

void Metrics::connections(std::size_t open) {
    figures_->connections.Set(static_cast<double>(open));
}

void Metrics::connections_turned_away(std::uint64_t since_start) {
    figures_->turned_away.Set(static_cast<double>(since_start));
}

void Metrics::tls(const Tls& now) {
    auto& registry = figures_->registry;
    if (figures_->certificate == nullptr) {
        figures_->certificate = &gauge(registry, "harborline_tls_certificate_expires_seconds",
                                       "Until the certificate of the public listener expires; negative: it has");
        figures_->handshakes = &gauge(registry, "harborline_tls_handshakes_failed",
                                      "Connections since the start that ended before TLS stood");
    }
    figures_->certificate->Set(now.certificate_expires.count());
    figures_->handshakes->Set(static_cast<double>(now.handshakes_failed));
}

std::string Metrics::exposition() const {
    return prometheus::TextSerializer{}.Serialize(figures_->registry.Collect());
}

}  // namespace harborline::gateway
