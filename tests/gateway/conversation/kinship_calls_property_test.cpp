// I7 and I8 of telephones as a property: whoever is rung, greeted, joined or left talking may be so at that very
// instant, and is wherever she may; no number of one side is in anything that the other is given. Random families call,
// by their own phones and by card from others', while bars, orders, consents, checks, hours and the clock change
// between any two events of a call; what happens is compared with testing::KinshipRule.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/workers/claim.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "handlers/kinship/call_reason.hpp"
#include "tests/support/kinship_rule.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;
using CallEvent = core::CallInput::Event;

/// Begins whatever anybody writes, and nothing of ours.
constexpr std::string_view kCrane = "纸鹤";
constexpr std::string_view kVoiceChannel = "handset-voice";
/// Of every number here.
constexpr std::string_view kDigits = "1990000";
/// Nobody has told us for so long of a call: it is over.
constexpr auto kSilent = 45min;
/// So long a card says who is talking.
constexpr auto kCardHolds = 10min;
constexpr int kCallsPerDay = 4;
constexpr auto kPerMonth = 30min;
constexpr auto kPerCall = 10min;

class KinshipCallsProperty : private testing::KinshipRule {
  public:
    explicit KinshipCallsProperty(std::uint64_t seed) : KinshipRule(seed) {
        auto& settings = world_.settings.kinship;
        settings.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
        settings.calls_per_day = kCallsPerDay;
        settings.per_month = kPerMonth;
        settings.per_call = kPerCall;
        settings.missed_call = true;
        settings.call_channel = kVoiceChannel;
        world_.in([&](storage::Transaction& tx) {
            for (auto& bond : bonds_) {
                bond.row.relation = relation_of(bond.adult);
                put(tx, bond);
            }
        });
        for (const auto& person : people_) add_line(person.phone);
        for (int lent = 0; lent < kLentPhones; ++lent) add_line(phone(700 + lent));
    }

    void run(int rounds, int count) {
        for (int round = 0; round < rounds && !failed(); ++round) {
            // The keys of letters are looked after before a transaction, for its day and the next.
            if (once_in(3)) world_.clock.advance(std::chrono::minutes{below(9 * 60)});
            world_.in([&](storage::Transaction& tx) {
                for (int one = 0; one < count && !failed(); ++one) step(tx);
                look_through(tx);
            });
        }
    }

    int steps = 0;
    /// How often each kind of event has happened.
    std::map<std::string, int> seen{};

  private:
    enum class Stage {
        kIdle,
        kCard,     ///< Asked for a card.
        kLetter,   ///< A letter is heard.
        kWhom,     ///< Asked whom she wants.
        kRings,    ///< Somebody is rung, or the two talk.
        kLeave,    ///< Nobody was reached: she may leave a letter.
        kRecords,  ///< Behind the tone.
        kPlaced,   ///< Turned away: the call back is on its way.
        kEnd,      ///< Nothing but its end is left.
    };
    /// A telephone, and the call on it.
    struct Line {
        core::PhoneNumber number{};
        Stage stage = Stage::kIdle;
        std::string id{};
        int step = 0;
        core::Instant heard_at{};    ///< Her latest request.
        std::vector<int> talking{};  ///< Who may be.
        bool by_card = false;
        std::size_t bond = 0;
        bool to_child = false;
        core::LetterId letter{};
        core::Dial dial{};
        core::PhoneNumber rung{};
        core::Inbound asked{};  ///< The request that was answered with it.
        std::string joined{};   ///< The leg that talks; empty: none.
        core::Instant joined_at{};
    };
    struct Waiting {
        std::size_t bond = 0;
        bool to_child = false;
        core::Instant at{};
        std::string words{};  ///< Or the name of the recording.
    };
    struct Talk {
        int child = 0;
        core::Instant at{};
        std::chrono::seconds length{};
    };
    /// A ring that is over.
    struct Old {
        core::Dial dial{};
        core::PhoneNumber rung{};
    };

    static bool failed() { return ::testing::Test::HasFailure(); }
    Bond& bond_of(const Line& line) { return bonds_.at(line.bond); }
    void add_line(const core::PhoneNumber& number) {
        const auto same = [&](const Line& line) { return line.number == number; };
        if (!number.empty() && std::ranges::none_of(lines_, same)) lines_.push_back({.number = number});
    }

    // What everybody does.

    void step(storage::Transaction& tx) {
        ++steps;
        time_passes(tx);
        const int dice = below(100);
        Line& line = next_line();
        const bool rings = line.stage == Stage::kRings;
        if (dice < 14) {
            ++seen[rings ? "changes while it rings" : "changes"];
            rings ? changes(tx, bond_of(line)) : changes(tx);
        } else if (dice < 17) {
            writes_letter(tx);
        } else if (dice < 20) {
            rings_late(tx);
        } else if (dice < 22) {
            help_is_over(tx);
        } else {
            goes_on(tx, line);
        }
        watch(tx);
    }

