// I9: numbers, names and message text appear in no log line, metric, error or refusal, whatever goes wrong.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "config/files.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "gateway/workers/delivery_worker.hpp"
#include "tests/support/station.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::http;
using testing::phone;
using testing::Station;

constexpr std::string_view kHer = "+8619900000001";
constexpr std::string_view kStory = "我叫张秀英，我丈夫打我";

/// What must be found nowhere: numbers in every form, her name and words, staff, secrets.
constexpr std::string_view kNeedles[] = {
    "9900000001",       "99000001",       "张秀英", "丈夫打我",       "%E5%BC%A0%E7%A7%80", "王示例",
    "token-0123456789", "not-a-password", "三亩地", "\\u5f20\\u79c0", "看不懂的话"};

class I9_Silence : public ::testing::Test {
  protected:
    I9_Silence() : descriptor_(::open((folder_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) {
        logs_ = std::make_unique<Logs>("debug", descriptor_);
    }
    ~I9_Silence() override { ::close(descriptor_); }

    static std::string bytes_of(const std::filesystem::path& path) {
        std::ifstream file{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    std::string log() const { return config::read_text_file(folder_ / "log").value(); }

    void hear(Station& station, std::string request) { outside_ += station.ask(std::move(request)); }

    /// A conversation, and whatever can go wrong with its webhooks.
    void talk(Station& station) {
        int id = 0;
        for (const std::string_view said :
             {std::string_view{"你好"}, std::string_view{"2"}, std::string_view{"1"}, std::string_view{"2"},
              std::string_view{"3"}, std::string_view{"1"}, kStory, std::string_view{"1"}, std::string_view{"2"},
              std::string_view{"看不懂的话"}, std::string_view{"7"}, kStory, std::string_view{"9"}}) {
            station.world.clock.advance(5s);
            hear(station, Station::kannel_text(kHer, said, std::to_string(++id)));
        }
        for (const std::string_view more :
             {std::string_view{"&coding=7"}, std::string_view{"&charset=KLINGON"}, std::string_view{"&udh=%05%00"},
              std::string_view{"&from=%2B8619900000001"}, std::string_view{"&time=1"}})
            hear(station, Station::kannel_text(kHer, kStory, "x", more));
        hear(station, Station::kannel_text("张秀英;", kStory, "y"));
        hear(station, Station::handset_texts(R"([{"from":"+8619900000001","text":"我叫张秀英"}])"));
        hear(station, Station::handset_texts(R"({"from":"+8619900000001","text":"我叫张秀英)"));
        hear(station, http("GET", Station::path("kannel", "wrong-token-0123456789xx", "sms") +
                                      "?from=%2B8619900000001&text=" + percent_encoded(kStory)));
        hear(station, http("BREW", "/in/kannel/x/sms?from=%2B8619900000001"));
        hear(station, std::string{"nonsense "}.append(kHer).append("\r\n\r\n"));
        station.tap.unavailable_after = 0;
        hear(station, Station::kannel_text(kHer, kStory, "z"));
        station.tap.unavailable_after = -1;
    }

    /// Deadlines that throw, carriers that fail and quote us, a store that is away.
    void work(Station& station) {
        ClockWorker clock({.gate = station.gate,
                           .taker = station.world.ground->taker(),
                           .replies = station.world.ground->replies(),
                           .settings = station.world.settings.outbox,
                           .clock = station.world.clock,
                           .on_commit = [] {},
                           .log = logs_->folder("workers")},
                          station.loop.get_executor());
        station.world.clock.advance(25h);
        testing::run(station.loop, clock.run_once());
        for (const int status : {0, 400, 401, 500, 503}) send_all(station, status);
        station.tap.unavailable_after = 0;
        send_all(station, 202);
        station.tap.unavailable_after = -1;
    }

    /// One pass of a worker; a carrier that answers `status` quotes the whole message back. 0: nobody is there.
    void send_all(Station& station, int status) {
        station.world.says(phone(5), "你好");  // Not hers: she is in danger, and gets nothing unasked.
        testing::FakeRandom random;
        int results = 0;
        auto channel = station.world.settings.channels.at(0);
        channel.rate_per_s = 100'000;
        DeliveryWorker worker(
            {.gate = station.gate,
             .replies = station.world.ground->replies(),
             .desk = station.world.ground->taker().desk(),
             .carrier = *station.carriers.at(0),
             .channel = channel,
             .settings = station.world.settings.outbox,
             .clock = station.world.clock,
             .random = random,
             .send = [status](ApiRequest request) -> asio::awaitable<core::Result<WebResponse>> {
                 core::Result<WebResponse> answer = core::Error{core::ErrorKind::kUnavailable, "nobody is there"};
                 if (status != 0) answer = WebResponse{status, "text/plain", request.body + std::string{kHer}};
                 co_return answer;
             },
             .on_result =
                 [&](core::MessageClass, SendResult::Kind) {
                     ++results;
                     station.metrics.sent(SendOutcome::kRetry);
                 },
             .log = logs_->folder("workers")},
            station.loop.get_executor());
        bool ended = false;
        asio::co_spawn(station.loop, worker.run(), [&](std::exception_ptr) { ended = true; });
        const auto lines = log().size();
        // Where the store is away there is no result, but a line in the log.
        EXPECT_TRUE(testing::run_until(station.loop, [&] { return results > 0 || log().size() > lines; }));
        worker.stop();
        testing::run_until(station.loop, [&] { return ended; });
    }

    /// What an operator reads in lists.
    std::string reasons(Station& station) {
        std::string all;
        for (const auto& text : station.world.stranded()) all += text.error + "\n";
        station.world.in([&](storage::Transaction& tx) {
            for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
                for (const auto& message :
                     tx.outbox().in_state(static_cast<core::MessageState>(state), testing::World::kAll))
                    all += message.reason + "\n";
            for (const auto& entry : tx.journal().latest(testing::World::kAll)) all += entry.event + "\n";
            for (const auto& turn : tx.turns().since({}, testing::World::kAll)) all += turn.note + "\n";
        });
        return all;
    }

    testing::TemporaryFolder folder_{};
    int descriptor_;
    std::unique_ptr<Logs> logs_{};
    std::string outside_{};
};

TEST_F(I9_Silence, NobodyIsNamedOutsideTheStore) {
    // One whose petition cannot be filed, one whose entry 7 fails.
    for (const auto& book :
         {testing::book_where("petition.toml", "\"open_case\"", "\"fail\""), testing::book_that_does("fail")}) {
        Station station(logs_.get(), book);
        talk(station);
        work(station);
        outside_ += station.ask_privately(http("GET", "/metrics"));
        outside_ += reasons(station);
        ASSERT_FALSE(station.world.stranded().empty());
    }
    outside_ += log();

    // The search sees what was said, and the log was written.
    for (const auto* event : {"inbound_unavailable", "deadline_failed", "delivery_trouble"})
        EXPECT_THAT(log(), HasSubstr(event));
    for (const auto& needle : kNeedles)
        EXPECT_EQ(outside_.find(needle), std::string::npos)
            << needle << " in: "
            << outside_.substr(outside_.find(needle) - std::min<std::size_t>(outside_.find(needle), 200), 400);
}

/// Everything she entered, and our last words, come once more with the news that the session is over.
constexpr std::string_view kEntered = "2*1*村东头第三家的秘密*1";
constexpr std::string_view kLastWords = "END 我们最后说的悄悄话";
constexpr std::string_view kEchoes[] = {
    "村东头", "第三家的秘密", "悄悄话", "%E6%9D%91%E4%B8%9C", "9900000001", "\\u6751\\u4e1c", "screen-token-01234"};

/// The same, wherever an end can come in and whatever can be wrong with it.
std::vector<std::string> ends() {
    std::string nameless = Station::session_end(kHer, kEntered, kLastWords, "");
    std::string numberless = Station::session_end("", kEntered, kLastWords);
    const std::string path = Station::path("screens", Station::kScreensToken, "end");
    const std::string query = "?input=" + percent_encoded(kEntered);
    return {
        Station::session_end(kHer, kEntered, kLastWords),
        Station::session_end(kHer, kEntered, kLastWords),
        Station::session_end(kHer, kEntered, kLastWords, "ATUid_never_seen", "Failed"),
        Station::session_end("+8619900000002", kEntered, kLastWords, "ATUid_2", "Incomplete"),
        std::move(nameless),
        std::move(numberless),
        Station::session_end("张秀英;", kEntered, kLastWords),
        http("GET", path + query),
        Station::form(path, "input=" + percent_encoded(kEntered) + "%"),
        Station::form(path, "input=" + percent_encoded(kEntered) + "&input=1"),
        http("POST", path, kEntered, "Content-Type: application/json\r\n"),
        Station::form(Station::path("screens", "wrong-token-0123456789xx", "end"),
                      "input=" + percent_encoded(kEntered)),
        http("POST", Station::path("operator", Station::kOperatorToken, "end"),
             R"({"sessionID":"s1","msisdn":"+8619900000001","userData":"村东头第三家的秘密","x":"我们最后说的悄悄话"})",
             "Content-Type: application/json\r\n")};
}

TEST_F(I9_Silence, TheNewsOfASessionsEndLeavesNoTrace) {
    std::string inside;
    std::filesystem::path database;
    {
        Station station(logs_.get());
        database = station.world.settings.database;
        hear(station, Station::screen(kHer, ""));
        const auto turns = station.world.turns().size();
        for (const auto& end : ends()) hear(station, end);
        station.tap.unavailable_after = 0;
        for (const auto& end : ends()) hear(station, end);
        station.tap.unavailable_after = -1;
        EXPECT_EQ(station.world.turns().size(), turns);

        outside_ += station.ask_privately(http("GET", "/metrics"));
        outside_ += reasons(station);
        for (const auto& turn : station.world.turns()) inside += turn.text + turn.note + turn.answer;
        for (const auto& text : station.world.stranded()) inside += text.inbound.text + text.error;
        for (const auto& message : station.world.messages_to(phone(1))) inside += message.text;
        station.world.in([&](storage::Transaction& tx) {
            if (const auto her = tx.handsets().find(phone(1)))
                if (const auto conversation = tx.conversations().find(her->id)) inside += conversation->state;
        });
        for (const char* file : {"", "-wal"}) inside += bytes_of(database.string() + file);
    }
    outside_ += log();

    EXPECT_THAT(log(), HasSubstr("inbound_unavailable"));
    EXPECT_GT(inside.size(), 4'096U) << "the database was looked through";
    for (const auto& needle : kEchoes) {
        EXPECT_EQ(outside_.find(needle), std::string::npos) << needle;
        EXPECT_EQ(inside.find(needle), std::string::npos) << needle;
    }
}

TEST_F(I9_Silence, TheSearchItselfWouldFindThem) {
    Station station(logs_.get());
    talk(station);
    std::string inside;
    for (const auto& turn : station.world.turns()) inside += turn.text;
    for (const auto& message : station.world.messages_to(phone(1))) inside += message.text;

    EXPECT_THAT(inside, HasSubstr("张秀英"));
    EXPECT_THAT(inside, HasSubstr("丈夫打我"));
    EXPECT_THAT(inside, HasSubstr("看不懂的话"));
}

}  // namespace
}  // namespace harborline::gateway
