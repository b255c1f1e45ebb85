// Callers in trouble with us (domain rules 3.7): empty contacts slow a line down and never shut it, and what they were
// is told to whoever has the next matter.
#include "tests/gateway/conversation/call_world.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using namespace std::chrono_literals;
using EntryKind = core::CaseEntry::Kind;

class Trouble : public Calls {
  protected:
    /// Somebody calls, hears the menu and hangs up.
    void empty_calls(int count) {
        for (int made = 0; made < count; ++made) {
            call();
            hangs_up();
        }
    }
    bool hears_the_menu() { return words_of(call()).starts_with("您好。亲情电话"); }
    bool hears_the_kind_line() { return words_of(call()) == said("slow.kind"); }
    std::string links_of(const core::Case& matter) {
        std::string all;
        for (const auto& text : world.entries(matter.id, EntryKind::kLink)) all += text + "\n";
        return all;
    }
};

TEST_F(Trouble, AfterTenEmptyCallsTheNextHearsOneKindLineAndNoMenu) {
    for (int made = 0; made < 10; ++made) {
        EXPECT_TRUE(hears_the_menu()) << made;
        hangs_up();
    }
    EXPECT_EQ(world.events("line_slowed"), 1);
    EXPECT_EQ(words_of(call()), said("slow.kind"));
    EXPECT_EQ(words_of(key("2")), said("slow.bye"));
    EXPECT_TRUE(hangs_up_on(key("")));
    EXPECT_TRUE(world.cases().empty());
    EXPECT_TRUE(world.news(testing::kAdmin).empty());
}

TEST_F(Trouble, SilenceBehindTheKindLineEndsItKindlyToo) {
    empty_calls(10);
    EXPECT_TRUE(hears_the_kind_line());
    EXPECT_EQ(words_of(key("")), said("slow.bye"));
    EXPECT_TRUE(hangs_up_on(key("")));
}

TEST_F(Trouble, NineAndNoughtAreOpenOnASlowedLine) {
    empty_calls(10);
    EXPECT_TRUE(hears_the_kind_line());
    EXPECT_EQ(words_of(key("9")), said("safe.received") + "\n" + said("safe.wait"));
    EXPECT_EQ(world.open_alerts().size(), 1U);
    hangs_up();

    her = phone(2);
    empty_calls(10);
    EXPECT_TRUE(hears_the_kind_line());
    key("0");
    hangs_up();
    EXPECT_EQ(world.cases().size(), 2U);
}

TEST_F(Trouble, ASilentCallIsCountedOnASlowedLineTooAndTheThirdCallsAPerson) {
    empty_calls(10);
    for (int silent = 1; silent <= 3; ++silent) {
        EXPECT_TRUE(hears_the_kind_line());
        key("");
        hangs_up();
        EXPECT_EQ(world.open_alerts().size(), silent == 3 ? 1U : 0U);
    }
}

TEST_F(Trouble, SheWhoWasInDangerIsNeverSlowedDown) {
    call();
    key("9");
    hangs_up();
    world.pass(25h);
    empty_calls(11);
    EXPECT_NE(words_of(call()), said("slow.kind"));
}

TEST_F(Trouble, StaffAreNeverSlowedDown) {
    her = testing::kWang;
    empty_calls(11);
    EXPECT_TRUE(hears_the_menu());
}

TEST_F(Trouble, AnHourWithoutACallEndsIt) {
    empty_calls(10);
    world.pass(59min);
    EXPECT_TRUE(hears_the_kind_line());
    hangs_up();
    world.pass(59min);
    EXPECT_TRUE(hears_the_kind_line());
    hangs_up();
    world.pass(1h);
    EXPECT_FALSE(hears_the_kind_line());
}

TEST_F(Trouble, ADayEndsItHoweverOftenSheCalls) {
    empty_calls(10);
    const auto end = world.clock.now() + 24h;
    while (world.clock.now() + 30min < end) {
        world.pass(29min);
        EXPECT_TRUE(hears_the_kind_line());
        hangs_up();
    }
    world.pass(45min);
    EXPECT_FALSE(hears_the_kind_line());
}

TEST_F(Trouble, AClockSetBackEndsIt) {
    empty_calls(10);
    world.clock.time -= 3h;
    EXPECT_FALSE(hears_the_kind_line());
}

