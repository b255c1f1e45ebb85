// I7 and I8 of telephones as a property: whoever is called, rung, greeted, joined or left talking may be so at that
// very instant, and is wherever she may; and whoever is kept away hears what anybody hears whom nobody answers. Random
// families call, by their own phones and by card from others', and agree on times, while bars, orders, consents,
// checks, plans, hours and the clock change between any two events of a call; what happens is compared with
// testing::KinshipRule.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/conversation/memory.hpp"
#include "tests/gateway/conversation/kinship_bookings.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

class KinshipCallsProperty : public KinshipBookings {
  public:
    explicit KinshipCallsProperty(std::uint64_t seed) : KinshipBookings(seed) {
        world_.in([&](storage::Transaction& tx) {
            for (auto& bond : bonds_) {
                bond.row.relation = relation_of(bond.adult);
                put(tx, bond);
            }
        });
    }

  private:
    struct Waiting {
        std::size_t bond = 0;
        bool to_child = false;
        core::Instant at{};
        std::string words{};  ///< Or the name of the recording.
    };

    static core::Relation relation_of(int adult) {
        using enum core::Relation;
        constexpr std::array kOf{kRelative, kMother, kCarer};
        return kOf.at(static_cast<std::size_t>(adult) % kOf.size());
    }

    // What everybody does.

    void step(storage::Transaction& tx) override {
        time_passes(tx);
        const int dice = below(100);
        Line& line = next_line();
        const bool busy = is_busy(line);
        if (dice < 14) {
            ++seen[busy ? "changes in a call" : "changes"];
            busy ? changes(tx, bond_of(line)) : changes(tx);
        } else if (dice < 17) {
            writes_letter(tx);
        } else if (dice < 20) {
            rings_late(tx);
        } else if (dice < 22) {
            help_is_over(tx);
        } else if (dice < 25) {
            books(tx);
        } else if (dice < 30) {
            answers_reminder(tx);
        } else if (dice < 40) {
            places_calls(tx);
        } else {
            goes_on(tx, line);
        }
        watch(tx);
    }

    static bool is_busy(const Line& line) {
        return line.stage == Stage::kRings || line.stage == Stage::kTone || line.stage == Stage::kCalled ||
               line.stage == Stage::kThere || line.stage == Stage::kBookedPin;
    }
    Line& next_line() {
        std::vector<Line*> busy;
        for (auto& line : lines_)
            if (is_busy(line)) busy.push_back(&line);
        return !busy.empty() && once_in(3) ? *any_of(busy) : any_of(lines_);
    }

    void time_passes(storage::Transaction& tx) {
        const auto next = next_due(6h);
        if (next && once_in(30))
            world_.clock.time = *next;
        else if (once_in(40))
            world_.clock.advance(std::chrono::minutes{below(50)});
        else
            world_.clock.advance(std::chrono::seconds{1 + below(20)});
        watch(tx);
    }

    void goes_on(storage::Transaction& tx, Line& line) {
        const bool in_call =
            line.stage != Stage::kIdle && line.stage != Stage::kTurnedAway && line.stage != Stage::kCalled;
        if (in_call && once_in(12)) return hangs_up(tx, line);
        const bool asked = in_call && line.stage != Stage::kRings && line.stage != Stage::kTone;
        if (asked && line.by_card && now() - line.heard_at > kCardHolds) return comes_too_late(tx, line);
        switch (line.stage) {
            case Stage::kIdle:
                return once_in(4) ? rings_us(tx, line) : calls(tx, line);
            case Stage::kTurnedAway:
                return waits_for_call_back(tx, line);
            case Stage::kCalled:
                return picks_up(tx, line);
            case Stage::kThere:
                return says_who_is_there(tx, line);
            case Stage::kBookedPin:
                return gives_pin(tx, line);
            case Stage::kCard:
                return gives_card(tx, line);
            case Stage::kLetter:
                return hears(tx, line);
            case Stage::kWhom:
                return below(5) == 0 ? takes_card(tx, line) : chooses(tx, line);
            case Stage::kRings:
                return rings(tx, line);
            case Stage::kTone:
                return hears_it_ring(tx, line);
            case Stage::kLeave:
                return leaves(tx, line);
            case Stage::kRecords:
                return speaks(tx, line);
            case Stage::kEnd:
                return hangs_up(tx, line);
        }
    }

