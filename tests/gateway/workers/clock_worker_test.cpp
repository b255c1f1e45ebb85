#include "gateway/workers/clock_worker.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <string>

#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::kAdmin;
using testing::kSun;
using testing::kWang;
using testing::kZhao;
using testing::phone;
using testing::words;
using Said = std::vector<std::string>;

class ClockWorker_Test : public WorkerFixture {
  protected:
    void tell_half(const core::PhoneNumber& from) {
        for (const auto* said : {"你好", "2", "1", "2", "3", "1", "他们把地给了别人"}) world_.says(from, said);
    }
    /// Another book behind the same store's file: a new gate over the new store.
    void reopen(const flow::Book& book) {
        world_.ground->store().stop();
        world_.reopen(book);
        fresh_gate_ = std::make_unique<StoreGate>(world_.ground->store(), loop_.get_executor());
    }
    int keep() {
        if (!fresh_gate_) return keep_deadlines();
        ClockWorker worker(clock_parts(*fresh_gate_), loop_.get_executor());
        return testing::run(loop_, worker.run_once());
    }
    std::unique_ptr<StoreGate> fresh_gate_{};
};

TEST_F(ClockWorker_Test, KeepsWhatIsDueAndNothingElse) {
    world_.says(phone(1), "9");
    EXPECT_EQ(keep(), 0);

    world_.clock.advance(5min);
    EXPECT_EQ(keep(), 1);

    EXPECT_EQ(world_.news(kZhao).size(), 1U);
    EXPECT_EQ(commits_, 1);
}

TEST_F(ClockWorker_Test, ATalkThatMayNotGoOnIsEndedUntilItIsOver) {
    const auto caller = world_.handset(phone(1)).id;
    Memory talking;
    talking.talks = {{.tie = core::TieId{99},  // Nobody knows this tie: nothing may pass along it.
                      .call = "c1",
                      .channel = "handset-voice",
                      .leg = "l1",
                      .began_at = world_.clock.now(),
                      .longest = 10min}};
    const auto put = [&](const Memory& memory) {
        world_.in([&](storage::Transaction& tx) {
            tx.conversations().put({.handset = caller, .channel = "handset-voice", .state = encode(memory)});
        });
    };
    put(talking);
    world_.in([&](storage::Transaction& tx) {
        tx.deadlines().add(storage::Deadline::Kind::kTalk, caller.value, world_.clock.now());
    });
    std::vector<std::string> ended;
    auto parts = clock_parts(gate_);
    parts.end_talk = [&](const TurnTaker::Talk& talk) { ended.push_back(talk.channel + " " + talk.leg); };
    ClockWorker worker(std::move(parts), loop_.get_executor());

    EXPECT_EQ(testing::run(loop_, worker.run_once()), 1);
    EXPECT_EQ(ended, Said{"handset-voice l1"});
    world_.clock.advance(1s);
    EXPECT_EQ(testing::run(loop_, worker.run_once()), 1);
    EXPECT_EQ(ended.size(), 2U);

    talking.talks.clear();
    put(talking);
    world_.clock.advance(1s);
    EXPECT_EQ(testing::run(loop_, worker.run_once()), 1);
    world_.clock.advance(1s);
    EXPECT_EQ(testing::run(loop_, worker.run_once()), 0);
    EXPECT_EQ(ended.size(), 2U);
}

TEST_F(ClockWorker_Test, ADeadlineThatThrowsIsPutOffAndHoldsUpNobody) {
    tell_half(phone(1));  // Its filing will throw, a day later.
    world_.clock.advance(1min);
    world_.says(phone(2), "你好");  // Falls silent later, without trouble.
    const auto broken = testing::book_where("petition.toml", "\"open_case\"", "\"fail\"");
    reopen(broken);
    world_.clock.advance(24h + 1s);
    world_.says(phone(3), "9");
    world_.clock.advance(5min + 1s);

    EXPECT_EQ(keep(), 3);  // The one put off, the other silence and the ladder.

    EXPECT_EQ(world_.news(kZhao).size(), 1U);
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.deadline_failed")});
    EXPECT_EQ(world_.cases().size(), 1U);
    const auto next = world_.in([](storage::Transaction& tx) { return *tx.deadlines().next_due(); });
    EXPECT_GT(next, world_.clock.now());
    EXPECT_EQ(keep(), 0);

    reopen(testing::shipped().book);
    world_.clock.advance(10min);
    keep();
    EXPECT_EQ(world_.cases().size(), 2U);
}

TEST_F(ClockWorker_Test, PartsThatCanNotEvenBeKeptHoldUpNobody) {
    tell_half(phone(2));
    world_.in([&](storage::Transaction& tx) {
        const auto her = tx.handsets().find_or_add(phone(1), world_.clock.now()).id;
        core::Inbound part{.channel = world_.channel().name, .from = phone(1), .received_at = world_.clock.now()};
        part.fragment = core::Fragment{.reference = 1, .total = 2, .index = 3, .bytes = "x"};  // That is no text's.
        tx.fragments().add(part, her);
        tx.deadlines().add(storage::Deadline::Kind::kFragments, her.value, world_.clock.now() + 3min);
    });
    world_.clock.advance(24h + 1s);

    EXPECT_EQ(keep(), 2);

    EXPECT_EQ(world_.cases().size(), 1U) << "what the other one had told is filed";
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.deadline_failed")});
    EXPECT_EQ(keep(), 0);
}

/// Moves on whenever it is read.
class RunningClock : public core::Clock {
  public:
    core::Instant now() const override { return time += 1s; }
    mutable core::Instant time{};
};

