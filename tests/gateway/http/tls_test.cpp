// The certificate that the listener shows: what is taken, and what is refused in which words.
#include "gateway/http/tls.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "tests/support/certificates.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::gateway {
namespace {

using ::testing::AllOf;
using testing::Authority;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

const Authority& authority() {
    static const Authority made;
    return made;
}

const testing::Issued& issued() {
    static const auto made = authority().issue();
    return made;
}

struct RefusedCase {
    std::string name;
    std::optional<std::string> certificate;  ///< None: there is no such file.
    std::optional<std::string> key;
    std::string file;  ///< The one that the words name.
    std::string why;
};

class TlsIdentityRefused : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(TlsIdentityRefused, NamesTheFileAndWhatIsWrong) {
    const TemporaryFolder folder;
    if (GetParam().certificate) folder.write("chain.pem", *GetParam().certificate);
    if (GetParam().key) folder.write("key.pem", *GetParam().key);

    const auto loaded = TlsIdentity::load(folder / "chain.pem", folder / "key.pem");

    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().message, AllOf(HasSubstr(GetParam().file), HasSubstr(GetParam().why)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, TlsIdentityRefused,
    ::testing::Values(
        RefusedCase{"NoCertificate", std::nullopt, issued().key, "chain.pem", "there is no file"},
        RefusedCase{"NoKey", issued().certificate, std::nullopt, "key.pem", "there is no file"},
        RefusedCase{"CertificateIsNoPem", "nothing of the kind", issued().key, "chain.pem", "no certificate"},
        RefusedCase{"EmptyCertificate", "", issued().key, "chain.pem", "no certificate"},
        RefusedCase{"KeyInPlaceOfTheCertificate", issued().key, issued().key, "chain.pem", "no certificate"},
        RefusedCase{"KeyIsNoPem", issued().certificate, "nothing of the kind", "key.pem", "no private key"},
        RefusedCase{"CertificateInPlaceOfTheKey", issued().certificate, issued().certificate, "key.pem",
                    "no private key"},
        RefusedCase{"KeyUnderAPassphrase", issued().certificate, Authority::locked(issued().key, "sesame"), "key.pem",
                    "without a passphrase"},
        RefusedCase{"KeyOfAnother", issued().certificate, authority().issue().key, "key.pem",
                    "does not belong to the certificate in"},
        RefusedCase{"SecondCertificateCutShort",
                    issued().certificate + authority().certificate().substr(0, 200) + "\n-----END CERTIFICATE-----\n",
                    issued().key, "chain.pem", "behind its first one"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(TlsIdentity_Test, AWeakKeyIsRefusedInOpensslsWords) {
    const TemporaryFolder folder;
    const auto weak = authority().issue({.rsa_bits = 512});

    const auto loaded =
        TlsIdentity::load(folder.write("chain.pem", weak.certificate), folder.write("key.pem", weak.key));

    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().message, AllOf(HasSubstr("chain.pem"), HasSubstr("key too small")));
}

TEST(TlsIdentity_Test, AChainIsTakenWithItsSerialAndItsEnd) {
    const TemporaryFolder folder;
    const auto made = authority().issue({.serial = 0x1f2e3d, .to_days = 30});
    const auto now = std::chrono::system_clock::now();

    const auto loaded = TlsIdentity::load(folder.write("chain.pem", made.certificate + authority().certificate()),
                                          folder.write("key.pem", made.key));

    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->serial(), "1F2E3D");
    EXPECT_NEAR(static_cast<double>((loaded->expires_at() - now) / std::chrono::minutes{1}), 30 * 24 * 60, 2);
}

TEST(TlsIdentity_Test, AnExpiredCertificateIsTakenAndTellsWhenItExpired) {
    const TemporaryFolder folder;
    const auto old = authority().issue({.from_days = -30, .to_days = -2});

    const auto loaded = TlsIdentity::load(folder.write("chain.pem", old.certificate), folder.write("key.pem", old.key));

    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_LT(loaded->expires_at(), std::chrono::system_clock::now());
}

TEST(TlsIdentity_Test, AGoodCertificateMakesNoRoomForAnExpiredOne) {
    const TemporaryFolder folder;
    const auto now = std::chrono::time_point_cast<core::Instant::duration>(std::chrono::system_clock::now());
    const auto old = authority().issue({.serial = 7, .from_days = -30, .to_days = -2});
    const auto old_chain = folder.write("old.pem", old.certificate);
    const auto old_key = folder.write("old-key.pem", old.key);
    const auto chain = folder.write("chain.pem", issued().certificate);
    const auto key = folder.write("key.pem", issued().key);
    const auto good = TlsIdentity::load(chain, key).value();
    const auto expired = TlsIdentity::load(old_chain, old_key).value();

    const auto refused = good.load_next(old_chain, old_key, now);

    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("old.pem"), HasSubstr("has expired")));
    EXPECT_TRUE(good.load_next(chain, key, now));
    EXPECT_TRUE(expired.load_next(chain, key, now));
    EXPECT_EQ(expired.load_next(old_chain, old_key, now)->serial(), "07");
    EXPECT_FALSE(good.load_next(old_chain, key, now)) << "a key of another";
}

}  // namespace
}  // namespace harborline::gateway