    Line& next_line() {
        const auto rings = [](const Line& line) { return line.stage == Stage::kRings; };
        const auto ringing = std::ranges::find_if(lines_, rings);
        if (ringing != lines_.end() && once_in(3)) return *ringing;
        return lines_.at(static_cast<std::size_t>(below(static_cast<int>(lines_.size()))));
    }

    /// Nothing that is written down keeps the two apart any more.
    void makes_peace(storage::Transaction& tx, Bond& bond) {
        bond.row.state = once_in(3) ? TieState::kHoursOnly : TieState::kAllowed;
        choose_hours(bond);
        bond.row.agreed = true;
        bond.from.reset();
        bond.to.reset();
        bond.lifted = true;
        put(tx, bond);
        for (auto& ban : bans_) {
            if (ban.against == kNobody) continue;
            ban.until = today() - 1;
            tx.people().put(core::ProtectionOrder{.person = id(ban.protects),
                                                  .against = id(ban.against),
                                                  .number = ban.number,
                                                  .until = date_of(ban.until)});
        }
        for (auto& agreement : agreements_) {
            if (agreement.child != bond.child) continue;
            agreement.withdrawn.reset();
            put(tx, agreement);
        }
        for (auto& guard : guards_) {
            if (guard.child != bond.child) continue;
            guard.to.reset();
            put(tx, guard);
        }
    }

    void time_passes(storage::Transaction& tx) {
        if (once_in(40))
            world_.clock.advance(std::chrono::minutes{below(50)});
        else
            world_.clock.advance(std::chrono::seconds{1 + below(20)});
        watch(tx);
    }

    /// A second passes: whoever talks and may not is to be ended by then, and nobody else.
    void watch(storage::Transaction& tx) {
        world_.clock.advance(1s);
        std::set<std::string> ended;
        while (const auto kept =
                   keep_one_deadline(tx, world_.ground->taker(), world_.ground->replies(), world_.clock.now()))
            if (kept.to_end) {
                EXPECT_EQ(kept.to_end->channel, kVoiceChannel);
                ended.insert(kept.to_end->leg);
            }
        for (auto& line : lines_) {
            if (line.stage != Stage::kIdle && line.stage != Stage::kPlaced && now() - line.heard_at >= kSilent)
                is_over(line, ended);
            if (line.joined.empty()) continue;
            const bool goes_on = may_go_on(line);
            const bool none_left = outlook_of(bond_of(line), true).way == KinWay::kNever;
            ++seen[!goes_on ? "is to be ended" : none_left ? "no hour is left" : "talks on"];
            // Where the tie has no other hour, it makes no difference to the two which of the rules ends their talk.
            ASSERT_TRUE(ended.contains(line.joined) == !goes_on || (goes_on && none_left)) << told(line);
            ended.erase(line.joined);
        }
        ASSERT_TRUE(ended.empty()) << *ended.begin() << " after " << steps << " steps";
    }

    void goes_on(storage::Transaction& tx, Line& line) {
        if (line.stage != Stage::kIdle && line.stage != Stage::kPlaced && once_in(12)) return hangs_up(tx, line);
        const bool asked = line.stage != Stage::kIdle && line.stage != Stage::kRings;
        if (asked && line.by_card && now() - line.heard_at > kCardHolds) return comes_too_late(tx, line);
        switch (line.stage) {
            case Stage::kIdle:
                return once_in(4) ? rings_us(tx, line) : calls(tx, line);
            case Stage::kPlaced:
                return is_called_back(tx, line);
            case Stage::kCard:
                return gives_card(tx, line);
            case Stage::kLetter:
                return hears(tx, line);
            case Stage::kWhom:
                return below(5) == 0 ? takes_card(tx, line) : chooses(tx, line);
            case Stage::kRings:
                return rings(tx, line);
            case Stage::kLeave:
                return leaves(tx, line);
            case Stage::kRecords:
                return speaks(tx, line);
            case Stage::kEnd:
                return hangs_up(tx, line);
        }
    }

