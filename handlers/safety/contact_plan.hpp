#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "handlers/core/window.hpp"

namespace harborline::safety {

using core::Window;

/// By which way she has said that she may be reached. kUnasked: nobody has asked her, so this is no plan at all.
enum class Way : std::uint8_t { kUnasked, kNone, kCall, kText, kEither };

/// How one person may be reached without anybody beside her learning of it (domain rules 3.4, points 1 to 4). She
/// chooses it, a caseworker writes it down, and the sender keeps to it (I6).
struct ContactPlan {
    Way way = Way::kUnasked;
    std::vector<Window> windows{};  ///< Empty: at any time.
    std::string safe_word{};        ///< What she says where she can talk; both words or none,
    std::string unsafe_word{};      ///< and what she says where she can not. Digits can be keyed in a call.
    std::string neutral_name{};     ///< By which she is asked for. Empty: by none.
    std::string cover_story{};      ///< The first sentence of a call, and the only one without the safe word.
    core::Instant safe_until{};     ///< Until then a caseworker may ring whoever has no plan: she said that it is safe.
    /// Two people have let one reply through against the plan: whichever is made before this instant,
    core::Instant exception_until{};
    core::CaseId exception_in{};  ///< in this matter of the several that a number may have,
    core::OutboxId exception{};   ///< and that reply, once it is made.

    bool has_words() const { return !safe_word.empty(); }
    /// Whether a machine can hear the agreed words, as keys.
    bool has_keys() const;
    friend bool operator==(const ContactPlan&, const ContactPlan&) = default;
};

/// What is wrong with a plan, as one sentence for whoever wrote it; empty: nothing. An agreed word of digits has one to
/// four and is no reserved key (0, 8, 9); the two differ.
std::string_view fault_in(const ContactPlan& plan);

/// Compact, versioned form for storage. Instants are kept to the second.
std::string encode(const ContactPlan& plan);
/// Fails with kMalformed on anything `encode` did not write.
core::Result<ContactPlan> decode_contact_plan(std::string_view bytes);

/// Something that is about to leave.
struct Outgoing {
    core::MessageClass kind = core::MessageClass::kReply;
    bool call = false;                ///< Her telephone rings.
    bool by_person = false;           ///< A call in which a caseworker, not a machine, says why.
    std::chrono::milliseconds age{};  ///< Since what it answers was sent; for kAnswer and kCover.
    core::OutboxId id{};              ///< None: not written yet.
};

/// "A call is safe now" is true for so long: until the last step of RED's ladder has had its time.
constexpr std::chrono::minutes kSafeFor{30};

/// So long she holds the phone in her hand on which she has just written. What comes later comes unasked.
constexpr std::chrono::minutes kAtOnce{5};

struct Verdict {
    enum class Kind : std::uint8_t { kGo, kWait, kNever };
    Kind kind = Kind::kGo;
    core::LocalDate date{};  ///< kWait: the next window begins on this day
    int minute = 0;          ///< at this minute of it.
    std::string_view why{};  ///< kNever: a few words without any of hers, that outlive everything.

    bool goes() const { return kind == Kind::kGo; }
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// The one rule for everything that leaves (I6; domain rules 3.4, points 1 to 4). Texts to staff are never concerned.
/// An answer to what she has just sent goes to the phone she holds in her hand. All else keeps to her plan; without one
/// nothing goes to a handset with an open safety matter, and any other is called between 8 and 20 o'clock only. A call
/// for which she has chosen windows keeps to those. A machine places none where the agreed words can only be spoken,
/// nor without such words where a safety matter is open. A caseworker rings only whoever has chosen calls, at the hours
/// that she has chosen, or at any.
Verdict may_reach(const ContactPlan& plan, bool safety_open, const Outgoing& what, const core::LocalTime& local);

/// Whether a text says to whoever holds a watched phone what it is about (domain rules 3.4, point 2).
bool betrays(std::string_view text);

}  // namespace harborline::safety
