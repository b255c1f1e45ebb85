#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace harborline::gateway {

struct FreeTls {
    void operator()(ssl_st* connection) const;
};
/// One connection's side of TLS, as OpenSSL keeps it.
using TlsConnection = std::unique_ptr<ssl_st, FreeTls>;

/// A certificate chain with its key, as a listener shows them: TLS 1.2 and 1.3, forward secrecy and authenticated
/// ciphers only, ALPN http/1.1, no renegotiation, no compression. Cheap to copy. Connections that began with one keep
/// it, so another may take its place at any time.
///
/// OpenSSL writes to sockets without MSG_NOSIGNAL: the process must ignore SIGPIPE.
class TlsIdentity {
  public:
    /// Reads both PEM files; the chain begins with the certificate itself. Fails in words that name the file: missing,
    /// unreadable, not PEM, under a passphrase, too weak, or a key that belongs to another certificate. An expired
    /// certificate is no failure: see `expires_at`.
    static core::Result<TlsIdentity> load(const std::filesystem::path& certificate, const std::filesystem::path& key);

    /// What is to be shown from now on. Fails as `load` does, and where the new certificate has expired while this one
    /// is still good.
    core::Result<TlsIdentity> load_next(const std::filesystem::path& certificate, const std::filesystem::path& key,
                                        core::Instant now) const;

    /// Of the first certificate in the chain.
    core::Instant expires_at() const { return expires_at_; }
    /// As `openssl x509 -serial` prints it.
    const std::string& serial() const { return serial_; }

    /// The server's side of a handshake on a connected, non-blocking socket, which stays the caller's.
    TlsConnection accept_on(int descriptor) const;

  private:
    TlsIdentity() = default;

    std::shared_ptr<ssl_ctx_st> context_{};
    core::Instant expires_at_{};
    std::string serial_{};
};

}  // namespace harborline::gateway