    core::Inbound request(const Line& line, CallEvent event, std::string keys = {}) const {
        return {.channel = std::string{kVoiceChannel},
                .kind = core::ChannelKind::kVoice,
                .from = line.number,
                .to = "12338",
                .received_at = now(),
                .text = std::move(keys),
                .call = core::CallInput{.id = line.id, .event = event, .step = line.step}};
    }
    core::CallAnswer give(storage::Transaction& tx, const core::Inbound& inbound,
                          const storage::Recording* with = nullptr) {
        auto answer = world_.ground->taker().take(tx, inbound, with).answer.call.value_or(core::CallAnswer{});
        look_at(answer);
        return answer;
    }
    core::CallAnswer ask(storage::Transaction& tx, Line& line, const core::Inbound& inbound,
                         const storage::Recording* with = nullptr) {
        auto answer = give(tx, inbound, with);
        line.step = answer.step;
        line.heard_at = now();
        return answer;
    }
    core::CallAnswer key(storage::Transaction& tx, Line& line, std::string keys) {
        return ask(tx, line, request(line, CallEvent::kKeys, std::move(keys)));
    }

    /// No number is in it, but for those that the carrier is to ring, nor words that nobody may hear.
    void look_at(core::CallAnswer answer) {
        if (auto* dial = std::get_if<core::Dial>(&answer.act)) dial->numbers.clear();
        std::string all = core::encode(answer);
        std::erase_if(all, [](char one) { return one == ' ' || one == '-'; });
        ASSERT_EQ(all.find(kDigits), std::string::npos) << words_of(answer);
    }
    static std::string words_of(const core::CallAnswer& answer) {
        std::string all;
        for (const auto& sound : answer.sounds) all += sound.words;
        return all;
    }
    static std::string spoken(std::string_view key, core::Fields values = {}) {
        return testing::shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}, .values = std::move(values)},
                                                      core::ChannelKind::kVoice);
    }
    static bool is_hang_up(const core::CallAnswer& answer) {
        return std::holds_alternative<core::HangUp>(answer.act) && answer.sounds.empty();
    }
    std::string told(const Line& line) const {
        const Bond& bond = bonds_.at(line.bond);
        return "after " + std::to_string(steps) + " steps, " + std::to_string(bond.child) + " and " +
               std::to_string(bond.adult) + (line.to_child ? ", to the child" : ", to the adult") +
               (line.by_card ? ", by card" : "");
    }

    // Calls begin, and end.

    /// As after a long silence: nothing is open on this phone, and it has no habits.
    static void forget(storage::Transaction& tx, const core::PhoneNumber& from) {
        const auto handset = tx.handsets().find(from);
        auto talk = handset ? tx.conversations().find(handset->id) : std::nullopt;
        if (!talk) return;
        auto memory = decode_memory(talk->state).value();
        memory.flow = {};
        memory.habits = {};
        memory.silent_calls.clear();
        memory.empty = {};
        memory.about = {};
        talk->state = encode(memory);
        tx.conversations().put(*talk);
    }

    void begin(storage::Transaction& tx, Line& line) {
        forget(tx, line.number);
        line.id = "c" + std::to_string(++named_);
        line.step = 0;
        line.by_card = false;
        line.talking = at_phone(line.number);
    }

    void calls(storage::Transaction& tx, Line& line) {
        begin(tx, line);
        const auto menu = ask(tx, line, request(line, CallEvent::kBegan));
        ++seen["calls"];
        wants_relatives(tx, line, menu);
    }
    void wants_relatives(storage::Transaction& tx, Line& line, const core::CallAnswer& menu) {
        ASSERT_NE(words_of(menu).find("亲情电话"), std::string::npos) << words_of(menu);
        const auto next = key(tx, line, "1");
        if (!line.talking.empty()) return is_in(tx, line, next);
        ASSERT_EQ(words_of(next), spoken("kin.card"));
        line.stage = Stage::kCard;
    }

    /// It is asked about before it is answered, and may be turned away.
    void rings_us(storage::Transaction& tx, Line& line) {
        begin(tx, line);
        const auto handset = tx.handsets().find(line.number);
        const auto talk = handset ? tx.conversations().find(handset->id) : std::nullopt;
        const bool first_today = !talk || decode_memory(talk->state).value().call_backs.empty();
        auto inbound = request(line, CallEvent::kBegan);
        inbound.call->unanswered = true;
        const auto answer = ask(tx, line, inbound);
        const auto* end = std::get_if<core::HangUp>(&answer.act);
        const bool turned_away = end != nullptr && end->unanswered;
        const bool may = !line.talking.empty() && !rests() && !danger_.contains(line.number.value());
        ASSERT_TRUE(may || !turned_away) << "after " << steps << " steps";
        ASSERT_TRUE(turned_away || !may || !first_today) << "after " << steps << " steps";
        if (!turned_away) return wants_relatives(tx, line, answer);
        ++seen["turned away"];
        ASSERT_TRUE(answer.sounds.empty());
        line.stage = Stage::kPlaced;
    }
    bool rests() const { return local() % kDay >= kRestFrom || local() % kDay < kRestTo; }

    /// The call back, to the very phone that has called, once it is due.
    void is_called_back(storage::Transaction& tx, Line& line) {
        line.stage = Stage::kIdle;
        world_.clock.advance(30s);
        const auto handset = tx.handsets().find(line.number)->id;
        const storage::OutboxClaim wish{
            .channel = kVoiceChannel, .now = now(), .lease_until = now() + 1min, .limit = 100};
        core::OutboxId row{};
        for (auto& claimed : claim_allowed(tx, wish, core::ChannelKind::kVoice, world_.ground->rules())) {
            const bool goes = claimed.why_not.empty();
            if (claimed.message.to == handset) {
                ASSERT_EQ(claimed.number, line.number);
                ASSERT_EQ(claimed.message.text, kinship::encode({}));
                ASSERT_EQ(goes, !rests() && !danger_.contains(line.number.value())) << claimed.why_not;
                if (goes) row = claimed.message.id;
            }
            claimed.message.state = goes ? core::MessageState::kSent : core::MessageState::kDropped;
            tx.outbox().settle(claimed.message);
        }
        if (!row) return;
        line.id = "p" + std::to_string(++named_);
        line.step = 0;
        auto answered = request(line, CallEvent::kAnswered);
        answered.call->placed = row;
        const auto menu = ask(tx, line, answered);
        ++seen["called back"];
        wants_relatives(tx, line, menu);
    }

    void hangs_up(storage::Transaction& tx, Line& line) {
        // The line breaks, and nobody tells us: it ends with the next call.
        if (once_in(5)) {
            is_over(line);
            return calls(tx, line);
        }
        give(tx, request(line, CallEvent::kEnded));
        is_over(line);
    }
    /// It may have been ended in the same second.
    void is_over(Line& line, std::set<std::string>& ended) {
        if (!may_go_on(line)) ended.erase(line.joined);
        is_over(line);
    }
    void is_over(Line& line) {
        ring_is_over(line);
        line.stage = Stage::kIdle;
    }
    void ring_is_over(Line& line) {
        if (line.stage != Stage::kRings) return;
        if (old_.size() >= 20) old_.erase(old_.begin());
        old_.push_back({.dial = line.dial, .rung = line.rung});
        if (line.joined.empty()) return;
        const auto length = std::chrono::duration_cast<std::chrono::seconds>(now() - line.joined_at);
        if (!line.to_child)
            talks_.push_back({.child = bond_of(line).child,
                              .at = line.joined_at,
                              .length = std::clamp<std::chrono::seconds>(length, 1s, kPerCall)});
        line.joined.clear();
    }

    // Cards and lists.

    void takes_card(storage::Transaction& tx, Line& line) {
        ASSERT_EQ(words_of(key(tx, line, "7")), spoken("kin.card"));
        line.stage = Stage::kCard;
    }
    /// Whoever is kept from the child does not talk as that child, whatever PIN is keyed.
    void gives_card(storage::Transaction& tx, Line& line) {
        const int child = below(kChildren);
        key(tx, line, card_of(child));
        const bool refused = others_kept_away({.child = child, .adult = kNobody}, at_phone(line.number));
        const auto next = key(tx, line, "4821");
        if (!refused) {
            line.talking = {child};
            line.by_card = true;
            ++seen["comes by card"];
            if (!at_phone(line.number).empty()) ++seen["comes by card at a phone of others"];
            return is_in(tx, line, next);
        }
        ++seen["card refused"];
        const auto words = words_of(next);
        ASSERT_TRUE(words == spoken("kin.wrong") || words == spoken("kin.slowed")) << words;
        // Locks have tests of their own.
        tx.people().put_misses(id(child), tx.handsets().find(line.number)->id, {});
        tx.people().put_misses(id(child), {}, {});
        line.stage = Stage::kEnd;
    }

    /// Whoever has the phone by now need not be whose card it was.
    void comes_too_late(storage::Transaction& tx, Line& line) {
        ++seen["card forgotten"];
        const auto answer = key(tx, line, "5");
        ASSERT_FALSE(std::holds_alternative<core::Dial>(answer.act)) << told(line);
        ASSERT_FALSE(holds_words(answer)) << told(line);
        line.stage = Stage::kEnd;
    }

    /// What she hears once it is known who she is: letters first.
    void is_in(storage::Transaction& tx, Line& line, const core::CallAnswer& answer) {
        const auto words = words_of(answer);
        const auto letter = letter_in(answer);
        const auto expected = oldest_for(tx, line);
        ASSERT_EQ(letter, expected) << told(line);
        line.letter = letter;
        if (letter) {
            hears_words_of(answer, waiting_.at(letter));
            line.stage = Stage::kLetter;
            return;
        }
        line.stage = Stage::kWhom;
        if (words.starts_with("想找谁？")) return;
        ASSERT_EQ(words, spoken("kin.nobody")) << told(line);
        line.stage = Stage::kEnd;
    }

    // Letters.

    void writes_letter(storage::Transaction& tx) {
        const auto at = static_cast<std::size_t>(below(static_cast<int>(bonds_.size())));
        Waiting letter{.bond = at, .to_child = once_in(2), .at = now()};
        letter.words = std::string{kCrane} + std::to_string(++named_) + "完";
        const auto id = tx.letters().add(
            {.tie = bonds_[at].id, .to_child = letter.to_child, .written_at = now(), .words = letter.words});
        waiting_[id] = letter;
    }

    static core::LetterId letter_in(const core::CallAnswer& answer) {
        for (const auto& sound : answer.sounds)
            if (sound.letter) return sound.letter;
        return {};
    }
    /// Where she is not kept from it, and may hear it now.
    bool may_hear(const Line& line, const Waiting& letter) {
        const Bond& bond = bonds_.at(letter.bond);
        const int hers = letter.to_child ? bond.child : bond.adult;
        return std::ranges::find(line.talking, hers) != line.talking.end() &&
               !others_kept_away(bond, at_phone(line.number)) && outlook_of(bond, letter.to_child).way == KinWay::kMay;
    }
    core::LetterId oldest_for(storage::Transaction& tx, const Line& line) {
        core::LetterId oldest{};
        std::erase_if(waiting_, [&](const auto& one) { return !tx.letters().find(one.first); });
        for (const auto& [id, letter] : waiting_) {
            if (!may_hear(line, letter) || !tx.letters().find(id)->opens()) continue;
            if (!oldest || letter.at < waiting_.at(oldest).at) oldest = id;
        }
        return oldest;
    }
    /// That letter is in it, and no other.
    void hears_words_of(const core::CallAnswer& answer, const Waiting& letter) {
        std::string all;
        for (const auto& sound : answer.sounds) all += sound.words + "|" + sound.recording + "|";
        ASSERT_NE(all.find(letter.words), std::string::npos) << all;
        ++seen[letter.words.starts_with(kCrane) ? "letter heard" : "spoken letter heard"];
    }
    bool holds_words(const core::CallAnswer& answer) {
        const auto holds = [](const core::Sound& sound) {
            return sound.words.find(kCrane) != std::string::npos || !sound.recording.empty();
        };
        return std::ranges::any_of(answer.sounds, holds);
    }

    void hears(storage::Transaction& tx, Line& line) {
        if (once_in(3)) {
            const bool may = waiting_.contains(line.letter) && tx.letters().find(line.letter) &&
                             tx.letters().find(line.letter)->opens() && may_hear(line, waiting_.at(line.letter));
            ++seen[may ? "heard again" : "not heard again"];
            ASSERT_EQ(holds_words(key(tx, line, "8")), may) << told(line);
            return;
        }
        const auto heard = line.letter;
        const auto next = key(tx, line, once_in(2) ? "1" : "");
        ASSERT_FALSE(tx.letters().find(heard)) << told(line);
        waiting_.erase(heard);
        is_in(tx, line, next);
    }

    void leaves(storage::Transaction& tx, Line& line) {
        const auto next = key(tx, line, "1");
        line.stage = Stage::kRecords;
        ASSERT_TRUE(std::holds_alternative<core::Record>(next.act)) << words_of(next);
    }

    void speaks(storage::Transaction& tx, Line& line) {
        const Bond& bond = bond_of(line);
        auto inbound = request(line, CallEvent::kRecorded);
        inbound.call->recording = "voice-" + std::to_string(++named_);
        const storage::Recording told_now{
            .name = inbound.call->recording, .created_at = now(), .length = 8s, .digest = std::string(32, 'd')};
        const auto outlook = outlook_of(bond, line.to_child);
        const bool kept_away = others_kept_away(bond, at_phone(line.number));
        const bool has_place = line.to_child || phone_for(bond, false);
        const auto answer = ask(tx, line, inbound, &told_now);
        line.stage = Stage::kEnd;
        const bool taken = words_of(answer).starts_with("好的，就带给");
        const bool may = !kept_away && has_place && outlook.way != KinWay::kNever;
        ASSERT_TRUE(may || !taken) << told(line);
        ASSERT_TRUE(taken || !may || outlook.way != KinWay::kMay) << told(line) << words_of(answer);
        ++seen[taken ? "letter spoken" : "letter not taken"];
        if (!taken) return;
        for (const auto& letter : tx.letters().waiting(bond.id, line.to_child))
            if (letter.recording == told_now.name)
                waiting_[letter.id] = {
                    .bond = line.bond, .to_child = line.to_child, .at = now(), .words = told_now.name};
    }

    // Who is rung.

    void chooses(storage::Transaction& tx, Line& line) {
        const auto list = list_of(line.talking);
        const auto at = static_cast<std::size_t>(below(5));
        if (at >= list.size()) return;
        line.bond = list[at];
        line.to_child = line.talking.front() >= kChildren;
        if (once_in(3)) makes_peace(tx, bond_of(line));
        const auto& bond = bond_of(line);
        const auto number = rung_for(line);
        const auto outlook = outlook_of(bond, true);
        const bool kept_away = others_kept_away(bond, at_phone(line.number));
        const bool spent = !line.to_child && is_spent(bond.child);
        auto inbound = request(line, CallEvent::kKeys, std::to_string(at + 1));
        const auto answer = ask(tx, line, inbound);
        line.stage = Stage::kEnd;
        const auto words = words_of(answer);
        const bool rings = !kept_away && number && outlook.way == KinWay::kMay && !spent;
        ASSERT_EQ(std::holds_alternative<core::Dial>(answer.act), rings) << told(line) << words;
        if (rings) return is_rung(line, answer, *number, std::move(inbound));
        if (kept_away || (number && outlook.way == KinWay::kNever)) {
            ++seen["blocked"];
            ASSERT_EQ(words, spoken("kin.blocked")) << told(line);
        } else if (number) {
            ++seen[spent && outlook.way == KinWay::kMay ? "nothing left" : "not yet"];
            ASSERT_TRUE(words.starts_with("现在还不能打，")) << told(line) << words;
        } else if (std::holds_alternative<core::Record>(answer.act)) {
            ++seen["no phone: may speak"];
            ASSERT_NE(outlook_of(bond, line.to_child).way, KinWay::kNever) << told(line);
            line.stage = Stage::kRecords;
        } else {
            ++seen["no phone"];
            const bool may = outlook_of(bond, line.to_child).way == KinWay::kMay && line.to_child;
            ASSERT_FALSE(may) << told(line) << words;
        }
    }

    /// The phone of the other side, where it may ring at all.
    std::optional<core::PhoneNumber> rung_for(const Line& line) {
        const Bond& bond = bonds_.at(line.bond);
        auto number = phone_for(bond, line.to_child);
        if (!number || *number == line.number || danger_.contains(number->value())) return std::nullopt;
        return number;
    }

    void is_rung(Line& line, const core::CallAnswer& answer, const core::PhoneNumber& number, core::Inbound asked) {
        ++seen[line.to_child ? "child rung" : "adult rung"];
        if (line.by_card) ++seen["rung by card"];
        line.dial = std::get<core::Dial>(answer.act);
        ASSERT_EQ(line.dial.numbers, std::vector{number.reveal_e164()});
        ASSERT_EQ(line.dial.longest, kPerCall);
        line.stage = Stage::kRings;
        line.rung = number;
        line.asked = std::move(asked);
        line.joined.clear();
    }

    /// What the child has of the day and of the month.
    bool is_spent(int child) const {
        const auto month_of = [](int day) {
            const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
            return std::pair{date.year(), date.month()};
        };
        int calls = 0;
        std::chrono::seconds talked{};
        for (const auto& talk : talks_) {
            const int day = day_of(local_of(talk.at));
            if (talk.child != child || month_of(day) != month_of(today())) continue;
            calls += day == today() ? 1 : 0;
            talked += talk.length;
        }
        return calls >= kCallsPerDay || talked >= kPerMonth;
    }

    /// Whether the two may be brought together now, on the phone that was rung.
    bool may_join(const Line& line) {
        const Bond& bond = bonds_.at(line.bond);
        return outlook_of(bond, true).way == KinWay::kMay && !others_kept_away(bond, at_phone(line.number)) &&
               phone_for(bond, line.to_child) == line.rung && !danger_.contains(line.rung.value());
    }
    /// No talk is cut by the hour.
    bool may_go_on(const Line& line) {
        const Bond& bond = bonds_.at(line.bond);
        return may_on(bond, today()) && !others_kept_away(bond, at_phone(line.number)) &&
               phone_for(bond, line.to_child) == line.rung;
    }

    void rings(storage::Transaction& tx, Line& line) {
        const int dice = below(10);
        if (dice < 4) return is_asked(tx, line);
        if (dice < 7) return accepts(tx, line);
        if (dice < 8) return is_repeated(tx, line);
        if (line.joined.empty() || once_in(3)) ends(tx, line);
    }

    core::Inbound leg_of(const core::Dial& dial, CallEvent event, const core::PhoneNumber& from, std::string leg,
                         std::string keys = {}) {
        Line nobody;
        auto inbound = request(nobody, event, std::move(keys));
        inbound.from = from;
        inbound.call->leg = std::move(leg);
        inbound.call->dial = dial.name;
        return inbound;
    }
    std::string new_leg() { return "leg-" + std::to_string(++named_); }
    core::PhoneNumber any_phone() {
        if (once_in(4)) return {};
        return lines_.at(static_cast<std::size_t>(below(static_cast<int>(lines_.size())))).number;
    }

    /// Somebody has picked up.
    void is_asked(storage::Transaction& tx, Line& line) {
        const auto at = once_in(4) ? any_phone() : line.rung;
        auto inbound = leg_of(line.dial, CallEvent::kLegBegan, at, line.joined.empty() ? new_leg() : line.joined);
        const bool foreign = once_in(8);
        if (foreign) inbound.call->shown = line.number.reveal_e164();
        const bool may = at == line.rung && !foreign && may_join(line);
        const auto answer = give(tx, inbound);
        ++seen[may ? "greeted" : foreign ? "shown a foreign number" : at == line.rung ? "not greeted" : "other phone"];
        if (!may) {
            ASSERT_TRUE(is_hang_up(answer)) << told(line) << words_of(answer);
            return;
        }
        ASSERT_EQ(words_of(answer), spoken("kin.whisper", {{"who", name_of_caller(line)}})) << told(line);
        ASSERT_TRUE(std::holds_alternative<core::Gather>(answer.act));
    }
    static core::Relation relation_of(int adult) {
        using enum core::Relation;
        constexpr std::array kOf{kRelative, kMother, kCarer};
        return kOf.at(static_cast<std::size_t>(adult) % kOf.size());
    }
    /// The adult is told the child's name; the child how it calls this adult, and nothing that would tell more.
    std::string name_of_caller(const Line& line) {
        const Bond& bond = bonds_.at(line.bond);
        const auto& name = people_.at(static_cast<std::size_t>(line.to_child ? bond.adult : bond.child)).row.name;
        if (!line.to_child || bond.row.relation == core::Relation::kRelative) return name;
        const bool mother = bond.row.relation == core::Relation::kMother;
        const auto same = [&](const Bond& other) {
            return other.child == bond.child && other.row.relation == bond.row.relation;
        };
        const auto word = testing::words(mother ? "kin.rel.mother" : "kin.rel.carer");
        return std::ranges::count_if(bonds_, same) > 1 ? word + name : word;
    }

    void accepts(storage::Transaction& tx, Line& line) {
        const auto at = once_in(5) ? any_phone() : line.rung;
        const std::string keyed = once_in(8) ? "9" : once_in(8) ? "2" : once_in(8) ? "" : "1";
        const auto leg = line.joined.empty() || once_in(2) ? new_leg() : line.joined;
        // The first who has accepted talks.
        const bool open = line.joined.empty() || line.joined == leg;
        const bool may = open && at == line.rung && keyed == "1" && may_join(line);
        const auto answer = give(tx, leg_of(line.dial, CallEvent::kLegKeys, at, leg, keyed));
        if (keyed == "9" && open && !at.empty()) {
            ++seen["nine"];
            danger_.insert(at.value());
        }
        ASSERT_EQ(std::holds_alternative<core::Join>(answer.act), may) << told(line) << " keyed " << keyed;
        ASSERT_TRUE(answer.sounds.empty());
        if (!may && keyed == "1" && open && at == line.rung) ++seen["not joined"];
        if (!may || !line.joined.empty()) return;
        ++seen["joined"];
        line.joined = leg;
        line.joined_at = now();
    }

    /// The carrier has not had our answer: who is rung by it once more may be rung now.
    void is_repeated(storage::Transaction& tx, Line& line) {
        const bool may = may_join(line);
        auto again = line.asked;
        again.received_at = now();
        const auto answer = give(tx, again);
        ++seen[may ? "asked for again" : "asked for again too late"];
        const auto* dial = std::get_if<core::Dial>(&answer.act);
        ASSERT_TRUE(dial == nullptr || dial->numbers == line.dial.numbers);
        ASSERT_TRUE(dial == nullptr || may) << told(line);
    }

    void ends(storage::Transaction& tx, Line& line) {
        using enum core::DialEnd;
        auto inbound = request(line, CallEvent::kDialEnded);
        // A machine that picks up is a talk to the carrier.
        inbound.call->dial_end = !line.joined.empty() ? kTalked : once_in(2) ? kNoAnswer : once_in(2) ? kTalked : kBusy;
        const bool talked = !line.joined.empty();
        const auto answer = ask(tx, line, inbound);
        ring_is_over(line);
        const bool leave = words_of(answer).find("留一段话") != std::string::npos;
        ASSERT_TRUE(!talked || words_of(answer) == spoken("kin.after")) << words_of(answer);
        ASSERT_TRUE(talked || leave) << words_of(answer);
        line.stage = leave ? Stage::kLeave : Stage::kEnd;
        ++seen[talked ? "talk ends" : "not reached"];
    }

    /// A leg of a ring that is over, or never was: only what is rung now under that name may be joined.
    void rings_late(storage::Transaction& tx) {
        if (old_.empty()) return;
        const auto& old = old_.at(static_cast<std::size_t>(below(static_cast<int>(old_.size()))));
        const auto same = [&](const Line& line) {
            return line.stage == Stage::kRings && line.dial.name == old.dial.name;
        };
        if (std::ranges::any_of(lines_, same)) return;
        ++seen["leg of a ring that is over"];
        ASSERT_TRUE(is_hang_up(give(tx, leg_of(old.dial, CallEvent::kLegBegan, old.rung, new_leg()))));
        ASSERT_TRUE(is_hang_up(give(tx, leg_of(old.dial, CallEvent::kLegKeys, old.rung, new_leg(), "1"))));
    }

    /// Whoever was in danger is safe, and her matters are closed.
    void help_is_over(storage::Transaction& tx) {
        for (const auto number : danger_) {
            const auto handset = tx.handsets().find(core::PhoneNumber::from_value(number))->id;
            while (auto matter = tx.cases().latest_open_of(handset, core::CaseKind::kSafety)) {
                if (auto alert = tx.alerts().open_for(matter->id)) {
                    alert->open = false;
                    tx.alerts().update(*alert);
                }
                matter->status = core::CaseStatus::kClosed;
                tx.cases().update(*matter);
            }
        }
        danger_.clear();
    }

    /// Nothing that is kept or sent holds words of relatives', and nothing that a family is sent a number.
    void look_through(storage::Transaction& tx) {
        KinshipDesk(world_.ground->rules()).give_up_overdue(tx, now());
        while (auto message = tx.outbox().find({last_ + 1})) {
            ++last_;
            ASSERT_EQ(message->text.find(kCrane), std::string::npos) << message->text;
            if (tx.handsets().get(message->to).staff) continue;
            ASSERT_EQ(message->text.find(kDigits), std::string::npos) << message->text;
        }
        for (const auto& turn : tx.turns().since(looked_at_, testing::World::kAll)) {
            looked_at_ = turn.id;
            for (const auto* text : {&turn.identity, &turn.text, &turn.answer, &turn.note}) {
                ASSERT_EQ(text->find(kCrane), std::string::npos) << *text;
                ASSERT_EQ(text->find("4821"), std::string::npos) << *text;
            }
        }
        for (const auto& line : lines_) {
            const auto handset = tx.handsets().find(line.number);
            const auto talk = handset ? tx.conversations().find(handset->id) : std::nullopt;
            ASSERT_TRUE(!talk || talk->state.find(kCrane) == std::string::npos);
        }
        ASSERT_TRUE(tx.stranded().list(1).empty());
    }

    std::vector<Line> lines_{};
    std::vector<Old> old_{};
    std::vector<Talk> talks_{};
    std::map<core::LetterId, Waiting> waiting_{};
    std::set<std::uint64_t> danger_{};  ///< Phones with an open matter of safety.
    core::TurnId looked_at_{};
    std::int64_t last_ = 0;
    int named_ = 0;
};

