#include "gateway/conversation/kinship_calls.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/conversation/weekly_desk.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/kinship/call_budget.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kKinTalk = "talk";
constexpr auto kUnheard = "kin.unheard";
constexpr std::string_view kSpokenLetter = "letter";
constexpr std::string_view kSpokenSince = "letter_since";  ///< By the service that began then.
/// Goes back: what was heard is heard again, and not done with.
constexpr std::string_view kBack = "*";

kinship::Budget budget_of(const config::Settings::Kinship& settings) {
    return {.calls_per_day = settings.calls_per_day, .per_month = settings.per_month};
}

bool is_in_country(const core::PhoneNumber& number, std::string_view country) {
    return number.is_subscriber() && number.reveal().starts_with(country);
}

/// Of what stands behind a recording the end of a sentence that is not there.
std::string_view without_stop(std::string_view words) {
    for (const std::string_view stop : {"。", ".", " "})
        if (words.starts_with(stop)) words.remove_prefix(stop.size());
    return words;
}

/// The recording, and what is said where it cannot be played, between the words before its mark and those behind it.
void push_spoken(const core::Sound& sound, std::size_t mark, const core::Letter& letter, std::string unheard,
                 std::vector<core::Sound>& sounds) {
    const std::string_view words = sound.words;
    sounds.push_back({.words = std::string{words.substr(0, mark)}, .personal = true});
    sounds.push_back({.words = std::move(unheard),
                      .prompt = kUnheard,
                      .personal = true,
                      .letter = letter.id,
                      .recording = letter.recording,
                      .opener = letter.opener});
    sounds.push_back({.words = std::string{without_stop(words.substr(mark + 1))}, .personal = true});
}

}  // namespace

bool may_ring_relative(storage::Transaction& tx, const Rules& rules, const storage::Handset& phone, core::Instant now) {
    if (!is_in_country(phone.number, rules.settings.country)) return false;
    const auto plan = contact_plan(tx, phone.id);
    if (plan.has_words()) return false;
    // Her hours are as for a caseworker's call: a relative, not a machine, says what it is about. Without a plan the
    // tie's own hours decide, and no safety matter may be open.
    const bool planned = plan.way != safety::Way::kUnasked;
    const safety::Outgoing what{.kind = core::MessageClass::kKinship, .call = planned, .by_person = planned};
    return may_reach(tx, phone.id, what, rules.zone, now).goes();
}

void speak_letters(storage::Transaction& tx, const Rules& rules, core::HandsetId phone, core::CallAnswer& answer,
                   core::Instant now) {
    std::vector<core::Sound> sounds;
    for (auto& sound : answer.sounds) {
        const auto at = sound.letter ? sound.words.find(core::kLetterMark) : std::string::npos;
        const auto letter = at == std::string::npos ? std::nullopt : tx.letters().find(sound.letter);
        const auto tie = letter ? tx.people().tie(letter->tie) : std::nullopt;
        const bool may = tie && letter->opens() && !is_kept_from(tx, rules, *tie, phone, now) &&
                         judge(tx, rules, tie->id, words_to(letter->to_child), now).may();
        if (may && letter->is_spoken()) {
            auto unheard = rules.book.catalogue.fill(answer.language, {.key = kUnheard}, core::ChannelKind::kVoice);
            push_spoken(sound, at, *letter, std::move(unheard), sounds);
            continue;
        }
        if (!may) sound.letter = {};  // What is not played is not lost either.
        if (at != std::string::npos) sound.words.replace(at, 1, may ? letter->words : std::string{});
        sounds.push_back(std::move(sound));
    }
    answer.sounds = std::move(sounds);
}

KinshipCalls::KinshipCalls(const Rules& rules, storage::Transaction& tx, const Speaker& speaker, core::Instant now)
    : rules_(rules), tx_(tx), speaker_(speaker), now_(now) {}

core::Outcome KinshipCalls::perform(core::Deed deed, core::Fields& saved) {
    switch (deed) {
        case core::Deed::kKinRing:
            return ring(saved);
        case core::Deed::kKinRang:
            return rang(saved);
        case core::Deed::kKinNext:
            return next(saved);
        case core::Deed::kKinHeard:
            return heard(saved);
        default:
            throw std::logic_error("no deed of the kinship line by telephone");
    }
}

std::optional<core::Tie> KinshipCalls::chosen(const core::Fields& saved) {
    auto tie = tx_.people().tie(id_in<core::TieId>(saved.get(kin::kTie)));
    if (!tie) return std::nullopt;
    const auto people = who_talks(saved);
    const bool hers = std::ranges::any_of(
        people, [&](core::PersonId person) { return person == tie->child || person == tie->adult; });
    return hers ? std::move(tie) : std::nullopt;
}

std::optional<core::PhoneNumber> KinshipCalls::number_of_other_side(const core::Fields& saved, const core::Tie& tie) {
    if (!speaker_.rings || !rules_.settings.kinship.bridges()) return std::nullopt;
    const bool by_child = child_talks(saved, tie);
    if (is_kept_from(tx_, rules_, tie, speaker_.handset.id, now_)) return std::nullopt;
    auto phone = handset_of(tx_, rules_, tie, by_child ? tie.adult : tie.child, now_);
    if (!phone || phone->number == speaker_.handset.number || !may_ring_relative(tx_, rules_, *phone, now_))
        return std::nullopt;
    return std::move(phone->number);
}

bool KinshipCalls::rings(const core::Fields& saved) {
    const auto tie = chosen(saved);
    if (!tie || !speaker_.rings || !rules_.settings.kinship.bridges()) return false;
    const auto phone = own_handset_of(tx_, child_talks(saved, *tie) ? tie->adult : tie->child, now_);
    return phone && phone->number != speaker_.handset.number && is_in_country(phone->number, rules_.settings.country);
}

