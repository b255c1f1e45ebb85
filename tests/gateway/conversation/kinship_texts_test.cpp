// What relatives write to one another, over the demonstration families: whose words go where, and that they are kept
// nowhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/memory.hpp"
#include "gateway/phone/rehearsal.hpp"
#include "gateway/phone/transcript.hpp"
#include "tests/support/everything.hpp"
#include "tests/support/family.hpp"
#include "tests/support/shipped.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::phone;
using Told = std::vector<std::string>;

const core::PhoneNumber kMing = phone(201);
const core::PhoneNumber kShop = phone(202);
const core::PhoneNumber kMingsMother = phone(211);
const core::PhoneNumber kLeisMother = phone(215);
const core::PhoneNumber kLent = phone(301);
constexpr std::string_view kWords = "妈妈你什么时候回来";

class KinshipTexts : public ::testing::Test {
  protected:
    KinshipTexts() : KinshipTexts(testing::shipped().settings) {}
    explicit KinshipTexts(const config::Settings& settings)
        : phones_{settings, testing::shipped().book, testing::shipped_roster(), kTranscriptsBegin,
                  testing::shipped_people()} {
        phones_.give_card_pin("20260001 pin 4821 duress 7395");
        phones_.give_card_pin("20260003 pin 4821 duress 7395");
    }

    template <class Fn>
    auto in(Fn fn) {
        std::optional<std::invoke_result_t<Fn, storage::Transaction&>> value;
        phones_.ground().store().run([&](storage::Transaction& tx) { value = fn(tx); });
        return std::move(*value);
    }
    /// What a phone gets by text because of this, without the signature.
    static Told told(const std::vector<Received>& all, const core::PhoneNumber& to) {
        constexpr std::string_view kSignature = "【哈尔滨市妇联】";
        Told texts;
        for (const auto& one : all) {
            if (one.by != to) continue;
            const bool is_signed = one.text.starts_with(kSignature);
            texts.push_back(one.text.substr(is_signed ? kSignature.size() : 0));
        }
        return texts;
    }
    Told says(const core::PhoneNumber& from, std::string_view text) { return told(phones_.send(from, text), from); }
    Told says_all(const core::PhoneNumber& from, const std::vector<std::string_view>& texts) {
        Told last;
        for (const auto text : texts) last = says(from, text);
        return last;
    }
    /// Ming writes to its mother from its own phone.
    std::vector<Received> ming_writes(std::string_view words) {
        says_all(kMing, {"#", "1", "1"});
        return phones_.send(kMing, words);
    }
    bool is_kept(std::string_view words) {
        return in(
            [&](storage::Transaction& tx) { return testing::everything_in(tx).find(words) != std::string::npos; });
    }
    std::size_t letters() {
        return in([](storage::Transaction& tx) {
            std::size_t count = 0;
            for (std::int64_t id = 1; id < 50; ++id) count += tx.letters().find({id}) ? 1 : 0;
            return count;
        });
    }
    std::size_t alerts() {
        return in([](storage::Transaction& tx) { return tx.alerts().open().size(); });
    }
    core::Inbound text(const core::PhoneNumber& from, std::string_view words) {
        return {.channel = "handset",
                .from = from,
                .to = "12338",
                .received_at = phones_.now(),
                .text = std::string{words}};
    }
    TurnOutcome take(const core::Inbound& inbound) {
        return in([&](storage::Transaction& tx) { return phones_.ground().taker().take(tx, inbound); });
    }
    /// Keeps a text as one whose turn threw.
    core::StrandedId strand(const core::Inbound& inbound) {
        return in([&](storage::Transaction& tx) {
            phones_.ground().taker().strand(tx, inbound, "a bug");
            return tx.stranded().list(10).back().id;
        });
    }
    void retry(core::StrandedId id) {
        EXPECT_TRUE(
            in([&](storage::Transaction& tx) { return phones_.ground().taker().retry(tx, id, phones_.now()); }));
    }
    std::size_t matters() {
        return in([](storage::Transaction& tx) { return tx.cases().list({.open_only = false, .limit = 10}).size(); });
    }
    /// Ming and its sister, by her card, write to their mother, who is asked for whom her words are.
    Told mother_is_asked(std::string_view words) {
        ming_writes(kWords);
        phones_.give_card_pin("20260002 pin 3590");
        says_all(kShop, {"#", "1", "20260002", "3590", "1", "妈妈抱抱"});
        return says(kMingsMother, words);
    }
    static std::ptrdiff_t times(const Told& texts, std::string_view key) {
        return std::ranges::count(texts, testing::words(key));
    }

    Rehearsal phones_;
};

