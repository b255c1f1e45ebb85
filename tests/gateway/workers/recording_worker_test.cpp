#include "gateway/workers/recording_worker.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "gateway/audio/wav.hpp"
#include "tests/gateway/workers/carrier_fixture.hpp"

namespace harborline::gateway {
namespace {

using State = storage::Recording::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A carrier that keeps recordings at any address but one that is not its own.
class KeepingCarrier : public FakeCarrier {
  public:
    std::optional<ApiRequest> build_fetch(std::string_view url) const override {
        if (!url.starts_with("http://127.0.0.1")) return std::nullopt;
        if (url.ends_with("/throws")) throw std::length_error("a bug");
        return ApiRequest{.method = "GET", .url = std::string{url}};
    }
    std::optional<ApiRequest> build_erase(std::string_view url) const override {
        if (!erases) return std::nullopt;
        return ApiRequest{.method = "DELETE", .url = std::string{url}};
    }
    bool erases = true;
};

/// The worker with the real HTTP client, vault and store, against a scripted carrier.
class RecordingWorker_Test : public WorkerFixture {
  protected:
    RecordingWorker_Test() {
        peer_.usual.says = http_answer("204 No Content");
        peer_.on_taken = [this](const std::string& request) {
            if (request.starts_with("DELETE")) durable_at_erase_ = durable_at_erase_ && is_durable();
        };
    }
    ~RecordingWorker_Test() override { disk_.join(); }

    std::string add(std::string url) {
        auto recording = desk_.begin();
        recording.channel = "phone";
        recording.state = State::kFetching;
        recording.carrier_url = std::move(url);
        name_ = recording.name;
        world_.in([&](storage::Transaction& tx) { tx.recordings().add(recording); });
        return name_;
    }
    std::string add() { return add(peer_.url("/recordings/1")); }
    storage::Recording row() {
        return world_.in([&](storage::Transaction& tx) { return *tx.recordings().find(name_); });
    }
    bool is_durable() {
        const auto now = row();
        return now.state == State::kKept && vault_.read({.name = now.name, .key = now.key}, now.digest);
    }

    /// One pass of a worker of its own, as after a restart.
    int work() {
        RecordingWorker worker(
            {.gate = gate_,
             .desk = desk_,
             .carrier_of = [this](std::string_view name) { return name == "phone" ? &keeps_ : nullptr; },
             .send = [this](ApiRequest request) { return client_.send(std::move(request)); },
             .clock = world_.clock,
             .log = {}},
            loop_.get_executor());
        return testing::run(loop_, worker.run_once());
    }
    void answer(std::string_view status, std::string_view body = {}) {
        peer_.script.push_back({.says = http_answer(status, body)});
    }
    std::vector<std::string> asked() const {
        std::vector<std::string> methods;
        for (const auto& request : peer_.requests) methods.push_back(request.substr(0, request.find(' ')));
        return methods;
    }

    const std::string wav_ = write_wav(Samples(4'000, 1'000));
    testing::ScriptedCarrier peer_{loop_};
    HttpClient client_{loop_, {.response_max = 1 << 20}};
    KeepingCarrier keeps_{};
    boost::asio::thread_pool disk_{1};
    storage::RecordingVault vault_{world_.folder / "recordings"};
    RecordingDesk desk_{{.gate = gate_, .vault = vault_, .disk = disk_, .clock = world_.clock, .random = random_}};
    std::string name_{};
    bool durable_at_erase_ = true;
};

TEST_F(RecordingWorker_Test, IsFetchedKeptAndOnlyThenErasedAtTheCarrier) {
    add();
    answer("200 OK", wav_);

    EXPECT_EQ(work(), 1);

    EXPECT_THAT(asked(), ElementsAre("GET"));
    EXPECT_TRUE(is_durable());
    EXPECT_EQ(row().length, std::chrono::milliseconds{500});
    EXPECT_NE(row().carrier_url, "");

    EXPECT_EQ(work(), 1);

    EXPECT_THAT(asked(), ElementsAre("GET", "DELETE"));
    EXPECT_TRUE(durable_at_erase_);
    EXPECT_EQ(row().carrier_url, "");
    EXPECT_EQ(work(), 0);
}

TEST_F(RecordingWorker_Test, WhatNoLetterOpensAnyMoreIsRemoved) {
    const auto kept = testing::run(loop_, desk_.keep(desk_.begin(), wav_));
    ASSERT_TRUE(kept);
    world_.in([&](storage::Transaction& tx) {
        tx.letters().drop_recording(kept->name);
        tx.letters().drop_recording("of no file");
    });

    EXPECT_EQ(work(), 2);

    EXPECT_FALSE(vault_.has(kept->name));
    EXPECT_TRUE(world_.in([](storage::Transaction& tx) { return tx.letters().dropped_recordings(10); }).empty());
    EXPECT_EQ(work(), 0);
}

TEST_F(RecordingWorker_Test, ACarrierInTroubleIsAskedAgainEverMoreSeldom) {
    add();
    for (int i = 0; i < 3; ++i) answer("503 Service Unavailable");
    answer("200 OK", wav_);
    std::vector<std::int64_t> waits;

    for (int i = 0; i < 4; ++i) {
        ASSERT_EQ(work(), 1);
        EXPECT_EQ(i < 3 ? work() : 0, 0) << "not before its time";
        const auto wait = row().due_at - world_.clock.now();
        waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(wait).count());
        world_.clock.advance(wait);
    }

