#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/phone_number.hpp"
#include "handlers/core/time.hpp"
#include "handlers/core/window.hpp"

/// Families as the federation has written them down: who a child is, who cares for it, whom it may reach (domain rules
/// 4). Nobody comes into them by a text or a call. Enumerators are stored: never renumber.
namespace harborline::core {

/// A date that may be open: `ok()` is false where there is none.
using MaybeDate = LocalDate;

enum class PersonKind : std::uint8_t {
    kChild,
    kRelative,   ///< Parents, grandparents, whoever cares for the child: no work of ours checks them yearly.
    kVolunteer,  ///< A Caring Mom: checked every year (未成年人保护法 62).
};

/// The law's thresholds: 8 (民法典 19), 14, 16, 18 (domain rules 3.6).
enum class AgeBand : std::uint8_t { kUnknown, kUnder8, k8To13, k14To15, k16To17, kAdult };

/// Somebody of a family, or a volunteer beside one. Not a handset: reached through one or more, or by card and PIN.
struct Person {
    PersonId id{};
    std::string external_id{};  ///< The federation's own, which stays the same in every file.
    PersonKind kind = PersonKind::kRelative;
    std::string name{};  ///< Short: what the others hear, "小明".
    AgeBand age = AgeBand::kUnknown;
    std::string place{};        ///< Code of the village; may be empty.
    MaybeDate checked_until{};  ///< Of a volunteer: the last day on which her check holds.
    bool weekly = true;         ///< Whether the family is reminded of the weekly contact (未成年人保护法 23).
    friend bool operator==(const Person&, const Person&) = default;
};

/// A phone through which a person is reached. Many to many: a village shop's is many children's.
struct PersonPhone {
    PersonId person{};
    PhoneNumber number{};
    bool is_private = false;  ///< Nobody else reads what comes there. False: taken as shared.
    friend bool operator==(const PersonPhone&, const PersonPhone&) = default;
};

enum class Relation : std::uint8_t { kMother, kFather, kGuardian, kCarer, kCaringMom, kRelative };

/// Between a child and somebody it may reach, who may reach it (domain rules 4.5).
struct Tie {
    enum class State : std::uint8_t {
        kAllowed,
        kHoursOnly,  ///< In `hours` only.
        kPaused,     ///< For now, reversible; nobody is told why (domain rules 4.6).
        kBarred,
    };
    TieId id{};
    PersonId child{};
    PersonId adult{};
    Relation relation = Relation::kRelative;
    State state = State::kAllowed;
    std::vector<Window> hours{};  ///< Of kHoursOnly.
    std::string proved_by{};      ///< "statement", "papers", "call": how the number was shown to be hers.
    bool agreed = false;          ///< Whether the adult has agreed to be reached.
    MaybeDate from{};             ///< First and last day; open where there is none.
    MaybeDate to{};
    friend bool operator==(const Tie&, const Tie&) = default;
};

/// Who looks after a child. An entrusted carer does not become the guardian (未成年人保护法 22, domain rules 4.3).
struct Care {
    PersonId child{};
    PersonId carer{};
    bool guardian = false;  ///< The legal one: may consent.
    MaybeDate from{};
    MaybeDate to{};
    friend bool operator==(const Care&, const Care&) = default;
};

/// A guardian's consent that the child uses the line (个人信息保护法 31): who, when, how.
struct Consent {
    PersonId child{};
    PersonId guardian{};
    std::string how{};  ///< "paper", "visit", "call".
    LocalDate given{};
    MaybeDate withdrawn{};
    bool word_watch = false;  ///< Also that words of danger in the child's texts offer it help (domain rules 4.7).
    friend bool operator==(const Consent&, const Consent&) = default;
};

/// A court's order that keeps somebody away (反家庭暴力法 29, 民法典 1086). While it holds nothing passes between the
/// two, nor between whoever is kept away and a sibling of the child that it protects: a child that has an adult in
/// common with it. What was once ordered is never forgotten.
struct ProtectionOrder {
    PersonId person{};   ///< Whom it protects.
    PersonId against{};  ///< Whom it keeps away.
    std::string number{};
    MaybeDate until{};  ///< Last day; open: until a person ends it.
    friend bool operator==(const ProtectionOrder&, const ProtectionOrder&) = default;
};

/// What opens the line from any phone. The digits of PINs are kept nowhere.
struct Card {
    PersonId child{};
    std::string number{};  ///< 8 digits, the first 1 to 7, so that none is one of our keys.
    std::string pin{};     ///< Salted hash.
    std::string duress{};  ///< Of the other PIN, which opens the same menu and calls for help; empty: none.
    friend bool operator==(const Card&, const Card&) = default;
};

/// Wrong PINs in a row.
struct PinMisses {
    int count = 0;
    Instant last{};  ///< When the last was.
    int locks = 0;   ///< How often they have locked the card; each quiet day takes one off.
    friend bool operator==(const PinMisses&, const PinMisses&) = default;
};

/// Words of one relative to another, on their way (I7): nobody on the staff can read or hear them, and they are gone
/// when they have arrived, or when the key of the day on which they were written dies.
struct Letter {
    LetterId id{};
    TieId tie{};
    bool to_child = false;
    Instant written_at{};
    OutboxId outbox{};        ///< The message that carries it, or announces what was spoken; none: it only waits.
    std::string words{};      ///< Ready to be sent, or as they are spoken to the child; what announces a recording.
    std::string recording{};  ///< Of what was spoken: the file's name. Empty: it was written.
    std::string opener{};     ///< Of that file (see storage::opener_of); it stands nowhere else.

    bool is_spoken() const { return !recording.empty(); }
    /// Whether it can still be read, or heard.
    bool opens() const { return is_spoken() ? !opener.empty() : !words.empty(); }
};

/// Who is reminded that a family has been silent. In the order in which a silence climbs.
enum class Nudge : std::uint8_t {
    kNone,
    kParent,
    kCarer,
    kCaseworker,  ///< Calls the family, and then has it in hand.
};

/// What is known of a child's weekly contact (未成年人保护法 23). Families use more than this line: whoever has been
/// silent here has not neglected anybody.
struct WeeklyContact {
    LocalDate
        last{};  ///< A talk, words both ways, or "we talked"; before the first: when the child was first looked at.
    Nudge nudged = Nudge::kNone;  ///< The farthest since then,
    MaybeDate nudged_on{};        ///< and the day of the latest.
    friend bool operator==(const WeeklyContact&, const WeeklyContact&) = default;
};

/// One try to bring two relatives together by telephone, without a word of what they said.
struct KinCall {
    TieId tie{};
    PersonId child{};
    Instant at{};
    std::chrono::seconds talked{};  ///< 0: they did not talk.
    bool by_child = true;           ///< Who wanted it. What an adult begins costs the child's budget nothing.
    friend bool operator==(const KinCall&, const KinCall&) = default;
};

}  // namespace harborline::core
