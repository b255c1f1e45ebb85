// "Sundays at seven": what may be agreed on, and what comes of it.
#include <algorithm>
#include <string>
#include <vector>

#include "gateway/conversation/after_restore.hpp"
#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "gateway/workers/claim.hpp"
#include "handlers/kinship/call_reason.hpp"
#include "tests/gateway/conversation/relatives_on_calls.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using namespace std::chrono_literals;

constexpr int kSeven = 19 * 60;
constexpr int kSunday = 6;

/// Ming's phone is 1, its own, and 3, a shop's; its mother's is 2. It is Wednesday, ten o'clock.
class Appointments : public RelativesOnCalls {
  protected:
    Appointments() {
        world.settings.kinship.call_channel = "handset-voice";
        world.in([&](storage::Transaction& tx) {
            tx.people().put({.person = ming_, .number = phone(3)}, world.clock.now());
        });
    }

    void allow() { put(tie()); }
    core::Appointment wish(int minute = kSeven, int at_phone = 1) {
        return {.tie = tie_, .point = world.handset(phone(at_phone)).id, .weekday = kSunday, .minute = minute};
    }
    core::Result<core::Appointment> make(const core::Appointment& wanted) {
        return world.in([&](storage::Transaction& tx) {
            return AppointmentDesk(world.ground->rules()).make(tx, wanted, world.clock.now());
        });
    }
    /// Why it is refused; empty: it is not.
    std::string refusal(const core::Appointment& wanted) {
        const auto made = make(wanted);
        return made ? std::string{} : made.error().message;
    }
    core::Appointment stands(core::AppointmentId made) {
        return world.in([&](storage::Transaction& tx) { return tx.appointments().find(made).value(); });
    }
    /// Of what was written to a phone since the last look; empty: nothing was.
    std::string last_word(int at_phone) {
        const auto news = world.news(phone(at_phone));
        return news.empty() ? std::string{} : news.back();
    }
    void give_pin() {
        world.in([&](storage::Transaction& tx) {
            tx.people().put(core::Card{
                .child = ming_, .number = "20260001", .pin = hash_line_pin("4821", world.ground->rules().random)});
        });
    }

    /// On Sunday the 7th in Shanghai.
    static core::Instant sunday(std::chrono::minutes time) {
        return core::Instant{std::chrono::sys_days{std::chrono::year{2027} / 3 / 7}} + time - 8h;
    }
    /// The database as it stands is restored so much later.
    void settle(std::chrono::milliseconds later) {
        world.clock.advance(later);
        world.in([&](storage::Transaction& tx) {
            settle_after_restore(tx, {}, world.clock.now(), world.ground->rules().zone);
        });
    }
    void until(core::Instant at) { world.pass(at - world.clock.now()); }

    std::vector<core::Message> calls_to(const core::PhoneNumber& number) {
        auto all = world.messages_to(number);
        std::erase_if(all, [](const auto& one) { return one.channel != "handset-voice"; });
        return all;
    }
    /// As the sender does it: what is due leaves, and the carrier has it.
    std::size_t placed() {
        return world.in([&](storage::Transaction& tx) {
            const auto now = world.clock.now();
            std::size_t count = 0;
            for (auto& claimed :
                 claim_allowed(tx, {.channel = "handset-voice", .now = now, .lease_until = now + 1min, .limit = 10},
                               core::ChannelKind::kVoice, world.ground->rules())) {
                auto row = claimed.message;
                row.state = claimed.why_not.empty() ? core::MessageState::kSent : core::MessageState::kDropped;
                tx.outbox().settle(row);
                if (claimed.why_not.empty()) ++count;
            }
            return count;
        });
    }
    core::CallAnswer picks_up(int at_phone = 1) {
        her = phone(at_phone);
        id = "p" + std::to_string(++called_);
        auto answered = request(Event::kAnswered);
        answered.call->step = 0;
        answered.call->placed = calls_to(her).back().id;
        return hear(answered);
    }
    bool mother_accepts(const core::CallAnswer& ringing) {
        const auto dial = std::get<core::Dial>(ringing.act);
        for (const auto event : {Event::kLegBegan, Event::kLegKeys}) {
            auto leg = of_leg(event, dial, "l1", event == Event::kLegKeys ? "1" : "");
            leg.from = phone(2);
            if (std::holds_alternative<core::Join>(hear(leg).act)) return true;
        }
        return false;
    }
    /// At the first try.
    void accepts_and_is_not_put_through() {
        until(sunday(19h));
        placed();
        picks_up();
        EXPECT_TRUE(mother_accepts(key("1")));
        dial_ends(core::DialEnd::kRefused);
        hangs_up();
    }

