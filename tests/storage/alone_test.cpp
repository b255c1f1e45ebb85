#include <algorithm>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

std::string utf16(const std::u16string& text, bool big_endian) {
    std::string bytes;
    for (const char16_t unit : text) {
        const char low = static_cast<char>(unit & 0xff);
        const char high = static_cast<char>(unit >> 8);
        bytes += big_endian ? std::string{high, low} : std::string{low, high};
    }
    return bytes;
}

struct Word {
    std::string utf8;
    std::u16string utf16;
};

const std::vector<Word> kWords{{"王小芳家里的事", u"王小芳家里的事"},         {"她说的每一个字", u"她说的每一个字"},
                               {"8619900001234", u"8619900001234"},           {"19900001234", u"19900001234"},
                               {"carrier-id-of-hers", u"carrier-id-of-hers"}, {"roster-key-zhao", u"roster-key-zhao"}};

class I12_DatabaseAlone : public OpenStoreFixture {
  protected:
    /// Every kind of row, each with something that must not be read.
    void tell_everything() {
        const auto& name = kWords[0].utf8;
        const auto& text = kWords[1].utf8;
        core::Inbound inbound{.channel = "kannel", .from = number(1234), .external_id = kWords[4].utf8, .text = text};
        inbound.fragment = core::Fragment{.total = 2, .index = 1, .bytes = text};
        run([&](Transaction& tx) {
            const auto handset = tx.handsets().find_or_add(number(1234), clock.now());
            tx.conversations().put({.handset = handset.id, .channel = "kannel", .state = name});
            tx.turns().append({.received_at = clock.now(),
                               .channel = "kannel",
                               .handset = handset.id,
                               .identity = kWords[4].utf8,
                               .text = text,
                               .answer = text,
                               .note = name});
            tx.fragments().add(inbound, handset.id);
            tx.stranded().add({.inbound = inbound, .identity = kWords[4].utf8});
            auto message = some_message();
            message.text = text + name;
            tx.outbox().add(message);
            tx.staff().replace({.staff = {{.key = kWords[5].utf8, .name = name, .phone = number(1234)}}}, clock.now());
            auto matter = some_case(tx, tx.staff().by_key(kWords[5].utf8)->id);
            matter.category = name;
            tx.cases().open(matter);
            tx.cases().append(matter.id, {.at = clock.now(), .text = text});
            tx.journal().append({.at = clock.now(), .event = "case_read", .detail = text});
            tell_of_a_family(tx);
        });
    }

    void tell_of_a_family(Transaction& tx) {
        const auto& name = kWords[0].utf8;
        const auto& text = kWords[1].utf8;
        auto& people = tx.people();
        const auto child = people.put(core::Person{.external_id = kWords[5].utf8, .name = name, .place = text});
        const auto adult = people.put(core::Person{.external_id = kWords[4].utf8, .name = name, .place = text});
        people.put(core::PersonPhone{.person = adult, .number = number(1234), .is_private = true}, clock.now());
        people.put(core::Tie{.child = child, .adult = adult, .proved_by = text});
        people.put(core::Consent{.child = child, .guardian = adult, .how = text});
        people.put(core::ProtectionOrder{.person = child, .against = adult, .number = text});
        people.put(core::Card{.child = child, .number = kWords[3].utf8, .pin = name, .duress = text});
    }

    void expect_silent(const std::filesystem::path& file) {
        const auto bytes = bytes_of(file);
        ASSERT_FALSE(bytes.empty()) << file;
        const auto holds = [&](const std::string& needle) { return bytes.find(needle) != std::string::npos; };
        for (std::size_t at = 0; at < kWords.size(); ++at) {
            EXPECT_FALSE(holds(kWords[at].utf8)) << file << " word " << at;
            EXPECT_FALSE(holds(utf16(kWords[at].utf16, true))) << file << " word " << at;
            EXPECT_FALSE(holds(utf16(kWords[at].utf16, false))) << file << " word " << at;
        }
        const auto digits = number(1234).value();
        std::string binary(reinterpret_cast<const char*>(&digits), 6);
        EXPECT_FALSE(holds(binary)) << file;
        std::reverse(binary.begin(), binary.end());
        EXPECT_FALSE(holds(binary)) << file;
        EXPECT_FALSE(holds(bytes_of(folder / "master.key"))) << file;
    }
};

TEST_F(I12_DatabaseAlone, RevealsNobody) {
    tell_everything();
    back_up(folder / "backup.db");

    expect_silent(folder / "harborline.db-wal");
    expect_silent(folder / "backup.db");
    store.reset();
    expect_silent(folder / "harborline.db");
    EXPECT_EQ(bytes_of(folder / "master.key").size(), 32U);
}

TEST_F(I12_DatabaseAlone, TheSearchItselfWouldFindThem) {
    std::ofstream{folder / "plain", std::ios::binary} << "xx" << kWords[1].utf8 << "xx";

    EXPECT_NE(bytes_of(folder / "plain").find(kWords[1].utf8), std::string::npos);
    EXPECT_EQ(utf16(u"事", true), "\x4e\x8b");
}

TEST_F(I12_DatabaseAlone, AValueMovedToAnotherRowDoesNotOpen) {
    run([this](Transaction& tx) {
        tx.turns().append(some_turn("a"));
        tx.turns().append(some_turn("b"));
    });

    run([](Transaction& tx) {
        connection(tx).exec("UPDATE turn SET sealed = (SELECT sealed FROM turn WHERE id = 1) WHERE id = 2");
    });

    EXPECT_TRUE(run([](Transaction& tx) { return tx.turns().get({1}); }));
    EXPECT_THROW(run([](Transaction& tx) { tx.turns().get({2}); }), sealing::Damaged);
}

}  // namespace
}  // namespace harborline::storage