    EXPECT_THAT(waits, ElementsAre(5, 10, 20, 0));
    EXPECT_TRUE(is_durable());
}

TEST_F(RecordingWorker_Test, ErasingIsTriedUntilTheCarrierHasNone) {
    add();
    answer("200 OK", wav_);
    answer("500 Internal Server Error");
    answer("404 Not Found");
    work();
    work();
    EXPECT_NE(row().carrier_url, "");
    EXPECT_TRUE(is_durable());

    world_.clock.advance(std::chrono::seconds{5});
    work();

    EXPECT_EQ(row().carrier_url, "");
    EXPECT_TRUE(is_durable());
    EXPECT_THAT(asked(), ElementsAre("GET", "DELETE", "DELETE"));
}

TEST_F(RecordingWorker_Test, NothingIsErasedThatCouldNotBeKept) {
    add();
    answer("200 OK", "<html>no audio</html>");
    work();
    EXPECT_EQ(row().state, State::kFetching);

    vault_ = storage::RecordingVault{world_.folder.write("no folder", "x")};
    answer("200 OK", wav_);
    world_.clock.advance(std::chrono::seconds{5});
    work();
    EXPECT_EQ(row().state, State::kFetching);

    vault_ = storage::RecordingVault{world_.folder / "recordings"};
    answer("200 OK", wav_);
    world_.clock.advance(std::chrono::seconds{10});
    work();
    EXPECT_TRUE(is_durable());
    EXPECT_THAT(asked(), ElementsAre("GET", "GET", "GET"));
}

TEST_F(RecordingWorker_Test, ACrashBetweenTheFileAndItsRowFetchesAgain) {
    add();
    answer("200 OK", wav_);
    answer("200 OK", wav_);
    tap_.unavailable_after = 2;  // Both looks are taken, the news of the file is not.
    EXPECT_THROW(work(), storage::Unavailable);
    EXPECT_EQ(row().state, State::kFetching);
    EXPECT_TRUE(vault_.has(name_));

    tap_.unavailable_after = -1;
    work();

    EXPECT_TRUE(is_durable());
    EXPECT_EQ(vault_.names().size(), 1U);
    EXPECT_THAT(asked(), ElementsAre("GET", "GET"));
}

TEST_F(RecordingWorker_Test, OneThatTheCarrierNeverHasIsLostAfterAnHourAndAHalfAndSaysSo) {
    add();
    peer_.usual.says = http_answer("404 Not Found");
    const auto from = world_.clock.now();

    for (int i = 0; i < 30 && row().state == State::kFetching; ++i) {
        work();
        world_.clock.time = std::max(world_.clock.time, row().due_at);
    }

    EXPECT_EQ(row().state, State::kLost);
    EXPECT_GT(world_.clock.now() - from, std::chrono::minutes{90});
    EXPECT_EQ(work(), 0);
    const auto journal = world_.in([](storage::Transaction& tx) { return tx.journal().latest(1); });
    EXPECT_EQ(journal.at(0).event, "recording_lost");
}

TEST_F(RecordingWorker_Test, AnHourOfOtherTroubleIsNoWordOfTheCarriersThatItHasNone) {
    add();
    for (int i = 0; i < 20; ++i) answer("503 Service Unavailable");
    answer("404 Not Found");
    answer("200 OK", wav_);

    for (int i = 0; i < 22; ++i) {
        work();
        world_.clock.time = std::max(world_.clock.time, row().due_at);
    }

    EXPECT_TRUE(is_durable());
}

TEST_F(RecordingWorker_Test, WhatIsNobodysWaitsAndHoldsUpNobody) {
    add("http://elsewhere.example/1");
    auto orphan = desk_.begin();
    orphan.channel = "gone";
    orphan.state = State::kFetching;
    orphan.carrier_url = peer_.url("/recordings/2");
    world_.in([&](storage::Transaction& tx) { tx.recordings().add(orphan); });
    add();
    answer("200 OK", wav_);

    EXPECT_EQ(work(), 3);

    EXPECT_TRUE(is_durable());
    EXPECT_THAT(asked(), ElementsAre("GET"));
}

TEST_F(RecordingWorker_Test, OneAtWhichSomethingThrowsHoldsUpNobody) {
    add("http://127.0.0.1/throws");
    world_.clock.advance(std::chrono::seconds{1});
    add();
    answer("200 OK", wav_);

    EXPECT_EQ(work(), 2);

    EXPECT_TRUE(is_durable());
    EXPECT_EQ(work(), 1) << "what was fetched is erased at the carrier, and the other waits";
}

TEST_F(RecordingWorker_Test, ACarrierThatKeepsNothingIsNotAskedToErase) {
    add();
    keeps_.erases = false;
    answer("200 OK", wav_);
    work();
    work();

    EXPECT_EQ(row().carrier_url, "");
    EXPECT_THAT(asked(), ElementsAre("GET"));
}

TEST_F(RecordingWorker_Test, AWordOfAPersonMeanwhileStands) {
    add();
    answer("200 OK", wav_);
    peer_.on_taken = [this](const std::string&) {
        auto decided = row();
        decided.state = State::kErased;
        decided.case_id = {7};
        world_.in([&](storage::Transaction& tx) { tx.recordings().update(decided); });
    };
    work();

    EXPECT_EQ(row().state, State::kErased);
    EXPECT_EQ(row().case_id, core::CaseId{7});
    EXPECT_NE(row().carrier_url, "") << "still to be erased there";
}

}  // namespace
}  // namespace harborline::gateway
