// A stored state that the flow files of today may no longer know, and one text said to it: a changed flow file costs a
// conversation its place and never a text.
#include "handlers/core/utf8.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/engine.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    Draw draw{input};
    const std::string text = core::repair_utf8(draw.until('\n'));
    const auto state = core::decode_flow_state(draw.rest());
    if (!state || state->silent || !state->then.empty()) return;  // Only within a turn; see the target `engine`.
    const auto& book = testing::shipped_book();

    flow::advance(book, *state, flow::read_answer(text));
    const auto danger = flow::advance(book, *state, flow::read_answer("9"));
    require(danger.kind == flow::Advance::Kind::kDo, "9 leads to a deed from any state");
    flow::advance(book, *state, {.kind = core::Input::Kind::kSilence});
    if (flow::worth_resuming(book, *state)) flow::ask_to_resume(book, *state);
}
