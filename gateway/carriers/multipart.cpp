#include "gateway/carriers/multipart.hpp"

#include <algorithm>
#include <optional>

#include "gateway/carriers/ascii.hpp"

namespace harborline::gateway {
namespace {

using core::malformed;
using core::Result;

constexpr std::string_view kType = "multipart/form-data";
constexpr std::string_view kLine = "\r\n";

/// Takes it off the front, whatever the case of its letters.
bool take(std::string_view& rest, std::string_view word) {
    if (!std::ranges::equal(rest.substr(0, word.size()), word, {}, lower, lower)) return false;
    rest.remove_prefix(word.size());
    return true;
}

void skip_blanks(std::string_view& rest) {
    while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
}

/// A quoted string whose quotes and backslashes are escaped; empty where it is none.
std::optional<std::string> take_quoted(std::string_view& rest) {
    if (!rest.starts_with('"')) return std::nullopt;
    std::string value;
    for (std::size_t at = 1; at < rest.size(); ++at) {
        if (rest[at] == '"') {
            rest.remove_prefix(at + 1);
            return value;
        }
        if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
        value += rest[at];
    }
    return std::nullopt;
}

/// RFC 2046, 5.1.1.
bool may_bound(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{"'()+_,-./:=?"}.find(c) != std::string_view::npos;
}

std::optional<std::string> boundary_of(std::string_view type) {
    constexpr std::size_t kBoundaryMax = 70;
    if (!take(type, kType)) return std::nullopt;
    skip_blanks(type);
    if (!take(type, ";")) return std::nullopt;
    skip_blanks(type);
    if (!take(type, "boundary=")) return std::nullopt;
    std::string boundary{type};
    if (auto quoted = take_quoted(type)) {
        if (!type.empty()) return std::nullopt;
        boundary = std::move(*quoted);
    }
    if (boundary.empty() || boundary.size() > kBoundaryMax || !std::ranges::all_of(boundary, may_bound))
        return std::nullopt;
    return boundary;
}

struct PartHead {
    std::string name{};
    bool is_file = false;
};

/// form-data; name="…"; filename="…"
std::optional<PartHead> read_disposition(std::string_view value) {
    PartHead head;
    bool named = false;
    skip_blanks(value);
    if (!take(value, "form-data")) return std::nullopt;
    while (!value.empty()) {
        if (!take(value, ";")) return std::nullopt;
        skip_blanks(value);
        const bool is_file = take(value, "filename=");
        if (!is_file && !take(value, "name=")) return std::nullopt;
        auto text = take_quoted(value);
        if (!text || (is_file ? head.is_file : named)) return std::nullopt;
        if (is_file) {
            head.is_file = true;
        } else {
            named = true;
            head.name = std::move(*text);
        }
    }
    if (!named) return std::nullopt;
    return head;
}

/// The headers of a part, of which only the disposition says anything here.
std::optional<PartHead> read_head(std::string_view lines) {
    std::optional<PartHead> head;
    while (!lines.empty()) {
        const std::size_t end = lines.find(kLine);
        std::string_view line = lines.substr(0, end);
        lines = end == std::string_view::npos ? std::string_view{} : lines.substr(end + kLine.size());
        if (line.find(':') == std::string_view::npos) return std::nullopt;
        if (!take(line, "content-disposition:")) continue;
        if (head) return std::nullopt;
        head = read_disposition(line);
        if (!head) return std::nullopt;
    }
    return head;
}

/// Where the content ends: at a delimiter that is a whole line. The beginning of one may stand in any recording.
std::size_t content_end(std::string_view rest, std::string_view delimiter) {
    std::size_t at = rest.find(delimiter);
    while (at != std::string_view::npos) {
        const std::string_view behind = rest.substr(at + delimiter.size());
        if (behind.starts_with(kLine) || behind.starts_with("--")) break;
        at = rest.find(delimiter, at + 1);
    }
    return at;
}

}  // namespace

bool is_multipart(std::string_view content_type) {
    return take(content_type, kType) && (content_type.empty() || content_type.find_first_of("; \t") == 0);
}

Result<MultipartForm> read_multipart(std::string_view content_type, std::string_view body,
                                     WebhookQuery::Wanted wanted) {
    const auto boundary = boundary_of(content_type);
    if (!boundary) return malformed("the content type is not that of a form in parts");
    const std::string delimiter = "\r\n--" + *boundary;
    MultipartForm form;
    std::size_t parts = 0;

    // The first delimiter has no line before it.
    if (!body.starts_with(std::string_view{delimiter}.substr(kLine.size())))
        return malformed("the form has no first part");
    body.remove_prefix(delimiter.size() - kLine.size());
    while (body.starts_with(kLine)) {
        if (++parts > MultipartForm::kPartsMax) return malformed("the form has too many parts");
        body.remove_prefix(kLine.size());
        const std::size_t head_end = body.substr(0, MultipartForm::kHeadBytesMax).find("\r\n\r\n");
        if (head_end == std::string_view::npos) return malformed("a part of the form has no end to its head");
        auto head = read_head(body.substr(0, head_end));
        if (!head) return malformed("a part of the form has a broken head");
        body.remove_prefix(head_end + 2 * kLine.size());

        const std::size_t end = content_end(body, delimiter);
        if (end == std::string_view::npos) return malformed("a part of the form has no end");
        const std::string_view content = body.substr(0, end);
        body.remove_prefix(end + delimiter.size());

        if (head->is_file) {
            if (form.has_file) return malformed("the form has two files");
            form.has_file = true;
            form.file = content;
            continue;
        }
        if (wanted != nullptr && !wanted(head->name)) continue;
        if (content.size() > MultipartForm::kTextBytesMax) return malformed("a text of the form is too long");
        if (const auto added = form.texts.add(std::move(head->name), std::string{content}); !added)
            return added.error();
    }
    if (body != "--" && body != "--\r\n") return malformed("the form has no end");
    return form;
}

}  // namespace harborline::gateway
