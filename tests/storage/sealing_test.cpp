#include "storage/sealing/sealer.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <cstring>
#include <optional>
#include <set>
#include <string>

#include "tests/support/fakes.hpp"

namespace harborline::storage::sealing {
namespace {

class Sealing_Test : public ::testing::Test {
  protected:
    Sealing_Test() { random.fill(key.writable()); }
    std::string seal(std::int64_t key_id, std::string_view plain) {
        if (!sealer) sealer.emplace(key, random);
        return sealer->seal(key_id, place, plain);
    }

    testing::FakeRandom random;
    Key key;
    std::optional<Sealer> sealer{};
    const Place place{"turn.sealed", 7};
};

TEST_F(Sealing_Test, OpensWhatItSealedOfAnyLengthUnderAnyKeyId) {
    for (const std::int64_t key_id : {0L, 1L, 127L, 128L, 1L << 40}) {
        for (const std::size_t size : {0U, 1U, 200U, 70'000U}) {
            const std::string plain(size, 'x');

            const auto sealed = seal(key_id, plain);

            EXPECT_EQ(key_id_of(sealed), key_id);
            EXPECT_EQ(open(key, place, sealed), plain);
        }
    }
}

TEST_F(Sealing_Test, OpensNowhereElse) {
    const auto sealed = seal(1, "secret");
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
    const auto sealed = seal(300, "secret");

    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_THROW(open(key, place, std::string_view{sealed}.substr(0, size)), Damaged) << size;
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto flipped = sealed;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_THROW(open(key, place, flipped), Damaged) << bit;
    }
    EXPECT_THROW(key_id_of(std::string(20, '\xff')), Damaged);
}

TEST_F(Sealing_Test, NeverUsesANonceTwice) {
    std::set<std::string> seen;
    for (int again = 0; again < 2; ++again, sealer.reset())
        for (int i = 0; i < 1'000; ++i) seen.insert(seal(1, "").substr(1, Sealer::kNonceSize));

    EXPECT_EQ(seen.size(), 2'000U);
}

TEST_F(Sealing_Test, SealsAsXChaCha20Poly1305IsDefined) {
    seal(1, "another before it");
    const auto sealed = seal(1, "secret");

    const auto* nonce = reinterpret_cast<const unsigned char*>(sealed.data()) + 1;
    std::string binding(16, '\0');
    binding[0] = 7;
    binding[8] = 1;
    binding += "turn.sealed";
    std::string expected(6 + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        reinterpret_cast<unsigned char*>(expected.data()), nullptr, reinterpret_cast<const unsigned char*>("secret"), 6,
        reinterpret_cast<const unsigned char*>(binding.data()), binding.size(), nullptr, nonce, key.data());
    EXPECT_EQ(sealed.substr(1 + Sealer::kNonceSize), expected);
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
