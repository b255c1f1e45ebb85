// Who is let in by card and PIN, who is not, and the PIN that calls for help; over the demonstration families.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/phone/rehearsal.hpp"
#include "gateway/phone/transcript.hpp"
#include "tests/support/everything.hpp"
#include "tests/support/shipped.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

class KinshipCards : public ::testing::Test {
  protected:
    using Told = std::vector<std::string>;
    static constexpr std::string_view kLei = "20260003";
    static constexpr std::string_view kRight = "4821";
    static constexpr std::string_view kForHelp = "7395";
    static constexpr std::string_view kWrong = "1357";

    KinshipCards() {
        for (const std::string card : {"20260001", "20260003"})
            phones_.give_card_pin(card + " pin " + std::string{kRight} + " duress " + std::string{kForHelp});
    }

    template <class Fn>
    auto in(Fn fn) {
        std::optional<std::invoke_result_t<Fn, storage::Transaction&>> value;
        phones_.ground().store().run([&](storage::Transaction& tx) { value = fn(tx); });
        return std::move(*value);
    }
    core::PersonId id_of(std::string_view external_id) {
        return in([&](storage::Transaction& tx) { return tx.people().by_external_id(external_id)->id; });
    }
    template <class Value>
    void put(const Value& value) {
        in([&](storage::Transaction& tx) { return tx.people().put(value); });
    }
    void reach_at(core::PersonId person, const core::PhoneNumber& number, bool is_private = true) {
        const core::PersonPhone phone{.person = person, .number = number, .is_private = is_private};
        in([&](storage::Transaction& tx) { return tx.people().put(phone, phones_.now()); });
    }
    core::Tie tie_of(std::string_view child, std::string_view adult) {
        const auto both = std::pair{id_of(child), id_of(adult)};
        const auto ties = in([&](storage::Transaction& tx) { return tx.people().ties_of(both.first); });
        return *std::ranges::find(ties, both.second, &core::Tie::adult);
    }
    core::LocalDate day(int later) {
        const auto today = phones_.ground().rules().zone.local(phones_.now()).date;
        return core::LocalDate{std::chrono::local_days{today} + std::chrono::days{later}};
    }
    /// Another child of this mother, which may reach her.
    core::PersonId add_child(const std::string& external_id, core::PersonId mother) {
        const auto child = in([&](storage::Transaction& tx) {
            return tx.people().put(core::Person{.external_id = external_id,
                                                .kind = core::PersonKind::kChild,
                                                .name = external_id,
                                                .age = core::AgeBand::k8To13});
        });
        put(core::Tie{.child = child, .adult = mother, .relation = core::Relation::kMother, .agreed = true});
        put(core::Care{.child = child, .carer = mother, .guardian = true});
        put(core::Consent{.child = child, .guardian = mother, .how = "paper", .given = day(-1)});
        return child;
    }

