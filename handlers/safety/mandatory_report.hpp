#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "handlers/core/fields.hpp"

namespace harborline::safety {

/// The nine situations in which harm to a minor must be reported
/// (九部门《关于建立侵害未成年人案件强制报告制度的意见（试行）》 2020, Art. 4; domain rules 3.1).
enum class Situation { kMr1, kMr2, kMr3, kMr4, kMr5, kMr6, kMr7, kMr8, kMr9 };

/// What one situation demands. 未保法 11: at once, to the police, civil affairs or education. Times count from the
/// moment at which somebody of ours knows; the law says "立即", so the hours are the latest, not the aim.
struct ReportDuty {
    Situation situation = Situation::kMr9;
    std::string_view code{};  ///< "MR4"
    std::string_view what{};  ///< In the words of the caseworker's timeline.
    std::chrono::hours police_within{};
    std::chrono::hours civil_affairs_within{};  ///< And education, where the child goes to school.
};

/// Whoever reports is told what came of it (未保法 11, third paragraph); ours is asked for after this.
inline constexpr std::chrono::hours kOutcomeWithin{7 * 24};

/// In the order of the enum.
std::span<const ReportDuty> report_duties();
const ReportDuty& duty_of(Situation situation);
std::optional<Situation> situation_named(std::string_view code);

/// What a child's answers suggest, for a person to confirm: violence (MR4) where it says that it is or will be hurt,
/// present danger (MR9) where it is not sure or nobody near protects it. None: nothing in the answers demands a report.
std::optional<Situation> suspected(const core::Fields& saved);

/// One line for the timeline: "report=MR4; police within 0 h; civil affairs, education within 24 h".
std::string line_of(const ReportDuty& duty);

}  // namespace harborline::safety