  private:
    int called_ = 0;
};

TEST_F(Appointments, AreMadeForTheNextSuchTime) {
    const auto made = make(wish());
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->at, sunday(19h));
    EXPECT_FALSE(made->reminded);
    EXPECT_EQ(refusal(wish()), "that is agreed on already");
    EXPECT_EQ(refusal(wish(kSeven + 30)), "") << "another time of the same day is another one";
}

TEST_F(Appointments, AreRefusedWhereTheyCouldNotTakePlace) {
    EXPECT_NE(refusal(wish(22 * 60)).find("quiet hours"), std::string::npos);
    auto over = wish();
    over.once = std::chrono::year{2027} / 3 / 2;
    EXPECT_EQ(refusal(over), "that time is over");
    EXPECT_NE(refusal(wish(kSeven, 3)).find("no card with a PIN"), std::string::npos);
    give_pin();
    EXPECT_EQ(refusal(wish(kSeven, 3)), "");
    EXPECT_NE(refusal(wish(kSeven, 2)).find("that rings her"), std::string::npos);

    world.settings.kinship.call_channel.clear();
    EXPECT_NE(refusal(wish()).find("call_channel"), std::string::npos);
    world.settings.kinship.call_channel = "handset-voice";
    world.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOff;
    EXPECT_NE(refusal(wish()).find("bridge"), std::string::npos);
    world.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
    bar();
    EXPECT_NE(refusal(wish()).find("may not be put through"), std::string::npos);
}

TEST_F(Appointments, RemindTheEveningBeforeAndCallTheChildFirst) {
    make(wish()).value();
    until(sunday(-6h) - 1min);
    EXPECT_TRUE(world.news(phone(2)).empty());
    until(sunday(-6h));
    ASSERT_EQ(world.news(phone(2)).size(), 1U);
    until(sunday(19h) - 1min);
    EXPECT_TRUE(calls_to(phone(1)).empty());
    until(sunday(19h));
    ASSERT_EQ(calls_to(phone(1)).size(), 1U);
    const auto call = calls_to(phone(1)).front();
    EXPECT_EQ(call.kind, core::MessageClass::kKinship);
    EXPECT_TRUE(kinship::read_call_reason(call.text)->appointment) << "no word of anybody's";
    EXPECT_TRUE(calls_to(phone(2)).empty());
}

/// Two in one evening, and the question whether to move the first stands open.
TEST_F(Appointments, RemindOfEachThoughOneOnlyCanBeMoved) {
    const auto first = make(wish()).value();
    const auto second = make(wish(kSeven + 30)).value();
    until(sunday(-6h));
    const auto reminder = [](std::string_view at) {
        return testing::words("kin.appoint.remind", {{"open", std::string{at}}, {"who", "小明"}});
    };
    const auto news = world.news(phone(2));
    ASSERT_EQ(news.size(), 2U);
    EXPECT_TRUE(news[0].starts_with(reminder("3月7日19点")));
    EXPECT_NE(news[0].find(testing::words("kin.appoint.ask")), std::string::npos);
    EXPECT_EQ(news[1], reminder("3月7日19:30")) << "with nothing to answer";
    EXPECT_TRUE(stands(second.id).reminded);

    EXPECT_EQ(world.says(phone(2), "2"), std::vector{testing::words("kin.appoint.off")});
    EXPECT_EQ(stands(first.id).at, sunday(19h) + 7 * 24h);
    EXPECT_EQ(stands(second.id).at, sunday(19h + 30min));
}

