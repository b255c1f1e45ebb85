// What a child and its people say to one another where nobody answers: heard by those two alone, and kept nowhere (I7).
#include <algorithm>
#include <string>

#include "gateway/conversation/kinship_desk.hpp"
#include "handlers/flow/conventions.hpp"
#include "tests/gateway/conversation/call_world.hpp"
#include "tests/support/everything.hpp"
#include "tests/support/family.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using namespace std::chrono_literals;

constexpr auto kVoice = "a-voice";
/// What Calls gives every recording.
const std::string kDigestOfVoice(32, 'd');

/// The child calls from phone 1, its mother from phone 2.
class VoiceLetters : public Calls {
  protected:
    VoiceLetters() {
        world.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
        family_ = world.in([&](storage::Transaction& tx) {
            const auto made = testing::add_child_and_mother(tx, "小明", phone(2), world.clock.now());
            tx.people().put(core::PersonPhone{made.child, phone(1), true}, world.clock.now());
            return made;
        });
    }

    core::CallAnswer enters(const core::PhoneNumber& from) {
        her = from;
        call();
        return key("1");
    }
    /// As far as the tone behind which she may speak.
    core::CallAnswer is_asked(const core::PhoneNumber& from = phone(1)) {
        enters(from);
        key("1");
        auto ended = request(Event::kDialEnded);
        ended.call->dial_end = core::DialEnd::kNoAnswer;
        hear(ended);
        return key("1");
    }
    void leaves_letter() {
        is_asked();
        says(kVoice);
        hangs_up();
    }
    std::vector<core::Letter> waiting(bool to_child = false) {
        return world.in([&](storage::Transaction& tx) { return tx.letters().waiting(family_.tie, to_child); });
    }
    std::vector<std::string> dropped() {
        return world.in([](storage::Transaction& tx) { return tx.letters().dropped_recordings(100); });
    }
    std::string everything() {
        return world.in([](storage::Transaction& tx) { return testing::everything_in(tx); });
    }
    bool has_no_row() {
        return world.in([](storage::Transaction& tx) { return tx.recordings().kept_names(); }).empty() &&
               !recording(kVoice);
    }
    void bar(core::Tie::State state = core::Tie::State::kBarred) {
        world.in([&](storage::Transaction& tx) {
            auto tie = *tx.people().tie(family_.tie);
            tie.state = state;
            tx.people().put(tie);
        });
    }
    static core::Fields who(std::string_view name) {
        core::Fields values;
        values.set("who", name);
        return values;
    }
    static std::string spoken_text(std::string_view key, core::Fields values) {
        return testing::shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}, .values = std::move(values)},
                                                      core::ChannelKind::kVoice);
    }

    testing::ChildAndMother family_{};
};

TEST_F(VoiceLetters, WhereNobodyAnswersTheChildLeavesItsVoice) {
    const auto asked = is_asked();
    EXPECT_EQ(words_of(asked), spoken_text("kin.msg.ask", who("妈妈")));
    const auto& record = std::get<core::Record>(asked.act);
    EXPECT_EQ(record.longest, 60s);
    EXPECT_TRUE(record.tone);

    EXPECT_EQ(words_of(says(kVoice)), spoken_text("kin.msg.sent", who("妈妈")));

    ASSERT_EQ(waiting().size(), 1U);
    const auto letter = waiting().front();
    EXPECT_EQ(letter.recording, kVoice);
    EXPECT_TRUE(letter.opener.ends_with(kDigestOfVoice));
    EXPECT_NE(letter.words.find("小明留了一段话。打12338，按1"), std::string::npos) << "its announcement";
    const auto announced = world.messages_to(phone(2));
    ASSERT_EQ(announced.size(), 1U);
    EXPECT_EQ(announced.front().kind, core::MessageClass::kKinship);
    EXPECT_EQ(announced.front().text, "");
    EXPECT_TRUE(dropped().empty());
}

