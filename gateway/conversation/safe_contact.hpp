#pragma once
#include <string_view>

#include "config/settings.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"
#include "handlers/safety/contact_plan.hpp"
#include "storage/transaction.hpp"

/// The safe contact plan of a handset's person over one transaction (I6). Today a person is a handset.
namespace harborline::gateway {

/// Way kUnasked where nobody has written one down. One that can not be read lets nothing out.
safety::ContactPlan contact_plan(storage::Transaction& tx, core::HandsetId handset);
void put_contact_plan(storage::Transaction& tx, core::HandsetId handset, const safety::ContactPlan& plan);

/// Whether something may leave for a handset now: safety::may_reach over what is stored.
safety::Verdict may_reach(storage::Transaction& tx, core::HandsetId to, const safety::Outgoing& what,
                          const core::TimeZone& zone, core::Instant now);

/// By which name a text to a handset is signed: by the neutral one where it may be watched, because a safety matter of
/// its is open or it is in the middle of something `sensitive` (domain rules 3.4, point 1). Costs nothing on a channel
/// with one name. Never for texts to staff.
std::string_view signature_for(storage::Transaction& tx, const config::ChannelSettings& channel, core::HandsetId to,
                               bool sensitive = false);

/// When a verdict says that the next window begins.
core::Instant begin_of(const safety::Verdict& wait, const core::TimeZone& zone);

}  // namespace harborline::gateway