core::Instant KinshipCalls::begins(const core::Tie& tie, const core::Fields& saved) {
    const auto booked = tx_.appointments().find(id_in<core::AppointmentId>(saved.get(kin::kAppointment)));
    if (booked && booked->tie == tie.id) return now_;
    const auto& zone = rules_.zone;
    const auto& settings = rules_.settings.kinship;
    const auto budget = budget_of(settings);
    const auto calls = tx_.kin_calls().of_child(tie.child, kinship::counted_from(zone, now_));
    if (kinship::may_begin(calls, budget, zone, now_)) return now_;
    const auto opening = [&](core::LocalDate day) {
        return zone.start_of(day) + std::chrono::minutes{settings.quiet.to_min};
    };
    const auto today = zone.local(now_).date;
    const auto tomorrow = opening(core::LocalDate{std::chrono::local_days{today} + std::chrono::days{1}});
    if (kinship::may_begin(calls, budget, zone, tomorrow)) return tomorrow;
    const auto next_month = today.year() / today.month() + std::chrono::months{1};
    return opening(next_month / std::chrono::day{1});
}

std::optional<KinshipCalls::Ring> KinshipCalls::whom_to_ring(const core::Fields& saved) {
    const auto tie = chosen(saved);
    if (!tie || !judge(tx_, rules_, tie->id, kinship::Passing::kCall, now_).may()) return std::nullopt;
    const bool by_child = child_talks(saved, *tie);
    if (by_child && begins(*tie, saved) > now_) return std::nullopt;
    auto number = number_of_other_side(saved, *tie);
    if (!number) return std::nullopt;
    return Ring{.tie = tie->id, .to_child = !by_child, .number = std::move(*number)};
}

core::Outcome KinshipCalls::ring(core::Fields& saved) {
    const auto tie = chosen(saved);
    if (!tie) return core::Outcome::kNone;
    saved.set(kin::kWho, called_by(tx_, rules_, saved, *tie, speaker_.language));
    if (!rings(saved)) return core::Outcome::kNone;
    const bool by_child = child_talks(saved, *tie);
    auto opening = shown_opening(tx_, rules_, *tie, kinship::Passing::kCall, now_);
    if (by_child) opening = std::max(opening, begins(*tie, saved));
    if (opening > now_) {
        saved.set(kin::kOpen, core::format_when(opening, now_, rules_.zone, speaker_.language));
        return may_leave_letter(*tie, !by_child) ? core::Outcome::kLetter : core::Outcome::kLater;
    }
    saved.set("min", std::to_string(rules_.settings.kinship.per_call.count()));
    return core::Outcome::kFound;
}

bool KinshipCalls::may_leave_letter(const core::Tie& tie, bool to_child) {
    return speaker_.hands_over &&
           shown_opening(tx_, rules_, tie, words_to(to_child), now_) < KinshipDesk::last_moment(now_);
}

core::Outcome KinshipCalls::rang(core::Fields& saved) {
    if (const auto tie = chosen(saved)) saved.set(kin::kWho, called_by(tx_, rules_, saved, *tie, speaker_.language));
    if (saved.get(kKinTalk) == flow::names::kTalked) return core::Outcome::kDone;
    return speaker_.hands_over ? core::Outcome::kFound : core::Outcome::kNone;
}

std::optional<core::Letter> KinshipCalls::oldest_waiting(const core::Fields& saved) {
    std::optional<core::Letter> oldest;
    for (const auto person : who_talks(saved)) {
        for (const auto& tie : tx_.people().ties_of(person)) {
            const bool to_child = tie.child == person;
            if (is_kept_from(tx_, rules_, tie, speaker_.handset.id, now_)) continue;
            if (!judge(tx_, rules_, tie.id, words_to(to_child), now_).may()) continue;
            for (auto& letter : tx_.letters().waiting(tie.id, to_child)) {
                if (!letter.opens() || (oldest && oldest->written_at <= letter.written_at)) continue;
                oldest = std::move(letter);
            }
        }
    }
    return oldest;
}

core::Outcome KinshipCalls::next(core::Fields& saved) {
    const auto letter = speaker_.by_phone ? oldest_waiting(saved) : std::nullopt;
    const auto tie = letter ? tx_.people().tie(letter->tie) : std::nullopt;
    if (!tie) return core::Outcome::kNone;
    saved.set(kin::kWho,
              letter->to_child ? called_by_child(tx_, rules_, *tie, speaker_.language) : called_by_adult(tx_, *tie));
    saved.set(kSpokenLetter, std::to_string(letter->id.value));
    saved.set(kSpokenSince, std::to_string(core::to_millis(rules_.began_at)));
    return core::Outcome::kFound;
}

core::Outcome KinshipCalls::heard(core::Fields& saved) {
    const auto letter = tx_.letters().find(id_in<core::LetterId>(saved.get(kSpokenLetter)));
    saved.set(kSpokenLetter, "");
    const auto tie = letter ? tx_.people().tie(letter->tie) : std::nullopt;
    const auto people = who_talks(saved);
    const bool hers = tie && std::ranges::any_of(people, [&](core::PersonId person) {
                          return person == (letter->to_child ? tie->child : tie->adult);
                      });
    // Where this service has begun anew meanwhile the carrier may not have found its sound: then it is heard again.
    const bool played = saved.get(kSpokenSince) == std::to_string(core::to_millis(rules_.began_at));
    // Where its key has died meanwhile nobody knows, and its writer is rather told.
    if (hers && played && letter->opens() && speaker_.by_phone && speaker_.text != kBack) {
        note_words_arrived(tx_, rules_, *letter, now_);
        tx_.letters().erase(letter->id);
    }
    return core::Outcome::kDone;
}

}  // namespace harborline::gateway
