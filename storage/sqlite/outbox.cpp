#include <stdexcept>

#include "storage/sqlite/outbox_rules.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

using core::MessageState;

constexpr auto kColumn = "outbox.sealed";

#define HARBORLINE_OUTBOX_COLUMNS                                                                                    \
    "id, channel, handset, class, state, created_at, due_at, expires_at, attempts, repeats, case_id, page, reason, " \
    "sealed"

class SqliteOutbox : public Outbox {
  public:
    SqliteOutbox(Context& context, Channels& channels) : context_(context), channels_(channels) {}

    static constexpr auto kAdd = R"sql(
        INSERT INTO outbox (id, channel, handset, class, state, created_at, due_at, expires_at, attempts, repeats,
            case_id, page, reason, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
    core::OutboxId add(const core::Message& message) override {
        if (message.expires_at <= message.created_at)
            throw std::logic_error("a message needs an expiry after its making");
        const core::OutboxId id{next_id_.take()};
        // What joins a case is sealed under the case's own key, so that erasing the case reaches it.
        const auto scope =
            message.case_id ? sealing::KeyScope{sealing::KeyPurpose::kCase, message.case_id.value} : context_.period();
        const auto sealed = context_.seal(scope, kColumn, id.value, message.text);
        add_.run(id, channels_.id_of(message.channel), message.to, message.kind, message.state, message.created_at,
                 message.due_at, message.expires_at, message.attempts, message.repeats, message.case_id, message.page,
                 message.reason, Blob{sealed});
        return id;
    }

    static constexpr auto kFind = "SELECT " HARBORLINE_OUTBOX_COLUMNS " FROM outbox WHERE id = ?";
    std::optional<core::Message> find(core::OutboxId id) override {
        return find_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kDue = "SELECT " HARBORLINE_OUTBOX_COLUMNS R"sql( FROM outbox
        WHERE channel = ? AND state IN (0, 1) AND due_at <= ? ORDER BY due_at LIMIT ?)sql";
    static constexpr auto kMove = R"sql(
        UPDATE outbox SET state = ?, due_at = ?, attempts = ?, repeats = ?, reason = ?, settled_at = ?
        WHERE id = ?)sql";
    std::vector<core::Message> claim_due(std::string_view channel, core::Instant now, core::Instant lease_until,
                                         int limit) override {
        constexpr int kMostRounds = 10;  // A heap of expired rows must not hold everybody up in one transaction.
        if (lease_until <= now) throw std::logic_error("a lease must end after it begins");
        const auto channel_id = channels_.id_of(channel);
        std::vector<core::Message> claimed;
        for (int round = 0; round < kMostRounds && static_cast<int>(claimed.size()) < limit; ++round) {
            auto due = due_.all([this](Row row) { return read(row); }, channel_id, now,
                                limit - static_cast<int>(claimed.size()));
            if (due.empty()) break;
            for (auto& message : due)
                if (claim(message, now, lease_until)) claimed.push_back(std::move(message));
        }
        return claimed;
    }

