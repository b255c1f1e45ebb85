// The weekly contact (domain rules 4.2): what counts, who is reminded of it and when, and that nobody is who should not
// be.
#include "gateway/conversation/weekly_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <ostream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/memory.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "tests/support/everything.hpp"
#include "tests/support/family.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;
using testing::words;
using testing::World;
using Told = std::vector<std::string>;
using Change = std::function<void(storage::Transaction&)>;

constexpr auto kAWeek = 7 * 24h;

/// A child, its mother who is away, and whoever cares for it; each of the two has a phone of her own.
struct SilentFamily {
    testing::ChildAndMother ids{};
    core::PersonId carer{};
    core::PhoneNumber mothers{};
    core::PhoneNumber carers{};
};

SilentFamily add_family(storage::Transaction& tx, int number, core::Instant now) {
    const std::string name = "小" + std::to_string(number);
    SilentFamily family{.mothers = phone(1'000 + number), .carers = phone(2'000 + number)};
    family.ids = testing::add_child_and_mother(tx, name, family.mothers, now);
    auto& people = tx.people();
    family.carer = people.put(core::Person{.external_id = name + "-nai", .name = "奶奶"});
    people.put(core::PersonPhone{.person = family.carer, .number = family.carers, .is_private = true}, now);
    people.put(core::Tie{
        .child = family.ids.child, .adult = family.carer, .relation = core::Relation::kCarer, .agreed = true});
    return family;
}

/// It is Wednesday, ten in the morning; families are looked at from Friday on, 18 o'clock.
class WeeklyFixture : public ::testing::Test {
  protected:
    explicit WeeklyFixture(config::Settings settings = testing::shipped().settings)
        : world_(testing::shipped_roster(), std::move(settings)) {}

    SilentFamily family(int number = 1) {
        return world_.in([&](storage::Transaction& tx) {
            const auto added = add_family(tx, number, world_.clock.now());
            desk().begin(tx, world_.clock.now());
            return added;
        });
    }
    WeeklyDesk desk() { return {world_.ground->rules(), world_.ground->taker().desk()}; }

    /// What a family does within a week: t talk, s talk for less than a minute, w words both ways, u words to its
    /// mother, d words to the child; y and c: mother and carer say that they have talked, where they are asked. Else
    /// nothing.
    void does(storage::Transaction& tx, const SilentFamily& family, char what) {
        const auto now = world_.clock.now();
        const auto arrive = [&](bool to_child) {
            note_words_arrived(tx, world_.ground->rules(), {.tie = family.ids.tie, .to_child = to_child}, now);
        };
        if (what == 't' || what == 's')
            tx.kin_calls().add({.tie = family.ids.tie,
                                .child = family.ids.child,
                                .at = now,
                                .talked = what == 't' ? 60s : 59s,
                                .by_child = false});
        if (what == 'u' || what == 'w') arrive(false);
        if (what == 'd' || what == 'w') arrive(true);
    }

    /// What was written since the last look, by phone.
    std::map<std::uint64_t, Told> news() {
        return world_.in([&](storage::Transaction& tx) {
            std::map<std::uint64_t, Told> all;
            auto last = seen_;
            for (const auto& message : tx.outbox().in_state(core::MessageState::kWaiting, World::kAll)) {
                if (message.id.value <= seen_) continue;
                last = std::max(last, message.id.value);
                std::string_view bare = message.text;
                bare.remove_prefix(std::min(bare.size(), world_.channel().signature.size()));
                all[tx.handsets().get(message.to).number.value()].emplace_back(bare);
            }
            seen_ = last;
            return all;
        });
    }
    std::size_t tasks_for(const SilentFamily& family) {
        return world_.in([&](storage::Transaction& tx) {
            const auto name = tx.people().find(family.ids.child)->external_id;
            const auto cases = tx.cases().list({.open_only = false, .limit = World::kAll});
            return static_cast<std::size_t>(std::ranges::count_if(cases, [&](const core::Case& one) {
                return one.category == "weekly_contact" &&
                       tx.cases().entries(one.id).front().text.ends_with("(" + name + ")");
            }));
        });
    }

