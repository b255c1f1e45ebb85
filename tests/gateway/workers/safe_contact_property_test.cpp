// I6 as a property: whatever everybody does, nothing leaves that a plan forbids. Random plans, matters, turns, senders
// of every class, replies, exceptions, placed calls and a clock that moves, over the real store and the real turns;
// what leaves is compared with a second statement of the rule, which shares no line with the first: it marks the
// minutes of a week.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/conversation/memory.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/workers/claim.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "tests/support/caller.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using safety::Way;
using testing::phone;

constexpr int kPeople = 12;
constexpr int kWeekMinutes = 7 * 24 * 60;
constexpr std::string_view kSubstance = "法院已经受理";

using Week = std::bitset<kWeekMinutes>;

/// In Shanghai, which has no summer time; the first of January 1970 was a Thursday.
std::int64_t local_minutes(core::Instant at) {
    return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count() + 8 * 60;
}
std::size_t minute_of_week(std::int64_t local) {
    return static_cast<std::size_t>((local + 3 * 24 * 60) % kWeekMinutes);
}
Week every_day(int from, int to) {
    Week week;
    for (int minute = 0; minute < kWeekMinutes; ++minute)
        if (minute % 1440 >= from && minute % 1440 < to) week.set(static_cast<std::size_t>(minute));
    return week;
}

/// What a person has chosen, as she would say it.
struct Wishes {
    enum class Words { kNone, kSpoken, kCodes };
    Way way = Way::kUnasked;
    bool any_time = true;
    Week open{};
    Words words = Words::kNone;
    core::OutboxId exception{};
};

enum class Fate { kGoes, kWaits, kNever };

class SafeContactProperty {
  public:
    explicit SafeContactProperty(std::uint64_t seed) : random_(seed) {
        for (int person = 1; person <= kPeople; ++person) ids_.push_back(world_.handset(phone(person)).id);
    }