TEST_F(KinshipTexts, WordsAreInNothingThatIsKept) {
    const auto sent = ming_writes(kWords);
    EXPECT_EQ(told(sent, kMingsMother), Told{"小明：" + std::string{kWords}});
    const auto answered = phones_.send(kMingsMother, "周五晚上就到家");
    EXPECT_EQ(told(answered, kMing), Told{"妈妈：周五晚上就到家"});

    EXPECT_FALSE(is_kept("什么时候"));
    EXPECT_FALSE(is_kept("到家"));
    EXPECT_EQ(letters(), 0U);
}

TEST_F(KinshipTexts, NeitherAreCardNumbersAndPins) {
    says_all(kShop, {"#", "1", "20260003", "1357", "20260003", "4821", "1"});

    for (const auto* digits : {"1357", "4821", "20260003"}) EXPECT_FALSE(is_kept(digits)) << digits;
}

TEST_F(KinshipTexts, NorByTelephone) {
    const auto keys = [&](std::string keyed) {
        EXPECT_TRUE(phones_.act(kShop, {.keys = std::move(keyed)})) << "nobody is on the line";
    };
    ASSERT_TRUE(phones_.act(kShop, {.kind = PhoneAct::Kind::kCall}));
    for (const auto* keyed : {"1", "20260003", "1357", "20260003", "4821", "1"}) keys(keyed);
    phones_.act(kShop, {.kind = PhoneAct::Kind::kHangUp});

    for (const auto* digits : {"1357", "4821", "20260003"}) EXPECT_FALSE(is_kept(digits)) << digits;
}

/// Some carriers repeat all of a session with every request.
TEST_F(KinshipTexts, OfACumulativeSessionOnlyLengthsAreRemembered) {
    int sent = 0;
    const auto request = [&](std::string_view all) {
        auto inbound = text(kShop, all);
        inbound.channel = "handset-ussd";
        inbound.kind = core::ChannelKind::kUssd;
        inbound.received_at += std::chrono::seconds{++sent};
        inbound.session = core::SessionInput{.id = "at-1", .cumulative = true};
        return take(inbound);
    };
    request("");
    request("1");
    request("1*20260003");
    const auto list = request("1*20260003*4821");
    EXPECT_TRUE(list.answer.words.starts_with("想找谁？1妈妈")) << list.answer.words;
    EXPECT_EQ(request("1*20260003*4821").kind, TurnOutcome::Kind::kRepeat);
    request("1*20260003*4821*1");
    const auto done = request("1*20260003*4821*1*" + std::string{kWords});

    EXPECT_EQ(done.answer.words, "好的，就带给妈妈。");
    const auto again = request("1*20260003*4821*1*" + std::string{kWords});
    EXPECT_EQ(again.kind, TurnOutcome::Kind::kRepeat);
    EXPECT_EQ(again.answer.words, done.answer.words);
    for (const auto* digits : {"4821", "20260003", "什么时候"}) EXPECT_FALSE(is_kept(digits)) << digits;
}

TEST_F(KinshipTexts, AStrandedTextIsKeptWithoutThem) {
    says_all(kMing, {"#", "1", "1"});
    const auto inbound = text(kMing, kWords);
    in([&](storage::Transaction& tx) { return phones_.ground().taker().strand(tx, inbound, "a bug"); });

    EXPECT_FALSE(is_kept("什么时候"));
    const auto got = phones_.wait(1s);
    EXPECT_EQ(told(got, kMing), Told{testing::words("kin.msg.again")});
    const auto stranded = in([](storage::Transaction& tx) { return tx.stranded().list(10); });
    ASSERT_EQ(stranded.size(), 1U);
    EXPECT_TRUE(in([&](storage::Transaction& tx) {
        return phones_.ground().taker().retry(tx, stranded.front().id, phones_.now());
    }));
    EXPECT_TRUE(phones_.wait(1s).empty());
}

TEST_F(KinshipTexts, ARepeatIsKnownThoughNothingOfItIsKept) {
    enum class Marked { kNot, kStamped, kRelayed };
    for (const auto marked : {Marked::kNot, Marked::kStamped, Marked::kRelayed}) {
        phones_.wait(2min);
        says_all(kMing, {"#", "1", "1"});
        auto inbound = text(kMing, "妈妈我的第" + std::to_string(static_cast<int>(marked)) + "封信写好了");
        if (marked != Marked::kNot) inbound.stamped_at = inbound.received_at;
        inbound.relayed = marked == Marked::kRelayed;

        EXPECT_EQ(take(inbound).kind, TurnOutcome::Kind::kTaken);
        inbound.received_at += 3s;
        if (marked == Marked::kRelayed) inbound.stamped_at = inbound.received_at;
        EXPECT_EQ(take(inbound).kind, TurnOutcome::Kind::kRepeat);

        EXPECT_EQ(told(phones_.wait(1s), kMingsMother).size(), 1U);
        EXPECT_FALSE(is_kept("写好了"));
    }
}

