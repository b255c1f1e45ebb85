#include "gateway/workers/delivery_worker.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string>

#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using testing::kAdmin;
using testing::kWang;
using testing::words;
using Kind = SendResult::Kind;
using Said = std::vector<std::string>;

/// To a phone that there is not: what asks whether it may leave throws.
core::Message unclaimable(std::string_view channel, MessageClass kind, core::Instant now) {
    return {.channel = std::string{channel},
            .to = {987'654},
            .text = "您好",
            .kind = kind,
            .created_at = now,
            .due_at = now,
            .expires_at = now + 60min};
}

class DeliveryWorker_Test : public WorkerFixture {};

TEST_F(DeliveryWorker_Test, SendsWhatIsDueAndSettlesIt) {
    const auto first = add(MessageClass::kAnswer);
    const auto second = add(MessageClass::kPage);

    EXPECT_EQ(deliver(), 2);
    EXPECT_EQ(deliver(), 0);

    EXPECT_EQ(sent_.size(), 2U);
    EXPECT_EQ(results_, (std::vector{Kind::kSent, Kind::kSent}));
    for (const auto id : {first, second}) {
        EXPECT_EQ(message(id).state, MessageState::kSent);
        EXPECT_EQ(message(id).attempts, 1);
        EXPECT_EQ(message(id).repeats, 0);
    }
}

TEST_F(DeliveryWorker_Test, ARedPageGoesBeforeAHeapOfAnswers) {
    for (int i = 0; i < 5; ++i) add(MessageClass::kAnswer);
    world_.says(testing::phone(2), "9");
    const auto page = world_.messages_to(kWang).front().id;

    deliver();

    EXPECT_EQ(sent_.front().id, page.value);
}

TEST_F(DeliveryWorker_Test, KeepsTheChannelsRate) {
    channel_.rate_per_s = 100;
    for (int i = 0; i < 6; ++i) add(MessageClass::kAnswer);
    const auto start = std::chrono::steady_clock::now();

    deliver();

    EXPECT_GE(std::chrono::steady_clock::now() - start, 50ms);  // Five gaps of 10 ms.
    EXPECT_EQ(sent_.size(), 6U);
}

TEST_F(DeliveryWorker_Test, ClaimsNoMoreThanTheRateLetsGoSoon) {
    channel_.rate_per_s = 0.5;
    for (int i = 0; i < 5; ++i) add(MessageClass::kAnswer);

    EXPECT_EQ(deliver(), 1);
}

/// A worker that runs, and a carrier at which some messages hang until they are released.
class DeliveryWorker_Running : public WorkerFixture {
  protected:
    ~DeliveryWorker_Running() override { end(); }

    DeliveryWorker::Parts parts() override {
        auto parts = WorkerFixture::parts();
        parts.send = [this](ApiRequest request) { return send_or_hang(std::move(request)); };
        return parts;
    }
    asio::awaitable<core::Result<WebResponse>> send_or_hang(ApiRequest request) {
        sent_.push_back({std::stoll(request.url), {}, world_.clock.now()});
        most_ = std::max(most_, ++under_way_);
        boost::system::error_code ignored;
        if (std::ranges::count(hang_, core::OutboxId{sent_.back().id}) > 0)
            co_await released_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        --under_way_;
        core::Result<WebResponse> answer = says(Kind::kSent);
        co_return answer;
    }

    void start() {
        worker_ = std::make_unique<DeliveryWorker>(parts(), loop_.get_executor());
        asio::co_spawn(loop_, worker_->run(), [&](std::exception_ptr) { ended_ = true; });
    }
    core::OutboxId add_hanging(MessageClass kind, std::chrono::minutes lives = 60min) {
        hang_.push_back(add(kind, lives));
        return hang_.back();
    }
    bool sends(std::size_t messages) {
        return testing::run_until(loop_, [&] { return results_.size() == messages; });
    }
    bool settles(core::OutboxId id) {
        return testing::run_until(loop_, [&] { return message(id).state == MessageState::kSent; });
    }
    void release() { released_.cancel(); }
    void end() {
        if (!worker_) return;
        release();
        worker_->stop();
        EXPECT_TRUE(testing::run_until(loop_, [&] { return ended_; }));
        worker_.reset();
    }

    std::vector<core::OutboxId> hang_{};
    int under_way_ = 0;
    int most_ = 0;
    bool ended_ = false;
    asio::steady_timer released_{loop_, asio::steady_timer::time_point::max()};
    std::unique_ptr<DeliveryWorker> worker_{};
};

TEST_F(DeliveryWorker_Running, NoMoreAreUnderWayThanTheChannelTakes) {
    channel_.in_flight_max = 3;
    for (int i = 0; i < 10; ++i) add_hanging(MessageClass::kAnswer);
    add_hanging(MessageClass::kRedPage);

    start();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return under_way_ == 3; }));
    for (int i = 0; i < 20; ++i) loop_.run_for(1ms);

    EXPECT_EQ(most_, 3);
    hang_.clear();
    release();
    EXPECT_TRUE(sends(11));
    EXPECT_EQ(most_, 3);
}