    static Told told(const std::vector<Received>& all, const core::PhoneNumber& to) {
        constexpr std::string_view kSignature = "【哈尔滨市妇联】";
        Told texts;
        for (const auto& one : all)
            if (one.by == to)
                texts.push_back(one.text.substr(one.text.starts_with(kSignature) ? kSignature.size() : 0));
        return texts;
    }
    std::string says(const core::PhoneNumber& from, std::string_view text) {
        const auto texts = told(phones_.send(from, text), from);
        return last_[from.value()] = texts.empty() ? std::string{} : texts.back();
    }
    std::string says_all(const core::PhoneNumber& from, const std::vector<std::string_view>& texts) {
        std::string last;
        for (const auto text : texts) last = says(from, text);
        return last;
    }
    /// From wherever this phone stands: at the question for a card, at a list, or at nothing.
    std::string keys(const core::PhoneNumber& from, std::string_view card, std::string_view pin) {
        const auto& last = last_[from.value()];
        if (last == testing::words("kin.wrong")) return says_all(from, {card, pin});
        if (last.starts_with("想找谁？")) return says_all(from, {"7", card, pin});
        return says_all(from, {"#", "1", card, pin});
    }
    /// What is heard on a telephone because of this.
    std::string acts(const core::PhoneNumber& from, const PhoneAct& act) {
        const auto got = phones_.act(from, act);
        EXPECT_TRUE(got) << "that can not be done now";
        std::string heard;
        if (!got) return heard;
        for (const auto& one : *got)
            if (one.by == from && one.kind == Received::Kind::kSound) heard += one.text;
        return heard;
    }
    void misses(const core::PhoneNumber& from, int times) {
        for (int i = 0; i < times; ++i) keys(from, kLei, kWrong);
    }
    /// Five phones miss once each.
    void lock_card() {
        for (int other = 311; other <= 315; ++other) misses(testing::phone(other), 1);
    }
    static std::string list(std::string_view entries) {
        return testing::words("kin.whom", {{"list", std::string{entries}}});
    }
    std::string list_of_lei() { return list("1妈妈 2爸爸"); }
    static std::string behind_news(const std::string& words) { return testing::words("kin.news") + "\n" + words; }
    /// Lei writes at the shop, and its mother is barred before her hours begin.
    void lei_writes_in_vain() {
        auto tie = tie_of("lei", "lei-ma");
        tie.state = core::Tie::State::kHoursOnly;
        tie.hours = {{.from_min = 18 * 60, .to_min = 20 * 60}};
        put(tie);
        keys(shop_, kLei, kRight);
        EXPECT_EQ(says_all(shop_, {"1", "妈妈抱抱"}), testing::words("kin.msg.sent", {{"who", "妈妈"}}));
        tie.state = core::Tie::State::kBarred;
        tie.hours = {};
        put(tie);
        const auto all = phones_.wait(10h);
        EXPECT_TRUE(told(all, mother_of_lei_).empty());
        EXPECT_TRUE(told(all, shop_).empty());
    }
    bool is_untold(core::PersonId person) {
        return in([&](storage::Transaction& tx) { return tx.letters().is_untold(person); });
    }
    std::size_t alerts() {
        return in([](storage::Transaction& tx) { return tx.alerts().open().size(); });
    }
    std::ptrdiff_t events(std::string_view event) {
        const auto all = in([](storage::Transaction& tx) { return tx.journal().latest(100); });
        return std::ranges::count(all, event, &storage::JournalEntry::event);
    }
    std::vector<core::Case> matters() {
        return in([](storage::Transaction& tx) { return tx.cases().list({.limit = 10}); });
    }

    const core::PhoneNumber ming_ = testing::phone(201);
    const core::PhoneNumber shop_ = testing::phone(202);
    const core::PhoneNumber mother_of_ming_ = testing::phone(211);
    const core::PhoneNumber mother_of_lei_ = testing::phone(215);
    const core::PhoneNumber father_of_lei_ = testing::phone(216);
    const core::PhoneNumber lent_ = testing::phone(301);
    std::map<std::uint64_t, std::string> last_{};  ///< What each phone was told last.
    Rehearsal phones_{testing::shipped().settings, testing::shipped().book, testing::shipped_roster(),
                      kTranscriptsBegin, testing::shipped_people()};
};

TEST_F(KinshipCards, ThePinForHelpIsHeardThoughThePairIsLocked) {
    misses(shop_, 5);
    const auto answer = keys(shop_, kLei, kWrong);

    EXPECT_EQ(keys(shop_, kLei, kForHelp), answer);

    EXPECT_EQ(alerts(), 1U);
    EXPECT_EQ(keys(shop_, kLei, kRight), answer);
}

TEST_F(KinshipCards, ThoughTheCardIsLockedFromElsewhere) {
    lock_card();
    const auto answer = keys(testing::phone(321), kLei, kWrong);

    EXPECT_EQ(keys(lent_, kLei, kForHelp), answer);

    EXPECT_EQ(alerts(), 1U);
    EXPECT_EQ(keys(testing::phone(322), kLei, kRight), answer);
}

TEST_F(KinshipCards, AndThoughThePhoneIsSlowedDown) {
    misses(lent_, 5);

    EXPECT_EQ(keys(lent_, kLei, kForHelp), testing::words("kin.slowed"));

    EXPECT_EQ(alerts(), 1U);
}

