#include "storage/sqlite/conversations.hpp"

#include <algorithm>
#include <utility>

#include "storage/sqlite/turn_packing.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kConversationColumn = "conversation.sealed";

std::uint64_t key_of(core::HandsetId handset) {
    return static_cast<std::uint64_t>(handset.value);
}

}  // namespace

std::optional<Conversation> SqliteConversations::find(core::HandsetId handset) {
    for (const auto& held : held_)
        if (held.handset == handset) return held;
    if (const auto* known = recent_.find(key_of(handset), context_.epoch)) return *known;
    auto stored = read_or_begin_anew(handset);
    if (stored) recent_.put(key_of(handset), *stored, context_.epoch);
    return stored;
}

/// A row that can not be read must not shut her out for good: not even a 9 of hers would be taken.
std::optional<Conversation> SqliteConversations::read_or_begin_anew(core::HandsetId handset) {
    try {
        return read(handset);
    } catch (const sealing::Damaged&) {
        return Conversation{.handset = handset};
    }
}

std::optional<Conversation> SqliteConversations::read(core::HandsetId handset) {
    const auto turn = tail_.newest_state(handset).value_or(0);
    bool turn_is_newer = turn != 0;
    auto own = find_.first(
        [&](Row row) {
            turn_is_newer = turn > row.integer(3);
            Conversation conversation{.handset = handset};
            if (turn_is_newer) return conversation;
            conversation.id = {row.integer(0)};
            conversation.channel = channels_.name_of(row.integer(1));
            conversation.last_turn_at = row.instant(2);
            conversation.state = context_.open(kConversationColumn, handset.value, row.bytes(4));
            return conversation;
        },
        handset);
    return turn_is_newer ? read_from(turn, handset) : std::move(own);
}

Conversation SqliteConversations::read_from(std::int64_t turn, core::HandsetId handset) {
    auto conversation = find_on_turn_.first(
        [&](Row row) {
            const auto opened = context_.open(kTurnColumn, turn, row.bytes(3));
            return Conversation{.handset = handset,
                                .id = {row.integer(0)},
                                .channel = channels_.name_of(row.integer(1)),
                                .last_turn_at = row.instant(2),
                                .state = unpack_turn(opened, true).state};
        },
        turn);
    if (!conversation) throw sealing::Damaged("the turn that carries a conversation's state does not exist");
    return std::move(*conversation);
}

void SqliteConversations::put(Conversation conversation) {
    recent_.put(key_of(conversation.handset), conversation, context_.epoch);
    const auto held = std::ranges::find(held_, conversation.handset, &Conversation::handset);
    if (held != held_.end())
        *held = std::move(conversation);
    else
        held_.push_back(std::move(conversation));
}

core::ConversationId SqliteConversations::next_id() {
    if (epoch_ != context_.epoch) {
        stored_id_ = last_id_.integer();
        id_ = std::max(id_, stored_id_);
        epoch_ = context_.epoch;
    }
    return {++id_};
}

void SqliteConversations::write_ids() {
    if (id_ <= stored_id_) return;
    keep_id_.run(id_);
    stored_id_ = id_;
}

std::optional<std::string> SqliteConversations::ride_on(const Turn& turn) {
    const auto held = std::ranges::find(held_, turn.handset, &Conversation::handset);
    if (held == held_.end() || held->id != turn.conversation || held->channel != turn.channel ||
        held->last_turn_at != turn.received_at)
        return std::nullopt;
    auto state = std::move(held->state);
    held_.erase(held);
    return state;
}

void SqliteConversations::write_held() {
    const auto now = tail_.last_turn();
    for (const auto& held : held_) write(held, now, now + 1);
    held_.clear();
}

void SqliteConversations::fold(core::HandsetId handset, std::int64_t turn) {
    if (tail_.newest_state(handset) != turn) return;
    const auto* known = recent_.find(key_of(handset), context_.epoch);
    write(known != nullptr ? *known : read_from(turn, handset), turn, turn);
}

void SqliteConversations::write(const Conversation& conversation, std::int64_t as_of, std::int64_t unless) {
    const auto sealed =
        context_.seal(context_.period(), kConversationColumn, conversation.handset.value, conversation.state);
    put_.run(conversation.handset, conversation.id, channels_.id_of(conversation.channel), conversation.last_turn_at,
             as_of, Blob{sealed}, unless);
}

}  // namespace harborline::storage::sqlite