TEST_F(KinshipTexts, ACardOpensTheLineForWhoeverHoldsThePhoneNow) {
    says_all(kLent, {"#", "1", "20260003", "4821"});
    phones_.wait(11min);

    EXPECT_EQ(says(kLent, "1"),
              Told{"您好！回数字选：1亲情电话 2反映问题 3安全求助 5查办理进度 0人工。有危险回9或打110"});
}

/// A child has asked for its mother and put the phone down: somebody else takes it up.
TEST_F(KinshipTexts, DangerIsHeardOnAPhoneThatAChildHasLeft) {
    says_all(kLent, {"#", "1", "20260003", "4821", "1"});
    phones_.wait(12min);

    const auto got = phones_.send(kLent, "他打我，救命");

    EXPECT_TRUE(told(got, kLeisMother).empty());
    EXPECT_EQ(alerts(), 1U);
}

/// An hour is enough to write a few words, on a phone of which nobody has said that it is private too.
TEST_F(KinshipTexts, AChildTakesItsTimeToWrite) {
    says_all(kMing, {"#", "1", "1"});
    phones_.wait(50min);

    EXPECT_EQ(told(phones_.send(kMing, kWords), kMingsMother), Told{"小明：" + std::string{kWords}});
}

/// What comes later is for us, and is heard.
TEST_F(KinshipTexts, WhatComesMuchLaterIsNotForARelative) {
    says_all(kMing, {"#", "1", "1"});
    phones_.wait(2h);

    const auto got = phones_.send(kMing, "有人打我，救命");

    EXPECT_TRUE(told(got, kMingsMother).empty());
    EXPECT_EQ(alerts(), 1U);
}

/// They may be the words that were waited for all the same.
TEST_F(KinshipTexts, YetItIsKeptNowhere) {
    says_all(kMing, {"#", "1", "1"});
    phones_.wait(2h);

    EXPECT_TRUE(told(phones_.send(kMing, "今天考了一百分"), kMingsMother).empty());

    EXPECT_FALSE(is_kept("一百分"));
}

TEST_F(KinshipTexts, ALetterThatCameSinceIsAnsweredHoweverLate) {
    says_all(kMing, {"#", "1", "1"});
    says_all(kMingsMother, {"#", "1", "1", "作业写完了吗"});
    phones_.wait(2h);

    EXPECT_EQ(told(phones_.send(kMing, "写完了"), kMingsMother), Told{"小明：写完了"});
    EXPECT_FALSE(is_kept("写完了"));
}

TEST_F(KinshipTexts, NobodyLooksForDangerInThem) {
    ming_writes("妈妈我害怕，救命");
    says_all(kMingsMother, {"#", "1", "1", "谁打你了？谁要杀你"});

    EXPECT_EQ(alerts(), 0U);
    EXPECT_EQ(matters(), 0U);
}

/// What its mother writes in danger may be for us, and must not be what her child gets unawares.
TEST_F(KinshipTexts, AMotherWhoWritesOfDangerIsAskedForWhomItIs) {
    const Told asked{"这些话带给谁？1小明 7不带了。找人帮忙回0，有危险回9。"};
    ming_writes(kWords);

    auto got = phones_.send(kMingsMother, "他又打我了，救命");

    EXPECT_TRUE(told(got, kMing).empty());
    EXPECT_EQ(told(got, kMingsMother), asked);
    EXPECT_EQ(matters(), 0U);
    EXPECT_FALSE(is_kept("又打我"));
    EXPECT_EQ(told(phones_.send(kMingsMother, "1"), kMing), Told{"妈妈：他又打我了，救命"});
    EXPECT_EQ(matters(), 0U);

    EXPECT_EQ(says(kMingsMother, "他在砸门，救救我"), asked) << "what she has chosen once was another matter";
    got = phones_.send(kMingsMother, "9");
    EXPECT_TRUE(told(got, kMing).empty());
    EXPECT_EQ(alerts(), 1U);
    EXPECT_EQ(letters(), 0U);
    EXPECT_FALSE(is_kept("砸门"));
    EXPECT_EQ(times(told(phones_.wait(1h), kMingsMother), "kin.undelivered"), 0) << "nothing betrays her";
}

TEST_F(KinshipTexts, WhatIsTooLongToBeSentTellsOfNineToo) {
    ming_writes(kWords);
    std::string words = "他又打我了，救命";
    for (int at = 0; at < 60; ++at) words += "啊";

    EXPECT_EQ(says(kMingsMother, words), Told{testing::words("kin.msg.long")});
    EXPECT_NE(testing::words("kin.msg.long").find("有危险回9"), std::string::npos);
}

