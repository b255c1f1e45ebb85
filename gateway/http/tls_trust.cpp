#include "gateway/http/tls_trust.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <new>

namespace harborline::gateway {

core::Result<TlsTrust> TlsTrust::load(const std::filesystem::path& authorities) {
    TlsTrust trust;
    trust.context_.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!trust.context_) throw std::bad_alloc();
    auto* context = trust.context_.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const int loaded = authorities.empty() ? SSL_CTX_set_default_verify_paths(context)
                                           : SSL_CTX_load_verify_file(context, authorities.c_str());
    ERR_clear_error();
    if (loaded != 1)
        return core::Error{core::ErrorKind::kMalformed,
                           authorities.string() + " can not be read as certificates in PEM form"};
    return trust;
}

TlsConnection TlsTrust::connect_to(const std::string& host) const {
    TlsConnection connection(SSL_new(context_.get()));
    if (!connection) throw std::bad_alloc();
    boost::system::error_code is_name;
    boost::asio::ip::make_address(host, is_name);
    bool set = false;
    if (is_name) {
        // RFC 6066, 3: a name, and never an address, says which certificate is wanted.
        SSL_set_hostflags(connection.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        set = SSL_set_tlsext_host_name(connection.get(), host.c_str()) == 1 &&
              SSL_set1_host(connection.get(), host.c_str()) == 1;
    } else {
        set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection.get()), host.c_str()) == 1;
    }
    // Without it any certificate would do.
    if (!set) throw std::bad_alloc();
    return connection;
}

std::string TlsTrust::why_not(const ssl_st* connection) {
    const long result = SSL_get_verify_result(connection);
    if (result == X509_V_OK) return "it does not speak TLS as it should";
    return std::string{"its certificate is not trusted: "} + X509_verify_cert_error_string(result);
}

}  // namespace harborline::gateway
