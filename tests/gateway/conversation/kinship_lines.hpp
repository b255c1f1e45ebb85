#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/workers/clock_worker.hpp"
#include "handlers/core/local_time.hpp"
#include "handlers/render/voice.hpp"
#include "tests/support/kinship_history.hpp"

namespace harborline::gateway {

/// The families' telephones, and borrowed ones, as a carrier tells of them: which call each is on, what that call may
/// come to by the rule, and what whoever calls, is rung or picks up may hear of it.
class KinshipLines : public testing::KinshipHistory {
  protected:
    using CallEvent = core::CallInput::Event;
    using Bond = testing::KinshipHistory::Bond;

    static constexpr std::string_view kVoiceChannel = "handset-voice";
    /// Nobody has told us for so long of a call: it is over.
    static constexpr std::chrono::minutes kSilent{45};
    /// And of a talk so long behind the most that it may last.
    static constexpr std::chrono::minutes kEndIsToldWithin{1};
    static constexpr int kCallsPerDay = 4;
    static constexpr std::chrono::minutes kPerMonth{30};
    static constexpr std::chrono::minutes kPerCall{10};

    enum class Stage {
        kIdle,
        kTurnedAway,  ///< The call back is on its way.
        kCalled,      ///< It rings here: a call of ours.
        kThere,       ///< Whoever picked up is asked for the child.
        kBookedPin,   ///< The child is there, and is asked for its PIN.
        kCard,        ///< Asked for a card.
        kLetter,      ///< A letter is heard.
        kWhom,        ///< Asked whom she wants.
        kRings,       ///< Somebody is rung, or the two talk.
        kTone,        ///< It sounds as if somebody was rung.
        kLeave,       ///< She may leave a letter.
        kRecords,     ///< Behind the tone.
        kEnd,         ///< Nothing but its end is left.
    };
    /// A telephone, and the call on it.
    struct Line {
        core::PhoneNumber number{};
        Stage stage = Stage::kIdle;
        std::string id{};
        int step = 0;
        core::Instant heard_at{};    ///< Her latest request.
        std::vector<int> talking{};  ///< Who may be, as far as it is known.
        bool by_card = false;
        core::OutboxId placed{};            ///< The call of ours that rings here,
        core::AppointmentId appointment{};  ///< and what it is for; none: it is a call back, or no call of ours.
        std::size_t bond = 0;
        bool to_child = false;
        core::LetterId letter{};
        core::Dial dial{};
        core::PhoneNumber rung{};
        core::Inbound asked{};  ///< The request that was answered with it.
        std::string joined{};   ///< The leg that talks; empty: none.
    };
    /// Two who talk, as far as anybody has told us.
    struct Talk {
        std::size_t bond = 0;
        bool to_child = false;
        core::PhoneNumber caller{};
        core::Instant began_at{};
    };
    /// One that the child has begun, and that is over.
    struct Had {
        int child = 0;
        core::Instant at{};
        std::chrono::seconds length{};
    };
    /// A ring that is over.
    /// Whom a call rings, or has rung.
    struct Ring {
        std::string call{};
        std::string name{};  ///< Of its Dial.
        core::PhoneNumber rung{};
    };

    explicit KinshipLines(std::uint64_t seed) : KinshipHistory(seed) {
        auto& settings = world_.settings.kinship;
        settings.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
        settings.calls_per_day = kCallsPerDay;
        settings.per_month = kPerMonth;
        settings.per_call = kPerCall;
        settings.missed_call = true;
        settings.call_channel = kVoiceChannel;
        for (const auto& person : people_) add_line(person.phone);
        for (int lent = 0; lent < kLentPhones; ++lent) add_line(testing::phone(700 + lent));
    }
    ~KinshipLines() = default;

    void add_line(const core::PhoneNumber& number) {
        const auto same = [&](const Line& line) { return line.number == number; };
        if (!number.empty() && std::ranges::none_of(lines_, same)) lines_.push_back({.number = number});
    }
    Bond& bond_of(const Line& line) { return bonds_.at(line.bond); }
    const Bond& bond_of(const Line& line) const { return bonds_.at(line.bond); }
    std::string told(const Line& line) const {
        return after() + ", " + std::to_string(bond_of(line).child) + " and " + std::to_string(bond_of(line).adult) +
               (line.to_child ? ", to the child" : ", to the adult") + (line.by_card ? ", by card" : "") +
               (line.appointment ? ", as agreed " : " ");
    }