TEST_F(DeliveryWorker_Running, OneThatHangsHoldsUpNobodyElse) {
    channel_.in_flight_max = 3;
    const auto hangs = add_hanging(MessageClass::kAnswer);
    std::vector<core::OutboxId> others;
    for (int i = 0; i < 20; ++i) others.push_back(add(MessageClass::kAnswer));

    start();

    EXPECT_TRUE(sends(20));
    for (const auto id : others) EXPECT_TRUE(settles(id));
    EXPECT_EQ(message(hangs).state, MessageState::kSending);
    release();
    EXPECT_TRUE(settles(hangs));
}

TEST_F(DeliveryWorker_Running, TheLastPlaceIsKeptForDanger) {
    channel_.in_flight_max = 3;
    for (int i = 0; i < 5; ++i) add_hanging(MessageClass::kAnswer);
    start();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return under_way_ == 2; }));

    const auto page = add(MessageClass::kRedPage);
    worker_->wake();

    EXPECT_TRUE(settles(page));
    EXPECT_EQ(under_way_, 2);
}

TEST_F(DeliveryWorker_Running, AClockThatJumpsAheadSendsNothingTwice) {
    std::vector<core::OutboxId> ids;
    for (const auto kind : {MessageClass::kReply, MessageClass::kKinship, MessageClass::kRedPage})
        ids.push_back(add_hanging(kind, std::chrono::hours{72}));
    start();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return under_way_ == 3; }));

    world_.clock.advance(world_.settings.outbox.lease + 1h);
    const auto probe = add(MessageClass::kAnswer);
    worker_->wake();
    ASSERT_TRUE(settles(probe));
    release();

    for (const auto id : ids) {
        EXPECT_TRUE(settles(id));
        EXPECT_EQ(message(id).repeats, 0);
        EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 1);
    }
}

/// The carrier has them, and the disk is full for a moment: that is no reason to send them again.
TEST_F(DeliveryWorker_Running, StoreTroubleAfterTheSendingIsNoRepeat) {
    const auto id = add_hanging(MessageClass::kReply);
    start();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return under_way_ == 1; }));
    tap_.unavailable_after = 0;
    release();
    ASSERT_TRUE(sends(1));
    for (int i = 0; i < 20; ++i) loop_.run_for(1ms);
    tap_.unavailable_after = -1;
    worker_->wake();

    EXPECT_TRUE(settles(id));
    EXPECT_EQ(message(id).repeats, 0);
    EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(DeliveryWorker_Running, StoreTroubleBetweenTwoSettlementsIsNoRepeat) {
    const auto first = add_hanging(MessageClass::kReply);
    const auto second = add_hanging(MessageClass::kReply);
    start();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return under_way_ == 2; }));
    // Both together throw, the first alone is settled, and then the disk is full.
    tap_.throws_for = 1;
    tap_.unavailable_after = 2;
    release();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return tap_.refused > 0; }));
    EXPECT_EQ(message(first).state, MessageState::kSent);
    EXPECT_EQ(message(second).state, MessageState::kSending);
    tap_.unavailable_after = -1;
    worker_->wake();

    EXPECT_TRUE(settles(second));
    EXPECT_EQ(message(second).repeats, 0);
    EXPECT_EQ(sent_.size(), 2U);
}