TEST_F(VoiceLetters, I7_NoRowHoldsItAndNothingTellsOfIt) {
    leaves_letter();

    EXPECT_TRUE(has_no_row());
    EXPECT_EQ(everything().find(kDigestOfVoice), std::string::npos);
    EXPECT_TRUE(world.cases().empty());
    for (const auto& turn : world.turns()) EXPECT_EQ(turn.text.find(flow::names::kSpoken), std::string::npos);
}

TEST_F(VoiceLetters, ItsReceiverHearsItAndThenItIsGone) {
    leaves_letter();
    const auto opener = waiting().front().opener;

    const auto heard = enters(phone(2));
    ASSERT_EQ(heard.sounds.size(), 3U);
    EXPECT_EQ(heard.sounds[0].words, "小明有话捎来：");
    EXPECT_EQ(heard.sounds[1].recording, kVoice);
    EXPECT_EQ(heard.sounds[1].opener, opener);
    EXPECT_EQ(heard.sounds[1].words, said("kin.unheard")) << "where it cannot be played";
    EXPECT_EQ(heard.sounds[2].words, "再听一遍，按8。接着，按1。");
    EXPECT_EQ(encode(memory_of(phone(2))).find(opener), std::string::npos);
    EXPECT_EQ(key("8").sounds, heard.sounds);

    key("1");
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(dropped(), std::vector<std::string>{kVoice});
    EXPECT_TRUE(has_no_row());
}

TEST_F(VoiceLetters, AMotherLeavesHersForHerChild) {
    is_asked(phone(2));
    says(kVoice);
    hangs_up();

    EXPECT_EQ(waiting(true).size(), 1U);
    EXPECT_EQ(enters(phone(1)).sounds.at(1).recording, kVoice);
}

TEST_F(VoiceLetters, WhereNobodyIsPutThroughItIsAskedForAtOnce) {
    world.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOff;
    enters(phone(1));

    EXPECT_TRUE(std::holds_alternative<core::Record>(key("1").act));
    says(kVoice);
    EXPECT_EQ(waiting().size(), 1U);
}

TEST_F(VoiceLetters, WhoeverHangsUpBehindItHasSentIt) {
    is_asked();
    give(spoken(Event::kEnded, kVoice));

    EXPECT_EQ(waiting().size(), 1U);
    EXPECT_TRUE(has_no_row());

    give(spoken(Event::kEnded, kVoice));
    EXPECT_EQ(waiting().size(), 1U) << "the carrier repeats itself";
    EXPECT_TRUE(has_no_row());
}

TEST_F(VoiceLetters, I7_OneThatComesBehindTheEndIsNobodys) {
    is_asked();
    hangs_up();
    give(spoken(Event::kEnded, kVoice));

    EXPECT_TRUE(has_no_row());
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(dropped(), std::vector<std::string>{kVoice});
    EXPECT_EQ(world.events("recording_alone"), 0);
}

TEST_F(VoiceLetters, I7_OneOfACallThatAnotherHasDisplacedIsNobodys) {
    is_asked();
    const auto late = spoken(Event::kRecorded, kVoice);
    call();
    give(late);

    EXPECT_TRUE(has_no_row());
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(dropped(), std::vector<std::string>{kVoice});
    EXPECT_EQ(world.events("recording_alone"), 0);
}

TEST_F(VoiceLetters, I7_OneWhoseTurnIsStrandedIsNobodys) {
    is_asked();
    const auto inbound = spoken(Event::kRecorded, kVoice);
    const storage::Recording told{.name = kVoice, .digest = kDigestOfVoice};
    world.in([&](storage::Transaction& tx) { world.ground->taker().strand(tx, inbound, "a bug", &told); });

    EXPECT_TRUE(has_no_row());
    EXPECT_EQ(everything().find(kDigestOfVoice), std::string::npos);
    EXPECT_EQ(dropped(), std::vector<std::string>{kVoice});
}