    // What the rule makes of a call.

    bool rests() const { return local() % kDay >= kRestFrom || local() % kDay < kRestTo; }
    /// By the kinship line itself: nobody is watched, or has said anything of calls.
    bool may_be_called_back(const core::PhoneNumber& number) const {
        return !at_phone(number).empty() && !rests() && !danger_.contains(number) && !wishes_.contains(number);
    }
    /// Whether there is another telephone to be rung at all, whoever may ring it.
    bool has_other_phone(const Line& line) const {
        const auto& other = somebody(line.to_child ? bond_of(line).child : bond_of(line).adult).phone;
        return !other.empty() && other != line.number;
    }
    bool is_kept_from_line(const Line& line) const { return others_kept_away(bond_of(line), at_phone(line.number)); }
    /// The telephone that rings for this call now; none where nothing may.
    std::optional<core::PhoneNumber> rung_for(const Line& line) const {
        const Bond& bond = bond_of(line);
        if (outlook_of(bond, true).way != KinWay::kMay || is_kept_from_line(line)) return std::nullopt;
        auto number = phone_for(bond, line.to_child);
        return number && *number != line.number && may_be_rung(*number) ? number : std::nullopt;
    }
    bool may_join(const Line& line) const { return rung_for(line) == line.rung; }
    bool may_go_on(const Talk& talk) const {
        const Bond& bond = bonds_.at(talk.bond);
        return may_talk_on(bond, talk.began_at) && !others_kept_away(bond, at_phone(talk.caller)) &&
               phone_for(bond, talk.to_child);
    }
    /// What the child has of the day and of the month.
    bool is_spent(int child) const {
        const auto month_of = [](int day) {
            const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
            return std::pair{date.year(), date.month()};
        };
        int calls = 0;
        std::chrono::seconds talked{};
        for (const auto& talk : had_) {
            const int day = day_of(local_of(talk.at));
            if (talk.child != child || month_of(day) != month_of(today())) continue;
            calls += day == today() ? 1 : 0;
            talked += talk.length;
        }
        return calls >= kCallsPerDay || talked >= kPerMonth;
    }

    // What is said.

    static std::string spoken(std::string_view key, core::Fields values = {}) {
        const flow::Say say{.key = std::string{key}, .values = std::move(values)};
        return words_of(render::render_voice(testing::shipped().book.catalogue, "zh-CN", {say}));
    }
    static std::string words_of(const core::CallAnswer& answer) { return words_of(answer.sounds); }
    static std::string words_of(const std::vector<core::Sound>& sounds) {
        std::string all;
        for (const auto& sound : sounds) all += sound.words;
        return all;
    }
    static bool is_hang_up(const core::CallAnswer& answer) {
        return std::holds_alternative<core::HangUp>(answer.act) && answer.sounds.empty();
    }
    /// The child says how it calls this adult, and nothing that would tell more; the adult the child's name.
    std::string called(const Bond& bond, bool by_child) const {
        const auto& name = somebody(by_child ? bond.adult : bond.child).row.name;
        if (!by_child || bond.row.relation == core::Relation::kRelative) return name;
        const bool mother = bond.row.relation == core::Relation::kMother;
        const auto same = [&](const Bond& other) {
            return other.child == bond.child && other.row.relation == bond.row.relation;
        };
        const auto word = testing::words(mother ? "kin.rel.mother" : "kin.rel.carer");
        return std::ranges::count_if(bonds_, same) > 1 ? word + name : word;
    }
    /// The other side, as whoever is on this line calls it.
    std::string who(const Line& line) const { return called(bond_of(line), !line.to_child); }
    std::string when(core::Instant at) { return core::format_when(at, now(), world_.ground->rules().zone, "zh-CN"); }

    // What goes to and fro.

