#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace harborline::testing {

/// What a certificate of the tests says. Days count from now.
struct Wanted {
    long serial = 1;
    int from_days = -1;
    int to_days = 30;
    int rsa_bits = 0;                    ///< 0: an elliptic curve, which is quick.
    std::string names = "IP:127.0.0.1";  ///< Whom it is for, as in subjectAltName.
};

/// A certificate with its key, in PEM.
struct Issued {
    std::string certificate{};
    std::string key{};
};

/// A certificate authority made for one test.
class Authority {
  public:
    explicit Authority(const char* name = "Test Authority") : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
        certificate_ = blank(key_.get(), {.serial = 1, .to_days = 60}, name);
        extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
        X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
        X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    }

    std::string certificate() const { return pem(certificate_.get()); }

    Issued issue(const Wanted& wanted = {}) const {
        const Key key(wanted.rsa_bits > 0 ? EVP_RSA_gen(static_cast<unsigned>(wanted.rsa_bits)) : EVP_EC_gen("P-256"),
                      EVP_PKEY_free);
        const auto made = blank(key.get(), wanted, "127.0.0.1");
        extend(made.get(), NID_subject_alt_name, wanted.names.c_str());
        X509_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get()));
        X509_sign(made.get(), key_.get(), EVP_sha256());
        return {.certificate = pem(made.get()), .key = pem(key.get())};
    }

    /// The same key, readable with a passphrase only.
    static std::string locked(const std::string& key, std::string passphrase) {
        const Bio in(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())), BIO_free_all);
        const Key read(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
        const Bio out(BIO_new(BIO_s_mem()), BIO_free_all);
        PEM_write_bio_PKCS8PrivateKey(out.get(), read.get(), EVP_aes_128_cbc(), passphrase.data(),
                                      static_cast<int>(passphrase.size()), nullptr, nullptr);
        return text_of(out.get());
    }

  private:
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
    using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

    static Certificate blank(EVP_PKEY* key, const Wanted& wanted, const char* name) {
        Certificate made(X509_new(), X509_free);
        X509_set_version(made.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), wanted.serial);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), wanted.from_days * 86'400L);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), wanted.to_days * 86'400L);
        X509_set_pubkey(made.get(), key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
        return made;
    }
    static void extend(X509* certificate, int what, const char* value) {
        auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    static std::string pem(X509* certificate) {
        const Bio out(BIO_new(BIO_s_mem()), BIO_free_all);
        PEM_write_bio_X509(out.get(), certificate);
        return text_of(out.get());
    }
    static std::string pem(EVP_PKEY* key) {
        const Bio out(BIO_new(BIO_s_mem()), BIO_free_all);
        PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
        return text_of(out.get());
    }
    static std::string text_of(BIO* bio) {
        char* data = nullptr;
        const auto size = BIO_get_mem_data(bio, &data);
        return {data, static_cast<std::size_t>(size)};
    }

    Key key_;
    Certificate certificate_{nullptr, X509_free};
};

}  // namespace harborline::testing