/// Whoever tries many PINs rings people once.
TEST_F(KinshipCards, KeyedAgainItCallsNobodyAgainWhilePeopleAreCalled) {
    for (int i = 0; i < 3; ++i) keys(lent_, kLei, kForHelp);

    EXPECT_EQ(alerts(), 1U);
    EXPECT_EQ(matters().size(), 1U);
}

TEST_F(KinshipCards, OfTwoChildrenAtOnePhoneEachHasPeopleCalled) {
    keys(shop_, kLei, kForHelp);
    keys(shop_, "20260001", kForHelp);

    ASSERT_EQ(matters().size(), 2U);
    EXPECT_EQ(alerts(), 2U);
    EXPECT_EQ(matters().back().child, id_of("lei"));
    EXPECT_EQ(matters().front().child, id_of("ming"));
    const auto all = in([](storage::Transaction& tx) { return testing::everything_in(tx); });
    EXPECT_NE(all.find("child: 小雷 (lei)"), std::string::npos);
    EXPECT_NE(all.find("child: 小明 (ming)"), std::string::npos);
}

/// The phone on which it was keyed may be anybody's: nothing changes there.
TEST_F(KinshipCards, TheMatterIsNotOfThePhone) {
    acts(mother_of_lei_, {.kind = PhoneAct::Kind::kCall});
    for (const auto keyed : {std::string_view{"1"}, std::string_view{"7"}, kLei, kForHelp})
        acts(mother_of_lei_, {.keys = std::string{keyed}});
    acts(mother_of_lei_, {.kind = PhoneAct::Kind::kHangUp});
    ASSERT_EQ(alerts(), 1U);

    says_all(shop_, {"#", "1", kLei, kRight, "1"});
    EXPECT_EQ(told(phones_.send(shop_, "妈妈你在吗"), mother_of_lei_), Told{"小雷：妈妈你在吗"});
    in([&](storage::Transaction& tx) {
        const auto phone = tx.handsets().find(mother_of_lei_)->id;
        EXPECT_FALSE(tx.cases().latest_open_of(phone, core::CaseKind::kSafety));
        EXPECT_EQ(tx.cases().count_of(phone, core::CaseKind::kSafety), 0);
        return true;
    });
    // Who holds it and is in danger has a matter of her own.
    says(mother_of_lei_, "9");
    EXPECT_EQ(alerts(), 2U);
}

TEST_F(KinshipCards, NobodyAnswersOrRingsThatPhoneInTheMatter) {
    keys(lent_, kLei, kForHelp);
    const auto matter = matters().front();

    const auto replied = in([&](storage::Transaction& tx) {
        return phones_.ground().replies().reply(tx, matter, matter.owner, "请回电", phones_.now()).has_value();
    });

    EXPECT_FALSE(replied);
}

/// What she reads must not tell whether anybody could be called.
TEST_F(KinshipCards, AnAlarmThatCanNotBeRaisedChangesNothing) {
    in([&](storage::Transaction& tx) {
        tx.staff().replace(core::Roster{}, phones_.now());
        return true;
    });

    EXPECT_EQ(keys(lent_, kLei, kForHelp), list_of_lei());

    EXPECT_EQ(says(lent_, "1"), testing::words("kin.msg.ask", {{"who", "妈妈"}}));
    EXPECT_EQ(events("card_alarm_failed"), 1);
    EXPECT_EQ(events("alarm_failed"), 1);
    EXPECT_TRUE(in([](storage::Transaction& tx) { return tx.stranded().list(10).empty(); }));
}

TEST_F(KinshipCards, APhoneIsSlowedDownWhateverIsKeyed) {
    for (const auto* nobodys : {"20261111", "20261112", "20261113", "20261114"})
        EXPECT_EQ(keys(lent_, nobodys, kRight), testing::words("kin.wrong"));
    EXPECT_EQ(keys(lent_, "20261115", kRight), testing::words("kin.slowed"));

    EXPECT_EQ(keys(lent_, kLei, kRight), testing::words("kin.slowed"));
    EXPECT_EQ(keys(lent_, "20261116", kRight), testing::words("kin.slowed"));

    phones_.wait(61min);
    EXPECT_EQ(keys(lent_, kLei, kRight), list_of_lei());
}