TEST_F(VoiceLetters, NothingPassesABar) {
    is_asked();
    bar();
    EXPECT_EQ(words_of(says(kVoice)), spoken_text("kin.msg.sent", who("妈妈"))) << "as to anybody";
    hangs_up();
    ASSERT_EQ(waiting().size(), 1U);
    EXPECT_FALSE(waiting().front().opens());
    EXPECT_TRUE(waiting().front().opener.empty());
    EXPECT_TRUE(world.messages_to(phone(2)).empty()) << "nothing announces it";
    EXPECT_TRUE(has_no_row());
    EXPECT_EQ(dropped(), std::vector<std::string>{kVoice});
}

/// Nor later: a bar that is lifted brings back nothing that was said under it.
TEST_F(VoiceLetters, WhoeverIsKeptAwayIsToldInTheEndLikeAnybodyWhomNobodyHeard) {
    is_asked();
    bar();
    says(kVoice);
    hangs_up();
    bar(core::Tie::State::kAllowed);
    const auto heard = enters(phone(2));
    EXPECT_TRUE(std::ranges::all_of(heard.sounds, &std::string::empty, &core::Sound::recording));
    hangs_up();

    world.clock.advance(72h);
    world.in(
        [&](storage::Transaction& tx) { KinshipDesk(world.ground->rules()).give_up_overdue(tx, world.clock.now()); });
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(world.news(phone(1)), std::vector{testing::words("kin.undelivered")});
}

TEST_F(VoiceLetters, NorDoesOneThatWaits) {
    leaves_letter();
    const auto heard = enters(phone(2));
    ASSERT_EQ(heard.sounds.size(), 3U);
    bar();

    for (const auto& again : {key("8"), (hangs_up(), enters(phone(2)))})
        EXPECT_TRUE(std::ranges::all_of(again.sounds, &std::string::empty, &core::Sound::recording));
}

TEST_F(VoiceLetters, AKeyIsNoVoice) {
    const auto asked = is_asked();
    const auto again = hear(request(Event::kRecorded, "*"));

    EXPECT_EQ(words_of(again), words_of(asked));
    EXPECT_TRUE(waiting().empty());
}

TEST_F(VoiceLetters, ItsWriterIsToldWhereNobodyHasHeardIt) {
    leaves_letter();
    world.clock.advance(72h);
    world.in(
        [&](storage::Transaction& tx) { KinshipDesk(world.ground->rules()).give_up_overdue(tx, world.clock.now()); });

    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(dropped(), std::vector<std::string>{kVoice});
    EXPECT_EQ(world.news(phone(1)), std::vector{testing::words("kin.undelivered")});
}

/// Its key dies while she listens: whether she has heard it nobody knows.
TEST_F(VoiceLetters, WhatOpensNoMoreIsNotTakenAsHeard) {
    leaves_letter();
    world.clock.time = KinshipDesk::last_moment(waiting().front().written_at) - 12s;
    ASSERT_EQ(enters(phone(2)).sounds.size(), 3U);

    key("1");

    EXPECT_EQ(waiting().size(), 1U);
    world.in(
        [&](storage::Transaction& tx) { KinshipDesk(world.ground->rules()).give_up_overdue(tx, world.clock.now()); });
    EXPECT_EQ(world.news(phone(1)), std::vector{testing::words("kin.undelivered")});
}

/// A flood by voice is none the less one.
TEST_F(VoiceLetters, OfMoreThanMayBeSentInADayNoneIsKept) {
    world.settings.kinship.letters_per_day = 1;
    leaves_letter();
    is_asked();

    EXPECT_EQ(words_of(says("another")), said("kin.blocked"));

    EXPECT_EQ(waiting().size(), 1U);
    EXPECT_EQ(dropped(), std::vector<std::string>{"another"});
}

/// Whatever became of the text that announces it: it can still be heard.
TEST_F(VoiceLetters, WaitsThoughItsAnnouncementDidNotArrive) {
    leaves_letter();
    const auto row = waiting().front().outbox;
    world.in([&](storage::Transaction& tx) {
        KinshipDesk(world.ground->rules()).did_not_arrive(tx, row, world.clock.now());
    });

    EXPECT_EQ(waiting().size(), 1U);
    EXPECT_TRUE(world.news(phone(1)).empty());
}

}  // namespace
}  // namespace harborline::gateway
