#include "gateway/calls/switch_book.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace harborline::gateway {
namespace {

using Kind = PlacedEnd::Kind;

/// Calls of others that are followed at most; ours always are.
constexpr std::size_t kLegsMax = 4'096;

constexpr std::array<std::pair<std::string_view, Kind>, 22> kCauses{{
    {"USER_BUSY", Kind::kBusy},
    {"NO_ANSWER", Kind::kNoAnswer},
    {"NO_USER_RESPONSE", Kind::kNoAnswer},
    {"SUBSCRIBER_ABSENT", Kind::kNoAnswer},
    {"USER_NOT_REGISTERED", Kind::kNoAnswer},
    {"RECOVERY_ON_TIMER_EXPIRE", Kind::kNoAnswer},
    {"ALLOTTED_TIMEOUT", Kind::kNoAnswer},
    {"PROGRESS_TIMEOUT", Kind::kNoAnswer},
    {"CALL_REJECTED", Kind::kDeclined},
    {"DECLINE", Kind::kDeclined},
    {"REJECT_ALL", Kind::kDeclined},
    {"BLOCKED_BY_USER", Kind::kDeclined},
    {"UNALLOCATED_NUMBER", Kind::kNoNumber},
    {"INVALID_NUMBER_FORMAT", Kind::kNoNumber},
    {"NUMBER_CHANGED", Kind::kNoNumber},
    {"GONE", Kind::kNoNumber},
    {"DOES_NOT_EXIST_ANYWHERE", Kind::kNoNumber},
    {"NO_IDENTITY", Kind::kNoNumber},
    {"ORIGINATOR_CANCEL", Kind::kEnded},
    {"LOSE_RACE", Kind::kEnded},
    {"PICKED_OFF", Kind::kEnded},
    {"MANAGER_REQUEST", Kind::kEnded},
}};

/// A cause is capitals and underscores. Anything else (an -ERR that is a sentence) is not passed on.
std::string cause_of(std::string_view written) {
    while (written.ends_with('\n') || written.ends_with(' ')) written.remove_suffix(1);
    const bool fine = written.size() <= 64 && std::all_of(written.begin(), written.end(), [](char c) {
                          return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                      });
    return std::string(fine ? written : std::string_view{});
}

std::int64_t number_of(std::string_view written) {
    std::int64_t number = 0;
    std::from_chars(written.data(), written.data() + written.size(), number);
    return std::max<std::int64_t>(number, 0);
}

}  // namespace

Kind sort_of(std::string_view cause) {
    const auto* const found =
        std::find_if(kCauses.begin(), kCauses.end(), [&](const auto& known) { return known.first == cause; });
    return found == kCauses.end() ? Kind::kFailed : found->second;
}

core::DialEnd dial_end_of(Kind kind) {
    switch (kind) {
        case Kind::kAnswered:
            return core::DialEnd::kTalked;
        case Kind::kBusy:
            return core::DialEnd::kBusy;
        case Kind::kNoAnswer:
        case Kind::kEnded:
            return core::DialEnd::kNoAnswer;
        case Kind::kDeclined:
            return core::DialEnd::kRefused;
        case Kind::kNoNumber:
        case Kind::kFailed:
        case Kind::kUnknown:
            break;
    }
    return core::DialEnd::kFailed;
}

std::string_view words_of(Kind kind) {
    switch (kind) {
        case Kind::kAnswered:
            return "answered";
        case Kind::kBusy:
            return "busy";
        case Kind::kNoAnswer:
            return "no answer";
        case Kind::kDeclined:
            return "declined";
        case Kind::kNoNumber:
            return "no such number";
        case Kind::kEnded:
            return "ended before an answer";
        case Kind::kFailed:
            return "no way there";
        case Kind::kUnknown:
            break;
    }
    return "the connection to the switch was cut";
}

bool SwitchBook::place(const std::string& job, const std::vector<std::string>& legs) {
    const auto [at, is_new] = jobs_.try_emplace(job, Job{legs, {}});
    if (!is_new) return false;
    // A leg of that name may be up: it stays whose it is.
    for (const std::string& leg : legs) legs_.try_emplace(leg, Leg{job, false});
    return true;
}

SwitchBook::News SwitchBook::read(const SwitchText& event) {
    const std::string_view name = event.header("Event-Name");
    const std::string uuid{event.header("Unique-ID")};
    if (name == "BACKGROUND_JOB") return read_job(event);
    if (name == "SHUTDOWN") return {.shutting_down = true};
    if (uuid.empty()) return {};
    if (name == "CHANNEL_ANSWER") return read_answer(uuid);
    if (name == "CHANNEL_HANGUP_COMPLETE") return read_hang_up(event, uuid);
    return {};
}

