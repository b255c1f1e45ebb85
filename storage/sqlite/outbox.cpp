#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "storage/sqlite/append.hpp"
#include "storage/sqlite/outbox_rules.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

using core::MessageState;

constexpr auto kOutboxColumn = "outbox.sealed";

/// As HARBORLINE_OUTBOX_AHEAD.
constexpr std::chrono::milliseconds kRedAhead{4'102'444'800'000};
#define HARBORLINE_OUTBOX_DUE "due_at = ? - " HARBORLINE_OUTBOX_AHEAD

std::chrono::milliseconds ahead(core::MessageClass kind) {
    return kind == core::MessageClass::kRedPage ? kRedAhead : std::chrono::milliseconds{0};
}

#define HARBORLINE_OUTBOX_COLUMNS                                                                                    \
    "id, channel, handset, class, state, created_at, due_at, expires_at, attempts, repeats, case_id, page, reason, " \
    "sealed"

class SqliteOutbox : public Outbox {
  public:
    SqliteOutbox(Context& context, Channels& channels) : context_(context), channels_(channels) {}

    core::OutboxId add(const core::Message& message) override {
        if (message.expires_at <= message.created_at)
            throw std::logic_error("a message needs an expiry after its making");
        const core::OutboxId id{next_id_.take()};
        // What joins a case is sealed under the case's own key, so that erasing the case reaches it.
        const auto scope =
            message.case_id ? sealing::KeyScope{sealing::KeyPurpose::kCase, message.case_id.value} : context_.period();
        auto sealed = seal_later(context_, scope, kOutboxColumn, id.value, message.text);
        rows_.add(id, channels_.id_of(message.channel), message.to, message.kind, message.state, message.created_at,
                  message.due_at - ahead(message.kind), message.expires_at, message.attempts, message.repeats,
                  message.case_id, message.page, message.reason, std::move(sealed));
        return id;
    }