    static constexpr auto kStanding = R"sql(SELECT state, attempts FROM outbox WHERE id = ?)sql";
    static constexpr auto kSettle = R"sql(
        UPDATE outbox SET state = ?, due_at = ?, repeats = ?, reason = ?, settled_at = ? WHERE id = ?)sql";
    static constexpr auto kForgetReceipts = R"sql(UPDATE outbox SET receipts = NULL WHERE id = ?)sql";
    void settle(const core::Message& message) override {
        const bool may =
            standing_
                .first(
                    [&](Row row) {
                        return may_settle(row.as<MessageState>(0), message.state, row.integer(1) == message.attempts);
                    },
                    message.id)
                .value_or(false);
        if (!may) return;
        settle_.run(message.state, message.due_at, message.repeats, message.reason, context_.now, message.id);
        // The next attempt's receipts start anew; an old failure must not stand in the way of its delivery.
        if (message.state == MessageState::kWaiting) forget_receipts_.run(message.id);
    }

    static constexpr auto kDecide = R"sql(
        UPDATE outbox SET state = ?, due_at = ?, expires_at = ?, settled_at = ? WHERE id = ?)sql";
    void move(core::OutboxId id, MessageState state, core::Instant due_at, core::Instant expires_at) override {
        decide_.run(state, due_at, expires_at, context_.now, id);
        if (state == MessageState::kWaiting) forget_receipts_.run(id);
    }

    static constexpr auto kReceipts = R"sql(SELECT state, receipts FROM outbox WHERE id = ?)sql";
    static constexpr auto kKeep = R"sql(UPDATE outbox SET state = ?, receipts = ? WHERE id = ?)sql";
    std::optional<core::ReceiptState> record_receipt(const core::Receipt& receipt) override {
        struct Standing {
            MessageState state;
            std::string receipts;
        };
        const auto standing = receipts_.first(
            [](Row row) {
                return Standing{row.as<MessageState>(0), row.text(1)};
            },
            receipt.message);
        if (!standing) return std::nullopt;

        const auto receipts = with_receipt(standing->receipts, receipt);
        const auto sum = sum_of(receipts);
        const auto state = after_receipt(standing->state, sum);
        if (receipts != standing->receipts || state != standing->state)
            keep_.run(state, Blob{receipts}, receipt.message);
        return sum;
    }

    static constexpr auto kWithoutReceipt = "SELECT " HARBORLINE_OUTBOX_COLUMNS R"sql( FROM outbox
        WHERE state = 2 AND (state = 2 OR state = 4 OR state = 5 OR state = 7 OR state = 8) AND settled_at < ? ORDER BY settled_at LIMIT ?)sql";
    std::vector<core::Message> without_receipt(core::Instant before, int limit) override {
        return without_receipt_.all([this](Row row) { return read(row); }, before, limit);
    }

    static constexpr auto kInState = "SELECT " HARBORLINE_OUTBOX_COLUMNS R"sql( FROM outbox
        WHERE state = ? ORDER BY id LIMIT ?)sql";
    static constexpr auto kUnsettled = "SELECT " HARBORLINE_OUTBOX_COLUMNS R"sql( FROM outbox
        WHERE state = ? AND (state = 2 OR state = 4 OR state = 5 OR state = 7 OR state = 8) ORDER BY settled_at, id LIMIT ?)sql";
    std::vector<core::Message> in_state(MessageState state, int limit) override {
        const bool indexed = state == MessageState::kSent || state == MessageState::kFailed ||
                             state == MessageState::kUnknown || state == MessageState::kDead ||
                             state == MessageState::kHeld;
        return (indexed ? unsettled_ : in_state_).all([this](Row row) { return read(row); }, state, limit);
    }

    static constexpr auto kNext = R"sql(
        SELECT due_at FROM outbox WHERE channel = ? AND state IN (0, 1) ORDER BY due_at LIMIT 1)sql";
    std::optional<core::Instant> next_due(std::string_view channel) override {
        return next_.first([](Row row) { return row.instant(0); }, channels_.id_of(channel));
    }

    static constexpr auto kCount = R"sql(SELECT count(*) FROM outbox WHERE state IN (0, 1))sql";
    std::size_t count_waiting() override { return static_cast<std::size_t>(count_.integer()); }

    static constexpr auto kHold = R"sql(
        UPDATE outbox SET state = 8, settled_at = ? WHERE state IN (0, 1))sql";
    int hold_unsent() override { return hold_.run(context_.now); }

  private:
    /// Whether the message is the caller's to send now.
    bool claim(core::Message& message, core::Instant now, core::Instant lease_until) {
        const bool lost = message.state == MessageState::kSending;
        const bool expired = message.expires_at <= now;
        message.state = MessageState::kSending;
        if (lost && (expired || !core::may_repeat(message.kind))) {
            // It may have gone: "expired" would claim that it did not.
            message.state = MessageState::kUnknown;
            message.reason = "the attempt was never settled";
        } else if (expired) {
            message.state = MessageState::kExpired;
        } else {
            message.due_at = lease_until;
            message.attempts += 1;
            message.repeats += lost ? 1 : 0;
        }
        move_.run(message.state, message.due_at, message.attempts, message.repeats, message.reason, now, message.id);
        return message.state == MessageState::kSending;
    }

    core::Message read(Row row) {
        return {.id = {row.integer(0)},
                .channel = channels_.name_of(row.integer(1)),
                .to = {row.integer(2)},
                .text = context_.open(kColumn, row.integer(0), row.bytes(13)),
                .kind = row.as<core::MessageClass>(3),
                .state = row.as<MessageState>(4),
                .created_at = row.instant(5),
                .due_at = row.instant(6),
                .expires_at = row.instant(7),
                .attempts = static_cast<int>(row.integer(8)),
                .repeats = static_cast<int>(row.integer(9)),
                .case_id = {row.integer(10)},
                .page = {row.integer(11)},
                .reason = row.text(12)};
    }

    Context& context_;
    Channels& channels_;
    NextId next_id_{context_, "SELECT max(id) FROM outbox"};
    Sql add_{context_.db, kAdd};
    Sql find_{context_.db, kFind};
    Sql due_{context_.db, kDue};
    Sql move_{context_.db, kMove};
    Sql standing_{context_.db, kStanding};
    Sql settle_{context_.db, kSettle};
    Sql forget_receipts_{context_.db, kForgetReceipts};
    Sql decide_{context_.db, kDecide};
    Sql receipts_{context_.db, kReceipts};
    Sql keep_{context_.db, kKeep};
    Sql without_receipt_{context_.db, kWithoutReceipt};
    Sql in_state_{context_.db, kInState};
    Sql unsettled_{context_.db, kUnsettled};
    Sql next_{context_.db, kNext};
    Sql count_{context_.db, kCount};
    Sql hold_{context_.db, kHold};
};

}  // namespace

std::unique_ptr<Outbox> make_outbox(Context& context, Channels& channels) {
    return std::make_unique<SqliteOutbox>(context, channels);
}

}  // namespace harborline::storage::sqlite
