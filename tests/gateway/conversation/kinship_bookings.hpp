#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/workers/claim.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/kinship/call_reason.hpp"
#include "tests/gateway/conversation/kinship_lines.hpp"

namespace harborline::gateway {

/// What families have agreed on, and the calls of ours: each of their steps is compared with the rule at its instant,
/// and whoever is kept away hears of it what she would hear of a call that nobody took.
class KinshipBookings : public KinshipLines {
  protected:
    using minutes = std::chrono::minutes;
    using hours = std::chrono::hours;

    struct Booked {
        core::Appointment row{};  ///< As it was last seen.
        std::size_t bond = 0;
        core::PhoneNumber point{};
        core::Instant asked{};  ///< Which occurrence the adult was reminded of.
    };
    static constexpr std::size_t kMostBooked = 6;
    /// After each try, and after the last, until nobody waits any more.
    static constexpr std::array kAgainAfter{minutes{5}, minutes{15}, minutes{30}, minutes{10}};
    static constexpr int kTries = 4;
    static constexpr minutes kTooLate{30};
    static constexpr hours kToldWithin{2};
    static constexpr minutes kCallWithin{5};

    using KinshipLines::KinshipLines;
    ~KinshipBookings() = default;

    /// Between two transactions: often it is soon time for something.
    void passes_time() override {
        const auto next = next_due(hours{20});
        if (!next || once_in(3)) return KinshipLines::passes_time();
        world_.clock.time = std::max(now(), *next - std::chrono::seconds{below(60)});
    }
    std::optional<core::Instant> next_due(hours within) const {
        std::optional<core::Instant> next;
        for (const auto& [id, booked] : booked_) {
            const auto& row = booked.row;
            for (const auto at : {row.at, evening_before(row.at), due(row)})
                if (!row.ended && at > now() && at - now() < within && (!next || at < *next)) next = at;
        }
        return next;
    }
    /// When the child's telephone is called next, or nobody waits any more.
    static core::Instant due(const core::Appointment& row) {
        return row.tries == 0 ? row.at : row.tried_at + kAgainAfter.at(static_cast<std::size_t>(row.tries - 1));
    }
    static core::Instant evening_before(core::Instant at) {
        return instant_of(static_cast<std::int64_t>(day_of(local_of(at)) - 1) * kDay + 18 * 60);
    }

    // The rule of what is agreed on.

    /// Whether the child's telephone may be called for it now, and whoever picks up be asked for the child.
    bool may_call(const Booked& booked) const {
        const Bond& bond = bonds_.at(booked.bond);
        return !booked.row.ended && outlook_of(bond, true).way == KinWay::kMay &&
               !others_kept_away(bond, at_phone(booked.point)) && may_be_rung(booked.point) && phone_for(bond, false);
    }
    bool may_call(core::AppointmentId id) const { return may_call(booked_.at(id)); }
    /// Where nobody but the child can pick up it keys no PIN.
    bool is_of_child_alone(const Booked& booked) const {
        return at_phone(booked.point) == std::vector{bonds_.at(booked.bond).child};
    }

    // What the families do.

    void books(storage::Transaction& tx) {
        drop_ended();
        if (!booked_.empty()) makes_peace(tx, bonds_.at(any_booked().bond));
        if (booked_.size() >= kMostBooked) return takes_back(tx);
        const auto at = static_cast<std::size_t>(below(static_cast<int>(bonds_.size())));
        if (!once_in(4)) makes_peace(tx, bonds_[at]);
        const auto point = point_of(bonds_[at]);
        const auto time = local() + (once_in(2) ? 2 + below(40) : below(2 * kDay));
        const int day = day_of(time);
        const core::Appointment wish{.tie = bonds_[at].id,
                                     .point = tx.handsets().find_or_add(point, now()).id,
                                     .weekday = (day + 3) % 7,
                                     .minute = static_cast<int>(time % kDay),
                                     .once = once_in(3) ? date_of(day) : core::LocalDate{}};
        const auto made = AppointmentDesk(world_.ground->rules()).make(tx, wish, now());
        ++seen[made ? "agreed on" : "not agreed on"];
        if (!made) return;
        const Bond& bond = bonds_[at];
        ASSERT_EQ(outlook_at(local_of(made->at), bond, true).way, KinWay::kMay) << after();
        ASSERT_FALSE(others_kept_away(bond, at_phone(point))) << after();
        ASSERT_TRUE(phone_for(bond, false)) << after();
        booked_[made->id] = {.row = *made, .bond = at, .point = point};
    }
    /// The child's own telephone, a borrowed one, or one of somebody else.
    core::PhoneNumber point_of(const Bond& bond) {
        const auto& own = somebody(bond.child).phone;
        if (!own.empty() && !once_in(4)) return own;
        return once_in(2) ? testing::phone(700 + below(kLentPhones)) : any_of(lines_).number;
    }
    void takes_back(storage::Transaction& tx) {
        auto& booked = any_booked();
        AppointmentDesk::end(tx, booked.row);
        booked.row.ended = true;
    }
    Booked& any_booked() { return std::next(booked_.begin(), below(static_cast<int>(booked_.size())))->second; }
    /// Of those that are ended a call may still be on its way.
    void drop_ended() {
        std::erase_if(booked_, [&](const auto& one) {
            const auto& row = one.second.row;
            const auto is_for_it = [&](const Line& line) { return line.appointment == one.first; };
            const bool rings = row.tries > 0 && now() - row.tried_at < kCallWithin;
            return row.ended && !rings && std::ranges::none_of(lines_, is_for_it);
        });
    }

