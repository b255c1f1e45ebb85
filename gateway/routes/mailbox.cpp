#include "gateway/routes/mailbox.hpp"

#include <utility>

namespace harborline::gateway {

void Mailbox::put(const core::PhoneNumber& to, core::OutboxId message, std::string text) {
    if (!boxes_.contains(to.value()) && boxes_.size() >= kPhonesMax) boxes_.erase(boxes_.begin());
    auto& box = boxes_[to.value()];
    if (box.size() >= kTextsMax) box.pop_front();
    box.push_back({.number = ++last_, .message = message, .text = std::move(text)});
}

std::vector<Mailbox::Text> Mailbox::since(const core::PhoneNumber& phone, std::int64_t after) const {
    std::vector<Text> texts;
    if (const auto box = boxes_.find(phone.value()); box != boxes_.end())
        for (const auto& text : box->second)
            if (text.number > after) texts.push_back(text);
    return texts;
}

}  // namespace harborline::gateway
