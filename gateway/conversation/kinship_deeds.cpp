#include "gateway/conversation/kinship_deeds.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>

#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kinship_calls.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "handlers/core/utf8.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/kinship/card_lock.hpp"

namespace harborline::gateway {
namespace {

using core::Outcome;
using kinship::Crossing;

constexpr std::string_view kKinPin = "kin_pin";
constexpr std::string_view kKey = "kin_key";
constexpr std::string_view kWords = "kin_words";
constexpr std::string_view kTies = "kin_ties";  ///< Of whom she is asked whose parked words are for one of them.
constexpr std::string_view kList = "list";

/// Keys are 1 to 5 (domain rules 4.5), and 6 for the next five: a relative may belong to many children.
constexpr std::size_t kListMax = 5;
constexpr char kMoreKey = '6';
constexpr std::string_view kMore = "more";
constexpr char kNobodyKey = '7';                  ///< Behind those of whom she is asked.
constexpr std::string_view kFirst = "kin_first";  ///< How many stand on the pages before; empty: none.

template <class Id>
std::string written(const std::vector<Id>& ids) {
    std::string all;
    for (const auto id : ids) all.append(all.empty() ? "" : " ").append(std::to_string(id.value));
    return all;
}

std::string take(core::Fields& saved, std::string_view name) {
    std::string value{saved.get(name)};
    saved.set(name, "");
    return value;
}

bool is_same_pin(const std::string& hash, std::string_view keyed, core::Instant now) {
    storage::LinePin pin{.hash = hash};
    return opens(pin, keyed, now);
}

std::vector<core::PersonId> ids_of(const std::vector<core::Person>& people) {
    std::vector<core::PersonId> ids;
    for (const auto& person : people) ids.push_back(person.id);
    return ids;
}

std::size_t first_in(const core::Fields& saved) {
    std::size_t first = 0;
    const auto written = saved.get(kFirst);
    std::from_chars(written.data(), written.data() + written.size(), first);
    return first;
}

std::vector<core::Tie> page_of(const std::vector<core::Tie>& all, std::size_t first) {
    const auto page = all | std::views::drop(first) | std::views::take(kListMax);
    return {page.begin(), page.end()};
}

/// The one of a list that a key stands for.
const core::Tie* at_key(const std::vector<core::Tie>& ties, std::string_view key) {
    if (key.size() != 1 || key.front() < '1') return nullptr;
    const auto index = static_cast<std::size_t>(key.front() - '1');
    return index < ties.size() ? &ties[index] : nullptr;
}

}  // namespace

Addressees addressees(storage::Transaction& tx, const storage::Handset& handset, const Memory& memory,
                      core::Instant now) {
    const auto meant = kinship::meant(memory.letters, memory.kin_chosen, kinship::kAnswersFor, now);
    if (meant.empty()) return {};
    const auto people = tx.people().at(handset.id);
    if (!is_own_phone(tx, handset, people, now)) return {};
    const auto ids = ids_of(people);
    // A child's own phone is nobody else's.
    Addressees to{.by_child = people.front().kind == core::PersonKind::kChild};
    for (const auto id : meant) {
        const auto tie = tx.people().tie(id);
        if (tie && (is_one_of(ids, tie->child) || is_one_of(ids, tie->adult))) to.ties.push_back(*tie);
    }
    if (to.ties.size() > kListMax) to.ties.resize(kListMax);
    return to;
}

KinshipDeeds::KinshipDeeds(const Rules& rules, CaseDeeds& cases, storage::Transaction& tx, const Speaker& speaker,
                           Memory& memory, core::Instant now)
    : rules_(rules), cases_(cases), tx_(tx), speaker_(speaker), memory_(memory), now_(now) {}

Outcome KinshipDeeds::perform(core::Deed deed, core::Fields& saved) {
    switch (deed) {
        case core::Deed::kKinEnter:
            return enter(saved);
        case core::Deed::kKinCard:
            return card(saved);
        case core::Deed::kKinNews:
            return news(saved);
        case core::Deed::kKinList:
            return list(saved);
        case core::Deed::kKinChoose:
            return choose(saved);
        case core::Deed::kKinSend:
            return send(saved);
        case core::Deed::kKinAnswer:
            return answer(saved);
        case core::Deed::kKinDrop:
            return drop(saved);
        case core::Deed::kKinBooked:
            return AppointmentDesk(rules_).begin(tx_, speaker_.handset, saved, now_);
        case core::Deed::kKinChange:
            return AppointmentDesk(rules_).change(tx_, speaker_.handset, saved, now_);
        default:
            return KinshipCalls(rules_, tx_, speaker_, now_).perform(deed, saved);
    }
}

Outcome KinshipDeeds::enter(core::Fields& saved) {
    const auto people = tx_.people().at(speaker_.handset.id);
    if (!is_own_phone(tx_, speaker_.handset, people, now_)) return Outcome::kNeedsPin;
    saved.set(kin::kMe, written(ids_of(people)));
    saved.set(kin::kByCard, "");
    return Outcome::kFound;
}

/// A card that does not exist, one that is locked, and any at the phone of somebody who is kept from its child are
/// answered like a wrong PIN. Whatever the answer, the PIN that calls for help is heard.
Outcome KinshipDeeds::card(core::Fields& saved) {
    const auto pin = take(saved, kKinPin);
    const auto card = tx_.people().card(take(saved, kin::kCard));
    if (card && is_same_pin(card->duress, pin, now_)) call_for_help(card->child);
    const bool counts = !is_of_children();
    const auto is_slowed = [&] { return counts && memory_.habits.slowed(now_); };
    if (is_slowed()) return Outcome::kNone;
    if (!card || !opens(*card, pin)) {
        if (counts) memory_.habits.note_wrong_try(now_);
        return is_slowed() ? Outcome::kNone : Outcome::kNeedsPin;
    }
    saved.set(kin::kMe, std::to_string(card->child.value));
    saved.set(kin::kByCard, "1");
    return Outcome::kFound;
}

void KinshipDeeds::call_for_help(core::PersonId id) {
    if (const auto child = tx_.people().find(id)) cases_.raise_silently(*child);
}

/// After many misses no card is looked up for a phone, whether there is one or not; but at a phone of children many
/// mistype, and each card's own locks have to do.
bool KinshipDeeds::is_of_children() {
    return std::ranges::any_of(tx_.people().at(speaker_.handset.id),
                               [](const core::Person& one) { return one.kind == core::PersonKind::kChild; });
}

bool KinshipDeeds::opens(const core::Card& card, std::string_view pin) {
    auto& people = tx_.people();
    const auto phone = speaker_.handset.id;
    auto pair = people.misses(card.child, phone);
    auto alone = people.misses(card.child, {});
    const auto here = people.at(phone);
    const bool is_own = std::ranges::find(here, card.child, &core::Person::id) != here.end();
    const auto is_locked = [&] {
        return kinship::pair_locked(pair, now_) || kinship::card_locked(alone, is_own, now_);
    };
    if (is_locked()) return false;
    const bool right = is_same_pin(card.pin, pin, now_) || is_same_pin(card.duress, pin, now_);
    const bool opened = right && !is_kept_from(tx_, rules_, {.child = card.child}, phone, now_);
    if (opened)
        kinship::note_opened(pair, alone);
    else
        kinship::note_miss(pair, alone, is_own, now_);
    people.put_misses(card.child, phone, pair);
    people.put_misses(card.child, {}, alone);
    if (!opened && is_locked()) note_locked(card.child);
    return opened;
}

void KinshipDeeds::note_locked(core::PersonId id) {
    if (const auto child = tx_.people().find(id))
        tx_.journal().append({.at = now_, .event = "kin_card_locked", .detail = child->external_id});
}

/// Also for another of the phone's grown-ups: it says neither whose words they were nor to whom.
Outcome KinshipDeeds::news(const core::Fields& saved) {
    auto told = Outcome::kNone;
    for (const auto person : who_talks(saved)) {
        if (!tx_.letters().is_untold(person) || is_overheard(person)) continue;
        tx_.letters().forget_untold(person);
        told = Outcome::kFound;
    }
    return told;
}

/// Whether anybody is reached here who is kept from a child that this is about.
bool KinshipDeeds::is_overheard(core::PersonId person) {
    return std::ranges::any_of(tx_.people().ties_of(person), [&](const core::Tie& tie) {
        return is_kept_from(tx_, rules_, tie, speaker_.handset.id, now_);
    });
}

/// Whoever is paused or barred stays on it, in her place: that somebody is gone, or behind the others now, would say
/// more than that she can not be reached.
std::vector<core::Tie> KinshipDeeds::ties(const core::Fields& saved) {
    const auto me = who_talks(saved);
    const auto today = rules_.zone.local(now_).date;
    std::vector<core::Tie> all;
    for (const auto person : me)
        for (auto& tie : tx_.people().ties_of(person)) {
            const auto to_same = [&](const core::Tie& one) {
                return one.child == tie.child && (one.adult == tie.adult || !is_one_of(me, tie.child));
            };
            if (kinship::is_in_days(tie.from, tie.to, today) && std::ranges::none_of(all, to_same))
                all.push_back(std::move(tie));
        }
    std::ranges::sort(all, {}, &core::Tie::id);
    return all;
}

std::string KinshipDeeds::entry(char key, std::string_view label) {
    const auto kind = speaker_.by_phone ? core::ChannelKind::kVoice : core::ChannelKind::kSms;
    const core::Fields values{{"key", std::string(1, key)}, {"label", std::string{label}}};
    return rules_.book.catalogue.fill(speaker_.language, {.key = std::string{flow::kOptionFormat}, .values = values},
                                      kind);
}

std::string KinshipDeeds::entries(const std::vector<core::Tie>& ties, const core::Fields& saved) {
    std::string all;
    char key = '1';
    for (const auto& tie : ties)
        all.append(all.empty() ? "" : " ").append(entry(key++, called_by(tx_, rules_, saved, tie, speaker_.language)));
    return all;
}

/// The first page, or the next after the one that she has seen; behind the last comes the first.
Outcome KinshipDeeds::list(core::Fields& saved) {
    const auto all = ties(saved);
    if (all.empty()) return Outcome::kNone;
    const bool next = take(saved, kKey) == kMore;
    const auto first = next ? first_in(saved) + kListMax : 0;
    saved.set(kFirst, first < all.size() ? std::to_string(first) : "");
    auto shown = entries(page_of(all, first_in(saved)), saved);
    if (all.size() > kListMax)
        shown.append(" ").append(entry(kMoreKey, rules_.book.catalogue.fill(speaker_.language, {.key = "kin.more"})));
    saved.set(kList, shown);
    return Outcome::kFound;
}

Outcome KinshipDeeds::choose(core::Fields& saved) {
    const auto shown = page_of(ties(saved), first_in(saved));
    const auto* tie = at_key(shown, take(saved, kKey));
    if (tie == nullptr) return Outcome::kAgain;
    saved.set(kin::kTie, std::to_string(tie->id.value));
    saved.set(kin::kWho, called_by(tx_, rules_, saved, *tie, speaker_.language));
    if (!speaker_.by_phone) return begin_text(*tie, saved);
    if (KinshipCalls(rules_, tx_, speaker_, now_).rings(saved)) return Outcome::kRings;
    return speaker_.hands_over ? begin_letter(*tie, saved) : Outcome::kNone;
}

Outcome KinshipDeeds::begin_text(const core::Tie& tie, core::Fields& saved) {
    const bool to_child = !child_talks(saved, tie);
    if (is_kept_from(tx_, rules_, tie, speaker_.handset.id, now_)) return Outcome::kNone;
    const auto verdict = judge(tx_, rules_, tie.id, words_to(to_child), now_);
    if (verdict.crossing == Crossing::kNever) return Outcome::kNone;
    if (!to_child && !KinshipDesk(rules_).phone_for(tx_, tie, false, now_)) return Outcome::kNone;
    return verdict.may() ? Outcome::kFound : words_wait_until(opening_of(verdict, rules_.zone), saved);
}

/// Whoever is kept away speaks as if she were not (KinshipDesk::take_spoken).
Outcome KinshipDeeds::begin_letter(const core::Tie& tie, core::Fields& saved) {
    const bool to_child = !child_talks(saved, tie);
    if (!to_child && !own_handset_of(tx_, tie.adult, now_)) return Outcome::kNone;
    const auto opening = shown_opening(tx_, rules_, tie, words_to(to_child), now_);
    return opening <= now_ ? Outcome::kFound : words_wait_until(opening, saved);
}

Outcome KinshipDeeds::words_wait_until(core::Instant opening, core::Fields& saved) {
    saved.set(kin::kOpen, core::format_when(opening, now_, rules_.zone, speaker_.language));
    return opening < KinshipDesk::last_moment(now_) ? Outcome::kFound : Outcome::kLater;
}

Outcome KinshipDeeds::send(core::Fields& saved) {
    const auto words = take(saved, kWords);
    saved.set(flow::names::kRecording, "");
    // On the telephone she says them: keys are no words.
    if (speaker_.by_phone && speaker_.letter == nullptr) return Outcome::kAgain;
    const auto tie = tx_.people().tie(id_in<core::TieId>(saved.get(kin::kTie)));
    return tie ? relay(*tie, words, saved) : Outcome::kNone;
}

/// Is asked again at this instant whose phone this is, and whether anything may pass.
Outcome KinshipDeeds::relay(const core::Tie& tie, std::string_view words, core::Fields& saved) {
    const auto me = who_talks(saved);
    const bool by_child = is_one_of(me, tie.child);
    if (!by_child && !is_one_of(me, tie.adult)) return Outcome::kNone;
    const bool spoken = speaker_.letter != nullptr;
    const bool kept = is_kept_from(tx_, rules_, tie, speaker_.handset.id, now_);
    if (kept && !spoken) return Outcome::kNone;
    const bool red = by_child && !spoken && wants_watch(tie, words);
    if (!red && is_flood(tie, !by_child)) return Outcome::kNone;
    KinshipDesk desk(rules_);
    const auto taken = spoken ? desk.take_spoken(tx_, tie, !by_child, kept ? nullptr : speaker_.letter, now_)
                              : desk.take(tx_, tie, !by_child, words, now_);
    if (taken == KinshipDesk::Taken::kTooLong) return Outcome::kLong;
    if (taken == KinshipDesk::Taken::kNot) return Outcome::kNone;
    if (saved.get(kin::kByCard).empty()) memory_.kin_chosen = kinship::Written{.tie = tie.id, .at = now_};
    saved.set(kin::kWho, called_by(tx_, rules_, saved, tie, speaker_.language));
    if (red) return Outcome::kRed;
    tx_.letters().note_taken(rules_.zone.local(now_).date, tie.id, !by_child);
    return Outcome::kDone;
}

/// Nobody writes to the other one without end, from whatever phones. A child's call for help is no flood.
bool KinshipDeeds::is_flood(const core::Tie& tie, bool to_child) {
    const auto today = rules_.zone.local(now_).date;
    return tx_.letters().taken_on(today, tie.id, to_child) >= rules_.settings.kinship.letters_per_day;
}

/// Only where a guardian has agreed to it, and nobody is told (domain rules 4.7).
bool KinshipDeeds::wants_watch(const core::Tie& tie, std::string_view words) {
    const auto today = rules_.zone.local(now_).date;
    const auto cares = tx_.people().cares_of(tie.child);
    const auto consents = tx_.people().consents_of(tie.child);
    const bool agreed = std::ranges::any_of(consents, [&](const core::Consent& consent) {
        return consent.word_watch && kinship::is_in_force(consent, cares, today);
    });
    return agreed && rules_.danger.level_of(words) != core::Level::kNone;
}

Outcome KinshipDeeds::answer(core::Fields& saved) {
    if (const auto parked = parked_in(saved)) return answer_chosen(parked, saved);
    const auto to = addressees(tx_, speaker_.handset, memory_, now_);
    if (to.ties.empty()) return Outcome::kNone;
    saved.set(kin::kMe, written(ids_of(tx_.people().at(speaker_.handset.id))));
    if (to.ties.size() > 1 || speaker_.unsure) return ask_whom(to, saved);
    return relay(to.ties.front(), speaker_.text, saved);
}

/// Her words wait as a letter to nobody yet: in no state, and sealed as all of them are.
Outcome KinshipDeeds::ask_whom(const Addressees& to, core::Fields& saved) {
    if (core::count_characters(speaker_.text) > KinshipDesk::kCharactersMax) return Outcome::kLong;
    std::vector<core::TieId> ids;
    for (const auto& tie : to.ties) ids.push_back(tie.id);
    const auto parked =
        tx_.letters().add({.to_child = !to.by_child, .written_at = now_, .words = std::string{speaker_.text}});
    saved.set(kin::kParked, std::to_string(parked.value));
    saved.set(kTies, written(ids));
    const auto nobody = rules_.book.catalogue.fill(speaker_.language, {.key = "kin.which.nobody"});
    saved.set(kList, entries(to.ties, saved).append(" ").append(entry(kNobodyKey, nobody)));
    return Outcome::kFound;
}

Outcome KinshipDeeds::answer_chosen(core::LetterId parked, core::Fields& saved) {
    std::vector<core::Tie> ties;
    for (const auto id : ids_in<core::TieId>(saved.get(kTies)))
        ties.push_back(tx_.people().tie(id).value_or(core::Tie{}));
    const auto* tie = at_key(ties, take(saved, kKey));
    if (tie == nullptr) return Outcome::kFound;
    const auto letter = tx_.letters().find(parked);
    tx_.letters().erase(parked);
    saved.set(kin::kParked, "");
    if (!letter || letter->words.empty()) return Outcome::kNone;
    return relay(*tie, letter->words, saved);
}

Outcome KinshipDeeds::drop(core::Fields& saved) {
    tx_.letters().erase(parked_in(saved));
    saved.set(kin::kParked, "");
    return Outcome::kDone;
}

}  // namespace harborline::gateway