SwitchBook::News SwitchBook::read_answer(const std::string& uuid) {
    if (!legs_.contains(uuid) && legs_.size() >= kLegsMax) return {};
    Leg& leg = legs_[uuid];
    leg.answered = true;
    if (const auto job = jobs_.find(leg.job); job != jobs_.end()) job->second.answered = uuid;
    return {};
}

SwitchBook::News SwitchBook::read_hang_up(const SwitchText& event, const std::string& uuid) {
    LegEnd end{.uuid = uuid, .cause = cause_of(event.header("Hangup-Cause"))};
    const auto leg = legs_.find(uuid);
    end.answered =
        number_of(event.header("Caller-Channel-Answered-Time")) > 0 || (leg != legs_.end() && leg->second.answered);
    // billsec is a difference of whole seconds: a third of a second may count as one, or as none.
    end.talked = std::chrono::milliseconds{number_of(event.header("variable_billmsec"))};
    if (leg != legs_.end()) {
        if (const auto job = jobs_.find(leg->second.job); job != jobs_.end()) job->second.cause = end.cause;
        legs_.erase(leg);
    }
    return {.leg = std::move(end)};
}

SwitchBook::News SwitchBook::read_job(const SwitchText& event) {
    const auto found = jobs_.find(std::string{event.header("Job-UUID")});
    if (found == jobs_.end()) return {};
    const std::string name = found->first;
    const Job job = std::move(found->second);
    jobs_.erase(found);

    std::string_view result = event.body;
    PlacedEnd end;
    if (result.starts_with("+OK ")) {
        result.remove_prefix(4);
        end.kind = Kind::kAnswered;
        end.leg = result.substr(0, result.find('\n'));
        // Its answer may have been said while the socket was cut; and it may be over already.
        if (const auto leg = legs_.find(end.leg); leg != legs_.end()) leg->second.answered = true;
    } else {
        if (result.starts_with("-ERR ")) result.remove_prefix(5);
        end.cause = cause_of(result);
        end.kind = sort_of(end.cause);
        forget_legs(name, job);
    }
    return {.placed = News::Placed{name, std::move(end)}};
}

std::vector<std::string> SwitchBook::forget_legs(const std::string& name, const Job& job) {
    std::vector<std::string> forgotten;
    for (const std::string& uuid : job.legs) {
        const auto leg = legs_.find(uuid);
        if (leg == legs_.end() || leg->second.job != name || leg->second.answered) continue;
        legs_.erase(leg);
        forgotten.push_back(uuid);
    }
    return forgotten;
}

void SwitchBook::drop(const std::string& job) {
    const auto found = jobs_.find(job);
    if (found == jobs_.end()) return;
    const Job dropped = std::move(found->second);
    jobs_.erase(found);
    forget_legs(job, dropped);
}

PlacedEnd SwitchBook::give_up(const std::string& job, std::vector<std::string>& unanswered) {
    const auto found = jobs_.find(job);
    if (found == jobs_.end()) return {};
    const Job late = std::move(found->second);
    jobs_.erase(found);
    unanswered = forget_legs(job, late);
    return late.end();
}

PlacedEnd SwitchBook::Job::end() const {
    if (!answered.empty()) return {.kind = Kind::kAnswered, .leg = answered};
    if (!cause.empty()) return {.kind = sort_of(cause), .cause = cause};
    return {};
}

std::vector<std::string> SwitchBook::open_legs() const {
    std::vector<std::string> open;
    for (const auto& [uuid, leg] : legs_) open.push_back(uuid);
    return open;
}

SwitchBook::News SwitchBook::gone(const std::string& uuid) {
    const auto found = legs_.find(uuid);
    if (found == legs_.end()) return {};
    const bool answered = found->second.answered;
    legs_.erase(found);
    return {.leg = LegEnd{.uuid = uuid, .answered = answered}};
}

std::vector<SwitchBook::News> SwitchBook::without_legs() {
    std::vector<News> news;
    for (auto at = jobs_.begin(); at != jobs_.end();) {
        const auto& legs = at->second.legs;
        if (std::any_of(legs.begin(), legs.end(), [&](const auto& leg) { return legs_.contains(leg); })) {
            ++at;
            continue;
        }
        news.push_back({.placed = News::Placed{at->first, at->second.end()}});
        at = jobs_.erase(at);
    }
    return news;
}

}  // namespace harborline::gateway
