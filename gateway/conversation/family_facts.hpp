#pragma once
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/rules.hpp"
#include "handlers/core/family.hpp"
#include "handlers/core/fields.hpp"
#include "handlers/kinship/crossing.hpp"
#include "storage/transaction.hpp"

/// What is stored about families, gathered for one decision within its transaction.
namespace harborline::gateway {

/// Under which names the kinship line keeps what it knows among the answers of a conversation. No word of hers.
namespace kin {
inline constexpr std::string_view kMe = "kin_me";           ///< Ids of whoever may be talking, blanks between.
inline constexpr std::string_view kByCard = "kin_by_card";  ///< "1": known by card and PIN, for this dialogue only.
inline constexpr std::string_view kTie = "kin_tie";         ///< Id of the tie that was chosen.
inline constexpr std::string_view kWho = "who";             ///< How she calls the other side of that tie.
inline constexpr std::string_view kOpen = "open";           ///< When it may be tried again.
inline constexpr std::string_view kParked = "kin_letter";   ///< Words whose writer has yet to say for whom they are.
inline constexpr std::string_view kCard = "kin_card";       ///< Number of the card that a PIN is asked for.
inline constexpr std::string_view kAppointment = "kin_appointment";  ///< Which the two were put through for.
inline constexpr std::string_view kBefore = "kin_before";            ///< How it stood until they were.
}  // namespace kin

/// An id among the answers; none where there is none.
template <class Id>
Id id_in(std::string_view written) {
    Id id;
    std::from_chars(written.data(), written.data() + written.size(), id.value);
    return id;
}

/// Several, blanks between.
template <class Id>
std::vector<Id> ids_in(std::string_view written) {
    std::vector<Id> ids;
    while (!written.empty()) {
        const auto end = std::min(written.find(' '), written.size());
        if (const auto id = id_in<Id>(written.substr(0, end))) ids.push_back(id);
        written.remove_prefix(std::min(end + 1, written.size()));
    }
    return ids;
}

/// Words whose writer has yet to say for whom they are.
inline core::LetterId parked_in(const core::Fields& saved) {
    return id_in<core::LetterId>(saved.get(kin::kParked));
}

bool is_one_of(const std::vector<core::PersonId>& people, core::PersonId person);

/// Nothing where there is no such tie, or one of the two is gone.
std::optional<kinship::Family> family_of(storage::Transaction& tx, core::TieId tie);

/// kinship::may_cross over what is stored: whether something may pass along a tie now (I8). Never where there is no
/// such tie.
kinship::Judgement judge(storage::Transaction& tx, const Rules& rules, core::TieId tie, kinship::Passing what,
                         core::Instant now);

/// The same as whoever is kept away is told of it: kinship::as_if_allowed where it is never.
kinship::Judgement shown_of(const kinship::Judgement& judgement, const Rules& rules, const core::Tie& tie,
                            kinship::Passing what, core::Instant now);

/// What passes where words, written or spoken, go to one side of a tie.
constexpr kinship::Passing words_to(bool to_child) {
    return to_child ? kinship::Passing::kTextToChild : kinship::Passing::kTextToAdult;
}

/// When a kLater is over.
core::Instant opening_of(const kinship::Judgement& later, const core::TimeZone& zone);

/// From when on it may pass, as `shown_of` has it; now, where it may.
core::Instant shown_opening(storage::Transaction& tx, const Rules& rules, const core::Tie& tie, kinship::Passing what,
                            core::Instant now);

/// The phone of one side of a tie that words may go to, or that is rung: its own, read by nobody whom something keeps
/// from the child. None where there is none such.
std::optional<storage::Handset> handset_of(storage::Transaction& tx, const Rules& rules, const core::Tie& tie,
                                           core::PersonId side, core::Instant now);

/// Somebody's own phone, for words that are about nobody else; none where there is none.
std::optional<storage::Handset> own_handset_of(storage::Transaction& tx, core::PersonId person, core::Instant now);

/// Whether everybody who is reached through a handset has it as her own: one child alone, or grown-ups only. Nobody's
/// where nothing was heard from it for so long that others may have the number.
bool is_own_phone(storage::Transaction& tx, const storage::Handset& handset, const std::vector<core::Person>& reached,
                  core::Instant now);

/// Whether kinship::keeps_away keeps anybody who is reached through this handset, besides the two of the tie, from its
/// child. Where two share a phone, what may not reach the one must not reach the other there; and whoever is kept from
/// a child does not talk as that child.
bool is_kept_from(storage::Transaction& tx, const Rules& rules, const core::Tie& tie, core::HandsetId handset,
                  core::Instant now);

/// Who is talking, by kin::kMe.
std::vector<core::PersonId> who_talks(const core::Fields& saved);
/// Whether the child of a tie is talking, rather than its adult.
bool child_talks(const core::Fields& saved, const core::Tie& tie);

/// How one side of a tie calls the other: the child "妈妈", or by name where that word would not tell two apart; the
/// adult by the child's name.
std::string called_by_child(storage::Transaction& tx, const Rules& rules, const core::Tie& tie,
                            std::string_view language);
std::string called_by_adult(storage::Transaction& tx, const core::Tie& tie);
/// By whoever of the two talks.
std::string called_by(storage::Transaction& tx, const Rules& rules, const core::Fields& saved, const core::Tie& tie,
                      std::string_view language);

}  // namespace harborline::gateway
