// What a child says to its mother by telephone, over real HTTP and with real files: heard by her, and by nobody else
// (I7).
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "storage/files/recording_vault.hpp"
#include "tests/support/call_station.hpp"
#include "tests/support/everything.hpp"
#include "tests/support/family.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using testing::CallStation;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::phone;
using testing::wav_of;

/// Words that we say last so long, and between two sounds of one file there is this pause.
constexpr auto kWordsLast = 20ms;
constexpr auto kPauseLasts = 200ms;

/// Nobody is put through, so the child is asked at once what it wants to say.
class VoiceLetterRoutes : public ::testing::Test {
  protected:
    VoiceLetterRoutes() {
        family_ = station.world.in([&](storage::Transaction& tx) {
            const auto made = testing::add_child_and_mother(tx, "小明", phone(2), station.world.clock.now());
            tx.people().put(core::PersonPhone{made.child, phone(1), true}, station.world.clock.now());
            return made;
        });
    }

    static std::string match(const std::string& text, const char* pattern) {
        std::smatch found;
        return std::regex_search(text, found, std::regex{pattern}) ? found[1].str() : std::string{};
    }
    /// What FreeSWITCH is answered; the address that it asks next is kept.
    std::string ask(const std::string& request) {
        station.world.clock.advance(5s);
        const auto answer = body_of(station.ask(request));
        if (const auto next = match(answer, "/(voice/[0-9]+)"); !next.empty()) next_ = next;
        return answer;
    }
    std::string call(int from, const std::string& id) {
        fields_ = "session_id=" + id + "&Caller-Direction=inbound&Caller-Caller-ID-Number=%2B" +
                  std::string{phone(from).reveal()} + "&Caller-Destination-Number=12333";
        from_ = from;
        id_ = id;
        return ask(CallStation::form("switch", "voice", fields_));
    }
    std::string key(const std::string& digit) {
        return ask(CallStation::form("switch", next_, fields_ + "&keys_" + next_.substr(6) + "=" + digit));
    }
    std::string voice(std::chrono::milliseconds length) const {
        return CallStation::multipart("switch", next_,
                                      {{"session_id", id_},
                                       {"Caller-Direction", "inbound"},
                                       {"Caller-Caller-ID-Number", "+" + std::string{phone(from_).reveal()}},
                                       {"Caller-Destination-Number", "12333"}},
                                      wav_of(length));
    }
    /// As far as the list of whom she can reach, or the letter that waits.
    std::string enters(int from, const std::string& id) {
        call(from, id);
        return key("1");
    }
    void child_speaks(std::chrono::milliseconds length) {
        enters(1, "a-1");
        EXPECT_THAT(key("1"), HasSubstr("<record"));
        ask(voice(length));
    }
    std::chrono::milliseconds heard_in(const std::string& answer) {
        const auto address = match(answer, "(/audio/[^\"<]*)");
        const auto file = station.ask(testing::http("GET", address, ""));
        EXPECT_THAT(file, HasSubstr("no-store"));
        const auto samples = read_wav(body_of(file));
        return samples ? length_of(*samples) : 0ms;
    }
    std::vector<core::Letter> waiting() {
        return station.world.in([&](storage::Transaction& tx) { return tx.letters().waiting(family_.tie, false); });
    }
    std::vector<std::string> names_in_rows() {
        return station.world.in([](storage::Transaction& tx) { return tx.recordings().kept_names(); });
    }

    CallStation station;
    testing::ChildAndMother family_{};
    std::string next_{};

  private:
    std::string fields_{};
    std::string id_{};
    int from_ = 1;
};

TEST_F(VoiceLetterRoutes, I7_OnlyItsReceiverHearsIt) {
    child_speaks(300ms);

    ASSERT_EQ(waiting().size(), 1U);
    const auto letter = waiting().front();
    EXPECT_EQ(station.files(), 1U);
    EXPECT_TRUE(names_in_rows().empty());
    const auto all = station.world.in([](storage::Transaction& tx) { return testing::everything_in(tx); });
    EXPECT_EQ(all.find(letter.opener), std::string::npos);
    EXPECT_EQ(all.find(letter.opener.substr(32)), std::string::npos) << "nor what could be made of it";
    const auto file = station.world.settings.recordings / letter.recording;
    std::ifstream sealed{file, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{sealed}, {}};
    EXPECT_EQ(bytes.find(wav_of(300ms).substr(100, 64)), std::string::npos);

    const auto heard = enters(2, "b-1");
    EXPECT_EQ(heard_in(heard), kWordsLast + kPauseLasts + 300ms + kPauseLasts + kWordsLast);
    key("1");
    EXPECT_TRUE(waiting().empty());
    const auto dropped = station.world.in([](storage::Transaction& tx) { return tx.letters().dropped_recordings(10); });
    EXPECT_EQ(dropped, std::vector{letter.recording});
}

TEST_F(VoiceLetterRoutes, I7_After72HoursTheFileOpensNoMore) {
    child_speaks(300ms);
    const auto before = waiting().front();
    station.world.clock.advance(72h);

    const auto after = waiting();
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after.front().opener, "");
    EXPECT_FALSE(storage::recording_of(after.front().recording, after.front().opener));
    EXPECT_EQ(station.files(), 1U) << "what is left of it";
    EXPECT_FALSE(before.opener.empty());
    EXPECT_THAT(enters(2, "b-1"), Not(HasSubstr("<record")));
}

TEST_F(VoiceLetterRoutes, OneThatCanNotBePlayedIsToldToItsWriter) {
    child_speaks(300ms);
    std::filesystem::remove(station.world.settings.recordings / waiting().front().recording);

    const auto heard = enters(2, "b-1");

    EXPECT_EQ(heard_in(heard), 3 * kWordsLast + 2 * kPauseLasts) << "that it can not be played";
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(station.world.news(phone(1)), std::vector{testing::words("kin.undelivered")});
}

TEST_F(VoiceLetterRoutes, ARequestThatComesTwiceLeavesOne) {
    enters(1, "a-1");
    key("1");
    const auto said = voice(300ms);
    const auto first = ask(said);

    EXPECT_EQ(ask(said).empty(), first.empty());
    EXPECT_EQ(waiting().size(), 1U);
    EXPECT_TRUE(names_in_rows().empty());
}

/// A carrier that keeps what it records can hear it.
TEST_F(VoiceLetterRoutes, NobodyIsAskedForOneWhereTheCarrierKeepsIt) {
    const auto request = [](const std::string& action, const std::string& more) {
        return CallStation::signed_form("twilio", action,
                                        "CallSid=CA1&AccountSid=AC0001&From=%2B8619900000001&To=%2B8645112338000"
                                        "&Direction=inbound&CallStatus=in-progress" +
                                            more);
    };
    ask(request("voice", ""));
    ask(request(next_, "&Digits=1"));

    const auto answer = ask(request(next_, "&Digits=1"));

    EXPECT_THAT(answer, Not(HasSubstr("<Record")));
    EXPECT_THAT(answer, HasSubstr("现在联系不上"));
}

}  // namespace
}  // namespace harborline::gateway
