#include "handlers/safety/mandatory_report.hpp"

#include <algorithm>
#include <array>

#include "handlers/safety/triage.hpp"

namespace harborline::safety {
namespace {

using std::chrono::hours;

constexpr hours kAtOnce{0};
constexpr hours kSameDay{24};

constexpr std::array kDuties{
    ReportDuty{Situation::kMr1, "MR1", "隐私部位受到非正常损伤", kAtOnce, kSameDay},
    ReportDuty{Situation::kMr2, "MR2", "不满14岁女孩遭受或疑似遭受性侵害、怀孕、流产", kAtOnce, kSameDay},
    ReportDuty{Situation::kMr3, "MR3", "14岁以上女孩因疑似性侵害怀孕、流产", kAtOnce, kSameDay},
    ReportDuty{Situation::kMr4, "MR4", "多处损伤、严重营养不良、昏迷，疑似家暴、欺凌、虐待、殴打、被人麻醉", kAtOnce,
               kSameDay},
    ReportDuty{Situation::kMr5, "MR5", "自杀、自残、工伤、中毒等非正常损伤或死亡", kAtOnce, kSameDay},
    ReportDuty{Situation::kMr6, "MR6", "被遗弃或长期无人照料", kAtOnce, kSameDay},
    ReportDuty{Situation::kMr7, "MR7", "来源不明、失踪、被拐卖、被收买", kAtOnce, kSameDay},
    ReportDuty{Situation::kMr8, "MR8", "被组织乞讨", kAtOnce, kSameDay},
    ReportDuty{Situation::kMr9, "MR9", "其他严重侵害身心健康或正面临危险", kAtOnce, kSameDay},
};

}  // namespace

std::span<const ReportDuty> report_duties() {
    return kDuties;
}

const ReportDuty& duty_of(Situation situation) {
    return kDuties.at(static_cast<std::size_t>(situation));
}

std::optional<Situation> situation_named(std::string_view code) {
    const auto* found = std::ranges::find(kDuties, code, &ReportDuty::code);
    if (found == kDuties.end()) return std::nullopt;
    return found->situation;
}

std::optional<Situation> suspected(const core::Fields& saved) {
    const ChildAnswers answers = child_answers(saved);
    if (answers.hurt == Answer::kYes) return Situation::kMr4;
    if (answers.hurt == Answer::kUnsure || answers.safe_adult == Answer::kNo) return Situation::kMr9;
    return std::nullopt;
}

std::string line_of(const ReportDuty& duty) {
    std::string line = "report=";
    line.append(duty.code).append("; ").append(duty.what);
    line.append("; police within ").append(std::to_string(duty.police_within.count())).append(" h");
    line.append("; civil affairs, education within ").append(std::to_string(duty.civil_affairs_within.count()));
    return line.append(" h; 未保法 11");
}

}  // namespace harborline::safety