TEST_F(Appointments, AreTriedFourTimesAndThenBothAreToldWithoutABlame) {
    const auto made = make(wish()).value();
    std::vector<std::chrono::minutes> at;
    for (auto minutes = 0min; minutes <= 60min; minutes += 1min) {
        until(sunday(19h) + minutes);
        if (placed() > 0) at.push_back(minutes);
    }
    EXPECT_EQ(at, (std::vector<std::chrono::minutes>{0min, 5min, 20min, 50min}));
    const auto told = testing::words("kin.appoint.missed");
    EXPECT_EQ(world.news(phone(2)).back(), told);
    EXPECT_EQ(world.news(phone(1)).back(), told);
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h) << "a week later again";
    EXPECT_EQ(stands(made.id).tries, 0);
}

/// The week in which the two have talked may be lost.
TEST_F(Appointments, I11_ThatWereDueAreNotCalledForAfterARestore) {
    const auto made = make(wish()).value();
    until(sunday(19h) - 1min);
    world.news(phone(2));
    settle(11min);
    world.pass(2h);

    EXPECT_TRUE(calls_to(phone(1)).empty());
    EXPECT_TRUE(world.news(phone(2)).empty());
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
    until(sunday(19h) + 7 * 24h);
    EXPECT_EQ(calls_to(phone(1)).size(), 1U);
}

TEST_F(Appointments, I11_NobodyIsRemindedAgainAfterARestore) {
    make(wish()).value();
    until(sunday(-6h) - 1min);
    settle(2h);
    until(sunday(19h) - 1min);

    EXPECT_TRUE(world.news(phone(2)).empty()) << "she may have been, and have answered";
    until(sunday(19h));
    EXPECT_EQ(calls_to(phone(1)).size(), 1U);
}

TEST_F(Appointments, AreKeptOnceTheTwoTalk) {
    const auto made = make(wish()).value();
    until(sunday(19h));
    placed();
    const auto asked = picks_up();
    EXPECT_EQ(words_of(asked), said("kin.booked.ask"));
    const auto ringing = key("1");
    ASSERT_TRUE(std::holds_alternative<core::Dial>(ringing.act)) << words_of(ringing);
    ASSERT_TRUE(mother_accepts(ringing));
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
    hangs_up();
    until(sunday(21h));
    EXPECT_EQ(calls_to(phone(1)).size(), 1U);
    EXPECT_EQ(world.news(phone(2)).size(), 1U) << "the reminder, and no word that it did not come about";
}

/// Her line broke, or our answer came too late for it.
TEST_F(Appointments, AreTriedAgainWhereSheAcceptsAndIsNotPutThrough) {
    const auto made = make(wish()).value();
    accepts_and_is_not_put_through();
    EXPECT_EQ(stands(made.id).at, sunday(19h));
    EXPECT_EQ(stands(made.id).tries, 1);
    until(sunday(19h) + 5min);
    ASSERT_EQ(placed(), 1U);
    picks_up();
    ASSERT_TRUE(mother_accepts(key("1")));
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
    hangs_up();
    until(sunday(22h));
    EXPECT_EQ(calls_to(phone(1)).size(), 2U);
}

TEST_F(Appointments, OfOneDayToo) {
    auto once = wish();
    once.once = std::chrono::year{2027} / 3 / 7;
    const auto made = make(once).value();
    accepts_and_is_not_put_through();
    EXPECT_FALSE(stands(made.id).ended);
    until(sunday(22h));
    EXPECT_EQ(calls_to(phone(1)).size(), 4U);
    EXPECT_EQ(last_word(2), testing::words("kin.appoint.missed"));
    EXPECT_TRUE(stands(made.id).ended);
}