TEST_F(DeliveryWorker_Test, AMessageThatCannotBeSettledAtAllHitsNobodyElse) {
    const auto first = add(MessageClass::kAnswer);
    const auto second = add(MessageClass::kAnswer);
    // The settlement of both together, then that of the first, then its bare row.
    on_send_ = [&] { tap_.throws_for = 3; };

    deliver();

    EXPECT_EQ(message(first).state, MessageState::kSending);
    EXPECT_EQ(message(second).state, MessageState::kSent);
}

TEST_F(DeliveryWorker_Test, ASettlementThatThrowsHitsNobodyElseAndSendsNothingAgain) {
    const auto first = add(MessageClass::kAnswer);
    const auto second = add(MessageClass::kAnswer);
    // The settlement of both together, then that of the first.
    on_send_ = [&] { tap_.throws_for = 2; };

    deliver();
    on_send_ = {};

    for (const auto id : {first, second}) EXPECT_EQ(message(id).state, MessageState::kSent);
    world_.clock.advance(world_.settings.outbox.lease + 1s);
    EXPECT_EQ(deliver(), 0);
}

TEST_F(DeliveryWorker_Test, ARowThatCannotBeClaimedHoldsUpNobodyAndDiesWhereThatLasts) {
    const auto broken = world_.in([&](storage::Transaction& tx) {
        return tx.outbox().add(unclaimable(channel_.name, MessageClass::kRedPage, world_.clock.now()));
    });
    const auto answer = add(MessageClass::kAnswer);
    const auto page = add(MessageClass::kRedPage);

    EXPECT_EQ(deliver(), 2);

    EXPECT_EQ(message(broken).state, MessageState::kWaiting);
    for (const auto id : {answer, page}) {
        EXPECT_EQ(message(id).state, MessageState::kSent);
        EXPECT_EQ(message(id).attempts, 1);
    }
    EXPECT_TRUE(world_.news(kAdmin).empty());

    for (int attempt = 2; attempt <= 20; ++attempt) {
        world_.clock.advance(1min);
        deliver();
    }
    EXPECT_EQ(message(broken).state, MessageState::kDead);
    EXPECT_EQ(message(broken).reason, "could not be read");
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.dead_letter")});
}

TEST_F(DeliveryWorker_Test, ATextThatTheCarrierCannotHoldIsDeadAndHoldsUpNobody) {
    carrier_.parts = -1;
    const auto id = add(MessageClass::kAnswer);

    EXPECT_EQ(deliver(), 1);

    EXPECT_EQ(message(id).state, MessageState::kDead);
    EXPECT_EQ(message(id).reason, "a text needs more parts than an SMS can have");
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.dead_letter")});
}

TEST_F(DeliveryWorker_Test, ARedPageThatIsTriedAgainStillGoesBeforeAHeapOfAnswers) {
    const auto page = add(MessageClass::kRedPage);
    answers_.push_back(says(Kind::kRetry));
    deliver();
    for (int i = 0; i < 20; ++i) add(MessageClass::kAnswer);
    sent_.clear();

    EXPECT_EQ(deliver(), 7);
    EXPECT_EQ(std::ranges::count(sent_, page.value, &Sent::id), 0) << "it waits like others";
    world_.clock.advance(1min);
    sent_.clear();
    deliver();

    EXPECT_EQ(sent_.front().id, page.value);
}

TEST_F(DeliveryWorker_Test, ARefusedMessageIsDeadAndTheAdministratorIsTold) {
    const auto id = add(MessageClass::kAnswer);
    answers_.push_back(says(Kind::kRefused));

    deliver();

    EXPECT_EQ(message(id).state, MessageState::kDead);
    EXPECT_EQ(message(id).reason, "as told");
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.dead_letter")});
    world_.clock.advance(30min);
    sent_.clear();
    deliver();
    EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 0);
}