    World world_;
    std::int64_t seen_ = 0;
};

/// Many families at once, week by week. What goes out of each, a letter a week: P its mother is asked, C the carer, K a
/// caseworker has the task; - nothing; ? anything else.
class WeeklyHistories : public WeeklyFixture {
  protected:
    using Histories = std::vector<std::string>;

    /// Restless: now and then the service is started again in the evening, and its rounds are made once more.
    Histories live(const Histories& histories, bool restless = false) {
        std::vector<SilentFamily> families;
        for (std::size_t at = 0; at < histories.size(); ++at) families.push_back(family(static_cast<int>(at)));
        Histories out(histories.size());
        for (std::size_t week = 0; week < histories.front().size(); ++week) {
            world_.in([&](storage::Transaction& tx) {
                for (std::size_t at = 0; at < families.size(); ++at) does(tx, families[at], histories[at][week]);
            });
            world_.pass(57h + 30min);  // Friday, half past seven in the evening.
            if (restless && week % 4 == 2) disturb();
            const auto told = news();
            for (std::size_t at = 0; at < families.size(); ++at) {
                const char sign = seen_of(families[at], told);
                out[at] += sign;
                answer(families[at], histories[at][week], sign);
            }
            news();
            world_.pass(kAWeek - (world_.clock.now() - began_) % kAWeek);
            for (const auto& [number, texts] : news())
                for (const auto& text : texts)
                    EXPECT_FALSE(text.starts_with("这周") || text.starts_with("孩子")) << text;
        }
        return out;
    }

  private:
    void disturb() {
        world_.ground->store().stop();
        world_.reopen();
        world_.in([&](storage::Transaction& tx) {
            tx.deadlines().add(storage::Deadline::Kind::kWeekly, 0, world_.clock.now());
        });
        world_.keep_what_is_due();
    }
    char seen_of(const SilentFamily& family, const std::map<std::uint64_t, Told>& told) {
        const auto of = [&](const core::PhoneNumber& number) {
            const auto found = told.find(number.value());
            return found == told.end() ? Told{} : found->second;
        };
        const auto mother = of(family.mothers);
        const auto carer = of(family.carers);
        auto& tasks = tasks_[family.ids.child.value];
        const bool task = tasks_for(family) == tasks + 1;
        tasks += task ? 1 : 0;
        if (mother.empty() && carer.empty()) return task ? 'K' : '-';
        if (task) return '?';
        if (carer.empty() && mother == Told{words("kin.parent.nudge.text")}) return 'P';
        return mother.empty() && carer == Told{words("kin.carer.nudge")} ? 'C' : '?';
    }
    void answer(const SilentFamily& family, char does, char told) {
        const bool hers = does == 'y' && told == 'P';
        if (!hers && !(does == 'c' && told == 'C')) return;
        world_.give(world_.text(hers ? family.mothers : family.carers, "2"));
    }

    core::Instant began_ = world_.clock.now();
    std::map<std::int64_t, std::size_t> tasks_{};
};

TEST_F(WeeklyHistories, EachWeekSaysWhoIsReminded) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"........", "-PPCPK--"},  // A whole week, and from the third on somebody else than the parents.
        {"tttttttt", "--------"}, {"ssssssss", "-PPCPK--"},  // Less than a minute is no talk.
        {"..t.....", "-P-PPCPK"},                            // Contact begins it anew.
        {"..w.....", "-P-PPCPK"}, {".ud.....", "-P-PPCPK"},  // The answer came within a week.
        {".u.d....", "-PPCPK--"},                            // It did not.
        {"..u.....", "-PPCPK--"}, {".y......", "-PPPCPK-"},  // She says so herself.
        {"yyyyyyyy", "-PPPPPPP"}, {"...c....", "-PPCPPCP"}, {"......t.", "-PPCPK-P"}};
    Histories lived;
    Histories expected;
    for (const auto& [history, reminders] : table) {
        lived.push_back(history);
        expected.push_back(reminders);
    }

    EXPECT_EQ(live(lived), expected);
}

