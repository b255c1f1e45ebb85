#include "handlers/safety/triage.hpp"

#include <algorithm>
#include <string_view>

namespace harborline::safety {
namespace {

Answer read(const core::Fields& saved, std::string_view name) {
    const std::string_view value = saved.get(name);
    if (value == "yes") return Answer::kYes;
    if (value == "no") return Answer::kNo;
    if (value == "unsure") return Answer::kUnsure;
    return Answer::kUnasked;
}

}  // namespace

AdultAnswers adult_answers(const core::Fields& saved) {
    return {.weapon = read(saved, "weapon"),
            .threat = read(saved, "threat"),
            .choking = read(saved, "choking"),
            .fear = read(saved, "fear"),
            .others = read(saved, "others"),
            .repeated = saved.get("repeated") == "1"};
}

ChildAnswers child_answers(const core::Fields& saved) {
    return {.hurt = read(saved, "hurt"), .safe_adult = read(saved, "safe_adult")};
}

core::Level level_of(const AdultAnswers& answers) {
    const auto all = {answers.weapon, answers.threat, answers.choking, answers.fear};
    if (std::ranges::count(all, Answer::kYes) > 0) return core::Level::kRed;
    const bool orange = std::ranges::count(all, Answer::kUnsure) > 0 || answers.repeated;
    const core::Level level = orange             ? core::Level::kOrange
                              : is_open(answers) ? core::Level::kUnknown
                                                 : core::Level::kYellow;
    return answers.others == Answer::kYes ? raised_by_one(level) : level;
}

core::Level level_of(const ChildAnswers& answers) {
    if (answers.hurt == Answer::kYes) return core::Level::kRed;
    if (answers.hurt == Answer::kUnsure || answers.safe_adult == Answer::kNo)
        return raised_by_one(core::Level::kOrange);
    return raised_by_one(is_open(answers) ? core::Level::kUnknown : core::Level::kYellow);
}

bool is_open(const AdultAnswers& answers) {
    const auto all = {answers.weapon, answers.threat, answers.choking, answers.fear, answers.others};
    return std::ranges::count(all, Answer::kUnasked) > 0;
}

bool is_open(const ChildAnswers& answers) {
    return answers.hurt == Answer::kUnasked || answers.safe_adult == Answer::kUnasked;
}

core::Level raised_by_one(core::Level level) {
    switch (level) {
        case core::Level::kNone:
            return core::Level::kNone;
        case core::Level::kGreen:
            return core::Level::kYellow;
        case core::Level::kYellow:
        case core::Level::kUnknown:
            return core::Level::kOrange;
        case core::Level::kOrange:
        case core::Level::kRed:
            break;
    }
    return core::Level::kRed;
}

core::Level raise_only(core::Level old, core::Level heard) {
    return std::max(old, heard);
}

}  // namespace harborline::safety
