#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "handlers/core/family.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/time.hpp"

namespace harborline::kinship {

/// What `Tie::proved_by` says where the two may reach each other again although a court once kept them apart: the
/// leader has seen the court's document (domain rules 4.6).
constexpr std::string_view kOrderLifted = "order_lifted";

/// All that is known about one tie, read in the transaction in which something is about to cross it. Whoever is not of
/// the tie is passed over, so more than is asked for does no harm; what is missing lets nothing cross.
struct Family {
    core::Tie tie{};
    core::Person child{};
    core::Person adult{};
    std::vector<core::Consent> consents{};        ///< Of the child.
    std::vector<core::Care> cares{};              ///< Of the child.
    std::vector<core::ProtectionOrder> orders{};  ///< Of the child and of the adult, ended ones too.
    /// Whoever has a carer or a relative in common with the child, at any time. Their orders are among those of the
    /// adult.
    std::vector<core::PersonId> siblings{};
};

enum class Passing : std::uint8_t {
    kTextToAdult,
    kTextToChild,  ///< Sent to it, or heard by it.
    kCall,         ///< Whoever of the two wants it.
};

/// When children rest, in minutes of the local day: nothing reaches them and nobody talks with them. May cross
/// midnight; equal: never. It is no matter of 9 and 0.
struct Hours {
    int quiet_from_min = 21 * 60;
    int quiet_to_min = 7 * 60;  ///< Not in it any more.
};

enum class Crossing : std::uint8_t {
    kMay,
    kLater,  ///< Only the hour is wrong.
    kNever,  ///< As things stand. Both hear the neutral sentence, whatever the reason.
};

struct Judgement {
    Crossing crossing = Crossing::kNever;
    core::LocalDate date{};  ///< kLater: it may next on this day
    int minute = 0;          ///< at this minute of it, as far as is known now. Judge again then.
    std::string_view why{};  ///< kNever: a few words for the journal, nothing of anybody's. They outlive everything.

    bool may() const { return crossing == Crossing::kMay; }
    friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// Whether a day is one of those from the first to the last, both of them with it.
bool is_in_days(core::MaybeDate first, core::MaybeDate last, core::LocalDate today);

/// Whether a consent holds: given, not withdrawn, and whoever gave it is the child's guardian on that day. An entrusted
/// carer is none, and nobody's consent outlives her guardianship (domain rules 4.3).
bool is_in_force(const core::Consent& consent, const std::vector<core::Care>& cares, core::LocalDate today);

/// Whether anything that was decided keeps the adult of a family from its child, whatever else may be missing: a pause,
/// a bar, a court's order between the two or over a sibling.
bool keeps_away(const Family& family, core::LocalDate today);

/// The one rule for everything that passes between a child and one of its people (I8; domain rules 4.3, 4.5, 4.6, 4.8,
/// 4.9). The tie is allowed and in its days; the adult has agreed; a volunteer is checked; a guardian who is one today
/// has consented, unless the child is grown up; no court keeps the adult from the child or from a sibling, or the child
/// from the adult. A court's order that is over still holds until the tie says kOrderLifted. Where the tie has hours,
/// all keeps to them; what reaches the child and every call also keeps out of its quiet hours. kLater only where there
/// is such a minute within a week.
Judgement may_cross(const Family& family, Passing what, const Hours& hours, const core::LocalTime& local);

/// What it would be if nothing but the hours forbade it. Whoever is kept away is answered by this, and learns no more
/// than anybody whose call nobody takes (domain rules 4.6); nothing crosses by it. Never kNever.
Judgement as_if_allowed(const core::Tie& tie, Passing what, const Hours& hours, const core::LocalTime& local);

}  // namespace harborline::kinship