TEST_F(Appointments, AreNoMatterOfTheDaysBudget) {
    world.settings.kinship.calls_per_day = 1;
    make(wish()).value();
    until(sunday(18h));
    world.in([&](storage::Transaction& tx) {
        tx.kin_calls().add({.tie = tie_, .child = ming_, .at = world.clock.now(), .talked = 60s});
    });
    until(sunday(19h));
    placed();
    picks_up();
    EXPECT_TRUE(std::holds_alternative<core::Dial>(key("1").act));
}

TEST_F(Appointments, AtAShopTheChildKeysItsPinAndNobodyHearsAName) {
    give_pin();
    make(wish(kSeven, 3)).value();
    until(sunday(19h));
    placed();
    EXPECT_EQ(words_of(picks_up(3)), said("kin.booked.ask"));
    EXPECT_EQ(words_of(key("1")), said("kin.pin"));
    EXPECT_FALSE(std::holds_alternative<core::Dial>(key("1111").act));
    hangs_up();
    until(sunday(19h) + 5min);
    placed();
    picks_up(3);
    key("1");
    EXPECT_TRUE(std::holds_alternative<core::Dial>(key("4821").act));
    for (const auto& turn : world.turns()) EXPECT_EQ(turn.text.find("4821"), std::string::npos);
}

TEST_F(Appointments, WhoeverPicksUpAndIsInDangerIsHeard) {
    make(wish()).value();
    until(sunday(19h));
    placed();
    picks_up();
    key("9");
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Appointments, ABarAtAnyStepHolds) {
    const auto made = make(wish()).value();
    until(sunday(19h));
    bar();
    EXPECT_EQ(placed(), 0U) << "at the instant at which it would leave";

    allow();
    until(sunday(19h) + 5min);
    ASSERT_EQ(placed(), 1U);
    bar();
    EXPECT_TRUE(hangs_up_on(picks_up())) << "when it is picked up";
    hangs_up();

    allow();
    until(sunday(19h) + 20min);
    ASSERT_EQ(placed(), 1U);
    picks_up();
    bar();
    EXPECT_FALSE(std::holds_alternative<core::Dial>(key("1").act)) << "when the child is there";
    hangs_up();
    until(sunday(21h));
    EXPECT_EQ(calls_to(phone(1)).size(), 3U);
    EXPECT_EQ(world.messages_to(phone(1)).size(), 3U) << "and no word";
    EXPECT_EQ(last_word(2), testing::words("kin.appoint.missed")) << "as if nobody had taken it";
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
}

/// What may come between the two once she was reminded.
enum class Between { kNothing, kPause, kBar, kOrder, kWithdrawal, kNoMoreAgreed };

struct BetweenCase {
    std::string name{};
    Between what{};
    friend void PrintTo(const BetweenCase& one, std::ostream* out) { *out << one.name; }
};

/// Whoever is kept away hears what she would hear of a call that nobody took (domain rules 4.6).
class AppointmentsKeptAway : public Appointments, public ::testing::WithParamInterface<BetweenCase> {
  protected:
    bool is_kept_away() const { return GetParam().what != Between::kNothing; }
    void befall() {
        auto becomes = tie();
        const auto today = world.ground->rules().zone.local(world.clock.now()).date;
        switch (GetParam().what) {
            case Between::kNothing:
                return;
            case Between::kPause:
                return put(tie(core::Tie::State::kPaused));
            case Between::kBar:
                return bar();
            case Between::kOrder:
                return world.in([&](storage::Transaction& tx) {
                    tx.people().put(core::ProtectionOrder{.person = ming_, .against = mother_, .number = "1号"});
                });
            case Between::kWithdrawal:
                return world.in([&](storage::Transaction& tx) {
                    auto consent = tx.people().consents_of(ming_).at(0);
                    consent.withdrawn = today;
                    tx.people().put(consent);
                });
            case Between::kNoMoreAgreed:
                becomes.agreed = false;
                return put(becomes);
        }
    }
    core::Appointment reminded(int minute = kSeven) {
        auto made = make(wish(minute)).value();
        until(sunday(-6h));
        EXPECT_EQ(world.news(phone(2)).size(), 1U);
        befall();
        return made;
    }
};