/// She has told us before, and does so again. All else is asked of.
TEST_F(KinshipTexts, DangerThatWasToldBeforeIsHeard) {
    ming_writes(kWords);
    says(kMingsMother, "9");
    phones_.wait(25h);

    EXPECT_EQ(says(kMingsMother, "好的宝贝"), Told{"这些话带给谁？1小明 7不带了。找人帮忙回0，有危险回9。"});
    EXPECT_EQ(told(phones_.send(kMingsMother, "1"), kMing), Told{"妈妈：好的宝贝"});

    EXPECT_TRUE(told(phones_.send(kMingsMother, "他又打我了"), kMing).empty());
    EXPECT_TRUE(is_kept("他又打我了"));
}

/// A text that was sent before is no answer, whenever it is taken: nobody has meant a child with it.
TEST_F(KinshipTexts, WhatWasStrandedGoesToNoRelative) {
    const auto before = strand(text(kMingsMother, "想离婚，房子怎么分"));
    ming_writes(kWords);
    retry(before);
    EXPECT_TRUE(told(phones_.wait(1s), kMing).empty());

    const auto again = strand(text(kLeisMother, "低保怎么办"));
    says_all(kLeisMother, {"#", "1", "1"});
    retry(again);
    EXPECT_EQ(letters(), 0U) << "she is asked for words to her child";

    EXPECT_TRUE(is_kept("房子怎么分"));
    EXPECT_TRUE(is_kept("低保怎么办"));
}

TEST_F(KinshipTexts, NorDoesATextWhosePartsWereLate) {
    auto part = text(kMingsMother, "");
    part.fragment =
        core::Fragment{.reference = 7, .total = 2, .index = 1, .bytes = "想离婚，房子怎么分", .charset = "UTF-8"};
    EXPECT_EQ(take(part).kind, TurnOutcome::Kind::kPart);
    ming_writes(kWords);

    EXPECT_TRUE(told(phones_.wait(3min), kMing).empty());
    EXPECT_TRUE(is_kept("房子怎么分"));
}

/// People split their thoughts.
TEST_F(KinshipTexts, WhoeverHasWrittenGoesOn) {
    ming_writes("妈妈我想你");

    EXPECT_EQ(told(phones_.send(kMing, "你啥时候到家"), kMingsMother), Told{"小明：你啥时候到家"});
    EXPECT_FALSE(is_kept("啥时候"));

    phones_.wait(2h);
    EXPECT_TRUE(told(phones_.send(kMing, "你好"), kMingsMother).empty()) << "nobody has written back";
}

/// By card only the first words are known to be the child's.
TEST_F(KinshipTexts, WhatComesBehindWordsByCardIsKeptNowhere) {
    says_all(kShop, {"#", "1", "20260003", "4821", "1", "妈妈我想你"});

    EXPECT_TRUE(told(phones_.send(kShop, "你啥时候到家"), kLeisMother).empty());
    EXPECT_FALSE(is_kept("啥时候"));
    says(kShop, "有人打我，救命");
    EXPECT_EQ(alerts(), 1U);
}

TEST_F(KinshipTexts, NumbersAreWordsToo) {
    ming_writes(kWords);
    for (const std::string words : {"520", "1830", "一三一四"})
        EXPECT_EQ(told(phones_.send(kMingsMother, words), kMing), Told{"妈妈：" + words});
    EXPECT_FALSE(is_kept("一三一四"));

    // A card, and a number that asks for a matter, are none.
    for (const auto* number : {"20260003", "512345678"})
        EXPECT_TRUE(told(phones_.send(kMingsMother, number), kMing).empty()) << number;
}

/// Children forget the key that is to be pressed first.
TEST_F(KinshipTexts, DigitsThatOpenTheLineAreKeptNowhere) {
    for (const auto* digits : {"20260003", "4821", "20260003 4821"}) {
        says(kLent, digits);
        EXPECT_FALSE(is_kept(digits)) << digits;
    }
}

/// Where a guardian has agreed, a word of danger offers help, and nobody learns that there was one.
TEST_F(KinshipTexts, WhatTheWordWatchFoundIsWrittenNowhere) {
    EXPECT_EQ(told(ming_writes("妈妈，有人打我"), kMing), Told{testing::words("kin.msg.help", {{"who", "妈妈"}})});

    EXPECT_TRUE(is_kept("kin_send=done"));
    EXPECT_FALSE(is_kept("kin_send=red"));
}