TEST_F(ClockWorker_Test, ALadderThatFallsDueMeanwhileIsNotPutOffForAnother) {
    using enum storage::Deadline::Kind;
    world_.says(phone(1), "9");
    const core::Instant ladder_at = world_.clock.now() + 5min;
    world_.in([&](storage::Transaction& tx) { tx.deadlines().add(kUntaken, 987'654, ladder_at - 1s); });
    RunningClock clock;
    clock.time = world_.clock.now();
    ClockWorker worker({.gate = gate_,
                        .taker = world_.ground->taker(),
                        .replies = world_.ground->replies(),
                        .settings = world_.settings.outbox,
                        .clock = clock,
                        .on_commit = [] {},
                        .log = {}},
                       loop_.get_executor());
    ASSERT_EQ(testing::run(loop_, worker.run_once()), 0);  // Has looked at the clock.

    // Its next reading is for the clock itself, the second before the ladder is due, the third behind that.
    clock.time = ladder_at - 2500ms;
    tap_.throws_for = 1;
    EXPECT_EQ(testing::run(loop_, worker.run_once()), 2);

    EXPECT_EQ(world_.news(kZhao).size(), 1U);
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.deadline_failed")});
    EXPECT_TRUE(world_.in([](storage::Transaction& tx) { return tx.deadlines().has(kUntaken); }));
}

TEST_F(ClockWorker_Test, PartsThatCannotBeTakenAreStrandedAndHoldUpNoOthers) {
    const auto broken = testing::book_that_does("fail");
    reopen(broken);
    const auto part_from = [&](const core::PhoneNumber& from) {
        auto part = world_.text(from, "");
        part.fragment = core::Fragment{.reference = 1, .total = 2, .index = 1, .bytes = "甲", .charset = "UTF-8"};
        return part;
    };
    for (const auto* said : {"你好", "7"}) world_.says(phone(1), said);
    world_.give(part_from(phone(1)));
    world_.give(part_from(phone(2)));
    world_.clock.advance(122s);

    keep();

    ASSERT_EQ(world_.stranded().size(), 1U);
    EXPECT_EQ(world_.stranded().front().inbound.text, "甲…");
    EXPECT_EQ(world_.news(phone(1)), Said{words("err.busy")});
    EXPECT_TRUE(world_.news(phone(2)).front().starts_with("您好"));
    world_.clock.advance(1h);
    keep();
    EXPECT_EQ(world_.stranded().size(), 1U);
}

TEST_F(ClockWorker_Test, ABackwardJumpFiresNothingTwice) {
    world_.says(phone(1), "9");
    world_.clock.advance(5min);
    keep();
    ASSERT_EQ(world_.news(kWang).size(), 1U);
    ASSERT_EQ(world_.news(kZhao).size(), 1U);

    world_.clock.advance(-1h);
    EXPECT_EQ(keep(), 0);
    for (int minute = 0; minute < 75; ++minute) {
        world_.clock.advance(1min);
        keep();
    }

    EXPECT_TRUE(world_.news(kWang).empty());
    EXPECT_TRUE(world_.news(kZhao).empty());
    EXPECT_EQ(world_.news(kSun).size(), 1U);
}

TEST_F(ClockWorker_Test, AMissingReceiptIsUnknownAfterItsWindow) {
    const auto id = add(core::MessageClass::kReply, 72h);
    deliver();
    world_.clock.advance(world_.settings.outbox.receipt_window + 1s);

    keep();

    EXPECT_EQ(message(id).state, core::MessageState::kUnknown);
}

TEST_F(ClockWorker_Test, AMissingReceiptThatCannotBeDealtWithHidesNoOther) {
    const auto first = add(core::MessageClass::kReply, 72h);
    deliver();
    world_.clock.advance(1min);
    const auto second = add(core::MessageClass::kReply, 72h);
    deliver();
    world_.clock.advance(world_.settings.outbox.receipt_window + 1s);
    // Behind a look at the clock, at deadlines and at letters: both together, then the first alone.
    tap_.throws_after = 3;
    tap_.throws_for = 2;

    EXPECT_EQ(keep(), 0);

    EXPECT_EQ(message(first).state, core::MessageState::kUnknown) << "no more than that";
    EXPECT_EQ(message(second).state, core::MessageState::kUnknown);
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.deadline_failed")});
}

TEST_F(ClockWorker_Test, WordsThatCannotBeGivenUpHideNoMissingReceipt) {
    const auto id = add(core::MessageClass::kReply, 72h);
    deliver();
    world_.clock.advance(world_.settings.outbox.receipt_window + 1s);
    tap_.throws_after = 2;
    tap_.throws_for = 3;  // All of them, the first, and its bare row.

    EXPECT_EQ(keep(), 0);

    EXPECT_EQ(message(id).state, core::MessageState::kUnknown);
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.deadline_failed")});
}

TEST_F(ClockWorker_Test, RunsUntilItIsStopped) {
    ClockWorker worker({.gate = gate_,
                        .taker = world_.ground->taker(),
                        .replies = world_.ground->replies(),
                        .settings = world_.settings.outbox,
                        .clock = world_.clock,
                        .on_commit = [this] { ++commits_; },
                        .log = {}},
                       loop_.get_executor());
    bool ended = false;
    world_.says(phone(1), "9");
    world_.clock.advance(5min);
    asio::co_spawn(loop_, worker.run(), [&](std::exception_ptr) { ended = true; });
    ASSERT_TRUE(testing::run_until(loop_, [&] { return commits_ == 1; }));

    worker.stop();

    EXPECT_TRUE(testing::run_until(loop_, [&] { return ended; }));
    EXPECT_EQ(world_.news(kZhao).size(), 1U);
}

}  // namespace
}  // namespace harborline::gateway
