#pragma once
#include <optional>
#include <string_view>

#include "handlers/core/inbound.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

/// What carriers call our messages, where their receipts do not name them by our own ids; and the receipts that came
/// before we were told. An id means something on its own channel only.
class CarrierIds {
  public:
    virtual ~CarrierIds() = default;

    struct Attempt {
        core::OutboxId message{};
        int attempt = 0;
        friend bool operator==(const Attempt&, const Attempt&) = default;
    };
    /// The id is this attempt's, and may be forgotten after `until`. A carrier that uses one again means the newest.
    virtual void add(std::string_view channel, std::string_view carrier_id, Attempt attempt, core::Instant until) = 0;
    virtual std::optional<Attempt> find(std::string_view channel, std::string_view carrier_id) = 0;

    /// Keeps what a receipt of an unknown id said, until an hour after `receipt.at`: one for each id, forward only, and
    /// not more than some thousand in all.
    virtual void keep_early(const core::Receipt& receipt) = 0;
    /// Hands out what was kept for the id, which is then not kept any more.
    virtual std::optional<core::Receipt> take_early(std::string_view channel, std::string_view carrier_id) = 0;

    /// Removes what nobody waits for at `now`.
    virtual void forget(core::Instant now) = 0;
};

}  // namespace harborline::storage