/// Whoever has it now has not opened the line.
TEST_F(KinshipTexts, OnAPhoneThatIsHersNoMoreNobodyGoesOnAsShe) {
    const Told asked{testing::words("kin.msg.ask", {{"who", "小明"}})};
    const auto write_down = [&](bool gone) {
        return in([&](storage::Transaction& tx) {
            const auto hers = tx.people().by_external_id("ming-ma").value().id;
            const core::PersonPhone phone{.person = hers, .number = kMingsMother};
            return gone ? tx.people().remove(phone) : tx.people().put(phone, phones_.now());
        });
    };
    for (const bool gone : {false, true}) {
        ASSERT_EQ(says_all(kMingsMother, {"#", "1", "1"}), asked);
        ASSERT_TRUE(write_down(gone));
        EXPECT_TRUE(told(phones_.send(kMingsMother, "叫你爸把钱寄过来"), kMing).empty()) << gone;
        EXPECT_EQ(letters(), 0U);
        EXPECT_FALSE(is_kept("把钱寄过来"));
        in([&](storage::Transaction& tx) {
            const auto hers = tx.people().by_external_id("ming-ma").value().id;
            return tx.people().put({.person = hers, .number = kMingsMother, .is_private = true}, phones_.now());
        });
    }
    says_all(kMingsMother, {"#", "1"});
    ASSERT_TRUE(write_down(true));
    for (const auto& text : says(kMingsMother, "?")) EXPECT_EQ(text.find("小明"), std::string::npos);
}

TEST_F(KinshipTexts, WhoeverWantsNoTextsGetsNoWords) {
    says(kMingsMother, "全部停");

    EXPECT_EQ(says_all(kMing, {"#", "1", "1"}), Told{testing::words("kin.blocked")});
    EXPECT_EQ(letters(), 0U);
}

TEST_F(KinshipTexts, NeitherDoesSheWithoutAMenu) {
    says_all(kMingsMother, {"#", "1", "1", "作业写完了吗"});
    says(kMingsMother, "全部停");

    EXPECT_EQ(says(kMing, "写完了"), Told{testing::words("kin.blocked")});
    EXPECT_EQ(letters(), 0U);
}

/// Old phones split a long text into several of the same second.
TEST_F(KinshipTexts, TwoOfOneSecondAreTwo) {
    says_all(kMing, {"#", "1", "1"});
    auto first = text(kMing, "妈妈我想你了");
    first.stamped_at = first.received_at;
    auto second = first;
    second.text = "你什么时候回来";

    EXPECT_EQ(take(first).kind, TurnOutcome::Kind::kTaken);
    EXPECT_EQ(take(second).kind, TurnOutcome::Kind::kTaken);
    EXPECT_EQ(take(first).kind, TurnOutcome::Kind::kRepeat);
    EXPECT_EQ(take(second).kind, TurnOutcome::Kind::kRepeat);

    EXPECT_EQ(told(phones_.wait(1s), kMingsMother), (Told{"小明：妈妈我想你了", "小明：你什么时候回来"}));
    EXPECT_FALSE(is_kept("想你了"));
}

TEST_F(KinshipTexts, WhatIsNoWordForARelativeIsHeardOnTheLineToo) {
    says_all(kMing, {"#", "1"});
    says(kMing, "救命");

    EXPECT_EQ(alerts(), 1U);
}

TEST_F(KinshipTexts, AMachineThatAnswersIsNotRelayedForEver) {
    ming_writes(kWords);
    int relayed = 0;
    for (int times = 0; times < 8; ++times)
        relayed += told(phones_.send(kMingsMother, "我在开车，稍后联系您"), kMing).empty() ? 0 : 1;

    EXPECT_EQ(relayed, 5);
    EXPECT_FALSE(is_kept("稍后联系")) << "it may have been a person after all";
    phones_.send(kMingsMother, "他打我，救命");
    EXPECT_EQ(alerts(), 1U);
}

/// What may not reach the one must not reach the other on the phone that they share.
TEST_F(KinshipTexts, WhereTwoShareAPhoneABarHoldsForBoth) {
    in([&](storage::Transaction& tx) {
        const auto father = tx.people().by_external_id("lei-ba");
        return tx.people().put(core::PersonPhone{father->id, kLeisMother, true}, phones_.now());
    });
    says_all(kShop, {"#", "1", "20260003", "4821"});

    EXPECT_EQ(says(kShop, "1"), Told{testing::words("kin.blocked")});
    EXPECT_EQ(says_all(kLeisMother, {"#", "1", "1"}), Told{testing::words("kin.blocked")});
}

TEST_F(KinshipTexts, APhoneOfAChildAndAnotherIsNobodysOwn) {
    in([&](storage::Transaction& tx) {
        const auto hong = tx.people().by_external_id("hong");
        return tx.people().put(core::PersonPhone{hong->id, kMing, true}, phones_.now());
    });

    EXPECT_EQ(says_all(kMing, {"#", "1"}), Told{testing::words("kin.card")});
}