/// Many mistype there.
TEST_F(KinshipCards, APhoneOfChildrenIsNot) {
    misses(shop_, 5);

    EXPECT_EQ(keys(shop_, "20260001", kRight), list("1妈妈 2爸爸 3照顾我的人 4爱心妈妈"));
}

TEST_F(KinshipCards, ALockTellsNobodyThatThereIsSuchACard) {
    lock_card();
    misses(shop_, 5);

    for (const auto& phone : {shop_, lent_})
        EXPECT_EQ(keys(phone, kLei, kRight), keys(phone, "20269999", kRight)) << phone.masked();
    EXPECT_EQ(events("kin_card_locked"), 2);
}

/// He may know it: he is the father.
TEST_F(KinshipCards, NoCardOpensAtThePhoneOfWhoeverIsKeptFromTheChild) {
    says_all(father_of_lei_, {"#", "1"});
    EXPECT_EQ(keys(father_of_lei_, kLei, kRight), testing::words("kin.wrong"));
    EXPECT_EQ(alerts(), 0U);

    EXPECT_EQ(keys(father_of_lei_, kLei, kForHelp), testing::words("kin.wrong"));
    EXPECT_EQ(alerts(), 1U);

    for (int i = 0; i < 2; ++i) keys(father_of_lei_, kLei, kRight);
    EXPECT_EQ(keys(father_of_lei_, kLei, kRight), testing::words("kin.slowed")) << "as after wrong ones";
    // The other children have nothing to do with him.
    phones_.wait(61min);
    says_all(father_of_lei_, {"#", "1"});
    EXPECT_EQ(keys(father_of_lei_, "20260001", kRight), list("1妈妈 2爸爸 3照顾我的人 4爱心妈妈"));
}

/// Nothing of what waits for the child is read out to him.
TEST_F(KinshipCards, NorByTelephone) {
    acts(father_of_lei_, {.kind = PhoneAct::Kind::kCall});
    for (const auto keyed : {std::string_view{"1"}, std::string_view{"7"}, kLei})
        acts(father_of_lei_, {.keys = std::string{keyed}});

    EXPECT_EQ(acts(father_of_lei_, {.keys = std::string{kRight}}),
              testing::shipped().book.catalogue.fill("zh-CN", {.key = "kin.wrong"}, core::ChannelKind::kVoice));
}

TEST_F(KinshipCards, NorDoesAnythingPassThereOnceItIsOpen) {
    keys(lent_, kLei, kRight);
    reach_at(id_of("lei-ba"), lent_);
    EXPECT_EQ(says(lent_, "1"), testing::words("kin.blocked"));

    const auto other = testing::phone(302);
    keys(other, kLei, kRight);
    EXPECT_EQ(says(other, "1"), testing::words("kin.msg.ask", {{"who", "妈妈"}}));
    reach_at(id_of("lei-ba"), other);
    const auto all = phones_.send(other, "你在哪");
    EXPECT_EQ(told(all, other), Told{testing::words("kin.blocked")});
    EXPECT_TRUE(told(all, mother_of_lei_).empty());
}

/// One rule for whoever is at the other end, and for whoever else reads it there.
TEST_F(KinshipCards, ANewOrderHoldsThoughTheOldOneWasLifted) {
    const auto lei = id_of("lei");
    const auto father = id_of("lei-ba");
    reach_at(father, mother_of_lei_);
    auto tie = tie_of("lei", "lei-ba");
    tie.state = core::Tie::State::kAllowed;
    tie.proved_by = kinship::kOrderLifted;
    put(tie);
    put(core::ProtectionOrder{.person = lei, .against = father, .number = "（2026）黑0184民保令3号", .until = day(-1)});
    keys(shop_, kLei, kRight);
    EXPECT_EQ(says(shop_, "1"), testing::words("kin.msg.ask", {{"who", "妈妈"}}));
    says(shop_, "妈妈抱抱");

    put(core::ProtectionOrder{.person = lei, .against = father, .number = "4号", .until = day(30)});

    keys(shop_, kLei, kRight);
    EXPECT_EQ(says(shop_, "1"), testing::words("kin.blocked"));
}

