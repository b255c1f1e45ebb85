#include "handlers/core/deeds.hpp"

#include <algorithm>

namespace harborline::core {
namespace {

constexpr std::array kOutcomeNames{
    std::string_view{"done"},      std::string_view{"opened"}, std::string_view{"joined_existing"},
    std::string_view{"anonymous"}, std::string_view{"added"},  std::string_view{"found"},
    std::string_view{"needs_pin"}, std::string_view{"none"},   std::string_view{"red"},
    std::string_view{"orange"},    std::string_view{"lower"},  std::string_view{"later"},
    std::string_view{"letter"},    std::string_view{"rings"},  std::string_view{"long"},
    std::string_view{"again"},
};

constexpr std::array kDoneOnly{Outcome::kDone};
constexpr std::array kOpenSafety{Outcome::kOpened, Outcome::kJoinedExisting};
constexpr std::array kTriage{Outcome::kRed, Outcome::kOrange, Outcome::kLower};
constexpr std::array kOpenCase{Outcome::kOpened, Outcome::kJoinedExisting, Outcome::kAnonymous};
constexpr std::array kAddToCase{Outcome::kAdded, Outcome::kNone};
constexpr std::array kFindCase{Outcome::kFound, Outcome::kNeedsPin, Outcome::kNone};
constexpr std::array kCheckPin{Outcome::kFound, Outcome::kNone};
constexpr std::array kIssuePin{Outcome::kDone, Outcome::kNone};
constexpr std::array kFindDuty{Outcome::kFound, Outcome::kNone};
constexpr std::array kFindHelp{Outcome::kFound, Outcome::kNone};
constexpr std::array kStaffEnter{Outcome::kFound, Outcome::kNeedsPin, Outcome::kNone};
constexpr std::array kStaffNext{Outcome::kFound, Outcome::kNone};
constexpr std::array kStaffTake{Outcome::kDone, Outcome::kNone};
constexpr std::array kStaffAnswer{Outcome::kDone, Outcome::kAdded, Outcome::kNone};
constexpr std::array kStaffReach{Outcome::kFound, Outcome::kNone};
constexpr std::array kStaffRang{Outcome::kDone, Outcome::kNone};
constexpr std::array kKinEnter{Outcome::kFound, Outcome::kNeedsPin};
constexpr std::array kKinCard{Outcome::kFound, Outcome::kNeedsPin, Outcome::kNone};
constexpr std::array kKinNews{Outcome::kFound, Outcome::kNone};
constexpr std::array kKinList{Outcome::kFound, Outcome::kNone};
constexpr std::array kKinChoose{Outcome::kFound, Outcome::kRings, Outcome::kLater, Outcome::kAgain, Outcome::kNone};
constexpr std::array kKinSend{Outcome::kDone, Outcome::kRed, Outcome::kLong, Outcome::kAgain, Outcome::kNone};
constexpr std::array kKinAnswer{Outcome::kDone, Outcome::kRed, Outcome::kFound, Outcome::kLong, Outcome::kNone};
constexpr std::array kKinRing{Outcome::kFound, Outcome::kLater, Outcome::kLetter, Outcome::kNone};
constexpr std::array kKinRang{Outcome::kDone, Outcome::kFound, Outcome::kNone};
constexpr std::array kKinNext{Outcome::kFound, Outcome::kNone};
constexpr std::array kKinBooked{Outcome::kFound, Outcome::kNeedsPin, Outcome::kNone};
constexpr std::array kKinChange{Outcome::kDone, Outcome::kLater, Outcome::kNone};

constexpr std::array kFillsAlert{std::string_view{"sms110"}};
constexpr std::array kFillsReference{std::string_view{"ref"}};
constexpr std::array kFillsOpened{std::string_view{"ref"}, std::string_view{"pin"}};
constexpr std::array kFillsTask{std::string_view{"by"}};
constexpr std::array kFillsStatus{std::string_view{"ref"}, std::string_view{"state"}, std::string_view{"unit"},
                                  std::string_view{"date"}};
constexpr std::array kFillsPin{std::string_view{"ref"}, std::string_view{"pin"}};
constexpr std::array kFillsCount{std::string_view{"count"}};
constexpr std::array kFillsMatter{std::string_view{"ref"}, std::string_view{"level"}};
constexpr std::array kFillsList{std::string_view{"list"}};
constexpr std::array kFillsWho{std::string_view{"who"}, std::string_view{"open"}};
constexpr std::array kFillsAnswer{std::string_view{"who"}, std::string_view{"list"}};
constexpr std::array kFillsRing{std::string_view{"who"}, std::string_view{"open"}, std::string_view{"min"}};
constexpr std::array kFillsLetter{std::string_view{"who"}, std::string_view{"letter"}};
constexpr std::array kFillsOpen{std::string_view{"open"}};

constexpr std::array kSpecs{
    DeedSpec{Deed::kRaiseAlert, "raise_alert", kDoneOnly, kFillsAlert},
    DeedSpec{Deed::kOpenSafety, "open_safety", kOpenSafety, {}},
    DeedSpec{Deed::kTriage, "triage", kTriage, kFillsAlert},
    DeedSpec{Deed::kOpenCase, "open_case", kOpenCase, kFillsOpened},
    DeedSpec{Deed::kAddToCase, "add_to_case", kAddToCase, kFillsReference},
    DeedSpec{Deed::kOpenTask, "open_task", kDoneOnly, kFillsTask},
    DeedSpec{Deed::kFindCase, "find_case", kFindCase, kFillsStatus},
    DeedSpec{Deed::kCheckPin, "check_pin", kCheckPin, kFillsStatus},
    DeedSpec{Deed::kIssuePin, "issue_pin", kIssuePin, kFillsPin},
    DeedSpec{Deed::kSilentCall, "silent_call", kDoneOnly, {}},
    DeedSpec{Deed::kFindDuty, "find_duty", kFindDuty, {}},
    DeedSpec{Deed::kFindHelp, "find_help", kFindHelp, {}},
    DeedSpec{Deed::kStaffEnter, "staff_enter", kStaffEnter, kFillsCount},
    DeedSpec{Deed::kStaffNext, "staff_next", kStaffNext, kFillsMatter},
    DeedSpec{Deed::kStaffTake, "staff_take", kStaffTake, {}},
    DeedSpec{Deed::kStaffAnswer, "staff_answer", kStaffAnswer, {}},
    DeedSpec{Deed::kStaffReach, "staff_reach", kStaffReach, {}},
    DeedSpec{Deed::kStaffRang, "staff_rang", kStaffRang, {}},
    DeedSpec{Deed::kKinEnter, "kin_enter", kKinEnter, {}},
    DeedSpec{Deed::kKinCard, "kin_card", kKinCard, {}},
    DeedSpec{Deed::kKinNews, "kin_news", kKinNews, {}},
    DeedSpec{Deed::kKinList, "kin_list", kKinList, kFillsList},
    DeedSpec{Deed::kKinChoose, "kin_choose", kKinChoose, kFillsWho},
    DeedSpec{Deed::kKinSend, "kin_send", kKinSend, kFillsWho},
    DeedSpec{Deed::kKinAnswer, "kin_answer", kKinAnswer, kFillsAnswer},
    DeedSpec{Deed::kKinDrop, "kin_drop", kDoneOnly, {}},
    DeedSpec{Deed::kKinRing, "kin_ring", kKinRing, kFillsRing},
    DeedSpec{Deed::kKinRang, "kin_rang", kKinRang, kFillsWho},
    DeedSpec{Deed::kKinNext, "kin_next", kKinNext, kFillsLetter},
    DeedSpec{Deed::kKinHeard, "kin_heard", kDoneOnly, {}},
    DeedSpec{Deed::kKinTalked, "kin_talked", kDoneOnly, {}},
    DeedSpec{Deed::kKinBooked, "kin_booked", kKinBooked, {}},
    DeedSpec{Deed::kKinChange, "kin_change", kKinChange, kFillsOpen},
    DeedSpec{Deed::kFail, "fail", kDoneOnly, {}},
};

}  // namespace

std::span<const DeedSpec> deed_specs() {
    return kSpecs;
}

const DeedSpec& spec_of(Deed deed) {
    return kSpecs.at(static_cast<std::size_t>(deed));
}

std::optional<Deed> deed_named(std::string_view name) {
    const auto* found = std::ranges::find(kSpecs, name, &DeedSpec::name);
    if (found == kSpecs.end()) return std::nullopt;
    return found->deed;
}

std::string_view name_of(Outcome outcome) {
    return kOutcomeNames.at(static_cast<std::size_t>(outcome));
}

std::optional<Outcome> outcome_named(std::string_view name) {
    const auto* found = std::ranges::find(kOutcomeNames, name);
    if (found == kOutcomeNames.end()) return std::nullopt;
    return static_cast<Outcome>(found - kOutcomeNames.begin());
}

}  // namespace harborline::core
