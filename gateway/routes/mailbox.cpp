#include "gateway/routes/mailbox.hpp"

#include <utility>

namespace harborline::gateway {

void Mailbox::put(const core::PhoneNumber& to, core::OutboxId message, std::string text) {
    if (!boxes_.contains(to.value()) && boxes_.size() >= kPhonesMax) boxes_.erase(boxes_.begin());
    auto& box = boxes_[to.value()];
    if (box.size() >= kTextsMax) box.pop_front();
    box.push_back({.number = ++last_, .message = message, .text = std::move(text)});
}

std::vector<Mailbox::Text> Mailbox::take_after(const core::PhoneNumber& phone, std::int64_t after) {
    const auto box = boxes_.find(phone.value());
    if (box == boxes_.end()) return {};
    std::erase_if(box->second, [&](const Text& text) { return text.number <= after; });
    return {box->second.begin(), box->second.end()};
}

}  // namespace harborline::gateway
