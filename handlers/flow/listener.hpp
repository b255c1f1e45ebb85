#pragma once
#include "handlers/flow/walk.hpp"

namespace harborline::flow {

/// Decides what one input of hers means where she stands, and sends the walk there.
class Listener {
  public:
    explicit Listener(Walk& walk) : walk_(walk) {}

    void hear(const core::Input& input);

  private:
    using Input = core::Input;

    bool hear_reserved(const Input& input, bool after_star);
    bool hear_offer(const Input& input);
    void hear_quiet(const Step& step);
    void hear_recording(const Step& step, const Input& input);
    bool hear_telling(const Step& step, const Input& input);
    void hear_bridged(const Step& step, const Input& input);
    void leave_quietly();
    void hear_the_end();
    void hear_resuming(const Input& input);
    bool hear_answer(const Step& step, const Input& input);
    bool hear_anywhere(const Step& step, const Input& input);
    bool hear_choice(const Step& step, const Input& input);
    bool hear_place(const Step& step, std::string_view text);
    bool hear_menu(const Input& input);
    bool hear_number(const Step& step, const Input& input);
    bool hear_story(const Step& step, const Input& input);
    bool hear_text(const Step& step, const Input& input);
    bool take_shortcut(const Input& input);

    void add_to_story(const Step& step, std::string_view text);
    void answered(const Step& step, std::string_view value);
    void say_again();
    void go_back();
    void missed();
    bool is_covert() const;

    Walk& walk_;
};

}  // namespace harborline::flow