/// A question of ours is answered first: words come when it is over, so that nobody takes the one for the other.
TEST_F(KinshipTexts, WordsWaitBehindAQuestionOfOurs) {
    says_all(kMingsMother, {"#", "2", "1", "2", "3", "1"});  // Up to the question for the story.
    EXPECT_TRUE(told(ming_writes(kWords), kMingsMother).empty());

    const auto got = phones_.send(kMingsMother, "村里把我家的地给了别人");
    EXPECT_TRUE(told(got, kMing).empty());
    EXPECT_EQ(told(got, kMingsMother), Told{testing::words("pet.text.more")});
    EXPECT_TRUE(told(phones_.wait(20min), kMingsMother).empty());

    says_all(kMingsMother, {"1", "2"});
    EXPECT_EQ(told(phones_.wait(6min), kMingsMother), Told{"小明：" + std::string{kWords}});
    EXPECT_EQ(told(phones_.send(kMingsMother, "下班就打给你"), kMing), Told{"妈妈：下班就打给你"});
    EXPECT_FALSE(is_kept("下班就"));
}

TEST_F(KinshipTexts, ButNotForLongerThanItStands) {
    says_all(kMingsMother, {"#", "2", "1", "2", "3", "1"});
    ming_writes(kWords);

    const auto got = told(phones_.wait(25h), kMingsMother);

    EXPECT_EQ(std::ranges::count(got, "小明：" + std::string{kWords}), 1);
}

/// Behind a receipt nothing is asked: what she writes is for whoever has written since, else for her matter.
TEST_F(KinshipTexts, BehindAReceiptALetterThatCameSinceIsAnswered) {
    says_all(kMingsMother, {"#", "2", "1", "2", "3", "1", "村里把我家的地给了别人", "1", "2"});
    ming_writes(kWords);

    EXPECT_EQ(told(phones_.send(kMingsMother, "明天就回"), kMing), Told{"妈妈：明天就回"});

    says_all(kMingsMother, {"#", "2", "1", "2", "4", "1", "还有水渠的事", "1", "2"});
    EXPECT_TRUE(told(phones_.send(kMingsMother, "水渠在村东头"), kMing).empty());
    EXPECT_TRUE(is_kept("水渠在村东头"));
}

TEST_F(KinshipTexts, WhoIsInDangerIsHeardByUs) {
    ming_writes(kWords);
    says(kMingsMother, "9");

    const auto got = phones_.send(kMingsMother, "他在砸门");

    EXPECT_TRUE(told(got, kMing).empty());
    EXPECT_TRUE(is_kept("他在砸门"));
}

TEST_F(KinshipTexts, ThePinForHelpOpensAMatterOfTheChild) {
    says_all(kLent, {"#", "1", "20260003", "7395"});

    const auto matters = in([](storage::Transaction& tx) { return tx.cases().list({.limit = 10}); });
    ASSERT_EQ(matters.size(), 1U);
    EXPECT_EQ(matters.front().kind, core::CaseKind::kSafety);
    EXPECT_EQ(matters.front().level, core::Level::kRed);
    EXPECT_EQ(matters.front().category, "harm_child");
    EXPECT_EQ(matters.front().place, "230184");
    EXPECT_EQ(matters.front().contact, core::ContactBack::kNone);
    EXPECT_TRUE(is_kept("child: 小雷"));
    EXPECT_FALSE(is_kept("7395"));
    // Keyed again it is the same matter.
    says_all(kLent, {"7", "20260003", "7395"});
    EXPECT_EQ(in([](storage::Transaction& tx) { return tx.cases().list({.limit = 10}).size(); }), 1U);
    EXPECT_EQ(alerts(), 1U);
}

TEST_F(KinshipTexts, ALockedCardIsAnEvent) {
    says_all(kLent, {"#", "1"});
    for (int tries = 0; tries < 5; ++tries) says_all(kLent, {"20260003", "1111"});

    const auto events = in([](storage::Transaction& tx) { return tx.journal().latest(50); });
    EXPECT_EQ(std::ranges::count(events, "kin_card_locked", &storage::JournalEntry::event), 1);
    // Nobody's 9 is held up by it.
    says(kLent, "9");
    EXPECT_EQ(alerts(), 1U);
}

/// A digit answers for two days, here as elsewhere.
TEST_F(KinshipTexts, ForWhomTheyAreCanBeSaidHoursLater) {
    EXPECT_EQ(mother_is_asked("乖"), Told{"这些话带给谁？1小红 2小明 7不带了。找人帮忙回0，有危险回9。"});
    phones_.wait(5h);

    EXPECT_EQ(told(phones_.send(kMingsMother, "2"), kMing), Told{"妈妈：乖"});
    EXPECT_EQ(times(told(phones_.wait(1min), kMingsMother), "kin.undelivered"), 0);
}