    /// The adult answers what she was asked the evening before. Nothing but the hours makes a difference to the answer.
    void answers_reminder(storage::Transaction& tx) {
        for (auto& [id, booked] : booked_) {
            Bond& bond = bonds_.at(booked.bond);
            const auto& hers = somebody(bond.adult).phone;
            if (booked.asked == core::Instant{} || !is_being_asked(tx, hers)) continue;
            if (once_in(2)) bars(tx, bond);
            const auto row = booked.row;
            const auto asked = std::exchange(booked.asked, {});
            const int shift = below(4);
            if (shift > 0) says(tx, hers, "1");
            const auto answer = says(tx, hers, shift > 0 ? std::to_string(shift) : "2");
            const bool stands =
                !row.ended && row.tries == 0 && row.at > now() && row.agreed == asked && phone_for(bond, false) == hers;
            return stands && shift == 0 ? is_left_out(tx, booked, answer)
                                        : is_moved(tx, booked, stands ? shift : 0, answer);
        }
    }
    bool is_being_asked(storage::Transaction& tx, const core::PhoneNumber& number) {
        const auto calls = [&](const Line& line) { return line.number == number && line.stage != Stage::kIdle; };
        const auto talk = tx.conversations().find(tx.handsets().find(number)->id);
        return std::ranges::none_of(lines_, calls) && talk &&
               decode_memory(talk->state).value().flow.flow == flow::names::kAppointment;
    }
    void is_left_out(storage::Transaction& tx, Booked& booked, const std::string& answer) {
        const Bond& bond = bonds_.at(booked.bond);
        ++seen[outlook_of(bond, true).way == KinWay::kNever ? "left out though kept away" : "left out"];
        ASSERT_EQ(answer, testing::words("kin.appoint.off")) << after();
        is_told(bond, "kin.appoint.child.off", {{"who", called(bond, true)}});
        booked.row = *tx.appointments().find(booked.row.id);
    }
    void is_moved(storage::Transaction& tx, Booked& booked, int shift, const std::string& answer) {
        const Bond& bond = bonds_.at(booked.bond);
        static constexpr std::array kShifts{hours{0}, hours{-1}, hours{1}, hours{24}};
        const auto to = booked.row.at + kShifts.at(static_cast<std::size_t>(shift));
        const bool kept_away = outlook_of(bond, true).way == KinWay::kNever;
        const auto then = kept_away ? shown_at(local_of(to), bond, true) : outlook_at(local_of(to), bond, true);
        if (shift == 0 || to <= now() || then.way != KinWay::kMay) {
            ++seen["not moved"];
            ASSERT_EQ(answer, testing::words("kin.appoint.stays")) << after();
            ASSERT_EQ(*tx.appointments().find(booked.row.id), booked.row);
            return;
        }
        ++seen[kept_away ? "moved though kept away" : "moved"];
        booked.row = *tx.appointments().find(booked.row.id);
        ASSERT_EQ(booked.row.at, to) << after();
        const auto open = core::format_day_time(to, world_.ground->rules().zone, "zh-CN");
        ASSERT_EQ(answer, testing::words("kin.appoint.moved", {{"open", open}}));
        is_told(bond, "kin.appoint.child.moved", {{"who", called(bond, true)}, {"open", open}});
    }
    /// The child was, where words may reach it, and nobody else.
    void is_told(const Bond& bond, std::string_view key, const core::Fields& values) {
        const bool may = phone_for(bond, true) && outlook_of(bond, true).way == KinWay::kMay;
        const auto told = notices();
        ASSERT_EQ(told.size(), may ? 1U : 0U) << after();
        if (!may) return;
        ++seen["child told"];
        ASSERT_EQ(without_signature(told.front().text), testing::words(key, values));
    }
    std::vector<core::Message> notices() const {
        auto all = written_;
        std::erase_if(all, [](const core::Message& one) { return one.kind != core::MessageClass::kNotice; });
        return all;
    }

    // What the clock does.

    void is_looked_at(storage::Transaction& tx) override {
        for (auto& [id, booked] : booked_) {
            const auto row = tx.appointments().find(id).value();
            if (row == booked.row) continue;
            judge_look(tx, booked, std::exchange(booked.row, row));
        }
    }