/// Nobody has written down who cares for it, and it is a child of his all the same.
TEST_F(KinshipCards, AnOrderForASiblingWithoutCarersHoldsToo) {
    const auto father = id_of("ming-ba");
    const auto sister = in([](storage::Transaction& tx) {
        return tx.people().put(core::Person{.external_id = "xin", .kind = core::PersonKind::kChild, .name = "小新"});
    });
    put(core::Tie{.child = sister, .adult = father, .relation = core::Relation::kFather});
    const auto may_reach_him = [&] {
        const auto tie = tie_of("ming", "ming-ba").id;
        return in([&](storage::Transaction& tx) {
            return judge(tx, phones_.ground().rules(), tie, kinship::Passing::kTextToAdult, phones_.now()).crossing !=
                   kinship::Crossing::kNever;
        });
    };
    EXPECT_TRUE(may_reach_him());

    put(core::ProtectionOrder{.person = sister, .against = father, .number = "5号"});

    EXPECT_FALSE(may_reach_him());
}

TEST_F(KinshipCards, ARelativeOfManyChildrenReachesThemAll) {
    const auto mother = id_of("ming-ma");
    for (const auto* name : {"c3", "c4", "c5", "c6"}) add_child(name, mother);
    EXPECT_EQ(says_all(mother_of_ming_, {"#", "1"}), list("1小明 2小红 3c3 4c4 5c5 6更多"));

    EXPECT_EQ(says(mother_of_ming_, "6"), list("1c6 6更多"));
    EXPECT_EQ(says(mother_of_ming_, "2"), list("1c6 6更多")) << "nobody stands there";
    EXPECT_EQ(says(mother_of_ming_, "1"), testing::words("kin.msg.ask", {{"who", "c6"}}));
    EXPECT_EQ(says(mother_of_ming_, "乖"), testing::words("kin.msg.sent", {{"who", "c6"}}));

    says_all(mother_of_ming_, {"#", "1", "6"});
    EXPECT_EQ(says(mother_of_ming_, "6"), list("1小明 2小红 3c3 4c4 5c5 6更多"));
}

/// That somebody is barred moves nobody on the list, and costs nobody her place.
TEST_F(KinshipCards, BarredPeopleStandInNobodysPlace) {
    const auto ming = id_of("ming");
    auto barred = tie_of("ming", "ming-ba");
    barred.state = core::Tie::State::kBarred;
    put(barred);
    for (const auto* name : {"姑姑", "舅舅"}) {
        const auto adult = in(
            [&](storage::Transaction& tx) { return tx.people().put(core::Person{.external_id = name, .name = name}); });
        put(core::Tie{.child = ming, .adult = adult, .agreed = true});
    }

    EXPECT_EQ(says_all(ming_, {"#", "1"}), list("1妈妈 2爸爸 3照顾我的人 4爱心妈妈 5姑姑 6更多"));
    EXPECT_EQ(says(ming_, "6"), list("1舅舅 6更多"));
}

/// Numbers are given up, and others get them.
TEST_F(KinshipCards, APhoneThatWasSilentForHalfAYearIsNobodysOwn) {
    const auto tie = tie_of("lei", "lei-ma");
    const auto is_hers = [&](std::chrono::days later) {
        return in([&](storage::Transaction& tx) {
            return handset_of(tx, phones_.ground().rules(), tie, tie.adult, phones_.now() + later).has_value();
        });
    };

    EXPECT_TRUE(is_hers(std::chrono::days{179}));
    EXPECT_FALSE(is_hers(std::chrono::days{181}));
}