/// The rule once more, in other words.
std::string reminders_for(const std::string& history) {
    std::string out;
    std::size_t contact = 0;
    bool carer = false;
    bool caseworker = false;
    for (std::size_t week = 0; week < history.size(); ++week) {
        const auto is = [&](std::size_t at, std::string_view any) { return any.find(history[at]) != any.npos; };
        const bool answered =
            week > 0 && ((is(week, "d") && is(week - 1, "uw")) || (is(week, "u") && is(week - 1, "dw")));
        char sign = '-';
        if (week == 0 || is(week, "tw") || answered) {
            contact = week;
            carer = caseworker = false;
        } else if (!caseworker) {
            const auto silent = week - contact - 1;
            caseworker = silent >= 4;
            sign = caseworker ? 'K' : silent >= 2 && !carer ? 'C' : 'P';
            carer = carer || sign == 'C';
        }
        if ((sign == 'P' && is(week, "y")) || (sign == 'C' && is(week, "c"))) {
            contact = week;
            carer = false;
        }
        out += sign;
    }
    return out;
}

/// Forty families, who are more than one transaction looks at.
TEST_F(WeeklyHistories, NobodyIsToldTwiceWhateverTheFamiliesDo) {
    constexpr std::string_view kDeeds = ".....tswudyc";
    std::mt19937_64 random(20'270'303);
    Histories histories;
    Histories expected;
    for (int one = 0; one < 40; ++one) {
        std::string history;
        for (int week = 0; week < 12; ++week) history += kDeeds[random() % kDeeds.size()];
        histories.push_back(history);
        expected.push_back(reminders_for(history));
    }

    EXPECT_EQ(live(histories, true), expected);
}

/// One family that nothing is heard of for seven weeks.
class WeeklySilence : public WeeklyFixture {
  protected:
    /// How often mother and carer are asked, and the caseworkers' tasks.
    struct Reminders {
        std::size_t mother = 0;
        std::size_t carer = 0;
        std::size_t tasks = 0;
        friend bool operator==(const Reminders&, const Reminders&) = default;
        friend void PrintTo(const Reminders& one, std::ostream* out) {
            *out << one.mother << " " << one.carer << " " << one.tasks;
        }
    };
    Reminders after(const Change& change = {}) {
        if (change) world_.in(change);
        world_.pass(7 * kAWeek);
        auto told = news();
        return {told[family_.mothers.value()].size(), told[family_.carers.value()].size(), tasks_for(family_)};
    }
    void change_tie(storage::Transaction& tx, core::PersonId adult, const std::function<void(core::Tie&)>& how) {
        for (auto tie : tx.people().ties_of(family_.ids.child)) {
            if (tie.adult != adult) continue;
            how(tie);
            tx.people().put(tie);
        }
    }
    static void no_reminders(storage::Transaction& tx, core::PersonId id) {
        auto person = *tx.people().find(id);
        person.weekly = false;
        tx.people().put(person);
    }
    core::HandsetId mothers_handset() { return world_.handset(family_.mothers).id; }

    SilentFamily family_ = family();
};

TEST_F(WeeklySilence, IsAskedAboutAndInTheEndSomebodyCalls) {
    EXPECT_EQ(after(), (Reminders{.mother = 3, .carer = 1, .tasks = 1}));
}

TEST_F(WeeklySilence, NothingIsAskedOfAFamilyThatWantsNoReminders) {
    EXPECT_EQ(after([&](auto& tx) { no_reminders(tx, family_.ids.child); }), Reminders{});
}

TEST_F(WeeklySilence, WhoeverWantsNoneGetsNone) {
    EXPECT_EQ(after([&](auto& tx) { no_reminders(tx, family_.ids.mother); }), (Reminders{.carer = 1, .tasks = 1}));
}

TEST_F(WeeklySilence, ByTextSheSaysSoToo) {
    world_.says(family_.mothers, "TD");
    EXPECT_EQ(world_.news(family_.mothers), Told{});
    news();

    EXPECT_EQ(after(), (Reminders{.carer = 1, .tasks = 1}));
}

