#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "gateway/routes/meter_table.hpp"
#include "gateway/routes/rate.hpp"
#include "handlers/core/phone_number.hpp"

namespace harborline::gateway {

/// Of SipHash. Random, made at each start: the tables below hold neither a number nor an address.
using HashKey = std::array<unsigned char, 16>;

/// How much one handset may write. A handset that has not written for a while is new, and a new one always gets
/// through: with the whole of a long text and a few screens, for a moment, and within its own rate.
class HandsetLimit {
  public:
    struct Verdict {
        bool is_new = false;
        std::chrono::nanoseconds wait{};  ///< Zero: within the rate.
    };

    HandsetLimit(Rate rate, const HashKey& key);

    Verdict look(const core::PhoneNumber& handset, SteadyTime now) const;
    void charge(const core::PhoneNumber& handset, SteadyTime now);

  private:
    static constexpr std::chrono::minutes kNewAfter{10};
    static constexpr std::chrono::minutes kNewFor{2};
    static constexpr int kNewEventsMax = 10;
    static constexpr std::size_t kRemembered = 65'536;

    struct Used {
        Meter meter{};
        SteadyTime began{};  ///< When it was new.
        int events = 0;      ///< Since then, up to kNewEventsMax.

        SteadyTime due() const { return meter.due(); }
        bool was_silent(SteadyTime now) const { return due() == SteadyTime{} || due() + kNewAfter < now; }
    };

    Rate rate_;
    HashKey key_;
    MeterTable<Used> handsets_{kRemembered};
};

/// How often strangers may connect. An address is a stranger's until a request from it was let in; from then on, for a
/// day after its last one, it is nobody's business how often it connects. IPv6 counts by /64, which one client has to
/// itself.
class StrangerLimit {
  public:
    StrangerLimit(Rate rate, const HashKey& key);

    /// Whether a request from there had a valid token lately.
    bool knows(std::string_view address, SteadyTime now) const;
    /// Counts one connection. False: close it.
    bool admits(std::string_view address, SteadyTime now);
    /// A request from there had a valid token.
    void prove(std::string_view address, SteadyTime now);

  private:
    static constexpr std::chrono::hours kKnownFor{24};
    static constexpr std::size_t kRemembered = 4'096;

    Rate rate_;
    HashKey key_;
    MeterTable<> strangers_{kRemembered};
    MeterTable<> known_{kRemembered};
};

}  // namespace harborline::gateway