    // Calls begin, and end.

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
        const bool may = may_be_called_back(line.number);
        ASSERT_TRUE(may || !turned_away) << after();
        ASSERT_TRUE(turned_away || !may || !first_today) << after();
        if (!turned_away) return wants_relatives(tx, line, answer);
        ++seen["turned away"];
        ASSERT_TRUE(answer.sounds.empty());
        line.stage = Stage::kTurnedAway;
    }
    /// To the very phone that has called, once it is due.
    void waits_for_call_back(storage::Transaction& tx, Line& line) {
        world_.clock.advance(30s);
        places_calls(tx);
        if (line.stage == Stage::kTurnedAway) line.stage = Stage::kIdle;
    }

    /// Whoever picks up a call of ours hears something of relatives only while it may ring.
    void picks_up(storage::Transaction& tx, Line& line) {
        const auto [row, appointment] = std::pair{line.placed, line.appointment};
        if (once_in(8)) return is_over(line, true);
        if (appointment && once_in(8)) bars(tx, bonds_.at(booked_.at(appointment).bond));
        const bool may = appointment ? may_call(appointment) : may_be_called_back(line.number);
        begin(tx, line);
        line.appointment = appointment;
        auto answered = request(line, CallEvent::kAnswered);
        answered.call->placed = row;
        if (appointment) line.talking.clear();
        const auto answer = ask(tx, line, answered);
        line.stage = Stage::kEnd;
        if (!may) {
            ++seen["picked up in vain"];
            ASSERT_TRUE(is_hang_up(answer)) << after() << words_of(answer);
            return;
        }
        ++seen[appointment ? "asked for the child" : "called back"];
        if (!appointment) return wants_relatives(tx, line, answer);
        ASSERT_EQ(words_of(answer), spoken("kin.booked.ask"));
        line.bond = booked_.at(appointment).bond;
        line.to_child = false;
        line.stage = Stage::kThere;
    }

    void hangs_up(storage::Transaction& tx, Line& line) {
        // The line breaks, and nobody tells us: it ends with the next call.
        if (once_in(5)) {
            is_over(line, false);
            return calls(tx, line);
        }
        give(tx, request(line, CallEvent::kEnded));
        is_over(line, true);
    }

    // As agreed.

    void says_who_is_there(storage::Transaction& tx, Line& line) {
        const auto& booked = booked_.at(line.appointment);
        if (once_in(8)) {
            key(tx, line, "9");
            danger_.insert(line.number);
            line.stage = Stage::kEnd;
            return;
        }
        if (once_in(6)) bars(tx, bond_of(line));
        const bool alone = is_of_child_alone(booked);
        const bool may = may_call(booked);
        if (may && alone) line.talking = at_phone(line.number);
        auto inbound = request(line, CallEvent::kKeys, "1");
        const auto answer = ask(tx, line, inbound);
        line.stage = Stage::kEnd;
        if (!may) {
            ++seen["the child is there in vain"];
            ASSERT_EQ(words_of(answer), spoken("kin.blocked")) << told(line);
            return;
        }
        if (alone) return is_put_through_as_agreed(line, answer, std::move(inbound));
        ++seen["the child is asked for its PIN"];
        ASSERT_EQ(words_of(answer), spoken("kin.pin")) << told(line);
        line.stage = Stage::kBookedPin;
    }
    void is_put_through_as_agreed(Line& line, const core::CallAnswer& answer, core::Inbound asked) {
        if (has_other_phone(line)) return is_put_through(line, answer, std::move(asked));
        ASSERT_EQ(words_of(answer), spoken("kin.blocked")) << told(line);
        line.stage = Stage::kEnd;
    }
    void gives_pin(storage::Transaction& tx, Line& line) {
        const int child = bond_of(line).child;
        const bool refused = others_kept_away({.child = child, .adult = kNobody}, at_phone(line.number));
        const bool right = !once_in(5);
        const bool is_let_in = right && !refused;
        line.stage = Stage::kEnd;
        if (is_let_in) line.talking = {child};
        auto inbound = request(line, CallEvent::kKeys, std::string{right ? kPin : "1111"});
        const auto answer = ask(tx, line, inbound);
        if (!is_let_in) return is_not_let_in(tx, line, child, answer);
        line.by_card = true;
        is_put_through_as_agreed(line, answer, std::move(inbound));
    }

    // Cards and lists.

    void takes_card(storage::Transaction& tx, Line& line) {
        ASSERT_EQ(words_of(key(tx, line, "7")), spoken("kin.card"));
        line.talking.clear();
        line.stage = Stage::kCard;
    }
    /// Whoever is kept from the child does not talk as that child, whatever PIN is keyed.
    void gives_card(storage::Transaction& tx, Line& line) {
        const int child = below(kChildren);
        key(tx, line, card_of(child));
        const bool refused = others_kept_away({.child = child, .adult = kNobody}, at_phone(line.number));
        line.talking.clear();
        if (!refused) line.talking = {child};
        const auto next = key(tx, line, std::string{kPin});
        if (refused) return is_not_let_in(tx, line, child, next);
        line.by_card = true;
        ++seen["comes by card"];
        if (!at_phone(line.number).empty()) ++seen["comes by card at a phone of others"];
        is_in(tx, line, next);
    }
    void is_not_let_in(storage::Transaction& tx, Line& line, int child, const core::CallAnswer& answer) {
        ++seen["card refused"];
        const auto words = words_of(answer);
        ASSERT_TRUE(words == spoken("kin.wrong") || words == spoken("kin.slowed")) << words;
        // Locks have tests of their own.
        tx.people().put_misses(id(child), tx.handsets().find(line.number)->id, {});
        tx.people().put_misses(id(child), {}, {});
        line.stage = Stage::kEnd;
    }

    /// Whoever has the phone by now need not be whose card it was.
    void comes_too_late(storage::Transaction& tx, Line& line) {
        ++seen["card forgotten"];
        line.talking = at_phone(line.number);
        const auto answer = key(tx, line, "5");
        ASSERT_FALSE(std::holds_alternative<core::Dial>(answer.act)) << told(line);
        ASSERT_FALSE(holds_words(answer)) << told(line);
        line.stage = Stage::kEnd;
    }

    /// What she hears once it is known who she is: letters first.
    void is_in(storage::Transaction& tx, Line& line, const core::CallAnswer& answer) {
        const auto words = without_news(words_of(answer));
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
    /// Words of hers did not arrive, of which she could not be told before.
    std::string without_news(const std::string& words) {
        const auto told = spoken("kin.news");
        if (!words.starts_with(told)) return words;
        ++seen["told of it"];
        return words.substr(told.size());
    }

    // Letters.

    void writes_letter(storage::Transaction& tx) {
        const auto at = static_cast<std::size_t>(below(static_cast<int>(bonds_.size())));
        Waiting letter{.bond = at, .to_child = once_in(2), .at = now()};
        letter.words = new_name(kCrane) + "完";
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
        return holds(line.talking, letter.to_child ? bond.child : bond.adult) &&
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
    static bool holds_words(const core::CallAnswer& answer) {
        const auto holds = [](const core::Sound& sound) {
            return sound.words.find(kCrane) != std::string::npos || !sound.recording.empty();
        };
        return std::ranges::any_of(answer.sounds, holds);
    }

    void hears(storage::Transaction& tx, Line& line) {
        const auto standing = tx.letters().find(line.letter);
        const bool opens = standing && standing->opens();
        if (once_in(3)) {
            const bool may = opens && may_hear(line, waiting_.at(line.letter));
            ++seen[may ? "heard again" : "not heard again"];
            ASSERT_EQ(holds_words(key(tx, line, "8")), may) << told(line);
            return;
        }
        const auto heard = line.letter;
        const auto next = key(tx, line, once_in(2) ? "1" : "");
        ASSERT_EQ(tx.letters().find(heard).has_value(), standing && !opens) << told(line);
        if (opens) waiting_.erase(heard);
        is_in(tx, line, next);
    }

    void leaves(storage::Transaction& tx, Line& line) {
        const auto next = key(tx, line, "1");
        is_to_speak(line, next);
    }
    void is_to_speak(Line& line, const core::CallAnswer& answer) {
        ASSERT_EQ(words_of(answer), spoken("kin.msg.ask", {{"who", who(line)}})) << told(line);
        ASSERT_TRUE(std::holds_alternative<core::Record>(answer.act)) << told(line);
        line.stage = Stage::kRecords;
    }

    /// Whoever is kept away is told the same, and what she has said goes nowhere.
    void speaks(storage::Transaction& tx, Line& line) {
        const Bond& bond = bond_of(line);
        auto inbound = request(line, CallEvent::kRecorded);
        inbound.call->recording = new_name("voice-");
        const storage::Recording told_now{
            .name = inbound.call->recording, .created_at = now(), .length = 8s, .digest = std::string(32, 'd')};
        const bool in_time = shown_of(bond, line.to_child).opens < KinshipDesk::last_moment(now());
        const bool may = outlook_of(bond, line.to_child).way != KinWay::kNever && !is_kept_from_line(line);
        const auto phone = phone_for(bond, line.to_child);
        const bool goes = in_time && may && (phone || line.to_child);
        const auto answer = ask(tx, line, inbound, &told_now);
        line.stage = Stage::kEnd;
        ++seen[goes ? "letter spoken" : in_time ? "letter spoken to nobody" : "letter not taken"];
        ASSERT_EQ(words_of(answer), in_time ? spoken("kin.msg.sent", {{"who", who(line)}}) : spoken("kin.blocked"))
            << told(line);
        // Where its phone is, it is told that there is something to be heard.
        ASSERT_EQ(written_.size(), goes && phone ? 1U : 0U) << told(line);
        ASSERT_EQ(std::ranges::count(tx.letters().recordings(), told_now.name), goes ? 1 : 0) << told(line);
        if (!goes) return;
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
        auto inbound = request(line, CallEvent::kKeys, std::to_string(at + 1));
        const auto answer = ask(tx, line, inbound);
        line.stage = Stage::kEnd;
        if (has_other_phone(line)) return is_put_through(line, answer, std::move(inbound));
        const auto shown = shown_of(bond_of(line), line.to_child);
        if (shown.opens < KinshipDesk::last_moment(now())) {
            ++seen["no phone: may speak"];
            return is_to_speak(line, answer);
        }
        ++seen["no phone"];
        ASSERT_EQ(words_of(answer), spoken("kin.quiet", {{"open", when(shown.opens)}})) << told(line);
    }

    /// Nobody has been rung, and she can not tell.
    void hears_it_ring(storage::Transaction& tx, Line& line) {
        if (once_in(4)) {
            auto again = line.asked;
            again.received_at = now();
            const auto answer = give(tx, again);
            ASSERT_TRUE(std::holds_alternative<core::Wait>(answer.act)) << told(line);
            return;
        }
        ++seen["not reached"];
        is_not_reached(line, key(tx, line, ""));
    }

    void rings(storage::Transaction& tx, Line& line) {
        const int dice = below(10);
        if (dice < 4) return is_asked(tx, line);
        if (dice < 7) return accepts(tx, line);
        if (dice < 8) return is_repeated(tx, line);
        if (line.joined.empty() || once_in(3)) ends(tx, line);
    }

    core::PhoneNumber any_phone() { return once_in(4) ? core::PhoneNumber{} : any_of(lines_).number; }

    /// Somebody has picked up.
    void is_asked(storage::Transaction& tx, Line& line) {
        const auto at = once_in(4) ? any_phone() : line.rung;
        auto inbound =
            leg_of(ring_of(line), CallEvent::kLegBegan, at, line.joined.empty() ? new_name("leg-") : line.joined);
        const bool foreign = once_in(8);
        if (foreign) inbound.call->shown = line.number.reveal_e164();
        const bool may = at == line.rung && !foreign && may_join(line);
        const auto answer = give(tx, inbound);
        ++seen[may ? "greeted" : foreign ? "shown a foreign number" : at == line.rung ? "not greeted" : "other phone"];
        if (!may) {
            ASSERT_TRUE(is_hang_up(answer)) << told(line) << words_of(answer);
            return;
        }
        ASSERT_EQ(words_of(answer), spoken("kin.whisper", {{"who", called(bond_of(line), line.to_child)}}))
            << told(line);
        ASSERT_TRUE(std::holds_alternative<core::Gather>(answer.act));
    }

    void accepts(storage::Transaction& tx, Line& line) {
        const auto at = once_in(5) ? any_phone() : line.rung;
        const std::string keyed = once_in(8) ? "9" : once_in(8) ? "2" : once_in(8) ? "" : "1";
        const auto leg = line.joined.empty() || once_in(2) ? new_name("leg-") : line.joined;
        // The first who has accepted talks.
        const bool open = line.joined.empty() || line.joined == leg;
        const bool may = open && at == line.rung && keyed == "1" && may_join(line);
        const auto answer = give(tx, leg_of(ring_of(line), CallEvent::kLegKeys, at, leg, keyed));
        // Whatever has become of the call meanwhile.
        if (keyed == "9" && !at.empty()) {
            ++seen["nine"];
            danger_.insert(at);
        }
        ASSERT_EQ(std::holds_alternative<core::Join>(answer.act), may) << told(line) << " keyed " << keyed;
        // Why not nobody hears.
        ASSERT_EQ(words_of(answer), !may && keyed == "1" ? spoken("kin.gone") : "") << told(line);
        if (!may && keyed == "1" && open && at == line.rung) ++seen["not joined"];
        if (!may || !line.joined.empty()) return;
        ++seen[line.appointment ? "joined as agreed" : "joined"];
        line.joined = leg;
        talks_[leg] = {.bond = line.bond, .to_child = line.to_child, .caller = line.number, .began_at = now()};
        if (line.appointment) has_come_about(tx, booked_.at(line.appointment));
    }
    /// It has come about: nobody is called for it once more.
    void has_come_about(storage::Transaction& tx, Booked& booked) {
        booked.row = *tx.appointments().find(booked.row.id);
        ASSERT_TRUE(booked.row.ended || (booked.row.tries == 0 && booked.row.at > now())) << after();
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
        talk_is_over(line.joined);
        ring_is_over(line);
        ++seen[talked ? "talk ends" : "not reached"];
        if (!talked) return is_not_reached(line, answer);
        ASSERT_EQ(words_of(answer), spoken("kin.after"));
        line.stage = Stage::kEnd;
    }

    /// A leg of a ring that is over, though another call of that phone may ring somebody at the same step.
    void rings_late(storage::Transaction& tx) {
        if (old_.empty()) return;
        const auto& old = any_of(old_);
        ++seen["leg of a ring that is over"];
        ASSERT_TRUE(is_hang_up(give(tx, leg_of(old, CallEvent::kLegBegan, old.rung, new_name("leg-")))));
        const auto gone = give(tx, leg_of(old, CallEvent::kLegKeys, old.rung, new_name("leg-"), "1"));
        ASSERT_TRUE(std::holds_alternative<core::HangUp>(gone.act));
        ASSERT_EQ(words_of(gone), spoken("kin.gone"));
    }

    /// Whoever was in danger is safe, and her matters are closed.
    void help_is_over(storage::Transaction& tx) {
        for (const auto& number : danger_) {
            const auto handset = tx.handsets().find(number)->id;
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

    /// So long a card says who is talking.
    static constexpr std::chrono::minutes kCardHolds{10};

    std::map<core::LetterId, Waiting> waiting_{};
};

TEST(KinshipProperty, NoCallCrossesWhatIsForbidden) {
    KinshipCallsProperty property{20'270'304};

    property.run(2'100, 50);

    EXPECT_GE(property.steps, 100'000);
    property.expect_seen({"a call is not placed",
                          "a call is placed",
                          "adult rung",
                          "agreed on",
                          "asked for again",
                          "asked for again too late",
                          "asked for the child",
                          "called back",
                          "calls",
                          "card forgotten",
                          "card refused",
                          "changes",
                          "changes in a call",
                          "child rung",
                          "child's telephone called",
                          "comes by card",
                          "comes by card at a phone of others",
                          "greeted",
                          "heard again",
                          "is to be ended",
                          "joined",
                          "kept away, hears it ring",
                          "leg of a ring that is over",
                          "letter heard",
                          "letter spoken",
                          "letter spoken to nobody",
                          "missed",
                          "nine",
                          "no phone: may speak",
                          "not called, though she waits",
                          "not greeted",
                          "not heard again",
                          "not joined",
                          "not reached",
                          "not yet",
                          "nothing left",
                          "other phone",
                          "reminded",
                          "rung as agreed",
                          "outlived its key",
                          "rung by card",
                          "shown a foreign number",
                          "spoken letter heard",
                          "talk ends",
                          "talks on",
                          "the child is asked for its PIN",
                          "turned away"},
                         30);
    // What needs two things to fall together.
    property.expect_seen(
        {"child told", "joined as agreed", "left out", "left out though kept away", "missed, though kept away", "moved",
         "moved though kept away", "not moved", "picked up in vain", "the child is there in vain"},
        3);
}

}  // namespace
}  // namespace harborline::gateway
