#pragma once
#include <string>
#include <string_view>

#include "gateway/carriers/webhook_query.hpp"

namespace harborline::gateway {

/// A POSTed multipart/form-data (RFC 7578) of short texts and at most one file.
struct MultipartForm {
    static constexpr std::size_t kPartsMax = 512;       ///< FreeSWITCH sends up to 200 (httapi.md, case 900).
    static constexpr std::size_t kHeadBytesMax = 1024;  ///< Of one part, its headers together.
    static constexpr std::size_t kTextBytesMax = 8 * 1024;

    WebhookQuery texts{};
    bool has_file = false;
    std::string_view file{};  ///< Lies within the body that was read, and lives no longer.
};

/// Texts whose names `wanted` refuses are passed over. kMalformed where the content type is another or has no boundary,
/// where the body is cut short or holds anything outside its parts, and on every limit, a second file and a name twice.
core::Result<MultipartForm> read_multipart(std::string_view content_type, std::string_view body,
                                           WebhookQuery::Wanted wanted = nullptr);

/// Whether a content type is that of such a form, boundary or not.
bool is_multipart(std::string_view content_type);

}  // namespace harborline::gateway