TEST_F(Trouble, CallsOnWhichSomethingCameOfItAreNotEmpty) {
    for (int made = 0; made < 12; ++made) {
        tell_land_up_to_the_story();
        says("r" + std::to_string(made));
        hangs_up();
    }
    EXPECT_FALSE(hears_the_kind_line());
}

TEST_F(Trouble, ACallOfWhoseEndNobodyToldCountsOnce) {
    empty_calls(8);
    call();  // Displaced by the next one.
    empty_calls(1);
    EXPECT_TRUE(hears_the_kind_line());
}

TEST_F(Trouble, AReferenceNumberLiftsIt) {
    const auto matter = world.matter(world.petition(her));
    empty_calls(10);
    EXPECT_TRUE(hears_the_kind_line());
    EXPECT_EQ(words_of(key("5")), said("status.ask"));
    key(matter.reference);
    hangs_up();

    empty_calls(9);
    EXPECT_FALSE(hears_the_kind_line());
}

TEST_F(Trouble, AWrongNumberLiftsNothing) {
    empty_calls(10);
    EXPECT_TRUE(hears_the_kind_line());
    key("5");
    key("11111111");
    hangs_up();
    EXPECT_TRUE(hears_the_kind_line());
}

TEST_F(Trouble, ATextIsHeardAsEverWhileTheLineIsSlowedDown) {
    empty_calls(10);
    EXPECT_TRUE(hears_the_kind_line());
    const auto heard = world.says(her, "你好");
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_TRUE(heard.front().starts_with("您好！回数字选")) << heard.front();
}

TEST_F(Trouble, ScreensAreSlowedDownByThemselves) {
    const auto& channels = world.settings.channels;
    const auto ussd = std::ranges::find(channels, core::ChannelKind::kUssd, &config::ChannelSettings::kind);
    ASSERT_NE(ussd, channels.end());
    const auto dial = [&](int session, std::string text = {}) {
        world.clock.advance(5s);
        const core::Inbound inbound{
            .channel = ussd->name,
            .kind = core::ChannelKind::kUssd,
            .from = her,
            .received_at = world.clock.now(),
            .text = text,
            .session = core::SessionInput{
                .id = "s" + std::to_string(session),
                .event = text.empty() ? core::SessionInput::Event::kBegan : core::SessionInput::Event::kInput}};
        return world.in([&](storage::Transaction& tx) { return world.ground->taker().take(tx, inbound).answer; });
    };
    const auto shown = [](std::string_view key) {
        return testing::shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}}, core::ChannelKind::kUssd);
    };
    for (int session = 0; session < 10; ++session) EXPECT_NE(dial(session).words, shown("slow.kind")) << session;
    EXPECT_EQ(dial(10), (core::Answer{shown("slow.kind"), true}));
    EXPECT_FALSE(hears_the_kind_line()) << "the telephone is another line";
    EXPECT_EQ(dial(11), (core::Answer{shown("slow.kind"), true}));
    EXPECT_EQ(dial(11, "9"), (core::Answer{"收到。", false}));
}

TEST_F(Trouble, TheNextMatterSaysHowManyThereWereOnce) {
    empty_calls(7);
    world.pass(24h * 3);
    const auto matter = world.matter(world.petition(her));
    EXPECT_EQ(links_of(matter), "short contacts without a word in the 7 days before: 7 (a sign of need)\n");

    her = phone(3);
    EXPECT_EQ(links_of(world.matter(world.petition(her))), "");
}

TEST_F(Trouble, AfterAWeekTheyAreForgotten) {
    empty_calls(7);
    world.pass(24h * 8);
    EXPECT_EQ(links_of(world.matter(world.petition(her))), "");
}

TEST_F(Trouble, WordsOfDangerAreAnsweredWhereAMachineIsNot) {
    for (int text = 0; text < 6; ++text) world.says(her, "这是自动回复，请勿回复本短信");
    ASSERT_TRUE(memory_of(her).habits.stopped());
    for (const auto* key : {"2", "1", "2", "3", "1"}) EXPECT_TRUE(world.says(her, key).empty()) << key;
    EXPECT_EQ(world.says(her, "救命，他拿刀要杀我"), std::vector{testing::words("pet.text.more")});
    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_TRUE(world.says(her, "就是村里的地").empty());
    EXPECT_FALSE(world.says(her, "9").empty());
}

}  // namespace
}  // namespace harborline::gateway
