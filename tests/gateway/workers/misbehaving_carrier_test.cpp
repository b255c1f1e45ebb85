#include <gmock/gmock.h>

#include <string>
#include <tuple>
#include <vector>

#include "tests/gateway/workers/carrier_fixture.hpp"

/// Every way in which a carrier can misbehave, and what becomes of the message.
namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using testing::Conduct;
using testing::kAdmin;
using testing::words;
using Kind = SendResult::Kind;
using enum core::MessageState;
using enum testing::Conduct::End;

/// Short enough to be waited for, long enough to connect and write on a busy machine.
constexpr auto kHangs = 200ms;
constexpr auto kAnswers = 20'000ms;

/// One line of the table: what the carrier does to the first attempt, and what that leaves behind. Afterwards the
/// carrier behaves.
struct Row {
    std::string name;
    Conduct conduct;
    Kind counted;               ///< In sends_total.
    MessageState answer;        ///< Of a message that may be repeated, after the first attempt.
    int repeats;                ///< Of the same.
    MessageState at_most_once;  ///< Of a kinship text.
    std::chrono::milliseconds timeout = kAnswers;
    bool nobody_there = false;
    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

enum class Receipts { kCome, kNever };

constexpr MessageClass kClasses[] = {MessageClass::kAnswer,  MessageClass::kReply, MessageClass::kPage,
                                     MessageClass::kRedPage, MessageClass::kCover, MessageClass::kKinship};

class MisbehavingCarrier : public CarrierFixture, public ::testing::WithParamInterface<std::tuple<Row, Receipts>> {
  protected:
    void first_attempts(std::size_t messages) {
        const Row& row = std::get<Row>(GetParam());
        timeout_ = row.timeout;
        if (row.nobody_there)
            peer_.refuse();
        else
            peer_.script.assign(messages, row.conduct);
        deliver();
        if (row.nobody_there) peer_.listen();
        timeout_ = kAnswers;
    }
};

TEST_P(MisbehavingCarrier, Test) {
    const auto& [row, receipts] = GetParam();
    const bool dead = row.answer == kDead;
    std::vector<core::OutboxId> ids;
    for (const auto kind : kClasses) ids.push_back(add(kind));

    first_attempts(ids.size());

    EXPECT_EQ(results_, std::vector(ids.size(), row.counted));
    for (const auto id : ids) {
        const bool once = !core::may_repeat(message(id).kind);
        SCOPED_TRACE(::testing::Message() << "class " << static_cast<int>(message(id).kind));
        EXPECT_EQ(message(id).state, once ? row.at_most_once : row.answer);
        EXPECT_EQ(message(id).repeats, once ? 0 : row.repeats);
        if (message(id).state == kWaiting) {
            EXPECT_GE(message(id).due_at, world_.clock.now() + 5s);
        }
    }
    EXPECT_EQ(world_.news(kAdmin), dead ? std::vector{words("adm.dead_letter")} : std::vector<std::string>{});

    for (const auto id : ids) send_to_the_end(id, receipts == Receipts::kCome);
    if (receipts == Receipts::kCome) give_receipts();
    world_.clock.advance(world_.settings.outbox.receipt_window + 1min);
    keep_deadlines();

    for (const auto id : ids) {
        SCOPED_TRACE(::testing::Message() << "class " << static_cast<int>(message(id).kind));
        const auto otherwise = taken(id) > 0 && receipts == Receipts::kCome ? kDelivered : kUnknown;
        EXPECT_EQ(message(id).state, dead ? kDead : otherwise);
        expect_kept(id);
    }
}

std::string busy(std::string_view headers) {
    return http_answer("429 Too Many Requests", {}, headers);
}
Conduct refusing(std::string_view status, std::string_view body = {}, std::string_view headers = {}) {
    return {.says = http_answer(status, body, headers), .takes = false};
}
const std::string kDate = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
const std::string kTlsAlert{"\x15\x03\x01\x00\x02\x02\x28", 7};

// clang-format off
const Row kRows[] = {
    // name, what it does to the first attempt                                               counted       answer  repeats  at most once
    {"Behaves",                    {.says = kAccepted},                                       Kind::kSent,    kSent,    0, kSent},
    {"TakesItForLater",            {.says = http_answer("202 Accepted", "3: Queued for later delivery")}, Kind::kSent, kSent, 0, kSent},
    {"NobodyThere",                {},                                                        Kind::kRetry,   kWaiting, 0, kWaiting, kAnswers, true},
    // No answer, or not the whole of it.
    {"BlackHole",                  {.end = kHang},                                            Kind::kUnknown, kWaiting, 1, kUnknown, kHangs},
    {"AcceptsAndNeverReads",       {.end = kDeaf, .reads = 0, .takes = false},                Kind::kUnknown, kWaiting, 1, kUnknown, kHangs},
    {"ClosesWithoutAWord",         {.end = kClose},                                           Kind::kUnknown, kWaiting, 1, kUnknown},
    {"ResetsWithoutAWord",         {.end = kReset},                                           Kind::kUnknown, kWaiting, 1, kUnknown},
    {"HalfAnAnswerThenClosed",     {.says = kAccepted.substr(0, 20), .end = kClose},          Kind::kUnknown, kWaiting, 1, kUnknown},
    {"HalfAnAnswerThenReset",      {.says = kAccepted.substr(0, 20), .end = kReset},          Kind::kUnknown, kWaiting, 1, kUnknown},
    {"HalfAnAnswerThenSilence",    {.says = kAccepted.substr(0, 20), .end = kHang},           Kind::kUnknown, kWaiting, 1, kUnknown, kHangs},
    {"HeadersOnlyThenClosed",      {.says = kAccepted.substr(0, kAccepted.find("0:")), .end = kClose}, Kind::kUnknown, kWaiting, 1, kUnknown},
    {"HeadersOnlyThenSilence",     {.says = kAccepted.substr(0, kAccepted.find("0:")), .end = kHang},  Kind::kUnknown, kWaiting, 1, kUnknown, kHangs},
    {"TooLateAnswer",              {.end = kHang, .too_late = kAccepted},                     Kind::kUnknown, kWaiting, 1, kUnknown, kHangs},
    {"ByteByByteInTime",           {.says = kAccepted, .in_pieces = true},                    Kind::kSent,    kSent,    0, kSent},
    {"ByteByByteForTooLong",       {.says = http_answer("202 Accepted", std::string(2'000, '0')), .in_pieces = true, .between_pieces = 2ms}, Kind::kUnknown, kWaiting, 1, kUnknown, kHangs},
    // Not now.
    {"BusyWithoutAWait",           refusing("429 Too Many Requests"),                         Kind::kRetry,   kWaiting, 0, kWaiting},
    {"BusyForSeconds",             {.says = busy("Retry-After: 30\r\n"), .takes = false},     Kind::kRetry,   kWaiting, 0, kWaiting},
    {"BusyUntilADate",             {.says = busy(kDate + "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n"), .takes = false}, Kind::kRetry, kWaiting, 0, kWaiting},
    {"BusyUntilAPastDate",         {.says = busy(kDate + "Retry-After: Sun, 06 Nov 1994 08:00:00 GMT\r\n"), .takes = false}, Kind::kRetry, kWaiting, 0, kWaiting},
    {"BusyForAnAbsurdTime",        {.says = busy("Retry-After: 99999999999999999999\r\n"), .takes = false}, Kind::kRetry, kWaiting, 0, kWaiting},
    {"BusyForANegativeTime",       {.says = busy("Retry-After: -5\r\n"), .takes = false},     Kind::kRetry,   kWaiting, 0, kWaiting},
    {"BusyForRubbish",             {.says = busy("Retry-After: soon\r\n"), .takes = false},   Kind::kRetry,   kWaiting, 0, kWaiting},
    {"InternalError",              refusing("500 Internal Server Error", "Sending failed."),  Kind::kRetry,   kWaiting, 0, kWaiting},
    {"BadGateway",                 refusing("502 Bad Gateway"),                               Kind::kRetry,   kWaiting, 0, kWaiting},
    {"TemporalFailure",            refusing("503 Service Unavailable", "Temporal failure, try again later."), Kind::kRetry, kWaiting, 0, kWaiting},
    {"TemporalFailureWithAWait",   refusing("503 Service Unavailable", "", "Retry-After: 60\r\n"), Kind::kRetry, kWaiting, 0, kWaiting},
    {"NotRoutable",                refusing("403 Forbidden", "Not routable. Do not try again."), Kind::kRetry, kWaiting, 0, kWaiting},
    // Never.
    {"BadRequest",                 refusing("400 Bad Request", "Missing receiver number, rejected"), Kind::kRefused, kDead, 0, kDead},
    {"NotFound",                   refusing("404 Not Found"),                                 Kind::kRefused, kDead,    0, kDead},
    {"Redirect",                   refusing("302 Found", "", "Location: http://127.0.0.1:1/\r\n"), Kind::kRefused, kDead, 0, kDead},
    // An answer, but which?
    {"UnexpectedWords",            {.says = http_answer("202 Accepted", "<html>")},           Kind::kSent,    kSent,    0, kSent},
    {"NoWords",                    {.says = http_answer("202 Accepted")},                     Kind::kSent,    kSent,    0, kSent},
    {"OkFromSomethingElse",        {.says = http_answer("200 OK", "<html>It works!</html>")}, Kind::kUnknown, kWaiting, 1, kUnknown},
    {"OkWithoutWords",             {.says = http_answer("200 OK")},                           Kind::kUnknown, kWaiting, 1, kUnknown},
    {"HugeBody",                   {.says = http_answer("202 Accepted", std::string(300'000, 'x'))}, Kind::kUnknown, kWaiting, 1, kUnknown},
    {"EndlessHeader",              {.says = "HTTP/1.1 202 A\r\nA: " + std::string(100'000, 'x')}, Kind::kUnknown, kWaiting, 1, kUnknown},
    {"NotHttp",                    {.says = "SSH-2.0-OpenSSH_9.2\r\n", .end = kClose},        Kind::kUnknown, kWaiting, 1, kUnknown},
    {"Tls",                        {.says = kTlsAlert, .end = kClose, .takes = false},        Kind::kUnknown, kWaiting, 1, kUnknown},
    {"LengthTooLongThenClosed",    {.says = "HTTP/1.1 202 A\r\nContent-Length: 99\r\n\r\n0:", .end = kClose}, Kind::kUnknown, kWaiting, 1, kUnknown},
    {"LengthTooLongThenSilence",   {.says = "HTTP/1.1 202 A\r\nContent-Length: 99\r\n\r\n0:", .end = kHang}, Kind::kUnknown, kWaiting, 1, kUnknown, kHangs},
    {"LengthTooShort",             {.says = "HTTP/1.1 202 A\r\nContent-Length: 1\r\n\r\n0: Accepted for delivery"}, Kind::kSent, kSent, 0, kSent},
    {"LengthIsRubbish",            {.says = "HTTP/1.1 202 A\r\nContent-Length: -1\r\n\r\n"},  Kind::kUnknown, kWaiting, 1, kUnknown},
    {"Chunked",                    {.says = "HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n0:\r\n0\r\n\r\n"}, Kind::kSent, kSent, 0, kSent},
    {"ChunkedThenClosed",          {.says = "HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n0:\r\n", .end = kClose}, Kind::kUnknown, kWaiting, 1, kUnknown},
    {"ChunkedRubbish",             {.says = "HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .end = kClose}, Kind::kUnknown, kWaiting, 1, kUnknown},
    {"EndsWithTheConnection",      {.says = "HTTP/1.0 202 Accepted\r\n\r\n0: Accepted", .end = kClose}, Kind::kSent, kSent, 0, kSent},
    {"AnswersTwice",               {.says = kAccepted + http_answer("403 Forbidden")},        Kind::kSent,    kSent,    0, kSent},
    {"KeepsTheLineAndClosesIt",    {.says = kAccepted, .end = kClose},                        Kind::kSent,    kSent,    0, kSent},
    {"KeepsTheLineAndResetsIt",    {.says = kAccepted, .end = kReset},                        Kind::kSent,    kSent,    0, kSent},
};
// clang-format on

INSTANTIATE_TEST_SUITE_P(Table, MisbehavingCarrier,
                         ::testing::Combine(::testing::ValuesIn(kRows),
                                            ::testing::Values(Receipts::kCome, Receipts::kNever)),
                         [](const auto& param_info) {
                             const bool come = std::get<Receipts>(param_info.param) == Receipts::kCome;
                             return std::get<Row>(param_info.param).name + (come ? "" : "_AndNoReceipts");
                         });

class BrokenLine : public CarrierFixture {
  protected:
    /// As many messages as there are conducts, each meeting one of them.
    void expect_kept_through(std::vector<Conduct> conducts) {
        channel_.in_flight_max = 64;
        std::vector<core::OutboxId> ids;
        for (std::size_t i = 0; i < conducts.size(); ++i)
            ids.push_back(add(i % 2 == 0 ? MessageClass::kAnswer : MessageClass::kKinship, std::chrono::hours{3}));
        peer_.script.assign(conducts.begin(), conducts.end());

        while (deliver() > 0) continue;
        EXPECT_TRUE(peer_.script.empty());
        for (const auto id : ids) EXPECT_THAT(message(id).state, ::testing::AnyOf(kWaiting, kUnknown)) << id.value;
        world_.clock.advance(1min);
        while (deliver() > 0) continue;
        world_.clock.advance(world_.settings.outbox.receipt_window + 1min);
        for (std::size_t at = 0; at <= ids.size(); at += 100) keep_deadlines();

        for (const auto id : ids) expect_kept(id);
    }
};

TEST_F(BrokenLine, ResetAtEveryByteOfTheRequest) {
    add(MessageClass::kAnswer);
    deliver();
    std::vector<Conduct> conducts;
    for (std::size_t at = 0; at < peer_.requests.at(0).size(); ++at) conducts.push_back({.end = kReset, .reads = at});

    expect_kept_through(std::move(conducts));
}

TEST_F(BrokenLine, ResetAndClosedAtEveryByteOfTheAnswer) {
    std::vector<Conduct> conducts;
    for (std::size_t at = 0; at < kAccepted.size(); ++at)
        for (const auto end : {kReset, kClose}) conducts.push_back({.says = kAccepted.substr(0, at), .end = end});

    expect_kept_through(std::move(conducts));
}

/// A carrier that takes everything and never says so: her phone does not fill up.
TEST_F(BrokenLine, ACarrierThatTakesEverythingAndAnswersNothingSendsFourCopiesAtMost) {
    peer_.usual = {.end = kClose};
    const auto id = add(MessageClass::kReply, std::chrono::hours{72});

    send_to_the_end(id, false);

    EXPECT_EQ(taken(id), 4);
    EXPECT_EQ(message(id).repeats, 3);
    EXPECT_EQ(message(id).state, kUnknown);
}

TEST_F(BrokenLine, WhatMayHaveGoneNeverEndsAsExpired) {
    peer_.usual = {.end = kClose};
    const auto id = add(MessageClass::kAnswer, 1min);
    deliver();
    ASSERT_EQ(message(id).state, kWaiting);
    world_.clock.advance(1min);

    deliver();

    EXPECT_EQ(message(id).state, kUnknown);
    expect_kept(id);
}

/// What receipts say, and when: after 'taken' attempts whose answers were lost, or after one that was answered.
struct CarrierSaid {
    std::string query{};  ///< What follows id=… in the receipt's URL; "%d" is the state.
    int state = 1;
};
struct ReceiptRow {
    std::string name;
    std::vector<CarrierSaid> said;
    MessageState answer;     ///< Of a text in two parts that was sent with one attempt.
    MessageState second;     ///< Of one whose first answer was lost and whose second attempt was answered.
    MessageState under_way;  ///< Of one for which they come before the answer.
    friend void PrintTo(const ReceiptRow& row, std::ostream* out) { *out << row.name; }
};

constexpr int kOk = 1, kFail = 2, kBuffered = 4, kTaken = 8, kRejected = 16;
std::string about(int part, int attempt) {
    return "&part=" + std::to_string(part) + "&parts=2&attempt=" + std::to_string(attempt) + "&state=%d";
}

class MisbehavingReceipts : public CarrierFixture, public ::testing::WithParamInterface<ReceiptRow> {
  protected:
    core::OutboxId add_two_parts() { return add(MessageClass::kAnswer, 60min, {}, kTwoParts); }
    void say(core::OutboxId id) {
        for (const auto& [query, state] : GetParam().said)
            give_receipt("id=" + std::to_string(id.value) + query, state);
    }
    const std::string kTwoParts = std::string(200, 'a');
};

TEST_P(MisbehavingReceipts, AfterTheAnswer) {
    const auto id = add_two_parts();
    deliver();
    ASSERT_EQ(message(id).state, kSent);

    say(id);

    EXPECT_EQ(message(id).state, GetParam().answer);
}

TEST_P(MisbehavingReceipts, BeforeTheAnswer) {
    const auto id = add_two_parts();
    before_answer_ = [&] {
        if (peer_.requests.size() == 2) say(id);
    };

    deliver();

    EXPECT_EQ(message(id).state, GetParam().under_way);
}

TEST_P(MisbehavingReceipts, AfterASecondAttempt) {
    const auto id = add_two_parts();
    peer_.script = {{.says = kAccepted}, {.end = kClose}};
    deliver();
    ASSERT_EQ(message(id).state, kWaiting);
    world_.clock.advance(1min);
    deliver();
    ASSERT_EQ(message(id).state, kSent);

    say(id);

    EXPECT_EQ(message(id).state, GetParam().second);
    EXPECT_EQ(taken(id), 1 + message(id).repeats);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Table, MisbehavingReceipts, ::testing::Values(
    //         name, what they say                                                                        sent        second attempt  before the answer
    ReceiptRow{"Delivered",            {{about(1, 1), kOk}, {about(2, 1), kOk}},                           kDelivered, kDelivered, kDelivered},
    ReceiptRow{"BackToFront",          {{about(2, 1), kOk}, {about(1, 1), kOk}},                           kDelivered, kDelivered, kDelivered},
    ReceiptRow{"Twice",                {{about(1, 1), kOk}, {about(1, 1), kOk}},                           kSent,      kSent,      kSent},
    ReceiptRow{"OnePartOnly",          {{about(2, 1), kOk}},                                               kSent,      kSent,      kSent},
    ReceiptRow{"DeliveredThenBuffered",{{about(1, 1), kOk}, {about(2, 1), kOk}, {about(1, 1), kBuffered}, {about(2, 1), kTaken}}, kDelivered, kDelivered, kDelivered},
    ReceiptRow{"DeliveredThenFailed",  {{about(1, 1), kOk}, {about(1, 1), kFail}, {about(2, 1), kOk}, {about(2, 1), kFail}}, kDelivered, kDelivered, kDelivered},
    ReceiptRow{"FailedThenDelivered",  {{about(1, 1), kFail}, {about(1, 1), kOk}, {about(2, 1), kOk}},     kDelivered, kDelivered, kDelivered},
    ReceiptRow{"OneFailed",            {{about(1, 1), kOk}, {about(2, 1), kFail}},                         kFailed,    kSent,      kFailed},
    ReceiptRow{"Rejected",             {{about(1, 1), kRejected}},                                         kFailed,    kSent,      kFailed},
    ReceiptRow{"TheSecondFailed",      {{about(1, 2), kFail}},                                             kFailed,    kFailed,    kFailed},
    ReceiptRow{"PartsOfBothAttempts",  {{about(1, 1), kOk}, {about(2, 2), kOk}},                           kDelivered, kDelivered, kDelivered},
    ReceiptRow{"WithoutAnAttempt",     {{"&part=1&parts=2&state=%d", kFail}},                              kFailed,    kFailed,    kFailed},
    ReceiptRow{"OfAnotherNumberOfParts",{{about(1, 1), kOk}, {"&part=3&parts=3&attempt=1&state=%d", kOk}, {about(2, 1), kOk}}, kDelivered, kDelivered, kDelivered}),
    [](const auto& param_info) { return param_info.param.name; });
// clang-format on

TEST_F(BrokenLine, ReceiptsForNobodyAreHarmless) {
    const auto id = add(MessageClass::kAnswer);
    deliver();

    give_receipt("id=999999&part=1&parts=1&attempt=1&state=%d", 1);

    EXPECT_EQ(message(id).state, kSent);
}

/// The answer is lost, and the receipt says that she has it: nothing goes a second time.
TEST_F(BrokenLine, AReceiptSparesTheSecondAttempt) {
    for (const auto kind : {MessageClass::kAnswer, MessageClass::kKinship}) {
        const auto id = add(kind, 60min, {}, std::string(200, 'a'));
        peer_.script = {{.says = kAccepted}, {.end = kClose}};
        // One of the two is quicker than the end of the attempt.
        before_answer_ = [&] {
            if (owed_.size() == 1) give_receipts();
        };
        deliver();
        before_answer_ = {};
        give_receipts();

        world_.clock.advance(1min);
        deliver();

        EXPECT_EQ(message(id).state, kDelivered);
        EXPECT_EQ(taken(id), 1);
    }
}

/// It says that it failed, and then the line breaks: the same end as with an answer.
TEST_F(BrokenLine, AFailureBeforeTheAnswerIsLostStaysAFailure) {
    for (const auto kind : {MessageClass::kAnswer, MessageClass::kKinship}) {
        const auto id = add(kind);
        peer_.script = {{.end = kClose}};
        before_answer_ = [&] { give_receipts(kFail); };
        deliver();
        before_answer_ = {};

        world_.clock.advance(1min);
        deliver();

        EXPECT_EQ(message(id).state, kFailed);
        EXPECT_EQ(taken(id), 1);
    }
}

class BusyCarrier : public CarrierFixture {
  protected:
    void busy_for(std::string_view seconds, std::string_view status = "429 Too Many Requests") {
        peer_.script = {refusing(status, "", "Retry-After: " + std::string{seconds} + "\r\n")};
    }
};

/// One worker, as in the service: what a carrier asks for is remembered.
class OneWorker {
  public:
    OneWorker(DeliveryWorker::Parts parts, boost::asio::io_context& loop)
        : loop_(loop), worker_(std::move(parts), loop.get_executor()) {}
    int deliver() { return testing::run(loop_, worker_.run_once()); }

  private:
    boost::asio::io_context& loop_;
    DeliveryWorker worker_;
};

TEST_F(BusyCarrier, IsLeftAloneAsAWhole) {
    for (const auto* status : {"429 Too Many Requests", "503 Service Unavailable"}) {
        OneWorker worker(parts(), loop_);
        busy_for("300", status);
        add(MessageClass::kAnswer);
        ASSERT_EQ(worker.deliver(), 1);
        const auto other = add(MessageClass::kAnswer);

        world_.clock.advance(299s);
        EXPECT_EQ(worker.deliver(), 0);
        EXPECT_EQ(message(other).attempts, 0);
        world_.clock.advance(1s);
        EXPECT_EQ(worker.deliver(), 2);

        EXPECT_EQ(message(other).state, kSent);
    }
}

TEST_F(BusyCarrier, IsTriedAgainAfterTheLongestWaitWhateverItAsks) {
    OneWorker worker(parts(), loop_);
    busy_for("99999999999");
    const auto id = add(MessageClass::kAnswer);
    worker.deliver();

    world_.clock.advance(world_.settings.outbox.retry_max);

    EXPECT_EQ(worker.deliver(), 1);
    EXPECT_EQ(message(id).state, kSent);
}

TEST_F(BusyCarrier, DangerGoesAllTheSame) {
    OneWorker worker(parts(), loop_);
    busy_for("300");
    add(MessageClass::kAnswer);
    worker.deliver();
    const auto page = add(MessageClass::kRedPage);
    add(MessageClass::kPage);

    EXPECT_EQ(worker.deliver(), 1);

    EXPECT_EQ(message(page).state, kSent);
}

TEST_F(BusyCarrier, AClockSetBackDoesNotProlongIt) {
    OneWorker worker(parts(), loop_);
    busy_for("300");
    add(MessageClass::kAnswer);
    worker.deliver();
    world_.clock.advance(-3h);
    const auto id = add(MessageClass::kAnswer);

    EXPECT_EQ(worker.deliver(), 1);

    EXPECT_EQ(message(id).state, kSent);
}

}  // namespace
}  // namespace harborline::gateway