TEST_P(AppointmentsKeptAway, HearThatItWasMissedAtTheSameMinute) {
    const auto made = reminded();
    std::vector<std::chrono::minutes> told;
    for (auto minutes = 0min; minutes <= 90min; minutes += 1min) {
        until(sunday(19h) + minutes);
        placed();
        for (const auto& text : world.news(phone(2))) {
            EXPECT_EQ(text, testing::words("kin.appoint.missed"));
            told.push_back(minutes);
        }
    }
    EXPECT_EQ(told, std::vector{60min});
    EXPECT_EQ(calls_to(phone(1)).size(), is_kept_away() ? 0U : 4U);
    EXPECT_EQ(world.messages_to(phone(1)).size(), is_kept_away() ? 0U : 5U) << "the child's own word with it";
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
}

TEST_P(AppointmentsKeptAway, MoveItAndItIsMissedThen) {
    const auto made = reminded();
    world.says(phone(2), "1");
    EXPECT_EQ(world.says(phone(2), "2"), std::vector{testing::words("kin.appoint.moved", {{"open", "3月7日20点"}})});
    EXPECT_EQ(stands(made.id).at, sunday(20h));
    EXPECT_EQ(world.news(phone(1)).size(), is_kept_away() ? 0U : 1U);
    until(sunday(21h) - 1min);
    EXPECT_TRUE(world.news(phone(2)).empty());
    until(sunday(21h));
    EXPECT_EQ(world.news(phone(2)), std::vector{testing::words("kin.appoint.missed")});
    EXPECT_EQ(calls_to(phone(1)).size(), is_kept_away() ? 0U : 4U);
}

TEST_P(AppointmentsKeptAway, DoNotMoveItIntoTheNight) {
    const auto made = reminded(20 * 60 + 30);
    world.says(phone(2), "1");
    EXPECT_EQ(world.says(phone(2), "2"), std::vector{testing::words("kin.appoint.stays")});
    EXPECT_EQ(stands(made.id).at, sunday(20h + 30min));
}

TEST_P(AppointmentsKeptAway, LeaveItOut) {
    const auto made = reminded();
    EXPECT_EQ(world.says(phone(2), "2"), std::vector{testing::words("kin.appoint.off")});
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
    until(sunday(22h));
    EXPECT_TRUE(world.news(phone(2)).empty());
    EXPECT_EQ(world.messages_to(phone(1)).size(), is_kept_away() ? 0U : 1U);
}

INSTANTIATE_TEST_SUITE_P(By, AppointmentsKeptAway,
                         ::testing::Values(BetweenCase{"Nothing", Between::kNothing},
                                           BetweenCase{"APause", Between::kPause}, BetweenCase{"ABar", Between::kBar},
                                           BetweenCase{"AnOrder", Between::kOrder},
                                           BetweenCase{"AWithdrawnConsent", Between::kWithdrawal},
                                           BetweenCase{"HerOwnWish", Between::kNoMoreAgreed}),
                         [](const auto& one) { return one.param.name; });

TEST_F(Appointments, BarredBeforeTheReminderJustDoNotTakePlace) {
    const auto made = make(wish()).value();
    bar();
    until(sunday(22h));
    EXPECT_TRUE(world.messages_to(phone(2)).empty());
    EXPECT_TRUE(world.messages_to(phone(1)).empty());
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
}

TEST_F(Appointments, AllowedAgainAfterTheReminderTakePlaceWithoutOne) {
    make(wish()).value();
    bar();
    until(sunday(0h));
    allow();
    until(sunday(19h));
    EXPECT_TRUE(world.messages_to(phone(2)).empty());
    EXPECT_EQ(calls_to(phone(1)).size(), 1U);
}

