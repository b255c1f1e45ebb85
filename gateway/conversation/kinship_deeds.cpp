#include "gateway/conversation/kinship_deeds.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kinship_calls.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "handlers/core/utf8.hpp"
#include "handlers/kinship/card_lock.hpp"

namespace harborline::gateway {
namespace {

using core::Outcome;
using kinship::Crossing;
using kinship::Passing;

constexpr std::string_view kCard = "kin_card";
constexpr std::string_view kKinPin = "kin_pin";
constexpr std::string_view kKey = "kin_key";
constexpr std::string_view kWords = "kin_words";
constexpr std::string_view kLetter = "kin_letter";  ///< Words whose writer has yet to say for whom they are.
constexpr std::string_view kTies = "kin_ties";      ///< Of whom she is asked then.
constexpr std::string_view kList = "list";

/// Keys are 1 to 5 (domain rules 4.5).
constexpr std::size_t kListMax = 5;
/// Words that come without a menu answer those that came within this time.
constexpr std::chrono::hours kAnswersFor{48};

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

bool is_in_its_days(const core::Tie& tie, core::LocalDate today) {
    return !(tie.from.ok() && tie.from > today) && !(tie.to.ok() && tie.to < today);
}

bool is_one_of(const std::vector<core::PersonId>& people, core::PersonId person) {
    return std::ranges::find(people, person) != people.end();
}

std::vector<core::PersonId> ids_of(const std::vector<core::Person>& people) {
    std::vector<core::PersonId> ids;
    for (const auto& person : people) ids.push_back(person.id);
    return ids;
}

/// The one of a list that a key stands for.
const core::Tie* at_key(const std::vector<core::Tie>& ties, std::string_view key) {
    if (key.size() != 1 || key.front() < '1') return nullptr;
    const auto index = static_cast<std::size_t>(key.front() - '1');
    return index < ties.size() ? &ties[index] : nullptr;
}

}  // namespace

std::vector<core::Tie> addressees(storage::Transaction& tx, const storage::Handset& handset, const Memory& memory,
                                  core::Instant now) {
    const auto meant = kinship::meant(memory.letters, memory.kin_chosen, kAnswersFor, now);
    if (meant.empty()) return {};
    const auto people = tx.people().at(handset.id);
    if (!is_own_phone(tx, handset, people)) return {};
    const auto ids = ids_of(people);
    std::vector<core::Tie> ties;
    for (const auto id : meant) {
        const auto tie = tx.people().tie(id);
        if (tie && (is_one_of(ids, tie->child) || is_one_of(ids, tie->adult))) ties.push_back(*tie);
    }
    if (ties.size() > kListMax) ties.resize(kListMax);
    return ties;
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
        case core::Deed::kKinList:
            return list(saved);
        case core::Deed::kKinChoose:
            return choose(saved);
        case core::Deed::kKinSend:
            return send(saved);
        case core::Deed::kKinAnswer:
            return answer(saved);
        default:
            return KinshipCalls(rules_, tx_, speaker_, memory_, now_).perform(deed, saved);
    }
}

Outcome KinshipDeeds::enter(core::Fields& saved) {
    const auto people = tx_.people().at(speaker_.handset.id);
    if (!is_own_phone(tx_, speaker_.handset, people)) return Outcome::kNeedsPin;
    saved.set(kin::kMe, written(ids_of(people)));
    saved.set(kin::kByCard, "");
    return Outcome::kFound;
}

/// A card that does not exist, and one that is locked, are answered like a wrong PIN.
Outcome KinshipDeeds::card(core::Fields& saved) {
    const auto pin = take(saved, kKinPin);
    const auto card = tx_.people().card(take(saved, kCard));
    return card ? open(*card, pin, saved) : Outcome::kNeedsPin;
}

