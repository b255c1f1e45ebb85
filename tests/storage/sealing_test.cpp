#include "storage/sealing/sealer.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "tests/support/fakes.hpp"

namespace harborline::storage::sealing {
namespace {

class Sealing_Test : public ::testing::Test {
  protected:
    Sealing_Test() { random.fill(key.writable()); }

    testing::FakeRandom random;
    Nonces nonces{random};
    Key key;
    const Place place{"turn.sealed", 7};
};

TEST_F(Sealing_Test, OpensWhatItSealedOfAnyLengthUnderAnyKeyId) {
    for (const std::int64_t key_id : {0L, 1L, 127L, 128L, 1L << 40}) {
        for (const std::size_t size : {0U, 1U, 200U, 70'000U}) {
            const std::string plain(size, 'x');

            const auto sealed = seal(key, key_id, place, plain, nonces);

            EXPECT_EQ(key_id_of(sealed), key_id);
            EXPECT_EQ(open(key, place, sealed), plain);
        }
    }
}

TEST_F(Sealing_Test, OpensNowhereElse) {
    const auto sealed = seal(key, 1, place, "secret", nonces);
    Key other;
    random.fill(other.writable());
    auto other_id = sealed;
    other_id[0] = 2;

    EXPECT_THROW(open(key, {"turn.sealed", 8}, sealed), Damaged);
    EXPECT_THROW(open(key, {"outbox.sealed", 7}, sealed), Damaged);
    EXPECT_THROW(open(other, place, sealed), Damaged);
    EXPECT_THROW(open(key, place, other_id), Damaged);
}

TEST_F(Sealing_Test, RefusesEveryCutAndEveryFlippedBit) {
    const auto sealed = seal(key, 300, place, "secret", nonces);

    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_THROW(open(key, place, std::string_view{sealed}.substr(0, size)), Damaged) << size;
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto flipped = sealed;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_THROW(open(key, place, flipped), Damaged) << bit;
    }
    EXPECT_THROW(key_id_of(std::string(20, '\xff')), Damaged);
}

TEST_F(Sealing_Test, NeverUsesANonceTwiceAcrossRefills) {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) seen.emplace(reinterpret_cast<const char*>(nonces.next()), Nonces::kSize);

    EXPECT_EQ(seen.size(), 1'000U);
}

TEST_F(Sealing_Test, DerivesAnotherKeyForEachPurpose) {
    const auto one = key.derive("one");
    const auto two = key.derive("two");

    EXPECT_NE(0, std::memcmp(one.data(), two.data(), Key::kSize));
    EXPECT_NE(0, std::memcmp(one.data(), key.data(), Key::kSize));
    EXPECT_EQ(0, std::memcmp(one.data(), key.derive("one").data(), Key::kSize));
}

}  // namespace
}  // namespace harborline::storage::sealing
