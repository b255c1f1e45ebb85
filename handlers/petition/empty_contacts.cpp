#include "handlers/petition/empty_contacts.hpp"

#include <algorithm>

namespace harborline::petition {

bool EmptyContacts::counts(const Contact& contact, core::ChannelKind line, core::Instant now) const {
    return contact.line == line && !contact.spent && contact.at <= now && now - contact.at < kSlowedFor;
}

void EmptyContacts::note(core::ChannelKind line, core::Instant now, int limit) {
    std::erase_if(contacts_, [&](const Contact& one) { return one.at > now || now - one.at >= kRemembered; });
    auto& begun = begun_.at(static_cast<std::size_t>(line));
    if (begun != core::Instant{} && !slowed(line, now)) end(line);
    if (contacts_.size() == kMax) contacts_.erase(contacts_.begin());
    contacts_.push_back({.at = now, .line = line});
    const auto counted = std::ranges::count_if(contacts_, [&](const Contact& one) { return counts(one, line, now); });
    if (limit > 0 && begun == core::Instant{} && counted >= limit) begun = now;
}

bool EmptyContacts::slowed(core::ChannelKind line, core::Instant now) const {
    const auto begun = begun_.at(static_cast<std::size_t>(line));
    if (begun == core::Instant{} || begun > now || now - begun >= kSlowedAtMost) return false;
    return std::ranges::any_of(contacts_, [&](const Contact& one) { return counts(one, line, now); });
}

void EmptyContacts::end(core::ChannelKind line) {
    begun_.at(static_cast<std::size_t>(line)) = {};
    for (auto& one : contacts_)
        if (one.line == line) one.spent = true;
}

void EmptyContacts::lift() {
    begun_ = {};
    for (auto& one : contacts_) one.spent = true;
}

std::size_t EmptyContacts::remembered(core::Instant now) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        contacts_, [&](const Contact& one) { return one.at <= now && now - one.at < kRemembered; }));
}

}  // namespace harborline::petition