TEST_F(WeeklySilence, NobodyAsksAMotherWhoIsKeptAwayNorCallsBecauseOfIt) {
    const core::LocalDate today{std::chrono::floor<std::chrono::days>(world_.clock.now())};
    using State = core::Tie::State;
    const std::vector<Change> reasons{
        [&](auto& tx) { change_tie(tx, family_.ids.mother, [](auto& tie) { tie.state = State::kBarred; }); },
        [&](auto& tx) { change_tie(tx, family_.ids.mother, [](auto& tie) { tie.state = State::kPaused; }); },
        [&](auto& tx) { change_tie(tx, family_.ids.mother, [](auto& tie) { tie.agreed = false; }); },
        [&](auto& tx) {
            tx.people().put(
                core::ProtectionOrder{.person = family_.ids.child, .against = family_.ids.mother, .number = "1"});
        },
        [&](auto& tx) {
            for (auto consent : tx.people().consents_of(family_.ids.child)) {
                consent.withdrawn = today;
                tx.people().put(consent);
            }
        }};
    for (std::size_t at = 0; at < reasons.size(); ++at) {
        family_ = family(static_cast<int>(at) + 10);
        EXPECT_EQ(after(reasons[at]), Reminders{}) << at;
    }
}

/// What was silence before the pause is none after it.
TEST_F(WeeklySilence, WhoeverWasKeptAwayBeginsAnew) {
    const auto set = [&](core::Tie::State state) {
        world_.in([&](auto& tx) { change_tie(tx, family_.ids.mother, [&](core::Tie& tie) { tie.state = state; }); });
    };
    world_.pass(2 * kAWeek);
    EXPECT_EQ(news()[family_.mothers.value()].size(), 1U);
    set(core::Tie::State::kPaused);
    world_.pass(7 * kAWeek);
    EXPECT_TRUE(news().empty());
    set(core::Tie::State::kAllowed);
    world_.pass(2 * kAWeek);

    EXPECT_EQ(news()[family_.mothers.value()].size(), 1U);
    EXPECT_EQ(tasks_for(family_), 0U);
}

TEST_F(WeeklySilence, WithoutACarerTheMotherIsAskedInItsPlace) {
    EXPECT_EQ(after([&](auto& tx) {
                  change_tie(tx, family_.carer, [](auto& tie) { tie.state = core::Tie::State::kBarred; });
              }),
              (Reminders{.mother = 4, .tasks = 1}));
}

TEST_F(WeeklySilence, AWatchedPhoneGetsNothingThatSheDidNotChoose) {
    EXPECT_EQ(after([&](auto& tx) {
                  core::Case danger{.id = tx.cases().next_id(), .kind = core::CaseKind::kSafety};
                  danger.reference = world_.ground->rules().references.of(danger.id).value();
                  danger.owner = tx.staff().by_key("li")->id;
                  danger.petitioner = tx.handsets().find(family_.mothers)->id;
                  danger.channel = world_.channel().name;
                  danger.opened_at = world_.clock.now();
                  tx.cases().open(danger);
              }),
              (Reminders{.carer = 1, .tasks = 1}));
}

TEST_F(WeeklySilence, APlanIsKeptTo) {
    const core::Window saturday{.days = 1 << 5, .from_min = 9 * 60, .to_min = 11 * 60};
    world_.in([&](storage::Transaction& tx) {
        put_contact_plan(tx, tx.handsets().find(family_.mothers)->id,
                         {.way = safety::Way::kText, .windows = {saturday}});
    });
    world_.pass(kAWeek + 71h - 1min);  // To the Saturday of the second week, before 9 o'clock.
    EXPECT_TRUE(news()[family_.mothers.value()].empty());

    world_.pass(1h);

    EXPECT_EQ(news()[family_.mothers.value()], Told{words("kin.parent.nudge.text")});
}

