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

/// Whether a caseworker may have her telephone rung now: she has chosen calls, and this is one of her hours; or nobody
/// has agreed on anything with her, and she has just said that a call is safe.
bool may_be_rung(storage::Transaction& tx, core::HandsetId handset, const core::TimeZone& zone, core::Instant now);

/// Whom we ask for, and why: all that whoever picks up hears before the agreed code (domain rules 3.4, point 3).
std::string story_of(const safety::ContactPlan& plan);

/// The agreed code did not come: her caseworker has to know, and whether it was the one for "not safe". Said again
/// within a minute it is the carrier that repeats itself.
void note_wrong_code(storage::Transaction& tx, core::CaseId matter, bool unsafe, core::Instant now);

/// By which name a text to a handset is signed: by the neutral one where it may be watched, because a safety matter of
/// its is open or it is in the middle of something `sensitive` (domain rules 3.4, point 1). Costs nothing on a channel
/// with one name. Never for texts to staff.
std::string_view signature_for(storage::Transaction& tx, const config::ChannelSettings& channel, core::HandsetId to,
                               bool sensitive = false);

/// When a verdict says that the next window begins.
core::Instant begin_of(const safety::Verdict& wait, const core::TimeZone& zone);

}  // namespace harborline::gateway