TEST_F(KinshipTexts, WhomAChildWantsToo) {
    says_all(kMing, {"#", "1"});
    phones_.wait(5h);

    EXPECT_TRUE(says(kMing, "1").front().starts_with("想对妈妈说什么？"));
}

/// Words whose writer was asked for whom they are, and never said so, die like all others, and she is told.
TEST_F(KinshipTexts, ParkedWordsDie) {
    mother_is_asked("乖");
    EXPECT_EQ(letters(), 1U);
    EXPECT_FALSE(is_kept("乖"));

    const auto got = told(phones_.wait(80h), kMingsMother);

    EXPECT_EQ(letters(), 0U);
    EXPECT_EQ(times(got, "kin.undelivered"), 1);
}

TEST_F(KinshipTexts, SoDoThoseWhoseWriterGoesOnToSomethingElse) {
    mother_is_asked("乖");

    EXPECT_EQ(times(says(kMingsMother, "0"), "kin.undelivered"), 1);

    EXPECT_EQ(letters(), 0U);
}

TEST_F(KinshipTexts, AndThoseThatOthersFollowMuchLater) {
    mother_is_asked("乖");
    phones_.wait(2h);

    const auto got = says(kMingsMother, "今天加班");

    ASSERT_FALSE(got.empty());
    EXPECT_TRUE(got.front().starts_with("这些话带给谁？")) << got.front();
    EXPECT_EQ(times(got, "kin.undelivered"), 1);
    EXPECT_EQ(letters(), 1U);
}

/// She has thought better of it, or they were for nobody on the line.
TEST_F(KinshipTexts, ForNobodyIsAnAnswerToo) {
    mother_is_asked("乖");

    EXPECT_EQ(says(kMingsMother, "7"), Told{testing::words("kin.which.none")});

    EXPECT_EQ(letters(), 0U);
    EXPECT_FALSE(is_kept("乖"));
    EXPECT_EQ(times(told(phones_.wait(80h), kMingsMother), "kin.undelivered"), 0) << "she knows";
}

TEST_F(KinshipTexts, AlsoWhereOneChildOnlyMayBeMeant) {
    ming_writes(kWords);
    says(kMingsMother, "他又打我了，救命");

    const auto got = phones_.send(kMingsMother, "7");

    EXPECT_EQ(told(got, kMingsMother), Told{testing::words("kin.which.none")});
    EXPECT_TRUE(told(got, kMing).empty());
    EXPECT_EQ(letters(), 0U);
    EXPECT_EQ(matters(), 0U);
    EXPECT_FALSE(is_kept("又打我"));
}

/// On a phone of its own a child is told at once, and not again when it opens the line.
TEST_F(KinshipTexts, ThatTheyDidNotArriveIsToldOnOnesOwnPhoneOnly) {
    says_all(kMing, {"#", "1", "2", "爸爸几点下班"});  // He may be reached in the evening.
    in([&](storage::Transaction& tx) {
        auto ties = tx.people().ties_of(tx.people().by_external_id("ming-ba")->id);
        for (auto& tie : ties) {
            tie.state = core::Tie::State::kBarred;
            tx.people().put(tie);
        }
        return true;
    });

    EXPECT_EQ(times(told(phones_.wait(10h), kMing), "kin.undelivered"), 1);

    EXPECT_TRUE(says_all(kMing, {"#", "1"}).front().starts_with("想找谁？"));
    EXPECT_TRUE(says_all(kShop, {"#", "1", "20260001", "4821"}).front().starts_with("想找谁？"));
}

/// So few in a day that a test can be a flood.
class KinshipFlood : public KinshipTexts {
  protected:
    KinshipFlood() : KinshipTexts(with_few()) {}

    static config::Settings with_few() {
        auto settings = testing::shipped().settings;
        settings.kinship.letters_per_day = 2;
        return settings;
    }
    /// What its mother gets of what Ming writes.
    Told mother_gets(std::string_view words) { return told(ming_writes(words), kMingsMother); }
};

TEST_F(KinshipFlood, EndsInWhatIsSaidWhereNothingCanPass) {
    EXPECT_EQ(mother_gets("一"), Told{"小明：一"});
    EXPECT_EQ(mother_gets("二"), Told{"小明：二"});

    const auto third = ming_writes("三");

    EXPECT_EQ(told(third, kMing), Told{testing::words("kin.blocked")});
    EXPECT_TRUE(told(third, kMingsMother).empty());
    EXPECT_EQ(letters(), 0U);
    EXPECT_FALSE(is_kept("三"));
}

