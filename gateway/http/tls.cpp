#include "gateway/http/tls.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <new>
#include <string_view>

#include "config/files.hpp"

namespace harborline::gateway {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

namespace {

template <auto function>
struct Free {
    void operator()(auto* owned) const { function(owned); }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
void free_chain(STACK_OF(X509) * chain) {
    sk_X509_pop_free(chain, X509_free);
}
using Chain = std::unique_ptr<STACK_OF(X509), Free<free_chain>>;

// Of TLS 1.2; those of 1.3 are all good. Mozilla's "intermediate" list without its finite-field exchanges.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// RFC 7301, 3.1: a list of names, each behind its length.
constexpr std::array<unsigned char, 9> kProtocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

Error malformed(const fs::path& file, const std::string& what) {
    return {ErrorKind::kMalformed, file.string() + " " + what};
}

Bio in_memory(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Nobody is there to type one.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

struct Identity {
    Certificate certificate{};
    Chain others{};
};

core::Result<Identity> read_chain(const fs::path& file) {
    const auto text = config::read_text_file(file);
    if (!text) return text.error();
    const auto bio = in_memory(*text);
    Identity read{Certificate(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr)),
                  Chain(sk_X509_new_null())};
    if (!read.certificate) return malformed(file, "holds no certificate in PEM form");
    while (auto* next = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)) {
        sk_X509_push(read.others.get(), next);
    }
    const bool at_its_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_its_end) return malformed(file, "holds a certificate that can not be read behind its first one");
    return read;
}

core::Result<Key> read_key(const fs::path& file) {
    auto text = config::read_text_file(file);
    if (!text) return text.error();
    const auto bio = in_memory(*text);
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    OPENSSL_cleanse(text->data(), text->size());
    ERR_clear_error();
    if (!key) return malformed(file, "holds no private key in PEM form that can be read without a passphrase");
    return key;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, chosen_size, kProtocols.data(), kProtocols.size(), offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301, 3.2.
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<SSL_CTX> new_context() {
    std::shared_ptr<SSL_CTX> made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!made) throw std::bad_alloc();
    auto* context = made.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, kCiphers);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // An idle connection gives its record buffers back; and what could not be written is offered again from elsewhere.
    SSL_CTX_set_mode(context,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Tickets hold the sessions; a cache of them would only take memory.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    return made;
}

core::Instant instant_of(const ASN1_TIME* time) {
    std::tm utc{};
    ASN1_TIME_to_tm(time, &utc);
    return core::Instant{std::chrono::seconds{::timegm(&utc)}};
}

std::string serial_of(const X509* certificate) {
    const std::unique_ptr<BIGNUM, Free<BN_free>> number(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    char* hex = BN_bn2hex(number.get());
    std::string text(hex);
    OPENSSL_free(hex);
    return text;
}

}  // namespace

void FreeTls::operator()(ssl_st* connection) const {
    SSL_free(connection);
}

core::Result<TlsIdentity> TlsIdentity::load(const fs::path& certificate, const fs::path& key) {
    ERR_clear_error();
    const auto chain = read_chain(certificate);
    if (!chain) return chain.error();
    const auto secret = read_key(key);
    if (!secret) return secret.error();
    auto* own = chain->certificate.get();
    if (X509_check_private_key(own, secret->get()) != 1) {
        ERR_clear_error();
        return malformed(key, "does not belong to the certificate in " + certificate.string());
    }
    TlsIdentity identity;
    identity.context_ = new_context();
    if (SSL_CTX_use_cert_and_key(identity.context_.get(), own, secret->get(), chain->others.get(), 1) != 1) {
        const char* reason = ERR_reason_error_string(ERR_peek_last_error());
        ERR_clear_error();
        return malformed(certificate, std::string("can not be used: ") + (reason ? reason : "OpenSSL refuses it"));
    }
    identity.expires_at_ = instant_of(X509_get0_notAfter(own));
    identity.serial_ = serial_of(own);
    return identity;
}

core::Result<TlsIdentity> TlsIdentity::load_next(const fs::path& certificate, const fs::path& key,
                                                 core::Instant now) const {
    auto next = load(certificate, key);
    if (next && next->expires_at() <= now && expires_at() > now) return malformed(certificate, "has expired");
    return next;
}

TlsConnection TlsIdentity::accept_on(int descriptor) const {
    TlsConnection connection(SSL_new(context_.get()));
    if (!connection || SSL_set_fd(connection.get(), descriptor) != 1) throw std::bad_alloc();
    SSL_set_accept_state(connection.get());
    return connection;
}

}  // namespace harborline::gateway
