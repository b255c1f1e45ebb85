#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "handlers/core/fields.hpp"

namespace harborline::core {

/// What a flow may have done inside a turn. The names are what flow files write behind `do =`.
enum class Deed : std::uint8_t {
    kRaiseAlert,   ///< Somebody is in danger: opens a safety case, pages the ladder.
    kOpenSafety,   ///< Somebody asks for safety: opens a safety case before anything is asked. Pages nobody yet.
    kTriage,       ///< Writes her answers to the safety questions down, and raises the level of the matter by them.
    kOpenCase,     ///< Files the petition from the saved answers.
    kAddToCase,    ///< Adds the last text to the matter that this conversation is about.
    kOpenTask,     ///< "Wants a person": a case for the person on duty.
    kFindCase,     ///< Looks a reference number up.
    kCheckPin,     ///< Compares the PIN for the reference number looked up.
    kIssuePin,     ///< Gives out the PIN of the matter just filed.
    kSilentCall,   ///< Notes a call on which nobody said or keyed anything; the third in a day calls a person.
    kFindDuty,     ///< Whether somebody on duty can be rung for her now.
    kFindHelp,     ///< Whether somebody can be rung now for the safety matter that this conversation is about.
    kStaffEnter,   ///< Compares the PIN of the staff line and counts the caller's matters.
    kStaffNext,    ///< The caller's next matter.
    kStaffTake,    ///< Takes the matter that she has heard last.
    kStaffAnswer,  ///< Makes what she has recorded the answer to that matter.
    kStaffReach,   ///< Whether the person of that matter may be rung for her now.
    kStaffRang,    ///< Notes in the matter what became of that.
    kKinEnter,     ///< Who of a family may be talking: known by her own phone, or asked for her card.
    kKinCard,      ///< Compares card number and PIN.
    kKinNews,      ///< Whether words of hers did not arrive, of which she could not be told before: once.
    kKinList,      ///< Whom she can reach, by their keys.
    kKinChoose,    ///< Whom she has chosen, and whether something may pass between the two now.
    kKinSend,      ///< Takes her words for that relative, written or spoken.
    kKinAnswer,    ///< Takes words that she has sent without a menu for whoever wrote to her last.
    kKinDrop,      ///< Erases those that waited until she said for whom they are: for nobody.
    kKinRing,      ///< Whether it is the hour at which that relative is rung for her.
    kKinRang,      ///< Whether the two have talked, and else whether she may leave her words by telephone.
    kKinNext,      ///< The next words of a relative, written or spoken, that wait to be heard.
    kKinHeard,     ///< They were heard to their end: they are gone.
    kKinTalked,    ///< A parent says that the family has talked.
    kKinBooked,    ///< Who is at the telephone that was called for an appointment.
    kKinChange,    ///< Moves one occurrence of an appointment, or lets it be.
    kFail,         ///< Throws. For tests of what happens then; `check` refuses it outside a test book.
};

/// What became of a deed. Each deed declares which of these it can end in; the proof demands a way on for each.
enum class Outcome : std::uint8_t {
    kDone,
    kOpened,
    kJoinedExisting,
    kAnonymous,  ///< Opened, and nobody may be named: the PIN goes with the number.
    kAdded,
    kFound,
    kNeedsPin,
    kNone,
    kRed,     ///< The level of the matter, as far as she has to be told something else by it.
    kOrange,  ///< Also where it is not known.
    kLower,
    kLater,   ///< Not at this hour.
    kLetter,  ///< Not at this hour, but what she says now can wait for the other one.
    kRings,   ///< She is on the telephone, and others can be rung for her.
    kLong,    ///< Longer than what can be sent.
    kAgain,   ///< What she keyed stands for nobody: she is asked again.
};

struct DeedSpec {
    Deed deed{};
    std::string_view name{};
    std::span<const Outcome> outcomes{};
    std::span<const std::string_view> fills{};  ///< Values that texts after it may use, besides the saved answers.
};

/// The declaration of every deed, in the order of the enum.
std::span<const DeedSpec> deed_specs();
const DeedSpec& spec_of(Deed deed);
std::optional<Deed> deed_named(std::string_view name);
std::string_view name_of(Outcome outcome);
std::optional<Outcome> outcome_named(std::string_view name);

/// Carries a flow's deeds out, in the transaction of the turn. Implemented over storage by the gateway; a test passes a
/// fake.
class Deeds {
  public:
    virtual ~Deeds() = default;

    /// `saved` holds the answers so far; values that later texts may use are set in it (ref, by, pin …).
    /// Throws on a bug or a broken machine: the whole turn is then undone and its text kept as stranded.
    virtual Outcome perform(Deed deed, Fields& saved) = 0;
};

}  // namespace harborline::core
