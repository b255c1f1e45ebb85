#include "gateway/carriers/carrier.hpp"

#include <algorithm>

#include "gateway/carriers/ascii.hpp"

namespace harborline::gateway {
namespace {

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view WebRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (same_name(key, name)) return value;
    return {};
}

WebResponse Carrier::encode_answer_to(const WebRequest&, const core::Answer& answer) const {
    return encode_answer(answer);
}

std::optional<ApiRequest> Carrier::build_fetch(std::string_view) const {
    return std::nullopt;
}

std::optional<ApiRequest> Carrier::build_erase(std::string_view) const {
    return std::nullopt;
}

std::optional<ApiRequest> Carrier::build_hang_up(std::string_view) const {
    return std::nullopt;
}

}  // namespace harborline::gateway
