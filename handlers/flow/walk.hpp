#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handlers/flow/engine.hpp"

namespace harborline::flow {

/// One call of `advance` under way: moves through the steps that need no person until one waits, a deed is due or the
/// conversation is over. What her answer means is decided by Listener; this only goes where it is sent.
class Walk {
  public:
    Walk(const Book& book, core::FlowState state, bool by_phone = false) : book_(book), by_phone_(by_phone) {
        result_.state = std::move(state);
    }

    const Book& book() const { return book_; }
    core::FlowState& state() { return result_.state; }
    /// Null where no conversation goes on, or its flow file has changed and the step is gone.
    const Step* here() const { return book_.step(result_.state.flow, result_.state.step); }
    const Flow* flow() const { return book_.flow(result_.state.flow); }

    /// Her own voice, and the words behind it.
    void play(std::string_view recording, std::string_view key);
    /// Says nothing while the flow is being left.
    void say(std::string_view key, std::vector<Choice> choices = {});
    /// Says the question that she stands at.
    void ask();
    /// Goes on to a step and from there as far as it goes.
    void enter(const Target& target);
    /// Goes where silence leads here, with the words on that way.
    void enter_silence() { enter(silence_of(*flow(), here()).value()); }
    /// Leaves by the silent path: its deeds are done, its texts are not said. Then begins `then` ("flow" or
    /// "flow.step"; empty: nothing), with `answer` to its first question where there is one.
    void leave(std::string_view then, std::string_view answer = {});
    /// Drops the conversation as it stands and begins a flow.
    void begin(std::string_view target, std::string_view answer = {});
    /// Drops the conversation; all that stays is whether she can speak.
    void forget();
    /// Remembers that a question was answered, for `*`.
    void leave_trail(const Step& answered);
    /// She stays where she is, unless she is sent on.
    void wait() { result_.kind = Advance::Kind::kAsk; }
    void not_understood() { result_.understood = false; }

    Advance take() { return std::move(result_); }

  private:
    void move(const Target& target);
    void ring_nobody(const Step& step);
    void run();
    bool stop_at(const Step& step);
    void do_deed(const Step& step);
    void wait_at(const Step& step);
    void end();
    bool visit(const Step& step);
    /// Every question has one, and so the proof sees to it; of a deed, or a step that is gone, there may be none.
    std::optional<Target> silence_of(const Flow& flow, const Step* step) const;
    void forget_answers(const Flow* left);

    const Book& book_;
    bool by_phone_ = false;
    Advance result_{};
    int moves_ = 0;
};

}  // namespace harborline::flow
