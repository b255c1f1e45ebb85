#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/session.hpp"
#include "handlers/core/flow_state.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"
#include "handlers/kinship/addressee.hpp"
#include "handlers/kinship/call_back.hpp"
#include "handlers/petition/empty_contacts.hpp"
#include "handlers/petition/habits.hpp"

namespace harborline::gateway {

/// Two relatives who were put through to one another. It stands beside the session in which that happened: a text, a
/// dialogue or another call of the same phone ends no talk, and nobody stops watching it (I8).
struct KinTalk {
    core::TieId tie{};
    bool rang_child = false;  ///< It was the child of that tie that was rung, and not the adult.
    core::HandsetId rung{};   ///< The phone on the far side.
    std::string call{};       ///< The carrier's name for the caller's call: with it, or with its dial, the talk ends.
    std::string channel{};
    std::string leg{};  ///< The carrier's name for the far side.
    core::Instant began_at{};
    std::chrono::seconds longest{};  ///< The carrier ends it then.
    friend bool operator==(const KinTalk&, const KinTalk&) = default;
};

/// Everything that one handset's next turn needs to know of the earlier ones: the content of Conversation::state.
struct Memory {
    static constexpr std::size_t kLettersKept = 16;
    static constexpr std::size_t kTalksKept = 8;

    core::FlowState flow{};
    petition::Habits habits{};
    core::CaseId about{};                        ///< The matter that this conversation filed or added to last.
    std::optional<core::Instant> answered_at{};  ///< When words of ours last went to this handset.
    bool lapse_is_set = false;                   ///< A deadline for this handset's silence is on its way.
    std::string held{};  ///< What she sent that the question "go on, or something new?" had to wait for.
    Session session{};   ///< The last one; without an id where there was none.
    std::vector<core::Instant> silent_calls{};       ///< The latest, earliest first.
    petition::EmptyContacts empty{};                 ///< Calls and sessions on which nothing was told.
    std::optional<core::Instant> danger_heard_at{};  ///< When she last wrote words of danger.
    std::vector<kinship::Written> letters{};         ///< Along which ties words came here last, each once; the latest.
    std::optional<kinship::Written> kin_chosen{};    ///< To whom she wrote last.
    std::optional<core::Instant> kin_line_at{};      ///< When somebody was last on the kinship line here.
    kinship::CallBacks call_backs{};                 ///< Of the kinship line, to this handset.
    std::vector<KinTalk> talks{};                    ///< That this handset has begun and that may not be over.
};

std::string encode(const Memory& memory);
core::Result<Memory> decode_memory(std::string_view bytes);

}  // namespace harborline::gateway