    void run(int rounds, int count) {
        for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round)
            world_.in([&](storage::Transaction& tx) {
                for (int one = 0; one < count && !::testing::Test::HasFailure(); ++one) step(tx);
            });
    }

    int steps = 0;
    std::map<Fate, int> fates{};
    std::map<MessageClass, int> gone{};
    int calls_gone = 0, exceptions_gone = 0, heard_substance = 0, heard_nothing = 0, refused_early = 0;
    int plans_made = 0, plans_narrowed = 0;  ///< Plans, by the flows themselves.
    int waited_for_the_phone = 0;            ///< Calls that another call of ours to the same phone held up.

  private:
    int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
    core::Instant now() const { return world_.clock.now(); }
    int somebody() { return below(kPeople); }

    void step(storage::Transaction& tx) {
        ++steps;
        const int dice = below(100);
        if (dice < 45)
            write(tx);
        else if (dice < 55)
            choose(tx, somebody());
        else if (dice < 58)
            forget(tx, somebody());
        else if (dice < 66)
            reply(tx, somebody());
        else if (dice < 84)
            turn(tx, somebody());
        else if (dice < 88)
            close(tx, somebody());
        else if (dice < 96)
            world_.clock.advance(dice < 94 ? std::chrono::seconds{below(240)} : std::chrono::minutes{below(600)});
        else
            keep_one_deadline(tx, world_.ground->taker(), world_.ground->replies(), now());
        if (dice >= 66) danger_.reset();
        send(tx, below(5) == 0 ? "voice" : world_.channel().name);
    }

    // What people and the programme do.

    void write(storage::Transaction& tx) {
        static constexpr std::array kinds{MessageClass::kAnswer,    MessageClass::kReply,  MessageClass::kNotice,
                                          MessageClass::kAutomatic, MessageClass::kCover,  MessageClass::kKinship,
                                          MessageClass::kPage,      MessageClass::kRedPage};
        const auto made = now() - std::chrono::seconds{below(600)};
        tx.outbox().add({.channel = below(6) == 0 ? "voice" : world_.channel().name,
                         .to = ids_[static_cast<std::size_t>(somebody())],
                         .text = "您好",
                         .kind = kinds.at(static_cast<std::size_t>(below(kinds.size()))),
                         .created_at = made,
                         .due_at = now(),
                         .expires_at = now() + std::chrono::minutes{1 + below(3 * 1440)}});
    }

    void choose(storage::Transaction& tx, int person) {
        const auto id = ids_[static_cast<std::size_t>(person)];
        safety::ContactPlan plan{.way = static_cast<Way>(1 + below(4))};
        Wishes wishes{.way = plan.way};
        for (int count = below(4); count > 0; --count) {
            const int from = below(1440);
            const int to = 1 + below(1440);
            if (from == to) continue;
            const int days = 1 + below(127);
            plan.windows.push_back({static_cast<std::uint8_t>(days), from, to});
            wishes.any_time = false;
            for (int day = 0; day < 7; ++day)
                for (int minute = from; (days >> day & 1) != 0 && minute < (to > from ? to : to + 1440); ++minute)
                    wishes.open.set(static_cast<std::size_t>((day * 1440 + minute) % kWeekMinutes));
        }
        wishes.words = static_cast<Wishes::Words>(below(3));
        if (wishes.words == Wishes::Words::kSpoken) plan.safe_word = "苹果", plan.unsafe_word = "西瓜";
        if (wishes.words == Wishes::Words::kCodes)
            plan.safe_word = "12", plan.unsafe_word = "34", plan.cover_story = "培训班改在周三";
        put_contact_plan(tx, id, plan);
        wishes_[id] = wishes;
    }

    void forget(storage::Transaction& tx, int person) {
        const auto id = ids_[static_cast<std::size_t>(person)];
        tx.contact_plans().erase(id);
        wishes_.erase(id);
    }

    void reply(storage::Transaction& tx, int person) {
        const auto id = ids_[static_cast<std::size_t>(person)];
        auto matter =
            tx.cases().latest_open_of(id, below(2) == 0 ? core::CaseKind::kSafety : core::CaseKind::kPetition);
        if (!matter) return;
        const bool exception = below(8) == 0;
        if (exception) {
            auto plan = contact_plan(tx, id);
            plan.exception_until = now() + 24h;
            plan.exception_in = matter->id;
            put_contact_plan(tx, id, plan);
        }
        auto& desk = world_.ground->replies();
        const auto sent =
            below(2) == 0 ? desk.reply(tx, *matter, matter->owner, "周三照常上课", now())
                          : desk.reply_by_phone(tx, *matter, matter->owner, {.text = std::string{kSubstance}}, now());
        if (!sent) ++refused_early;
        // One that could not be made leaves the exception open for the next: here nobody wants it any more.
        if (exception && !sent) {
            auto plan = contact_plan(tx, id);
            plan.exception_until = {};
            put_contact_plan(tx, id, plan);
        }
        if (exception && sent) wishes_[id].exception = *sent;
    }

    void turn(storage::Transaction& tx, int person) {
        static constexpr std::array<std::string_view, 16> said{"9", "你好", "2", "1", "3",  "5",        "*",  "0",
                                                               "8", "#",    "4", "6", "TD", "地被占了", "*0", "？？"};
        if (below(8) == 0) return choose_herself(tx, person);
        say(tx, person, said.at(static_cast<std::size_t>(below(said.size()))));
    }

    void say(storage::Transaction& tx, int person, std::string_view text) {
        const auto id = ids_[static_cast<std::size_t>(person)];
        const std::string answer = answer_of(tx, id, text);
        world_.clock.advance(std::chrono::seconds{5});
        world_.ground->taker().take(tx, world_.text(phone(person + 1), text));
        follow(tx, id, answer);
    }

    /// A 1 to "go on, or something new?" has what she sent before taken as her answer.
    static std::string answer_of(storage::Transaction& tx, core::HandsetId id, std::string_view text) {
        const auto known = tx.conversations().find(id);
        const auto memory = known ? decode_memory(known->state) : core::Result<Memory>{Memory{}};
        const bool goes_on = memory && memory->flow.resuming && text == "1" && !memory->held.empty();
        return goes_on ? memory->held : std::string{text};
    }

    /// She goes the way on which she is asked how and when to reach her, by the safety questions or by asking for a
    /// person: as far as whatever she is in the middle of lets her.
    void choose_herself(storage::Transaction& tx, int person) {
        static constexpr std::array<std::string_view, 9> questions{"你好", "3", "1", "1", "2", "2", "2", "3", "2"};
        static constexpr std::array<std::string_view, 4> keys{"1", "2", "3", "4"};
        if (below(6) == 0) falls_silent(tx, person);
        if (below(4) != 0)
            say(tx, person, "0");
        else
            for (const auto text : questions) say(tx, person, text);
        say(tx, person, keys.at(static_cast<std::size_t>(below(3))));
        say(tx, person, keys.at(static_cast<std::size_t>(below(4))));
    }

    /// For longer than any conversation lasts, so that the next word begins a new one.
    void falls_silent(storage::Transaction& tx, int person) {
        world_.clock.advance(25h);
        world_.ground->taker().lapse(tx, ids_[static_cast<std::size_t>(person)], now());
        danger_.reset();
    }

    /// What the flows make of her last answer: a plan where she had none and is in danger, less where she had one.
    void follow(storage::Transaction& tx, core::HandsetId id, std::string_view said) {
        const auto plan = contact_plan(tx, id);
        auto& wishes = wishes_[id];
        if (plan.way == wishes.way) return;
        const bool narrowed = plan.way == Way::kNone && wishes.way != Way::kUnasked;
        ASSERT_TRUE(narrowed || in_danger_now(tx, id));
        if (plan.way == Way::kNone) {
            ASSERT_EQ(said, "3");
            ++plans_narrowed;
        } else {
            ASSERT_EQ(wishes.way, Way::kUnasked);
            ASSERT_TRUE(plan.way == Way::kCall || plan.way == Way::kText);
            ++plans_made;
            if (said == "1") wishes.open = every_day(8 * 60, 12 * 60);
            if (said == "2") wishes.open = every_day(12 * 60, 18 * 60);
            if (said == "3") wishes.open = every_day(18 * 60, 21 * 60);
            wishes.any_time = said == "4";
        }
        wishes.way = plan.way;
    }
    static bool in_danger_now(storage::Transaction& tx, core::HandsetId id) {
        return tx.cases().latest_open_of(id, core::CaseKind::kSafety).has_value();
    }

    void close(storage::Transaction& tx, int person) {
        const auto kind = below(3) == 0 ? core::CaseKind::kPetition : core::CaseKind::kSafety;
        const auto matter = tx.cases().latest_open_of(ids_[static_cast<std::size_t>(person)], kind);
        if (!matter) return;
        look_for_new(tx);
        EXPECT_TRUE(world_.ground->replies().close(tx, *matter, matter->owner, "seen in person", now()));
        std::erase_if(pending_, [&](const core::Message& one) {
            return one.case_id == matter->id && tx.outbox().find(one.id)->state == MessageState::kDropped;
        });
    }

    // What the sender does with it.

    /// Ids follow one another: what the step has written comes behind what was known.
    void look_for_new(storage::Transaction& tx) {
        while (auto message = tx.outbox().find({last_ + 1})) {
            ++last_;
            pending_.push_back(std::move(*message));
        }
        std::erase_if(pending_, [&](const core::Message& one) { return one.expires_at <= now(); });
    }

    void send(storage::Transaction& tx, const std::string& channel) {
        const bool call = channel == "voice";
        const auto kind = call ? core::ChannelKind::kVoice : core::ChannelKind::kSms;
        look_for_new(tx);
        const auto claimed =
            claim_allowed(tx, {.channel = channel, .now = now(), .lease_until = now() + 1min, .limit = 1000}, kind,
                          world_.ground->rules());

        std::set<core::HandsetId> rung;
        for (const auto& one : claimed) {
            const bool second = call && one.why_not.empty() && !rung.insert(one.message.to).second;
            ASSERT_FALSE(second) << "two calls to one phone";
        }

        std::vector<std::pair<core::Message, Fate>> taken;
        std::size_t found = 0;
        for (auto& message : pending_) {
            if (message.channel != channel || message.due_at > now()) continue;
            const auto one =
                std::ranges::find(claimed, message.id, [](const Claimed& each) { return each.message.id; });
            found += one != claimed.end() ? 1 : 0;
            const auto fate = one == claimed.end() ? Fate::kWaits : one->why_not.empty() ? Fate::kGoes : Fate::kNever;
            const auto wished = fate_of(tx, message, call);
            const bool busy = wished == Fate::kGoes && one == claimed.end() && rung.contains(message.to);
            ASSERT_EQ(fate, busy ? Fate::kWaits : wished)
                << "class " << static_cast<int>(message.kind) << " after " << steps << " steps";
            ++fates[fate];
            waited_for_the_phone += busy ? 1 : 0;
            if (fate == Fate::kWaits) {
                message = *tx.outbox().find(message.id);
                ASSERT_EQ(message.state, MessageState::kWaiting);
                ASSERT_EQ(message.attempts, 0);
                const auto next = busy ? now() + 20s : next_open(message.to, call);
                ASSERT_EQ(message.due_at, std::min(next, message.expires_at));
            } else {
                taken.emplace_back(one->message, fate);
            }
        }
        ASSERT_EQ(found, claimed.size());
        for (const auto& [message, fate] : taken) {
            std::erase_if(pending_, [&](const core::Message& one) { return one.id == message.id; });
            settle(tx, message, fate == Fate::kGoes, call);
        }
    }

    void settle(storage::Transaction& tx, core::Message message, bool went, bool call) {
        message.state = went ? MessageState::kSent : MessageState::kDropped;
        tx.outbox().settle(message);
        if (!went) return world_.ground->replies().did_not_arrive(tx, message, now());
        ++gone[message.kind];
        calls_gone += call ? 1 : 0;
        if (wishes_[message.to].exception == message.id) ++exceptions_gone;
        if (call && message.case_id) pick_up(tx, message);
    }

    /// Somebody picks up and keys something: she who knows the code, or another.
    void pick_up(storage::Transaction& tx, const core::Message& message) {
        const auto number = tx.handsets().get(message.to).number;
        const auto request = [&](core::CallInput call, std::string keyed) {
            world_.clock.advance(std::chrono::seconds{1});
            call.id = "call-" + std::to_string(message.id.value);
            const core::Inbound inbound{.channel = "voice",
                                        .kind = core::ChannelKind::kVoice,
                                        .from = number,
                                        .received_at = now(),
                                        .text = std::move(keyed),
                                        .call = std::move(call)};
            return world_.ground->taker().take(tx, inbound).answer.call.value_or(core::CallAnswer{});
        };
        using Event = core::CallInput::Event;
        const auto tells = [](const core::CallAnswer& answer) {
            return std::ranges::any_of(answer.sounds,
                                       [](const auto& one) { return one.words.find(kSubstance) != std::string::npos; });
        };
        const auto first = request({.event = Event::kAnswered, .placed = message.id}, {});
        ASSERT_FALSE(tells(first));
        static constexpr std::array<std::string_view, 5> keys{"12", "34", "1", "", "77"};
        const auto keyed = keys.at(static_cast<std::size_t>(below(keys.size())));
        const auto second = request({.event = Event::kKeys, .step = first.step}, std::string{keyed});
        const bool codes = wishes_[message.to].words == Wishes::Words::kCodes;
        ASSERT_EQ(tells(second), keyed == (codes ? "12" : "1"));
        ++(tells(second) ? heard_substance : heard_nothing);
        request({.event = Event::kEnded}, {});
        danger_.reset();
    }

    // The rule, said a second time.

    const Week& open_week(core::HandsetId to, bool call) {
        static const Week any = Week{}.set();
        static const Week by_day = every_day(8 * 60, 20 * 60);
        const auto& wishes = wishes_[to];
        if (wishes.way != Way::kUnasked && !wishes.any_time) return wishes.open;
        return call ? by_day : any;
    }
    core::Instant next_open(core::HandsetId to, bool call) {
        const auto& week = open_week(to, call);
        auto local = local_minutes(now()) + 1;
        while (!week.test(minute_of_week(local))) ++local;
        return core::Instant{std::chrono::minutes{local - 8 * 60}};
    }

    Fate fate_of(storage::Transaction& tx, const core::Message& message, bool call) {
        if (message.kind == MessageClass::kPage || message.kind == MessageClass::kRedPage) return Fate::kGoes;
        // Here none says whom it would bring together.
        if (message.kind == MessageClass::kKinship && call) return Fate::kNever;
        const auto fate = by_wishes(tx, message, call);
        if (fate != Fate::kGoes) return fate;
        const bool all_off = tx.handsets().get(message.to).opt_out == storage::OptOut::kEverything;
        if (all_off && message.kind != MessageClass::kAnswer) return Fate::kNever;
        if (message.kind == MessageClass::kKinship) return Fate::kNever;  // Here no letter stands behind it.
        const auto& wishes = wishes_[message.to];
        if (message.kind == MessageClass::kReply && message.case_id && wishes.way == Way::kUnasked &&
            wishes.exception != message.id && tx.cases().find(message.case_id)->contact == core::ContactBack::kNone)
            return Fate::kNever;
        return Fate::kGoes;
    }

    Fate by_wishes(storage::Transaction& tx, const core::Message& message, bool call) {
        const auto age = now() - message.created_at;
        const bool hers = message.kind == MessageClass::kAnswer || message.kind == MessageClass::kCover;
        if (hers && !call && age >= 0ms && age <= 5min) return Fate::kGoes;
        const auto& wishes = wishes_[message.to];
        if (wishes.exception == message.id) return Fate::kGoes;
        const bool danger = in_danger(tx, message.to);
        if (wishes.way == Way::kNone || (wishes.way == Way::kUnasked && danger)) return Fate::kNever;
        if (wishes.way == (call ? Way::kText : Way::kCall)) return Fate::kNever;
        const bool words_needed = danger || wishes.words == Wishes::Words::kSpoken;
        if (call && words_needed && wishes.words != Wishes::Words::kCodes) return Fate::kNever;
        return open_week(message.to, call).test(minute_of_week(local_minutes(now()))) ? Fate::kGoes : Fate::kWaits;
    }
    bool in_danger(storage::Transaction& tx, core::HandsetId id) {
        if (!danger_) {
            danger_.emplace();
            for (const auto& one : tx.cases().list({.open_only = true, .limit = World::kAll}))
                if (one.kind == core::CaseKind::kSafety) danger_->insert(one.petitioner);
        }
        return danger_->contains(id);
    }

    using World = testing::World;
    World world_{testing::shipped_roster(), testing::settings_with_voice()};
    std::mt19937_64 random_;
    std::vector<core::HandsetId> ids_{};
    std::map<core::HandsetId, Wishes> wishes_{};
    std::optional<std::set<core::HandsetId>> danger_{};  ///< Who has an open safety matter; looked up when asked for.
    std::vector<core::Message> pending_{};
    std::int64_t last_ = 0;
};

