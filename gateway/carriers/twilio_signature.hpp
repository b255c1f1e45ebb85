#pragma once
#include <string>
#include <string_view>

#include "gateway/carriers/carrier.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::gateway {

/// X-Twilio-Signature: Base64 of HMAC-SHA1, keyed by the account's token, over the URL and the fields of a posted form,
/// sorted by name; a name that comes again stands once for each of its different values (as npm `twilio` has it).
std::string twilio_signature(const core::Secret& token, std::string_view url, NamedValues fields);

/// Whether `signature` is that of a request to `url`, the address as the carrier was told it, query included. A port
/// may be missing on either side. Where the query holds bodySHA256 the body is no form but what that digest is of.
/// Takes the same time wherever the two differ.
bool is_signed(const core::Secret& token, std::string_view url, const WebRequest& request, std::string_view signature);

}  // namespace harborline::gateway