TEST_F(Appointments, AllowedAgainBetweenTwoTriesGoOn) {
    make(wish()).value();
    until(sunday(-6h));
    bar();
    until(sunday(19h) + 4min);
    EXPECT_TRUE(calls_to(phone(1)).empty());
    allow();
    until(sunday(19h) + 5min);
    EXPECT_EQ(placed(), 1U);
    until(sunday(20h));
    EXPECT_EQ(calls_to(phone(1)).size(), 3U);
    EXPECT_EQ(last_word(1), testing::words("kin.appoint.missed")) << "the child may be told again";
}

TEST_F(Appointments, BarredOnceTheyHaveBegunAreMissedThoughNobodyWasReminded) {
    make(wish()).value();
    until(sunday(-6h) - 1min);
    for (const char* one : {"你好", "2", "1"}) world.says(phone(2), one);
    until(sunday(12h));
    world.says(phone(2), "2");
    until(sunday(19h));
    EXPECT_EQ(placed(), 1U);
    ASSERT_TRUE(std::ranges::none_of(world.messages_to(phone(2)), [](const core::Message& one) {
        return one.text.find(testing::words("kin.appoint.ask")) != std::string::npos;
    })) << "she was in the middle of something else";
    bar();
    until(sunday(20h));
    EXPECT_EQ(last_word(2), testing::words("kin.appoint.missed"));
}

TEST_F(Appointments, BarredAreTriedOnceATelephoneInUseIsFree) {
    const auto made = make(wish()).value();
    until(sunday(19h) - 10s);
    bar();
    her = phone(1);
    call();
    until(sunday(19h) + 2min);
    EXPECT_EQ(stands(made.id).tries, 0) << "as on any day";
    hangs_up();
    until(sunday(19h) + 4min);
    EXPECT_EQ(stands(made.id).tries, 1);
    EXPECT_TRUE(calls_to(phone(1)).empty());
}

TEST_F(Appointments, AreNoMatterOfAPhoneOnWhichSomebodyElseIsKeptAway) {
    const auto made = make(wish()).value();
    until(sunday(-6h));
    EXPECT_EQ(world.news(phone(2)).size(), 1U);
    bar();
    world.in([&](storage::Transaction& tx) {
        const auto father = tx.people().put(core::Person{.external_id = "a2", .name = "李强"});
        tx.people().put({.person = father, .number = phone(2), .is_private = true}, world.clock.now());
        tx.people().put(core::ProtectionOrder{.person = ming_, .against = father, .number = "2号"});
    });
    until(sunday(21h));
    EXPECT_TRUE(world.news(phone(2)).empty());
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
}

TEST_F(Appointments, AreNotMovedBehindTheLastDayOfTheTie) {
    const auto made = make(wish()).value();
    auto until_sunday = tie();
    until_sunday.to = std::chrono::year{2027} / 3 / 7;
    put(until_sunday);
    until(sunday(-6h));
    world.says(phone(2), "1");
    world.news(phone(2));
    EXPECT_EQ(world.says(phone(2), "3"), std::vector{testing::words("kin.appoint.stays")});
    EXPECT_EQ(stands(made.id).at, sunday(19h));
}

TEST_F(Appointments, WhatWasMissedWhileNobodyLookedIsNotMadeUpFor) {
    const auto made = make(wish()).value();
    world.clock.time = sunday(20h);
    world.keep_what_is_due();
    EXPECT_TRUE(calls_to(phone(1)).empty());
    EXPECT_TRUE(world.news(phone(1)).empty());
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
}

TEST_F(Appointments, ATelephoneInUseIsCalledOnceItIsFree) {
    make(wish()).value();
    until(sunday(19h) - 10s);
    her = phone(1);
    call();
    until(sunday(19h) + 2min);
    EXPECT_TRUE(calls_to(phone(1)).empty());
    hangs_up();
    until(sunday(19h) + 4min);
    EXPECT_EQ(calls_to(phone(1)).size(), 1U);
}