    core::Inbound request(const Line& line, CallEvent event, std::string keys = {}) const {
        return {.channel = std::string{kVoiceChannel},
                .kind = core::ChannelKind::kVoice,
                .from = line.number,
                .to = "12338",
                .received_at = now(),
                .text = std::move(keys),
                .call = core::CallInput{.id = line.id, .event = event, .step = line.step}};
    }
    core::Inbound leg_of(const Ring& ring, CallEvent event, const core::PhoneNumber& from, std::string leg,
                         std::string keys = {}) const {
        auto inbound = request({.id = ring.call}, event, std::move(keys));
        inbound.from = from;
        inbound.call->leg = std::move(leg);
        inbound.call->dial = ring.name;
        return inbound;
    }
    static Ring ring_of(const Line& line) { return {.call = line.id, .name = line.dial.name, .rung = line.rung}; }
    core::CallAnswer give(storage::Transaction& tx, const core::Inbound& inbound,
                          const storage::Recording* with = nullptr) {
        written_.clear();
        auto answer = world_.ground->taker().take(tx, inbound, with).answer.call.value_or(core::CallAnswer{});
        news(tx);
        look_at_answer(answer);
        return answer;
    }
    /// Names nobody but the people of whoever is known to talk.
    core::CallAnswer ask(storage::Transaction& tx, Line& line, const core::Inbound& inbound,
                         const storage::Recording* with = nullptr) {
        auto answer = give(tx, inbound, with);
        EXPECT_TRUE(are_her_people(named_in(core::encode(answer)), line.talking)) << told(line) << words_of(answer);
        line.step = answer.step;
        line.heard_at = now();
        return answer;
    }
    core::CallAnswer key(storage::Transaction& tx, Line& line, std::string keys) {
        return ask(tx, line, request(line, CallEvent::kKeys, std::move(keys)));
    }
    /// No number is in it, but for those that the carrier is to ring.
    static void look_at_answer(core::CallAnswer answer) {
        if (auto* dial = std::get_if<core::Dial>(&answer.act)) dial->numbers.clear();
        std::string all = core::encode(answer);
        std::erase_if(all, [](char one) { return one == ' ' || one == '-'; });
        ASSERT_EQ(all.find(kDigits), std::string::npos) << words_of(answer);
    }
    std::string new_name(std::string_view kind) { return std::string{kind} + std::to_string(++named_); }

    /// By the request or the deadline before.
    void is_written(storage::Transaction& /*tx*/, const core::Message& message) override {
        written_.push_back(message);
    }

    // What becomes of a call.

    void begin(storage::Transaction& tx, Line& line) {
        forget(tx, line.number);
        line.id = new_name("c");
        line.step = 0;
        line.by_card = false;
        line.placed = {};
        line.appointment = {};
        line.talking = at_phone(line.number);
    }

    /// Whoever picks up the telephone at which she wants to reach somebody is rung if she may be. She hears the same
    /// where she may not, and so do all to whom this could happen: nothing but the hours, and what the child has had,
    /// makes a difference to her words.
    void is_put_through(Line& line, const core::CallAnswer& answer, core::Inbound asked) {
        const auto words = words_of(answer);
        const auto shown = shown_of(bond_of(line), true);
        const bool spent = !line.to_child && !line.appointment && is_spent(bond_of(line).child);
        if (spent || shown.way == KinWay::kLater) return is_put_off(line, words, spent, shown.opens);
        ASSERT_EQ(words, spoken("kin.connecting", {{"who", who(line)}, {"min", std::to_string(kPerCall.count())}}))
            << told(line);
        if (const auto number = rung_for(line)) return is_rung(line, answer, *number, std::move(asked));
        ++seen[outlook_of(bond_of(line), true).way == KinWay::kNever ? "kept away, hears it ring" : "hears it ring"];
        const auto* wait = std::get_if<core::Wait>(&answer.act);
        ASSERT_NE(wait, nullptr) << told(line);
        // As long as a telephone rings that nobody picks up.
        ASSERT_EQ(wait->length, std::chrono::seconds{1});
        ASSERT_EQ(answer.sounds.back(), core::Sound{.prompt = std::string{core::kRingingTone}});
        line.stage = Stage::kTone;
        line.asked = std::move(asked);
    }
    void is_put_off(Line& line, const std::string& words, bool spent, core::Instant opens) {
        const bool speaks = shown_of(bond_of(line), line.to_child).opens < KinshipDesk::last_moment(now());
        ++seen[spent ? "nothing left" : "not yet"];
        const auto* key = speaks ? "kin.not_now" : "kin.quiet";
        if (spent)
            ASSERT_TRUE(words.starts_with("现在还不能打，")) << told(line) << words;
        else
            ASSERT_EQ(words, spoken(key, {{"open", when(opens)}})) << told(line);
        line.stage = speaks ? Stage::kLeave : Stage::kEnd;
    }
    void is_rung(Line& line, const core::CallAnswer& answer, const core::PhoneNumber& number, core::Inbound asked) {
        ++seen[line.to_child ? "child rung" : "adult rung"];
        if (line.by_card) ++seen["rung by card"];
        if (line.appointment) ++seen["rung as agreed"];
        ASSERT_TRUE(std::holds_alternative<core::Dial>(answer.act)) << told(line);
        line.dial = std::get<core::Dial>(answer.act);
        ASSERT_EQ(line.dial.numbers, std::vector{number.reveal_e164()});
        ASSERT_EQ(line.dial.longest, kPerCall);
        line.stage = Stage::kRings;
        line.rung = number;
        line.asked = std::move(asked);
        line.joined.clear();
    }