TEST_F(WeeklySilence, AFatherWithHoursIsAskedWithinThem) {
    world_.in([&](storage::Transaction& tx) {
        change_tie(tx, family_.ids.mother, [](core::Tie& tie) {
            tie.state = core::Tie::State::kHoursOnly;
            tie.hours = {{.days = 1 << 6, .from_min = 15 * 60, .to_min = 16 * 60}};
        });
    });
    world_.pass(kAWeek + 4 * 24h + 4h);  // Sunday, two in the afternoon.
    EXPECT_TRUE(news()[family_.mothers.value()].empty());

    world_.pass(2h);

    EXPECT_EQ(news()[family_.mothers.value()].size(), 1U);
}

/// She is in the middle of something else: that is over a day later.
TEST_F(WeeklySilence, AnOpenQuestionIsAnsweredFirst) {
    world_.pass(kAWeek + 55h);
    for (const auto* said : {"你好", "2", "1"}) world_.says(family_.mothers, said);
    world_.pass(2h);
    EXPECT_FALSE(std::ranges::count(news()[family_.mothers.value()], words("kin.parent.nudge.text")));

    world_.pass(24h);

    EXPECT_EQ(news()[family_.mothers.value()], Told{words("kin.parent.nudge.text")});
}

TEST_F(WeeklySilence, TheTaskIsOneForWhoeverAnswersForThePlaceAndJudgesNobody) {
    world_.in([&](storage::Transaction& tx) {
        auto child = *tx.people().find(family_.ids.child);
        child.place = "230184";
        tx.people().put(child);
    });
    after();

    const auto task = world_.only_case();
    EXPECT_EQ(task.kind, core::CaseKind::kTask);
    EXPECT_EQ(task.owner, world_.staff("chen"));
    EXPECT_EQ(task.place, "230184");
    EXPECT_EQ(task.department, "FAM");
    EXPECT_EQ(task.petitioner, mothers_handset());
    const auto text = world_.entries(task.id).front().text;
    EXPECT_NE(text.find("4 weeks without a talk, or words both ways, that we know of. Families also use other ways"),
              std::string::npos);
    EXPECT_FALSE(world_.pages_of("wang").empty());
}

TEST_F(WeeklySilence, WithoutAnybodyOnTheRosterTheTaskWaitsForSomebody) {
    world_.in([&](storage::Transaction& tx) { tx.staff().replace({}, world_.clock.now()); });
    EXPECT_EQ(after().tasks, 0U);

    world_.in([&](storage::Transaction& tx) { tx.staff().replace(testing::shipped_roster(), world_.clock.now()); });

    EXPECT_EQ(after().tasks, 1U);
}

/// Undone in the middle, a round is made again, and says everything once.
TEST_F(WeeklySilence, ARoundThatIsBrokenOffIsMadeAgain) {
    world_.pass(kAWeek + 56h - 1s);
    news();
    world_.clock.advance(1s);
    const auto keep = [&](bool breaks) {
        world_.in([&](storage::Transaction& tx) {
            auto& taker = world_.ground->taker();
            keep_one_deadline(tx, taker, world_.ground->replies(), world_.clock.now());
            if (breaks) throw std::runtime_error("the power is off");
        });
    };
    EXPECT_THROW(keep(true), std::runtime_error);
    EXPECT_TRUE(news().empty());

    keep(false);
    world_.pass(1h);

    EXPECT_EQ(news()[family_.mothers.value()].size(), 1U);
}

/// What she answers.
class WeeklyAnswer : public WeeklySilence {
  protected:
    void is_asked() {
        world_.pass(kAWeek + 56h);
        world_.news(family_.mothers);
    }
    core::MaybeDate last() {
        return world_.in([&](storage::Transaction& tx) { return tx.weekly_contacts().find(family_.ids.child)->last; });
    }
};

TEST_F(WeeklyAnswer, OneIsForHerChild) {
    is_asked();
    EXPECT_TRUE(world_.says(family_.mothers, "1").front().starts_with("想找谁？1小1 7用卡"));
}

TEST_F(WeeklyAnswer, WhereTheyArePutThroughOneSaysHowToCall) {
    world_.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
    world_.pass(kAWeek + 56h);

    EXPECT_EQ(world_.news(family_.mothers), Told{words("kin.parent.nudge")});
    EXPECT_EQ(world_.says(family_.mothers, "1"), Told{words("kin.parent.call")});
}

