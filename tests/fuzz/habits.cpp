// Stored habits; and a handset's life, whose habits survive every restart. Three bytes an event.
#include "handlers/petition/habits.hpp"

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using petition::Habits;

void live(Habits& habits, Draw& draw, core::Instant& now) {
    constexpr petition::HabitLimits kLimits{};
    const std::uint8_t what = draw.byte();
    const std::uint8_t which = draw.byte();
    now += std::chrono::seconds{draw.byte()} * (what < 200 ? 10 : -10);
    const petition::Said said{.hash = which % 4U, .characters = which, .single_key = what % 2 == 0};
    switch (what % 5) {
        case 0:
            return habits.note_automatic(now);
        case 1:
            return habits.note_wrong_try(now);
        case 2:
            return habits.release();
        default:
            habits.is_repeat_of_last(said, now);
            habits.note_inbound(said, now, what % 5 == 3 ? std::optional{now} : std::nullopt, kLimits);
    }
}

void try_life(Draw draw) {
    Habits habits;
    core::Instant now{std::chrono::sys_days{std::chrono::year{2027} / 3 / 3}};
    for (int event = 0; !draw.empty() && event < 200; ++event) {
        live(habits, draw, now);
        const auto again = petition::decode_habits(petition::encode(habits));
        require(again.has_value() && *again == habits, "habits survive a restart");
        if (habits.stopped()) require(!habits.may_answer_automatically(now, {}), "a machine is not answered");
        require(petition::encode(habits).size() < 1024, "habits stay small");
    }
}

}  // namespace

void try_input(std::string_view input) {
    const auto habits = petition::decode_habits(input);
    if (habits) require(petition::encode(*habits) == input || input.empty(), "what is read is what would be written");
    try_life(Draw{input});
}

}  // namespace harborline::fuzz
