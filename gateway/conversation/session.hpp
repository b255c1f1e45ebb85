#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/inbound.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// A carrier's session (one USSD dialogue) as one handset's last turns left it. What she has been shown is a view of
/// ours that no flow knows of.
struct Session {
    std::string id{};  ///< The carrier's.
    std::string channel{};
    std::string seen{};     ///< The cumulative text taken so far; of what is kept nowhere its length only.
    std::string words{};    ///< All that was said last; a screen shows one page of it.
    std::string kept{};     ///< Last words of the session before, which she never saw: shown if she asks to go on.
    std::size_t page = 0;   ///< Of `words`, from 0.
    bool over = false;      ///< The carrier or the clock has ended it.
    bool goes_on = false;   ///< Our last words ask for an answer.
    bool unseen = false;    ///< Our last words ended it, and the carrier says that they were not shown.
    bool told = false;      ///< Something was told or done in it; or it was counted as one in which nothing was.
    bool confided = false;  ///< Our last words answered what is kept nowhere: nobody is shown them later.
    bool calls = false;     ///< A call: `words` is our last answer, encoded.
    int step = 0;           ///< Of that answer.
    /// How far somebody whom we have called has heard what she is called for.
    enum class Hearing : std::uint8_t { kAsked, kAskedAgain, kPlaying, kHeard };
    core::OutboxId placed{};  ///< A call of ours, whose flow she is not in: the row that it is about.
    Hearing hearing = Hearing::kAsked;
    std::string accepted{};             ///< The leg that has accepted the dial of `step`.
    core::StaffId accepted_by{};        ///< Whose phone that is.
    core::CaseId rings_for{};           ///< The safety matter that others are rung for; none: she wants a person.
    core::HandsetId rings_person{};     ///< Whom a caseworker has rung by the last answer; none: we ring no person.
    std::vector<core::StaffId> rung{};  ///< For it, in this call, since somebody last talked to her.
    core::CaseId danger{};              ///< The safety matter that this call is about and nobody has talked about.
    core::TieId rings_tie{};            ///< Along which a relative was rung by the last answer; none: none was.
    bool rings_child = false;           ///< It is the child of that tie, and not the adult.
};

/// What one request of a session means beside what was known of it.
struct Heard {
    enum class Kind {
        kRepeat,   ///< The carrier repeats itself, or comes too late: the same screen again, and nothing written.
        kDialled,  ///< A new session.
        kEntered,  ///< One more input.
    };
    Kind kind = Kind::kRepeat;
    /// What she has entered, in order: one text for kEntered; for kDialled what stood behind the service code, or what
    /// we have missed of a session that we do not know.
    std::vector<std::string> entered{};
};

/// What is remembered of a cumulative text behind the part that was seen before; `confidential`: nothing but its
/// length.
std::string seen_after(std::string_view seen, std::string_view cumulative, bool confidential);

/// Takes a request apart by what was seen of its session before; `since` is how long ago that was. Not for kEnded.
Heard hear(const Session& known, const core::Inbound& inbound, core::Instant::duration since);

}  // namespace harborline::gateway