    static constexpr auto kFind = "SELECT " HARBORLINE_OUTBOX_COLUMNS " FROM outbox WHERE id = ?";
    std::optional<core::Message> find(core::OutboxId id) override {
        return find_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kDue = "SELECT " HARBORLINE_OUTBOX_COLUMNS R"sql( FROM outbox
        WHERE channel = ? AND state IN (0, 1) AND due_at BETWEEN ? AND ? ORDER BY due_at LIMIT ?)sql";
    static constexpr auto kMove = "UPDATE outbox SET " HARBORLINE_OUTBOX_DUE
                                  R"sql(, state = ?, attempts = ?, repeats = ?, reason = ?, settled_at = ?
        WHERE id = ?)sql";
    using Outbox::claim_due;
    std::vector<core::Message> claim_due(const OutboxClaim& wanted) override {
        if (wanted.lease_until <= wanted.now) throw std::logic_error("a lease must end after it begins");
        std::vector<core::Message> claimed;
        if (wanted.only) {
            claim_one(wanted, claimed);
            return claimed;
        }
        claim_some(wanted, red(wanted), wanted.limit, claimed);
        const int ordinary = std::min(wanted.limit - static_cast<int>(claimed.size()), wanted.ordinary_max);
        claim_some(wanted, others(wanted), ordinary, claimed);
        return claimed;
    }

    static constexpr auto kDueIds = R"sql(SELECT id FROM outbox
        WHERE channel = ? AND state IN (0, 1) AND due_at BETWEEN ? AND ? ORDER BY due_at LIMIT ?)sql";
    std::vector<core::OutboxId> due(const OutboxClaim& wanted) override {
        std::vector<core::OutboxId> ids;
        add_due(wanted, red(wanted), wanted.limit, ids);
        add_due(wanted, others(wanted), std::min(wanted.limit - static_cast<int>(ids.size()), wanted.ordinary_max),
                ids);
        return ids;
    }

    static constexpr auto kPutOff = "UPDATE outbox SET " HARBORLINE_OUTBOX_DUE
                                    R"sql(, attempts = attempts + 1
        WHERE id = ? AND state IN (0, 1) AND (attempts + 1) % ? <> 0 AND expires_at > ?)sql";
    static constexpr auto kBury = R"sql(UPDATE outbox SET state = 7, attempts = attempts + 1, reason = ?, settled_at = ?
        WHERE id = ? AND state IN (0, 1))sql";
    static_assert(static_cast<int>(MessageState::kDead) == 7);
    bool set_aside(core::OutboxId id, core::Instant later, int attempts_max, std::string_view reason) override {
        if (put_off_.run(later, id, attempts_max, later) > 0) return false;
        return bury_.run(std::string{reason}, context_.now, id) > 0;
    }

    static constexpr auto kStanding = R"sql(SELECT state, attempts FROM outbox WHERE id = ?)sql";
    static constexpr auto kSettle =
        "UPDATE outbox SET " HARBORLINE_OUTBOX_DUE ", state = ?, repeats = ?, reason = ?, settled_at = ? WHERE id = ?";
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
        settle_.run(message.due_at, message.state, message.repeats, message.reason, context_.now, message.id);
        if (message.state == MessageState::kWaiting) keep_arrived_parts(message.id);
    }

    void put_back(const core::Message& claimed, core::Instant due_at) override {
        move_.run(due_at, MessageState::kWaiting, claimed.attempts - 1, claimed.repeats, claimed.reason, context_.now,
                  claimed.id);
    }

    static constexpr auto kDecide = "UPDATE outbox SET " HARBORLINE_OUTBOX_DUE
                                    R"sql(, repeats = repeats + (state IN (2, 5) AND ? = 0), state = ?,
        expires_at = ?, settled_at = ? WHERE id = ?)sql";
    void move(core::OutboxId id, MessageState state, core::Instant due_at, core::Instant expires_at) override {
        decide_.run(due_at, state, state, expires_at, context_.now, id);
        if (state == MessageState::kWaiting) keep_arrived_parts(id);
    }

    static constexpr auto kReceipts = R"sql(SELECT state, receipts, attempts FROM outbox WHERE id = ?)sql";
    static constexpr auto kKeep = R"sql(UPDATE outbox SET state = ?, receipts = ? WHERE id = ?)sql";
    std::optional<core::ReceiptState> record_receipt(const core::Receipt& receipt) override {
        const auto standing = standing_of(receipt.message);
        if (!standing) return std::nullopt;
        if (!is_about_this_attempt(receipt, standing->state, standing->attempts)) return sum_of(standing->receipts);

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

    static constexpr auto kOfPage = R"sql(
        SELECT id, channel, created_at, state FROM outbox WHERE page = ?1 AND page <> 0
        UNION SELECT id, channel, created_at, state FROM outbox
            WHERE id IN (SELECT message FROM paging WHERE page = ?1)
        ORDER BY id)sql";
    std::vector<PageMessage> messages_of(core::PageId page) override {
        return of_page_.all(
            [this](Row row) {
                return PageMessage{.id = {row.integer(0)},
                                   .channel = channels_.name_of(row.integer(1)),
                                   .created_at = row.instant(2),
                                   .state = row.as<MessageState>(3)};
            },
            page);
    }

    static constexpr auto kCount = R"sql(SELECT count(*) FROM outbox WHERE state IN (0, 1))sql";
    std::size_t count_waiting() override { return static_cast<std::size_t>(count_.integer()); }

    static constexpr auto kHold = R"sql(
        UPDATE outbox SET state = 8, settled_at = ? WHERE state IN (0, 1))sql";
    int hold_unsent() override { return hold_.run(context_.now); }

  private:
    /// A range of what the column `due_at` holds.
    struct Due {
        core::Instant from{};
        core::Instant to{};
    };
    struct Standing {
        MessageState state = MessageState::kWaiting;
        std::string receipts{};
        int attempts = 0;
    };

    static Due red(const OutboxClaim& wanted) { return {.from = core::Instant::min(), .to = wanted.now - kRedAhead}; }
    static Due others(const OutboxClaim& wanted) { return {.from = core::Instant{}, .to = wanted.now}; }
    static bool is_under_way(const OutboxClaim& wanted, core::OutboxId id) {
        return std::ranges::find(wanted.under_way, id) != wanted.under_way.end();
    }

    void add_due(const OutboxClaim& wanted, Due range, int most, std::vector<core::OutboxId>& ids) {
        const int rows = most + static_cast<int>(wanted.under_way.size());
        const auto found = due_ids_.all([](Row row) { return core::OutboxId{row.integer(0)}; },
                                        channels_.id_of(wanted.channel), range.from, range.to, rows);
        for (const auto id : found)
            if (most > 0 && !is_under_way(wanted, id)) {
                ids.push_back(id);
                --most;
            }
    }

    void claim_one(const OutboxClaim& wanted, std::vector<core::Message>& claimed) {
        auto message = find(wanted.only);
        if (!message || message->channel != wanted.channel || message->due_at > wanted.now) return;
        const bool unsent = message->state == MessageState::kWaiting || message->state == MessageState::kSending;
        if (unsent && claim(*message, wanted.now, wanted.lease_until)) claimed.push_back(std::move(*message));
    }

    /// Claims up to `most` from one range.
    void claim_some(const OutboxClaim& wanted, Due range, int most, std::vector<core::Message>& claimed) {
        constexpr int kMostRounds = 10;  // A heap of expired rows must not hold everybody up in one transaction.
        const auto channel = channels_.id_of(wanted.channel);
        const std::size_t before = claimed.size();
        int passed_over = 0;
        for (int round = 0; round < kMostRounds; ++round) {
            const int missing = most - static_cast<int>(claimed.size() - before);
            if (missing <= 0) break;
            const int rows = missing + passed_over;
            auto due = due_.all([this](Row row) { return read(row); }, channel, range.from, range.to, rows);
            passed_over = 0;
            for (auto& message : due) {
                if (is_under_way(wanted, message.id))
                    ++passed_over;
                else if (claim(message, wanted.now, wanted.lease_until))
                    claimed.push_back(std::move(message));
            }
            if (static_cast<int>(due.size()) < rows) break;
        }
    }

    /// Whether the message is the caller's to send now.
    bool claim(core::Message& message, core::Instant now, core::Instant lease_until) {
        const bool lost = message.state == MessageState::kSending;
        const bool expired = message.expires_at <= now;
        // It may have gone: "expired" would claim that it did not.
        const bool may_have_gone = lost || message.repeats > 0;
        message.state = MessageState::kSending;
        if ((expired && may_have_gone) || (lost && !core::may_repeat(message.kind))) {
            message.state = MessageState::kUnknown;
            if (lost) message.reason = "the attempt was never settled";
        } else if (expired) {
            message.state = MessageState::kExpired;
        } else {
            message.due_at = lease_until;
            message.attempts += 1;
            message.repeats += lost ? 1 : 0;
        }
        move_.run(message.due_at, message.state, message.attempts, message.repeats, message.reason, now, message.id);
        return message.state == MessageState::kSending;
    }

    std::optional<Standing> standing_of(core::OutboxId id) {
        return receipts_.first(
            [](Row row) {
                return Standing{row.as<MessageState>(0), row.text(1), static_cast<int>(row.integer(2))};
            },
            id);
    }

    /// Before another attempt: an old failure must not stand in the way of its delivery.
    void keep_arrived_parts(core::OutboxId id) {
        const auto standing = standing_of(id);
        if (!standing || standing->receipts.empty()) return;
        const auto arrived = arrived_parts(standing->receipts);
        keep_.run(standing->state, Blob{arrived}, id);
    }

    std::string words(Row row) {
        try {
            return context_.open(kOutboxColumn, row.integer(0), row.bytes(13));
        } catch (const sealing::Damaged&) {
            const auto state = row.as<MessageState>(4);
            if (state == MessageState::kWaiting || state == MessageState::kSending) throw;
            return {};
        }
    }

    core::Message read(Row row) {
        const auto kind = row.as<core::MessageClass>(3);
        return {.id = {row.integer(0)},
                .channel = channels_.name_of(row.integer(1)),
                .to = {row.integer(2)},
                .text = words(row),
                .kind = kind,
                .state = row.as<MessageState>(4),
                .created_at = row.instant(5),
                .due_at = row.instant(6) + ahead(kind),
                .expires_at = row.instant(7),
                .attempts = static_cast<int>(row.integer(8)),
                .repeats = static_cast<int>(row.integer(9)),
                .case_id = {row.integer(10)},
                .page = {row.integer(11)},
                .reason = row.text(12)};
    }

    Context& context_;
    Channels& channels_;
    Append<core::OutboxId, std::int64_t, core::HandsetId, core::MessageClass, MessageState, core::Instant,
           core::Instant, core::Instant, int, int, core::CaseId, core::PageId, std::string, SealedLater>
        rows_{context_, "outbox (" HARBORLINE_OUTBOX_COLUMNS ")"};
    NextId next_id_{context_, "SELECT max(id) FROM outbox"};
    Sql find_{context_.db, kFind, &rows_};
    Sql due_{context_.db, kDue, &rows_};
    Sql due_ids_{context_.db, kDueIds, &rows_};
    Sql put_off_{context_.db, kPutOff, &rows_};
    Sql bury_{context_.db, kBury, &rows_};
    Sql move_{context_.db, kMove, &rows_};
    Sql standing_{context_.db, kStanding, &rows_};
    Sql settle_{context_.db, kSettle, &rows_};
    Sql decide_{context_.db, kDecide, &rows_};
    Sql receipts_{context_.db, kReceipts, &rows_};
    Sql keep_{context_.db, kKeep, &rows_};
    Sql without_receipt_{context_.db, kWithoutReceipt, &rows_};
    Sql in_state_{context_.db, kInState, &rows_};
    Sql unsettled_{context_.db, kUnsettled, &rows_};
    Sql of_page_{context_.db, kOfPage, &rows_};
    Sql count_{context_.db, kCount, &rows_};
    Sql hold_{context_.db, kHold, &rows_};
};

}  // namespace

std::unique_ptr<Outbox> make_outbox(Context& context, Channels& channels) {
    return std::make_unique<SqliteOutbox>(context, channels);
}

}  // namespace harborline::storage::sqlite
