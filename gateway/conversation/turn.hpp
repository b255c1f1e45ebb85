#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/turn_taker.hpp"
#include "handlers/flow/catalogue.hpp"

namespace harborline::gateway {

/// What one turn gathers on its way.
struct TurnTaker::Turn {
    storage::Transaction& tx;
    const core::Inbound& inbound;
    const config::ChannelSettings& channel;
    core::Instant taken_at{};  ///< Later than `inbound.received_at` where the text had to wait.
    storage::Handset handset{};
    storage::Conversation conversation{};
    Memory memory{};
    std::string identity{};
    core::Input input{};      ///< What the text means; read once.
    std::string_view sent{};  ///< What the carrier gave, where it is more than what she entered.
    bool danger = false;
    bool alarming = false;      ///< Words of danger stand in it.
    bool wants_person = false;  ///< 0: stays open, like 9, to whoever was taken for a machine.
    bool settled_page = false;  ///< A caseworker has taken a page by it, or handed one back: she has to know.
    bool understood = true;
    bool fits = false;  ///< Answers a question that was open.
    std::vector<flow::Say> says{};
    std::string words{};    ///< Ready words, where they do not come from says.
    core::Answer answer{};  ///< Within a session.
    bool dialled = false;
    bool paged = false;                          ///< Another page of the same words.
    const storage::Recording* told = nullptr;    ///< On a call: what she has said, whose file is durable.
    const storage::Recording* letter = nullptr;  ///< The same where it is for a relative: no row is to hold it.
    std::optional<core::CallAnswer> ready{};     ///< On a call: the answer, where it does not come from says.
    bool again = false;                          ///< On a call: what was said last, once more.
    core::CaseId filed{};                        ///< The matter that her words went into.
    bool number_wanted = false;  ///< She was asked for a number: it may be a PIN, and is nobody's to read.
    bool confidential = false;   ///< What she sent is kept nowhere (I7), nor anything that could be made of it.
    TextKind kind = TextKind::kOrdinary;  ///< Of several inputs the last one's.
    bool taken_again = false;             ///< A person has let it through after all.
    core::LetterId given_up{};            ///< Words whose writer can not say any more for whom they are.
    bool walked = false;                  ///< A flow has moved in this turn already.
    std::string note{};

    core::Instant now() const { return taken_at; }
    /// Whether she is answered at once, on a screen or by ear, and was asked when she dialled.
    bool within_dialogue() const { return inbound.session || inbound.call; }
    /// Whether it goes its own way, and is nobody's to look at.
    bool is_kin_words() const { return kind == TextKind::kForRelative || kind == TextKind::kUnsure; }
    /// Whether something came between her sending this and its turn, so that it is no answer to that. What lies ahead
    /// was before the clock was set back.
    bool was_overtaken_by(core::Instant what) const { return inbound.received_at < what && what <= taken_at; }
    /// The key that is the whole text, or 0.
    char key() const { return input.kind == core::Input::Kind::kKey ? input.key : '\0'; }
    /// How long she had been silent when she sent this. What waited here must not be held against her, unless she has
    /// written since. A last turn that lies ahead was taken before the clock was set back: nobody knows how long ago.
    core::Instant::duration silence() const {
        const auto last = conversation.last_turn_at;
        return std::chrono::abs((last <= inbound.received_at ? inbound.received_at : taken_at) - last);
    }
    std::string_view language() const {
        return handset.language.empty() ? std::string_view{channel.language} : std::string_view{handset.language};
    }
    void remark(std::string_view what) { note.append(note.empty() ? "" : " ").append(what); }
};

}  // namespace harborline::gateway