TEST_F(DeliveryWorker_Test, ARetryWaitsAsLongAsTheCarrierAsks) {
    const auto id = add(MessageClass::kAnswer);
    carrier_.retry_after = 300s;
    answers_.push_back(says(Kind::kRetry));
    deliver();
    ASSERT_EQ(message(id).state, MessageState::kWaiting);

    world_.clock.advance(299s);
    EXPECT_EQ(deliver(), 0);
    world_.clock.advance(1s);
    EXPECT_EQ(deliver(), 1);

    EXPECT_EQ(message(id).state, MessageState::kSent);
    EXPECT_EQ(message(id).attempts, 2);
    EXPECT_EQ(message(id).repeats, 0);
}

TEST_F(DeliveryWorker_Test, AfterTheLastAttemptAPersonDecides) {
    const auto id = add(MessageClass::kReply, 100h);
    for (int i = 0; i < 40; ++i) answers_.push_back(says(Kind::kRetry));
    for (int i = 0; i < 30; ++i) {
        deliver();
        world_.clock.advance(11min);
    }

    EXPECT_EQ(message(id).state, MessageState::kDead);
    EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), world_.settings.outbox.attempts_max);

    world_.in([&](storage::Transaction& tx) {
        world_.ground->replies().send_again(tx, *tx.outbox().find(id), world_.clock.now());
    });
    for (int i = 0; i < 40; ++i) answers_.push_back(says(Kind::kRetry));
    deliver();
    EXPECT_EQ(message(id).state, MessageState::kWaiting) << "sent again it is tried as often as a new one";
    for (int i = 0; i < 30; ++i) {
        world_.clock.advance(11min);
        deliver();
    }
    EXPECT_EQ(message(id).state, MessageState::kDead);
    EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 2 * world_.settings.outbox.attempts_max);
}

/// What the carrier answers, or what the line does to the answer, and whether it may have been taken.
struct Lost {
    std::string name{};
    core::Result<WebResponse> answer{core::Error{}};
    bool maybe_taken = false;
    friend void PrintTo(const Lost& lost, std::ostream* out) { *out << lost.name; }
};

class DeliveryWorker_Lost : public WorkerFixture, public ::testing::WithParamInterface<Lost> {};

TEST_P(DeliveryWorker_Lost, AnswersGoAgainAndAreMarkedWhereTheyMayHaveArrived) {
    const auto id = add(MessageClass::kAnswer);
    answers_.push_back(GetParam().answer);
    deliver();
    EXPECT_EQ(message(id).state, MessageState::kWaiting);
    EXPECT_EQ(message(id).repeats, GetParam().maybe_taken ? 1 : 0);

    world_.clock.advance(1min);
    deliver();

    EXPECT_EQ(message(id).state, MessageState::kSent);
    EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 2);
}