Outcome KinshipDeeds::open(const core::Card& card, std::string_view pin, core::Fields& saved) {
    auto& people = tx_.people();
    auto pair = people.misses(card.child, speaker_.handset.id);
    auto alone = people.misses(card.child, {});
    const auto at_this_phone = people.at(speaker_.handset.id);
    const bool is_own = std::ranges::find(at_this_phone, card.child, &core::Person::id) != at_this_phone.end();
    if (kinship::pair_locked(pair, now_)) return Outcome::kNone;
    if (kinship::card_locked(alone, is_own, now_)) return Outcome::kNeedsPin;
    const bool right = is_same_pin(card.pin, pin, now_);
    const bool calls_for_help = is_same_pin(card.duress, pin, now_);
    if (right || calls_for_help)
        kinship::note_opened(pair, alone);
    else
        kinship::note_miss(pair, alone, is_own, now_);
    people.put_misses(card.child, speaker_.handset.id, pair);
    people.put_misses(card.child, {}, alone);
    if (!right && !calls_for_help) {
        const bool locked = kinship::pair_locked(pair, now_);
        if (locked)
            if (const auto child = people.find(card.child))
                tx_.journal().append({.at = now_, .event = "kin_card_locked", .detail = child->external_id});
        return locked ? Outcome::kNone : Outcome::kNeedsPin;
    }
    if (calls_for_help)
        if (const auto child = people.find(card.child)) cases_.raise_silently(*child);
    saved.set(kin::kMe, std::to_string(card.child.value));
    saved.set(kin::kByCard, "1");
    return Outcome::kFound;
}

/// Whoever is paused or barred stays on it: that somebody is gone would say more than that she can not be reached.
std::vector<core::Tie> KinshipDeeds::ties(const core::Fields& saved) {
    const auto me = who_talks(saved);
    const auto today = rules_.zone.local(now_).date;
    std::vector<core::Tie> all;
    for (const auto person : me)
        for (auto& tie : tx_.people().ties_of(person)) {
            const auto to_same = [&](const core::Tie& one) {
                return one.child == tie.child && (one.adult == tie.adult || !is_one_of(me, tie.child));
            };
            if (is_in_its_days(tie, today) && std::ranges::none_of(all, to_same)) all.push_back(std::move(tie));
        }
    std::ranges::sort(all, {}, &core::Tie::id);
    if (all.size() > kListMax) all.resize(kListMax);
    return all;
}

std::string KinshipDeeds::other_side(const core::Tie& tie, const core::Fields& saved) {
    return child_talks(saved, tie) ? called_by_child(tx_, rules_, tie, speaker_.language) : called_by_adult(tx_, tie);
}

std::string KinshipDeeds::entries(const std::vector<core::Tie>& ties, const core::Fields& saved) {
    const auto kind = speaker_.by_phone ? core::ChannelKind::kVoice : core::ChannelKind::kSms;
    std::string all;
    char key = '1';
    for (const auto& tie : ties) {
        const core::Fields entry{{"key", std::string(1, key++)}, {"label", other_side(tie, saved)}};
        all.append(all.empty() ? "" : " ")
            .append(rules_.book.catalogue.fill(
                speaker_.language, {.key = std::string{flow::kOptionFormat}, .values = entry}, kind));
    }
    return all;
}

Outcome KinshipDeeds::list(core::Fields& saved) {
    const auto all = ties(saved);
    if (all.empty()) return Outcome::kNone;
    saved.set(kList, entries(all, saved));
    return Outcome::kFound;
}

Outcome KinshipDeeds::choose(core::Fields& saved) {
    const auto all = ties(saved);
    const auto* tie = at_key(all, take(saved, kKey));
    if (tie == nullptr) return Outcome::kAgain;
    saved.set(kin::kTie, std::to_string(tie->id.value));
    saved.set(kin::kWho, other_side(*tie, saved));
    const bool to_child = !child_talks(saved, *tie);
    if (to_child && is_kept_from(tx_, *tie, speaker_.handset.id)) return Outcome::kNone;
    if (speaker_.by_phone) return call(*tie, saved);
    const auto verdict = judge(tx_, rules_, tie->id, to_child ? Passing::kTextToChild : Passing::kTextToAdult, now_);
    if (verdict.crossing == Crossing::kNever) return Outcome::kNone;
    if (!to_child && !handset_of(tx_, *tie, tie->adult)) return Outcome::kNone;
    if (verdict.may()) return Outcome::kFound;
    const auto begin = opening_of(verdict, rules_.zone);
    saved.set(kin::kOpen, core::format_day_time(begin, rules_.zone, speaker_.language));
    return begin < KinshipDesk::last_moment(now_) ? Outcome::kFound : Outcome::kLater;
}