TEST_F(Appointments, AreMissedWhereTheTelephoneIsInUseAllTheTime) {
    const auto made = make(wish()).value();
    until(sunday(19h) - 10s);
    world.news(phone(2));
    her = phone(1);
    call();
    until(sunday(19h) + 31min);
    EXPECT_TRUE(calls_to(phone(1)).empty());
    EXPECT_EQ(world.news(phone(2)), std::vector{testing::words("kin.appoint.missed")}) << "she has waited";
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
}

TEST_F(Appointments, AreMovedForOnceByTheReminder) {
    const auto made = make(wish()).value();
    until(sunday(-6h));
    world.news(phone(2));
    EXPECT_EQ(world.says(phone(2), "1"), std::vector{testing::words("kin.appoint.when")});
    EXPECT_EQ(world.says(phone(2), "3"), std::vector{testing::words("kin.appoint.moved", {{"open", "3月8日19点"}})});
    EXPECT_EQ(stands(made.id).at, sunday(43h));
    EXPECT_EQ(stands(made.id).agreed, sunday(19h));
    EXPECT_EQ(world.news(phone(1)).size(), 1U) << "the child is told";
    until(sunday(42h));
    EXPECT_TRUE(calls_to(phone(1)).empty());
    until(sunday(43h));
    EXPECT_EQ(calls_to(phone(1)).size(), 1U);
}

TEST_F(Appointments, AreNotMovedWhereTheTwoMayNotTalk) {
    const auto made = make(wish(20 * 60 + 30)).value();
    until(sunday(-6h));
    world.says(phone(2), "1");
    world.news(phone(2));
    EXPECT_EQ(world.says(phone(2), "2"), std::vector{testing::words("kin.appoint.stays")});
    EXPECT_EQ(stands(made.id).at, sunday(20h + 30min));
}

TEST_F(Appointments, AreLeftOutForOnce) {
    const auto made = make(wish()).value();
    until(sunday(-6h));
    world.news(phone(2));
    EXPECT_EQ(world.says(phone(2), "2"), std::vector{testing::words("kin.appoint.off")});
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 7 * 24h);
    until(sunday(22h));
    EXPECT_TRUE(calls_to(phone(1)).empty());
}

TEST_F(Appointments, AnAnswerThatComesTooLateChangesNothing) {
    const auto made = make(wish()).value();
    until(sunday(19h));
    world.news(phone(2));
    EXPECT_EQ(world.says(phone(2), "2"), std::vector{testing::words("kin.appoint.stays")});
    EXPECT_EQ(stands(made.id).at, sunday(19h));
}

TEST_F(Appointments, OfOneDayEndWithIt) {
    auto once = wish();
    once.once = std::chrono::year{2027} / 3 / 7;
    const auto made = make(once).value();
    until(sunday(21h));
    EXPECT_EQ(calls_to(phone(1)).size(), 4U);
    EXPECT_TRUE(stands(made.id).ended);
    until(sunday(21h) + 8 * 24h);
    EXPECT_EQ(calls_to(phone(1)).size(), 4U);
}

TEST_F(Appointments, ThatAreEndedCallNobody) {
    const auto made = make(wish()).value();
    world.in([&](storage::Transaction& tx) { AppointmentDesk::end(tx, *tx.appointments().find(made.id)); });
    until(sunday(21h));
    EXPECT_TRUE(world.news(phone(2)).empty());
    EXPECT_TRUE(calls_to(phone(1)).empty());
}

TEST_F(Appointments, GoOnWeekAfterWeekWithOneLookAtATime) {
    const auto made = make(wish()).value();
    until(sunday(21h) + 21 * 24h);
    EXPECT_EQ(calls_to(phone(1)).size(), 16U);
    EXPECT_EQ(stands(made.id).at, sunday(19h) + 28 * 24h);
}

}  // namespace
}  // namespace harborline::gateway
