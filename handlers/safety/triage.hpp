#pragma once
#include <chrono>

#include "handlers/core/case.hpp"
#include "handlers/core/fields.hpp"

/// How urgent a safety matter is (domain rules 3.3). Pure: answers in, a level out. What comes of a level is decided by
/// people; the machine only calls them sooner or later (PIPL 24).
namespace harborline::safety {

enum class Answer { kUnasked, kNo, kYes, kUnsure };

/// The five questions to an adult, safest first (domain rules 3.3; the first three and the fourth are those of the
/// lethality screen that mean high danger by themselves), and what is known beside them.
struct AdultAnswers {
    Answer weapon = Answer::kUnasked;   ///< safe.q1: violence now, or a weapon.
    Answer threat = Answer::kUnasked;   ///< safe.q2: threatened to kill her or the children.
    Answer choking = Answer::kUnasked;  ///< safe.q3
    Answer fear = Answer::kUnasked;     ///< safe.q4: she thinks that he may kill her.
    Answer others = Answer::kUnasked;  ///< safe.q5: whom 反家暴法 5 specially protects is there, or is she herself.
    bool repeated = false;             ///< She had a safety matter within the last seven days.
};

/// The two questions to a child.
struct ChildAnswers {
    Answer hurt = Answer::kUnasked;        ///< safe.child.q1: hurt, or somebody is going to hurt it.
    Answer safe_adult = Answer::kUnasked;  ///< safe.child.q2: a grown-up near who protects it.
};

/// How long a repeat call counts as one (domain rules 3.3, ORANGE).
inline constexpr std::chrono::hours kRepeatedWithin{7 * 24};
/// A person who begins to answer and does not go on is looked for after this: UNKNOWN, in time for the thirty minutes
/// within which ORANGE reaches somebody.
inline constexpr std::chrono::minutes kAnswersWithin{10};

/// As a flow has saved them, under the names of the fields above: "yes", "no", "unsure"; repeated "1".
AdultAnswers adult_answers(const core::Fields& saved);
ChildAnswers child_answers(const core::Fields& saved);

/// RED by any one of its conditions, however little else was answered; UNKNOWN where a question is open and nothing
/// says more. One level higher where somebody is there, or is she herself, who is a minor, old, disabled, pregnant,
/// nursing or gravely ill (反家暴法 5).
core::Level level_of(const AdultAnswers& answers);
/// A child is specially protected (反家暴法 5; 未保法 11), so everything is one level higher.
core::Level level_of(const ChildAnswers& answers);

/// Whether a question was not answered (yet).
bool is_open(const AdultAnswers& answers);
bool is_open(const ChildAnswers& answers);

/// One level more, up to RED. kNone stays.
core::Level raised_by_one(core::Level level);

/// The machine never lowers a level (domain rules 3.3): only a named person does.
core::Level raise_only(core::Level old, core::Level heard);

}  // namespace harborline::safety