/// Words can not be keyed: where the two can not be put through, nothing is left to be done by telephone.
Outcome KinshipDeeds::call(const core::Tie& tie, core::Fields& saved) {
    if (!KinshipCalls(rules_, tx_, speaker_, memory_, now_).rings(saved)) return Outcome::kNone;
    const auto verdict = judge(tx_, rules_, tie.id, Passing::kCall, now_);
    if (verdict.may()) return Outcome::kRings;
    if (verdict.crossing == Crossing::kNever) return Outcome::kNone;
    saved.set(kin::kOpen,
              core::format_day_time(opening_of(verdict, rules_.zone), rules_.zone, speaker_.language));
    return Outcome::kLater;
}

Outcome KinshipDeeds::send(core::Fields& saved) {
    const auto words = take(saved, kWords);
    const auto tie = tx_.people().tie(id_in<core::TieId>(saved.get(kin::kTie)));
    return tie ? relay(*tie, words, saved) : Outcome::kNone;
}

/// Is asked again at this instant whose phone this is, and whether anything may pass.
Outcome KinshipDeeds::relay(const core::Tie& tie, std::string_view words, core::Fields& saved) {
    const auto me = who_talks(saved);
    const bool by_child = is_one_of(me, tie.child);
    if (!by_child && !is_one_of(me, tie.adult)) return Outcome::kNone;
    if (!by_child && is_kept_from(tx_, tie, speaker_.handset.id)) return Outcome::kNone;
    const auto taken = KinshipDesk(rules_).take(tx_, tie, !by_child, words, now_);
    if (taken == KinshipDesk::Taken::kTooLong) return Outcome::kLong;
    if (taken == KinshipDesk::Taken::kNot) return Outcome::kNone;
    if (saved.get(kin::kByCard).empty()) memory_.kin_chosen = kinship::Written{.tie = tie.id, .at = now_};
    saved.set(kin::kWho, other_side(tie, saved));
    return by_child && wants_watch(tie, words) ? Outcome::kRed : Outcome::kDone;
}

/// Only where a guardian has agreed to it, and nobody is told (domain rules 4.7).
bool KinshipDeeds::wants_watch(const core::Tie& tie, std::string_view words) {
    const auto today = rules_.zone.local(now_).date;
    const auto consents = tx_.people().consents_of(tie.child);
    const bool agreed = std::ranges::any_of(consents, [&](const core::Consent& consent) {
        const bool withdrawn = consent.withdrawn.ok() && consent.withdrawn <= today;
        return consent.word_watch && consent.given.ok() && consent.given <= today && !withdrawn;
    });
    return agreed && rules_.danger.level_of(words) != core::Level::kNone;
}

Outcome KinshipDeeds::answer(core::Fields& saved) {
    if (const auto parked = id_in<core::LetterId>(saved.get(kLetter))) return answer_chosen(parked, saved);
    const auto ties = addressees(tx_, speaker_.handset, memory_, now_);
    if (ties.empty()) return Outcome::kNone;
    saved.set(kin::kMe, written(ids_of(tx_.people().at(speaker_.handset.id))));
    if (ties.size() > 1) return ask_whom(ties, saved);
    return relay(ties.front(), speaker_.text, saved);
}

/// Her words wait as a letter to nobody yet: in no state, and sealed as all of them are.
Outcome KinshipDeeds::ask_whom(const std::vector<core::Tie>& ties, core::Fields& saved) {
    if (core::count_characters(speaker_.text) > KinshipDesk::kCharactersMax) return Outcome::kLong;
    std::vector<core::TieId> ids;
    for (const auto& tie : ties) ids.push_back(tie.id);
    const auto parked = tx_.letters().add({.written_at = now_, .words = std::string{speaker_.text}});
    saved.set(kLetter, std::to_string(parked.value));
    saved.set(kTies, written(ids));
    saved.set(kList, entries(ties, saved));
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
    saved.set(kLetter, "");
    if (!letter || letter->words.empty()) return Outcome::kNone;
    return relay(*tie, letter->words, saved);
}

}  // namespace harborline::gateway