TEST_F(KinshipFlood, IsTheSameFromAnyPhone) {
    mother_gets("一");
    says_all(kShop, {"#", "1", "20260001", "4821", "1", "二"});

    EXPECT_EQ(says_all(kLent, {"#", "1", "20260001", "4821", "1", "三"}), Told{testing::words("kin.blocked")});
    EXPECT_TRUE(mother_gets("四").empty());
}

TEST_F(KinshipFlood, OfOneSideIsNoneOfTheOtherNorOfAnotherTie) {
    mother_gets("一");
    mother_gets("二");

    EXPECT_EQ(told(phones_.send(kMingsMother, "好"), kMing), Told{"妈妈：好"});
    EXPECT_EQ(says_all(kMing, {"#", "1", "2", "爸爸"}), Told{testing::words("kin.msg.sent", {{"who", "爸爸"}})});
}

TEST_F(KinshipFlood, EndsWithItsDay) {
    mother_gets("一");
    mother_gets("二");
    EXPECT_TRUE(mother_gets("三").empty());

    phones_.wait(24h);

    EXPECT_EQ(mother_gets("四"), Told{"小明：四"});
}

/// Its guardian has agreed that they are looked at.
TEST_F(KinshipFlood, IsNoneOfWordsThatCallForHelp) {
    mother_gets("有人打我");
    EXPECT_EQ(mother_gets("一"), Told{"小明：一"});
    EXPECT_EQ(mother_gets("二"), Told{"小明：二"});
    EXPECT_TRUE(mother_gets("三").empty());

    const auto got = ming_writes("妈妈，有人打我");

    EXPECT_EQ(told(got, kMing), Told{testing::words("kin.msg.help", {{"who", "妈妈"}})});
    EXPECT_EQ(told(got, kMingsMother), Told{"小明：妈妈，有人打我"});
}

/// A text of which only a part has come may be for a child: whoever takes the database and the master key reads it for
/// no longer than a letter.
TEST(KinshipParts, I7_DieWithTheKeyOfTheirDay) {
    const auto her = phone(1);
    const auto stranger = phone(2);
    for (const bool dead : {false, true}) {
        testing::World world;
        world.in([&](storage::Transaction& tx) {
            return testing::add_child_and_mother(tx, "小明", her, world.clock.now()).tie;
        });
        for (const auto* words : {"#", "1", "1", "早点睡"}) world.says(her, words);
        const auto give_half = [&](const core::PhoneNumber& from, std::string words) {
            auto part = world.text(from, "");
            part.fragment =
                core::Fragment{.reference = 7, .total = 2, .index = 1, .bytes = std::move(words), .charset = "UTF-8"};
            EXPECT_EQ(world.take(part), TurnOutcome::Kind::kPart);
        };
        give_half(her, "妈妈下班就打给你");
        give_half(stranger, "村里修路的事");

        world.ground.reset();
        if (dead) std::filesystem::remove_all(world.settings.master_key.string() + ".days");
        world.reopen();
        world.pass(3min);

        std::string letters;
        world.in([&](storage::Transaction& tx) {
            for (std::int64_t id = 1; id < 20; ++id)
                if (const auto letter = tx.letters().find({id})) letters += letter->words;
        });
        EXPECT_EQ(letters.find("妈妈下班就打给你") != std::string::npos, !dead);
        const auto rest = world.in([](storage::Transaction& tx) { return testing::everything_in(tx); });
        EXPECT_NE(rest.find("村里修路的事"), std::string::npos);
        EXPECT_EQ(rest.find("下班"), std::string::npos);
    }
}

TEST(KinshipMemory, WhoHasWrittenComesBackAsItWas) {
    const core::Instant now = kTranscriptsBegin;
    Memory memory;
    memory.letters = {{.tie = {3}, .at = now}, {.tie = {7}, .at = now + 1h, .on_its_way = true}};
    memory.kin_line_at = now + 3h;
    for (const bool chosen : {false, true}) {
        if (chosen) memory.kin_chosen = kinship::Written{.tie = {7}, .at = now + 2h};

        const auto back = decode_memory(encode(memory));

        ASSERT_TRUE(back);
        ASSERT_EQ(back->letters.size(), 2U);
        EXPECT_EQ(back->letters.at(1).tie, core::TieId{7});
        EXPECT_EQ(back->letters.at(1).at, now + 1h);
        EXPECT_FALSE(back->letters.at(0).on_its_way);
        EXPECT_TRUE(back->letters.at(1).on_its_way);
        EXPECT_EQ(back->kin_line_at, memory.kin_line_at);
        EXPECT_EQ(back->kin_chosen.has_value(), chosen);
    }
}

}  // namespace
}  // namespace harborline::gateway
