#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace harborline::gateway {

/// What became of one message from a carrier.
enum class InboundOutcome : std::uint8_t {
    kAnswered,     ///< A turn was committed.
    kRepeated,     ///< Known already: answered as before.
    kPart,         ///< One part of a text that is not whole yet.
    kReceipt,      ///< A delivery report.
    kRefused,      ///< Not understood, or from a stranger.
    kStranded,     ///< The turn threw; the text is kept.
    kUnavailable,  ///< The carrier was asked to try again.
    kLimited,      ///< Over a rate limit, and asked to try again later.
    kQuarantined,  ///< Part of a flood: kept for a person, not answered.
};

/// What one attempt to send came to.
enum class SendOutcome : std::uint8_t { kSent, kRetry, kRefused, kUnknown };

/// The figures of /metrics. Labels are channel names and outcomes only, fixed at the start: nothing that arrives can
/// add one. Safe from any thread.
class Metrics {
  public:
    explicit Metrics(const std::vector<std::string>& channels);
    ~Metrics();

    void inbound(std::string_view channel, InboundOutcome outcome);
    void turn_took(std::chrono::duration<double> time);
    void sent(SendOutcome outcome);
    void page_sent();
    void nobody_on_duty();

    /// Of the last audit; what could not be audited counts as one.
    void duty_audit_differences(std::size_t differences);

    void queue_waiting(std::size_t turns);
    void outbox_waiting(std::size_t messages);
    void stranded(std::size_t texts);
    void connections(std::size_t open);
    void connections_turned_away(std::uint64_t since_start);

    struct Tls {
        std::chrono::duration<double> certificate_expires{};  ///< From now; negative once it has.
        std::uint64_t handshakes_failed = 0;                  ///< Since the start.
    };
    /// There are no such figures where the listener speaks plain HTTP.
    void tls(const Tls& now);

    /// Prometheus text format 0.0.4; its content type is `kContentType`.
    std::string exposition() const;
    static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  private:
    struct Figures;
    std::unique_ptr<Figures> figures_;
};

}  // namespace harborline::gateway
