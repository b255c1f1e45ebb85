#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/names.hpp"
#include "gateway/commands/output.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

constexpr int kAtMost = 1'000'000;

json::object row_of(const CommandGround& ground, const core::Message& message) {
    return {{"id", message.id.value},         {"state", name_of(message.state)},
            {"class", name_of(message.kind)}, {"channel", message.channel},
            {"attempts", message.attempts},   {"repeats", message.repeats},
            {"case", message.case_id.value},  {"created_at", ground.iso(message.created_at)},
            {"reason", message.reason}};
}

/// What a person decides about messages of ours.
enum class Decision { kSend, kDrop };

void carry_out(storage::Transaction& tx, CommandGround& ground, const core::Message& message, Decision decision,
               core::StaffId by) {
    const core::Instant now = ground.now();
    if (decision == Decision::kSend)
        ground->replies().send_again(tx, message, now);
    else
        ground->replies().drop(tx, message, now);
    tx.journal().append({.at = now,
                         .event = decision == Decision::kSend ? "message_released" : "message_dropped",
                         .case_id = message.case_id,
                         .staff = by});
}

int decide_one(const CommonArguments& common, std::int64_t id, Decision decision) {
    CommandGround ground(common);
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto message = tx.outbox().find(core::OutboxId{id});
        if (!message) throw CommandFailed("no message has this number; see: harborline outbox dead");
        if (message->state == core::MessageState::kDelivered || message->state == core::MessageState::kSending)
            throw CommandFailed("this message has arrived, or is on its way just now");
        carry_out(tx, ground, *message, decision, by.id);
    });
    const bool send = decision == Decision::kSend;
    report(common, {{"id", id}, {"state", send ? "waiting" : "dropped"}},
           fmt::format("message {} {}", id, send ? "will be sent" : "is dropped"));
    return 0;
}

int decide_held(const CommonArguments& common, Decision decision) {
    CommandGround ground(common);
    std::size_t count = 0;
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto held = tx.outbox().in_state(core::MessageState::kHeld, kAtMost);
        for (const auto& message : held) carry_out(tx, ground, message, decision, by.id);
        count = held.size();
    });
    const bool send = decision == Decision::kSend;
    report(common, {{"messages", count}, {"state", send ? "waiting" : "dropped"}},
           fmt::format("{} held messages {}", count, send ? "will be sent" : "are dropped"));
    return 0;
}

int decide(const OutboxArguments& arguments, Decision decision) {
    if (arguments.all_held == arguments.id.has_value())
        throw CommandFailed("name one message by its number, or all that are held with --all-held", 2);
    return arguments.all_held ? decide_held(arguments.common, decision)
                              : decide_one(arguments.common, *arguments.id, decision);
}

}  // namespace

int outbox_list(const CommonArguments& common, OutboxView view) {
    std::vector<core::MessageState> states;
    switch (view) {
        case OutboxView::kList:
            for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
                states.push_back(static_cast<core::MessageState>(state));
            break;
        case OutboxView::kDead:
            states = {core::MessageState::kDead, core::MessageState::kFailed, core::MessageState::kUnknown,
                      core::MessageState::kExpired};
            break;
        case OutboxView::kHeld:
            states = {core::MessageState::kHeld};
            break;
    }
    CommandGround ground(common, Access::kRead);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        rows.clear();
        for (const auto state : states)
            for (const auto& message : tx.outbox().in_state(state, kAtMost)) rows.push_back(row_of(ground, message));
    });
    std::ranges::sort(rows, {}, [](const json::value& row) { return row.at("id").as_int64(); });
    print(common, rows, "nothing of that kind");
    return 0;
}

int outbox_send(const OutboxArguments& arguments) {
    return decide(arguments, Decision::kSend);
}
int outbox_drop(const OutboxArguments& arguments) {
    return decide(arguments, Decision::kDrop);
}

}  // namespace harborline::gateway
