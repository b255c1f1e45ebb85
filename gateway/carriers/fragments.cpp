#include "gateway/carriers/fragments.hpp"

#include <array>

#include "gateway/carriers/charset.hpp"

namespace harborline::gateway {
namespace {

using core::Error;
using core::ErrorKind;
using core::Fragment;

constexpr std::string_view kMissing = "…";

/// Every part at its index, 0 unused; of two with the same index the first.
using Places = std::array<const Fragment*, 256>;

core::Result<Places> placed(const std::vector<core::Inbound>& parts) {
    Places places{};
    const Fragment* first = nullptr;
    for (const core::Inbound& part : parts) {
        if (!part.fragment) return Error{ErrorKind::kMalformed, "a message that is no part was to be joined"};
        const Fragment& fragment = *part.fragment;
        if (first == nullptr) first = &fragment;
        if (fragment.total != first->total || fragment.reference != first->reference ||
            fragment.wide_reference != first->wide_reference || fragment.index == 0 || fragment.index > fragment.total)
            return Error{ErrorKind::kMalformed, "parts of different texts were to be joined"};
        if (places[fragment.index] == nullptr) places[fragment.index] = &fragment;
    }
    if (first == nullptr) return Error{ErrorKind::kMalformed, "there are no parts to join"};
    return places;
}

/// Bytes of neighbours in one charset, waiting to be read together.
struct Run {
    Charset charset = Charset::kUtf8;
    std::string bytes{};

    void flush_into(std::string& text) {
        text += to_utf8_repaired(charset, bytes);
        bytes.clear();
    }
};

}  // namespace

core::Result<std::string> join_fragments(const std::vector<core::Inbound>& parts) {
    const auto places = placed(parts);
    if (!places) return places.error();
    const std::size_t total = parts.front().fragment->total;

    std::string text;
    Run run;
    bool gap = false;
    for (std::size_t index = 1; index <= total; ++index) {
        const Fragment* part = (*places)[index];
        if (part == nullptr) {
            if (!gap) run.flush_into(text);
            if (!gap) text += kMissing;
            gap = true;
            continue;
        }
        gap = false;
        const Charset charset = charset_named(part->charset).value_or(Charset::kUtf8);
        if (charset != run.charset) run.flush_into(text);
        run.charset = charset;
        run.bytes += part->bytes;
    }
    run.flush_into(text);
    return text;
}

bool is_complete(const std::vector<core::Inbound>& parts) {
    const auto places = placed(parts);
    if (!places) return false;
    for (std::size_t index = 1; index <= parts.front().fragment->total; ++index)
        if ((*places)[index] == nullptr) return false;
    return true;
}

}  // namespace harborline::gateway