TEST(SafeContact, NothingEverViolatesAPlan) {
    SafeContactProperty property{20'270'303};

    property.run(420, 250);

    std::printf(
        "%d steps: %d went, %d waited, %d were refused, %d early; %d calls, %d exceptions, %d heard, %d not; "
        "%d plans made and %d narrowed by the flows\n",
        property.steps, property.fates[Fate::kGoes], property.fates[Fate::kWaits], property.fates[Fate::kNever],
        property.refused_early, property.calls_gone, property.exceptions_gone, property.heard_substance,
        property.heard_nothing, property.plans_made, property.plans_narrowed);
    EXPECT_GE(property.steps, 100'000);
    for (const auto fate : {Fate::kGoes, Fate::kWaits, Fate::kNever}) EXPECT_GT(property.fates[fate], 1'000);
    for (int kind = 0; kind <= static_cast<int>(MessageClass::kRedPage); ++kind) {
        const bool has_letter = static_cast<MessageClass>(kind) != MessageClass::kKinship;
        EXPECT_GT(property.gone[static_cast<MessageClass>(kind)], has_letter ? 100 : -1) << kind;
    }
    for (const int seen :
         {property.calls_gone, property.exceptions_gone, property.heard_substance, property.heard_nothing,
          property.refused_early, property.plans_made, property.plans_narrowed, property.waited_for_the_phone})
        EXPECT_GT(seen, 20);
}

}  // namespace
}  // namespace harborline::gateway