TEST_F(WeeklyAnswer, TwoCountsForAllHerChildren) {
    const auto sibling = world_.in([&](storage::Transaction& tx) {
        auto other = testing::add_child_and_mother(tx, "小红", phone(3'000), world_.clock.now());
        tx.people().put(core::Tie{
            .child = other.child, .adult = family_.ids.mother, .relation = core::Relation::kMother, .agreed = true});
        return other.child;
    });
    world_.pass(kAWeek + 57h);
    EXPECT_EQ(world_.news(family_.mothers), Told{words("kin.parent.nudge.text")}) << "one text for both";
    world_.pass(20h);

    EXPECT_EQ(world_.says(family_.mothers, "2"), Told{words("kin.parent.thanks")});

    EXPECT_EQ(last(), 2027y / 3 / 13);
    EXPECT_EQ(world_.in([&](storage::Transaction& tx) { return tx.weekly_contacts().find(sibling)->last; }),
              2027y / 3 / 13);
}

TEST_F(WeeklyAnswer, WordsInItsPlaceAreForTheChildThatHasJustWritten) {
    is_asked();
    world_.in([&](storage::Transaction& tx) {
        auto conversation = *tx.conversations().find(tx.handsets().find(family_.mothers)->id);
        auto memory = decode_memory(conversation.state).value();
        memory.letters.push_back({.tie = family_.ids.tie, .at = world_.clock.now()});
        conversation.state = encode(memory);
        tx.conversations().put(conversation);
    });

    EXPECT_EQ(world_.says(family_.mothers, "宝贝，妈妈下班就来电话"), Told{words("kin.msg.sent", {{"who", "小1"}})});

    EXPECT_EQ(world_.in([&](storage::Transaction& tx) { return tx.letters().waiting(family_.ids.tie, true).size(); }),
              1U);
}

TEST_F(WeeklyAnswer, ElseTheyLeadToTheMenuAndAreKeptNowhere) {
    is_asked();
    const auto menu = world_.says(family_.mothers, "今天太忙了，宝贝");
    ASSERT_EQ(menu.size(), 1U);
    EXPECT_TRUE(menu.front().starts_with("您好！"));
    EXPECT_EQ(world_.in([](storage::Transaction& tx) { return testing::everything_in(tx); }).find("太忙了"),
              std::string::npos);
}

TEST_F(WeeklyAnswer, NineAndNoughtAreWhatTheyAlwaysAre) {
    is_asked();
    EXPECT_EQ(world_.says(family_.mothers, "0"), Told{words("safe.how")});
    EXPECT_EQ(world_.says(family_.mothers, "9"), Told{words("safe.received")});
}

TEST_F(WeeklyAnswer, ItIsNotSentInTheEvening) {
    is_asked();
    const auto asked = world_.messages_to(family_.mothers).back();
    EXPECT_EQ(asked.kind, core::MessageClass::kNotice);
    EXPECT_EQ(asked.expires_at, world_.clock.now() + 2h);
}

/// After two days a digit is no answer any more.
TEST_F(WeeklyAnswer, AQuestionDoesNotStandForEver) {
    is_asked();
    world_.pass(49h);
    EXPECT_TRUE(world_.says(family_.mothers, "2").front().starts_with("您好！"));
    EXPECT_EQ(last(), 2027y / 3 / 5);
}

config::Settings without_reminders() {
    auto settings = testing::shipped().settings;
    settings.kinship.weekly = false;
    return settings;
}

class WeeklySwitchedOff : public WeeklyFixture {
  protected:
    WeeklySwitchedOff() : WeeklyFixture(without_reminders()) {}
};

TEST_F(WeeklySwitchedOff, SaysNothingToAnybody) {
    const auto silent = family();
    world_.pass(7 * kAWeek);

    EXPECT_TRUE(news().empty());
    EXPECT_EQ(tasks_for(silent), 0U);
}

}  // namespace
}  // namespace harborline::gateway