/// Nobody's consent outlives her guardianship.
TEST_F(KinshipCards, AFormerGuardiansWishToWatchWordsIsOver) {
    const auto ming = id_of("ming");
    put(core::Consent{.child = ming, .guardian = id_of("ming-ba"), .how = "paper", .given = day(-1)});
    const auto writes = [&] {
        says_all(ming_, {"#", "1", "1"});
        return says(ming_, "妈妈我害怕，救命");
    };
    EXPECT_EQ(writes(), testing::words("kin.msg.help", {{"who", "妈妈"}}));

    put(core::Care{.child = ming, .carer = id_of("ming-ma"), .guardian = true, .to = day(-1)});

    EXPECT_EQ(writes(), testing::words("kin.msg.sent", {{"who", "妈妈"}}));
}

/// It has no phone to be told at. Which phone it holds then is all the same.
TEST_F(KinshipCards, ThatWordsDidNotArriveIsToldByCardOnce) {
    lei_writes_in_vain();

    EXPECT_EQ(keys(lent_, kLei, kRight), behind_news(list_of_lei()));

    phones_.wait(11min);
    EXPECT_EQ(keys(lent_, kLei, kRight), list_of_lei());
    EXPECT_EQ(keys(shop_, kLei, kRight), list_of_lei());
}

TEST_F(KinshipCards, ToNobodyElse) {
    lei_writes_in_vain();

    EXPECT_EQ(keys(shop_, "20260001", kRight), list("1妈妈 2爸爸 3照顾我的人 4爱心妈妈"));
    EXPECT_EQ(keys(shop_, kLei, kWrong), testing::words("kin.wrong"));
    EXPECT_TRUE(is_untold(id_of("lei")));
    EXPECT_EQ(keys(shop_, kLei, kRight), behind_news(list_of_lei()));
}

/// What is read there is the same, whichever PIN it is.
TEST_F(KinshipCards, AlsoByThePinForHelp) {
    lei_writes_in_vain();

    EXPECT_EQ(keys(lent_, kLei, kForHelp), behind_news(list_of_lei()));

    EXPECT_EQ(alerts(), 1U);
}

TEST_F(KinshipCards, AfterAMonthItIsForgotten) {
    lei_writes_in_vain();
    const auto lei = id_of("lei");

    phones_.wait(29 * 24h);
    EXPECT_TRUE(is_untold(lei));
    phones_.wait(2 * 24h);

    EXPECT_FALSE(is_untold(lei));
    EXPECT_EQ(keys(lent_, kLei, kRight), list_of_lei());
}

/// He reads along on the mother's phone.
TEST_F(KinshipCards, ItIsNotToldWhereSomebodyIsReachedWhoIsKeptFromTheChild) {
    const auto mother = id_of("lei-ma");
    const auto father = id_of("lei-ba");
    in([&](storage::Transaction& tx) {
        tx.letters().remember_untold(mother, phones_.now());
        return true;
    });
    reach_at(father, mother_of_lei_);
    EXPECT_TRUE(says_all(mother_of_lei_, {"#", "1"}).starts_with("想找谁？"));
    EXPECT_EQ(says(mother_of_lei_, "1"), testing::words("kin.blocked"));
    EXPECT_TRUE(is_untold(mother));

    in([&](storage::Transaction& tx) { return tx.people().remove({father, mother_of_lei_, true}); });

    EXPECT_TRUE(says_all(mother_of_lei_, {"#", "1"}).starts_with(behind_news("想找谁？")));
    EXPECT_FALSE(is_untold(mother));
}

/// A child looks for its card, and is not thrown out for it.
TEST_F(KinshipCards, WhoeverSaysNothingIsAskedForTheCardAgain) {
    acts(lent_, {.kind = PhoneAct::Kind::kCall});
    const auto asked = acts(lent_, {.keys = "1"});

    EXPECT_EQ(asked, testing::shipped().book.catalogue.fill("zh-CN", {.key = "kin.card"}, core::ChannelKind::kVoice));
    EXPECT_EQ(acts(lent_, {}), asked);
}

}  // namespace
}  // namespace harborline::gateway