    /// Nobody has taken it, as far as she is told.
    void is_not_reached(Line& line, const core::CallAnswer& answer) {
        ASSERT_EQ(words_of(answer), spoken("kin.leave", {{"who", who(line)}})) << told(line);
        ASSERT_TRUE(std::holds_alternative<core::Gather>(answer.act));
        line.stage = Stage::kLeave;
    }

    /// Nothing that happens on the caller's phone ends a talk, unless we are told of its own end.
    void is_over(Line& line, bool we_are_told) {
        if (we_are_told) talk_is_over(line.joined);
        ring_is_over(line);
        line.stage = Stage::kIdle;
    }
    void ring_is_over(Line& line) {
        if (line.stage != Stage::kRings) return;
        if (old_.size() >= 20) old_.erase(old_.begin());
        old_.push_back(ring_of(line));
        line.joined.clear();
    }
    void talk_is_over(const std::string& leg) {
        const auto found = talks_.find(leg);
        if (found == talks_.end()) return;
        const auto talk = found->second;
        talks_.erase(found);
        const auto length = std::chrono::duration_cast<std::chrono::seconds>(now() - talk.began_at);
        if (!talk.to_child)
            had_.push_back({.child = bonds_.at(talk.bond).child,
                            .at = talk.began_at,
                            .length = std::clamp<std::chrono::seconds>(length, std::chrono::seconds{1}, kPerCall)});
    }

    /// A second passes: whoever talks and may not is to be ended by then, and nobody else.
    void watch(storage::Transaction& tx) {
        // Where one phone has begun several each is looked at in its turn.
        std::map<core::PhoneNumber, int> of_phone;
        int parts = 1;
        for (const auto& [leg, talk] : talks_) parts = std::max(parts, ++of_phone[talk.caller]);
        std::set<std::string> ended;
        for (int part = 0; part < parts; ++part) {
            world_.clock.advance(std::chrono::milliseconds{1000 / parts});
            keep_deadlines(tx, ended);
        }
        for (auto& line : lines_) {
            const bool talks_to_us =
                line.stage != Stage::kIdle && line.stage != Stage::kTurnedAway && line.stage != Stage::kCalled;
            if (!talks_to_us || now() - line.heard_at < kSilent) continue;
            // It may have been ended in the same second.
            const auto talk = talks_.find(line.joined);
            if (talk != talks_.end() && !may_go_on(talk->second)) ended.erase(line.joined);
            is_over(line, true);
        }
        for (auto next = talks_.begin(); next != talks_.end();) {
            const auto& [leg, talk] = *next++;
            if (now() - talk.began_at >= kPerCall + kEndIsToldWithin) {
                ended.erase(leg);
                talk_is_over(leg);
                continue;
            }
            const bool goes_on = may_go_on(talk);
            ++seen[goes_on ? "talks on" : "is to be ended"];
            ASSERT_EQ(ended.erase(leg) == 1, !goes_on) << after() << ", of " << parts;
        }
        ASSERT_TRUE(ended.empty()) << *ended.begin() << " " << after();
    }
    void keep_deadlines(storage::Transaction& tx, std::set<std::string>& ended) {
        for (;;) {
            written_.clear();
            const auto kept = keep_one_deadline(tx, world_.ground->taker(), world_.ground->replies(), now());
            if (!kept) return;
            news(tx);
            is_looked_at(tx);
            if (!kept.to_end) continue;
            EXPECT_EQ(kept.to_end->channel, kVoiceChannel);
            ended.insert(kept.to_end->leg);
        }
    }
    /// A deadline was kept: what it has written is `written_`.
    virtual void is_looked_at(storage::Transaction& tx) = 0;

    std::vector<Line> lines_{};
    std::vector<Ring> old_{};
    std::map<std::string, Talk> talks_{};  ///< By the leg.
    std::vector<Had> had_{};
    std::vector<core::Message> written_{};

  private:
    int named_ = 0;
};

}  // namespace harborline::gateway