TEST_P(DeliveryWorker_Lost, CoverAndKinshipTextsGoAtMostOnce) {
    for (const auto kind : {MessageClass::kCover, MessageClass::kKinship}) {
        sent_.clear();
        const auto id = add(kind);
        answers_.push_back(GetParam().answer);
        deliver();

        for (int i = 0; i < 5; ++i) {
            world_.clock.advance(5min);
            deliver();
        }

        EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), GetParam().maybe_taken ? 1 : 2);
        EXPECT_EQ(message(id).state, GetParam().maybe_taken ? MessageState::kUnknown : MessageState::kSent);
        EXPECT_EQ(message(id).repeats, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Lines, DeliveryWorker_Lost,
    ::testing::Values(Lost{"TheCarrierSaysSo", says(Kind::kUnknown), true},
                      Lost{"TheAnswerIsLost", core::Error{core::ErrorKind::kUnknown, "no answer came"}, true},
                      Lost{"NobodyIsThere", core::Error{core::ErrorKind::kUnavailable, "nobody there"}, false},
                      Lost{"TheCarrierAsksForAnotherTry", says(Kind::kRetry), false}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(DeliveryWorker_Test, PartsThatWentMakeTheRestARepeat) {
    carrier_.parts = 3;
    const auto id = add(MessageClass::kAnswer);
    answers_ = {says(Kind::kSent), says(Kind::kRetry)};
    deliver();

    EXPECT_EQ(sent_.size(), 2U);  // The third was not tried.
    EXPECT_EQ(message(id).state, MessageState::kWaiting);
    EXPECT_EQ(message(id).repeats, 1);
}

TEST_F(DeliveryWorker_Test, I11_NothingIsSentAfterItsExpiry) {
    const auto id = add(MessageClass::kAnswer, 60min);
    world_.clock.advance(60min);

    EXPECT_EQ(deliver(), 0);

    EXPECT_TRUE(sent_.empty());
    EXPECT_EQ(message(id).state, MessageState::kExpired);
}

TEST_F(DeliveryWorker_Test, I11_NoRetryReachesPastTheExpiry) {
    std::vector<core::OutboxId> ids;
    for (int lives = 1; lives < 60; lives += 3)
        ids.push_back(add(static_cast<MessageClass>(lives % 7), std::chrono::minutes{lives}));
    for (int i = 0; i < 400; ++i) answers_.push_back(says(i % 3 == 0 ? Kind::kUnknown : Kind::kRetry));

    for (int minute = 0; minute < 120; ++minute) {
        deliver();
        world_.clock.advance(1min);
    }

    ASSERT_GT(sent_.size(), ids.size());
    for (const auto& one : sent_) EXPECT_LT(one.at, message({one.id}).expires_at);
    for (const auto id : ids) EXPECT_NE(message(id).state, MessageState::kWaiting);
}

TEST_F(DeliveryWorker_Test, OptedOutOfEverythingGetsAnswersOnly) {
    world_.in([&](storage::Transaction& tx) {
        auto handset = tx.handsets().find_or_add(her_, world_.clock.now());
        handset.opt_out = storage::OptOut::kEverything;
        tx.handsets().update(handset);
    });
    const auto answer = add(MessageClass::kAnswer);
    const auto page = add(MessageClass::kPage);
    const auto notice = add(MessageClass::kNotice);
    const auto reply = add(MessageClass::kReply);

    deliver();

    EXPECT_EQ(message(answer).state, MessageState::kSent);
    EXPECT_EQ(message(page).state, MessageState::kSent);
    EXPECT_EQ(message(notice).state, MessageState::kDropped);
    EXPECT_EQ(message(reply).state, MessageState::kDropped);
    EXPECT_EQ(sent_.size(), 2U);
}

/// A crash between the carrier's acceptance and the settling: the lease runs out, the repeat is counted.
TEST_F(DeliveryWorker_Test, ACrashBeforeTheSettlingSendsAgainAndCountsIt) {
    const auto id = add(MessageClass::kAnswer);
    on_send_ = [] { throw std::runtime_error("the machine stopped here"); };
    EXPECT_THROW(deliver(), std::runtime_error);
    on_send_ = {};
    ASSERT_EQ(sent_.size(), 1U);

    EXPECT_EQ(deliver(), 0);  // Its lease still runs.
    world_.clock.advance(world_.settings.outbox.lease + 1s);
    EXPECT_EQ(deliver(), 1);

    EXPECT_EQ(sent_.size(), 2U);
    EXPECT_EQ(message(id).state, MessageState::kSent);
    EXPECT_EQ(message(id).repeats, 1);
    EXPECT_EQ(message(id).attempts, 2);
}

TEST_F(DeliveryWorker_Test, ACrashLeavesCoverAndKinshipTextsUnknown) {
    for (const auto kind : {MessageClass::kCover, MessageClass::kKinship}) {
        sent_.clear();
        const auto id = add(kind);
        on_send_ = [] { throw std::runtime_error("the machine stopped here"); };
        EXPECT_THROW(deliver(), std::runtime_error);
        on_send_ = {};

        world_.clock.advance(world_.settings.outbox.lease + 1s);
        deliver();

        EXPECT_EQ(std::ranges::count(sent_, id.value, &Sent::id), 1);
        EXPECT_EQ(message(id).state, MessageState::kUnknown);
    }
}

TEST_F(DeliveryWorker_Test, OneThatFailsDoesNotHoldUpTheOthers) {
    const auto first = add(MessageClass::kAnswer);
    const auto second = add(MessageClass::kAnswer);
    bool thrown = false;
    on_send_ = [&] {
        if (!std::exchange(thrown, true)) throw std::runtime_error("once");
    };

    EXPECT_THROW(deliver(), std::runtime_error);

    const bool second_went = message(second).state == MessageState::kSent;
    EXPECT_NE(message(first).state == MessageState::kSent, second_went);
}

class I4_DeliveredReply : public WorkerFixture {
  protected:
    core::OutboxId reply() {
        matter_ = world_.petition(her_);
        world_.says(kWang, "收到");
        while (deliver() > 0) continue;
        world_.news(kWang);
        const auto wang = world_.staff("wang");
        return world_.in([&](storage::Transaction& tx) {
            return world_.ground->replies()
                .reply(tx, *tx.cases().find(matter_), wang, "村里三天内把地还给您", world_.clock.now())
                .value();
        });
    }
    void expect_back() {
        EXPECT_EQ(world_.matter(matter_).status, core::CaseStatus::kAccepted);
        world_.pass(10min);  // Behind the page of the matter itself: what comes sooner waits for one text.
        EXPECT_EQ(world_.news(kWang).size(), 1U);
    }
    core::CaseId matter_{};
};

TEST_F(I4_DeliveredReply, ThatIsRefusedBringsTheTaskBack) {
    reply();
    answers_.push_back(says(Kind::kRefused));

    deliver();

    expect_back();
}

TEST_F(I4_DeliveredReply, ThatIsDroppedBecauseSheWantsNoTextsBringsTheTaskBack) {
    reply();
    world_.says(her_, "全部停");

    deliver();

    expect_back();
}

TEST_F(I4_DeliveredReply, ThatCannotBeClaimedBringsTheTaskBack) {
    const auto id = reply();
    world_.in([&](storage::Transaction& tx) {
        const auto now = world_.clock.now();
        tx.outbox().move(id, MessageState::kDropped, now, now + 1h);
        auto broken = unclaimable(channel_.name, MessageClass::kReply, now);
        broken.case_id = matter_;
        auto matter = *tx.cases().find(matter_);
        matter.reply = tx.outbox().add(broken);
        tx.cases().update(matter);
    });

    for (int attempt = 1; attempt <= 20; ++attempt) {
        deliver();
        world_.clock.advance(1min);
    }

    expect_back();
}

TEST_F(I4_DeliveredReply, ThatIsTriedAgainIsNotBroughtBack) {
    const auto id = reply();
    answers_.push_back(says(Kind::kUnknown));

    deliver();

    EXPECT_EQ(world_.matter(matter_).status, core::CaseStatus::kReplied);
    EXPECT_EQ(message(id).repeats, 1);
}

TEST_F(DeliveryWorker_Test, RunsUntilItIsStoppedAndWakesForNewWork) {
    DeliveryWorker worker(parts(), loop_.get_executor());
    bool ended = false;
    asio::co_spawn(loop_, worker.run(), [&](std::exception_ptr) { ended = true; });
    add(MessageClass::kAnswer);
    ASSERT_TRUE(testing::run_until(loop_, [&] { return sent_.size() == 1; }));

    const auto id = add(MessageClass::kAnswer);
    worker.wake();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return sent_.size() == 2; }));
    worker.stop();

    EXPECT_TRUE(testing::run_until(loop_, [&] { return ended; }));
    EXPECT_EQ(message(id).state, MessageState::kSent);
}

}  // namespace
}  // namespace harborline::gateway
