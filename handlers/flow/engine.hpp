#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/call.hpp"
#include "handlers/core/flow_state.hpp"
#include "handlers/core/input.hpp"
#include "handlers/flow/book.hpp"

namespace harborline::flow {

/// What comes of one input, as far as it can be said without the world: wait for the person, have a deed done and
/// come back with its outcome, or the end.
struct Advance {
    enum class Kind { kAsk, kDo, kEnd };
    Kind kind = Kind::kEnd;
    core::Deed deed{};        ///< For kDo.
    core::FlowState state{};  ///< To be kept; after kEnd its `flow` is empty.
    std::vector<Say> says{};  ///< What to tell her now, in order. May be empty.
    bool understood = true;   ///< False for an answer that fitted nothing: bounds how often a machine is answered.
};

/// One step of a conversation. Pure: the same arguments give the same result, nothing else is read or written.
/// The caller performs a kDo and calls again with Input::Kind::kOutcome and the state returned here (whose `saved`
/// the deed may have added to), at most 16 times a turn.
Advance advance(const Book& book, core::FlowState state, const core::Input& input);

/// Begins at "flow.step" with what nobody was asked for, as if she had been sent there. Of the conversation as it
/// stands goes along only what goes along into every flow.
Advance begin(const Book& book, core::FlowState state, std::string_view target, bool by_phone = false);

/// Puts the neutral question "go on, or something new?" in front of a conversation that was left lying: the next
/// input is read as its answer.
Advance ask_to_resume(const Book& book, core::FlowState state);

/// What is said on a channel that shows no earlier words: the same, and behind it what she is being asked now where
/// nothing else on the screen says so.
std::vector<Say> on_a_screen(const Book& book, const core::FlowState& state, bool understood, std::vector<Say> says);

/// What a call does behind these words: which keys it waits for, whether she speaks. A Dial names nobody yet. With
/// HangUp the conversation is over or she has been silent for too long.
core::CallAct call_act(const Book& book, const core::FlowState& state, std::chrono::seconds recording_max);

/// Whether a question stands open, rather than that she may write if she likes.
bool waits_for_answer(const Book& book, const core::FlowState& state);

/// Whether it stands in a flow whose words are plain because she said that nobody reads along (Flow::plain_after).
bool is_plain(const Book& book, const core::FlowState& state);

/// Whether the open question is for a number.
bool wants_number(const Book& book, const core::FlowState& state);

/// Whether it stands on the kinship line, whose words are nobody's to read (I7).
bool is_kinship(const core::FlowState& state);
/// Whether what she writes there now are her words for a relative.
bool wants_kin_words(const Book& book, const core::FlowState& state);

/// Whether anything would be lost if this conversation were simply forgotten (a question to resume is worth asking).
bool worth_resuming(const Book& book, const core::FlowState& state);

}  // namespace harborline::flow