    void judge_look(storage::Transaction& tx, Booked& booked, const core::Appointment& before) {
        const auto& row = booked.row;
        const bool over = row.agreed != before.agreed || row.ended != before.ended;
        std::size_t expected = 0;
        if (row.tries > before.tries) expected += is_tried(booked);
        if (over) expected += is_given_up(tx, booked, before);
        if (!over && row.reminded && !before.reminded) expected += is_reminded(tx, booked);
        ASSERT_EQ(written_.size(), expected) << after();
    }
    /// A try is counted while she waits for it, whoever may talk; the child's telephone rings where they may.
    std::size_t is_tried(const Booked& booked) {
        const bool may = may_call(booked);
        ++seen[may ? "child's telephone called" : "not called, though she waits"];
        const auto calls = std::ranges::count_if(written_, [&](const core::Message& one) {
            const auto reason = kinship::read_call_reason(one.text);
            return one.channel == kVoiceChannel && one.to == booked.row.point && reason &&
                   reason->appointment == booked.row.id;
        });
        EXPECT_EQ(calls, may ? 1 : 0) << after();
        return may ? 1 : 0;
    }
    /// She waits for it until its time is over, and is told then, kept away or not: once, at the same instant.
    std::size_t is_given_up(storage::Transaction& tx, const Booked& booked, const core::Appointment& before) {
        const Bond& bond = bonds_.at(booked.bond);
        const bool waits = before.reminded || before.tries > 0;
        const auto late = now() - due(before);
        EXPECT_TRUE(!waits || (before.tries == kTries && late >= late.zero()) || late > kTooLate) << after();
        const bool told = waits && now() - (before.tries > 0 ? before.tried_at : before.at) < kToldWithin;
        const auto hers = told && shown_of(bond, false).way == KinWay::kMay ? phone_for(bond, false) : std::nullopt;
        const auto its = told && outlook_of(bond, true).way == KinWay::kMay ? phone_for(bond, true) : std::nullopt;
        const bool kept_away = outlook_of(bond, false).way == KinWay::kNever;
        if (hers) ++seen[kept_away ? "missed, though kept away" : "missed"];
        for (const auto& number : {hers, its}) {
            if (!number) continue;
            const auto handset = tx.handsets().find(*number)->id;
            EXPECT_EQ(std::ranges::count(written_, handset, &core::Message::to), 1) << after();
        }
        for (const auto& one : written_)
            EXPECT_EQ(without_signature(one.text), testing::words("kin.appoint.missed")) << after();
        return (hers ? 1U : 0U) + (its ? 1U : 0U);
    }
    /// Of what may not take place nobody is reminded, nor whoever may not be written to.
    std::size_t is_reminded(storage::Transaction& tx, Booked& booked) {
        const Bond& bond = bonds_.at(booked.bond);
        if (written_.empty()) return 0;
        ++seen["reminded"];
        const auto number = tx.handsets().get(written_.front().to).number;
        // She answers the last one of which she was asked; while that stands she is only told of another.
        if (written_.front().text.find(testing::words("kin.appoint.ask")) != std::string::npos) {
            for (auto& [id, other] : booked_)
                if (somebody(bonds_.at(other.bond).adult).phone == number) other.asked = {};
            booked.asked = booked.row.agreed;
        }
        EXPECT_EQ(phone_for(bond, false), number) << after();
        EXPECT_EQ(text_outlook(number).way, KinWay::kMay) << after();
        EXPECT_EQ(outlook_of(bond, false).way, KinWay::kMay) << after();
        EXPECT_EQ(outlook_at(local_of(booked.row.at), bond, true).way, KinWay::kMay) << after();
        return 1;
    }

    /// What is due leaves, and is judged once more.
    void places_calls(storage::Transaction& tx) {
        if (!booked_.empty() && once_in(10)) bars(tx, bonds_.at(any_booked().bond));
        const std::string channel{kVoiceChannel};
        const storage::OutboxClaim wish{
            .channel = channel, .now = now(), .lease_until = now() + minutes{1}, .limit = 100};
        for (auto& claimed : claim_allowed(tx, wish, core::ChannelKind::kVoice, world_.ground->rules())) {
            const bool goes = claimed.why_not.empty();
            const auto reason = kinship::read_call_reason(claimed.message.text);
            ASSERT_TRUE(reason) << claimed.message.text;
            ASSERT_EQ(claimed.message.text, kinship::encode(*reason));
            const bool booked = reason->kind == kinship::CallReason::Kind::kBooked;
            ++seen[goes ? "a call is placed" : "a call is not placed"];
            ASSERT_EQ(goes, booked ? may_call(reason->appointment) : may_be_called_back(claimed.number))
                << after() << claimed.why_not;
            claimed.message.state = goes ? core::MessageState::kSent : core::MessageState::kDropped;
            tx.outbox().settle(claimed.message);
            if (goes) rings_here(claimed, reason->appointment);
        }
    }
    void rings_here(const Claimed& call, core::AppointmentId appointment) {
        const auto line = std::ranges::find(lines_, call.number, &Line::number);
        ASSERT_NE(line, lines_.end());
        ASSERT_TRUE(!appointment || booked_.at(appointment).point == call.number);
        // It is busy.
        if (line->stage != Stage::kIdle && line->stage != Stage::kTurnedAway) return;
        line->stage = Stage::kCalled;
        line->placed = call.message.id;
        line->appointment = appointment;
    }

    std::map<core::AppointmentId, Booked> booked_{};
};

}  // namespace harborline::gateway