TEST(KinshipProperty, NoCallCrossesWhatIsForbidden) {
    KinshipCallsProperty property{20'270'304};

    property.run(2'100, 50);

    std::printf("%d steps", property.steps);
    for (const auto& [what, count] : property.seen) std::printf("; %s %d", what.c_str(), count);
    std::printf("\n");
    EXPECT_GE(property.steps, 100'000);
    for (const char* what : {"changes",
                             "changes while it rings",
                             "calls",
                             "turned away",
                             "called back",
                             "comes by card",
                             "comes by card at a phone of others",
                             "card refused",
                             "card forgotten",
                             "letter heard",
                             "spoken letter heard",
                             "heard again",
                             "not heard again",
                             "letter spoken",
                             "no phone: may speak",
                             "blocked",
                             "not yet",
                             "nothing left",
                             "adult rung",
                             "child rung",
                             "rung by card",
                             "greeted",
                             "not greeted",
                             "other phone",
                             "shown a foreign number",
                             "joined",
                             "not joined",
                             "nine",
                             "asked for again",
                             "asked for again too late",
                             "talks on",
                             "is to be ended",
                             "talk ends",
                             "not reached",
                             "leg of a ring that is over"})
        EXPECT_GT(property.seen[what], 50) << what;
}

}  // namespace
}  // namespace harborline::gateway
