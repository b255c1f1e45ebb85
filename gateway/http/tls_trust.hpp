#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/http/tls.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// Whom we believe when we call: the authorities that a peer's certificate must lead to. TLS 1.2 and 1.3. Cheap to
/// copy.
class TlsTrust {
  public:
    /// The authorities in a PEM file, or the system's own (Debian: ca-certificates) where none is named. Fails in words
    /// that name the file.
    static core::Result<TlsTrust> load(const std::filesystem::path& authorities);

    /// The client's side of a handshake with a host, by name or address: it fails unless the peer shows a certificate
    /// that is valid now, leads to an authority and names this host.
    TlsConnection connect_to(const std::string& host) const;

    /// Why the handshake on a connection failed, in words that hold nothing of the peer's.
    static std::string why_not(const ssl_st* connection);

  private:
    std::shared_ptr<ssl_ctx_st> context_{};
};

}  // namespace harborline::gateway
