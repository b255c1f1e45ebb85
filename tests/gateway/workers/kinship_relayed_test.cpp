// I7 along the whole way: a thousand words between relatives through the service, its workers and the disk, a backup in
// their middle, and 72 hours later nobody opens any of them, whatever she holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/audio/recording_desk.hpp"
#include "gateway/audio/wav.hpp"
#include "gateway/conversation/after_restore.hpp"
#include "gateway/conversation/conversation_service.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "gateway/workers/recording_worker.hpp"
#include "storage/open.hpp"
#include "storage/restoration.hpp"
#include "tests/gateway/workers/worker_fixture.hpp"
#include "tests/support/everything.hpp"

namespace harborline::gateway {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::phone;

/// Stands in whatever relatives write, and in nothing of ours.
constexpr std::string_view kSwallow = "飞燕";
/// What they say: one sample, again and again.
const Samples kSaid(4'000, 0x3039);

std::string bytes_on_disk(const fs::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// The whole way of relatives' words over a World: the service, its workers, the folder of recordings. A carrier that
/// does with a text what the last digit of its number says.
class KinshipWay {
  public:
    enum class Fate { kArrives, kFails = 6, kIsRefused, kIsNeverToldOf, kFindsNobody };
    static Fate fate_of(int number) { return number % 10 < 6 ? Fate::kArrives : static_cast<Fate>(number % 10); }

    explicit KinshipWay(testing::World& world) : world_(world) {
        channel_.rate_per_s = 100'000;
        channel_.in_flight_max = 64;
    }
    ~KinshipWay() {
        world_.ground->store().stop();  // Its last callback needs the gate.
        disk_.join();
    }
    KinshipWay(const KinshipWay&) = delete;
    KinshipWay& operator=(const KinshipWay&) = delete;

    core::Answer take(core::Inbound inbound, std::optional<storage::Recording> told = std::nullopt) {
        auto taken = testing::run(loop_, service_.take(std::move(inbound), std::move(told)));
        EXPECT_TRUE(taken && taken->how == Taken::kTaken);
        return taken ? taken->answer : core::Answer{};
    }
    storage::Recording keep_voice() {
        return testing::run(loop_, recordings_.keep(recordings_.begin(), write_wav(kSaid))).value();
    }
    void deliver() {
        for (int count = 1; count > 0;) {
            DeliveryWorker worker(sender(), loop_.get_executor());
            count = testing::run(loop_, worker.run_once());
            for (auto& receipt : std::exchange(receipts_, {}))
                EXPECT_TRUE(testing::run(loop_, service_.receipt(std::move(receipt))));
        }
    }
    void work() {
        ClockWorker clock({.gate = gate_,
                           .taker = world_.ground->taker(),
                           .replies = world_.ground->replies(),
                           .settings = world_.settings.outbox,
                           .clock = world_.clock,
                           .on_commit = [] {},
                           .log = {}},
                          loop_.get_executor());
        testing::run(loop_, clock.run_once());
        deliver();
        RecordingWorker tidier({.gate = gate_,
                                .desk = recordings_,
                                .carrier_of = [](std::string_view) { return nullptr; },
                                .send = {},
                                .clock = world_.clock,
                                .log = {}},
                               loop_.get_executor());
        testing::run(loop_, tidier.run_once());
    }

    /// What the carrier was given of theirs, by number.
    const std::set<int>& given() const { return given_; }
    const storage::RecordingVault& vault() const { return vault_; }

  private:
    DeliveryWorker::Parts sender() {
        return {.gate = gate_,
                .replies = world_.ground->replies(),
                .desk = world_.ground->taker().desk(),
                .carrier = carrier_,
                .channel = channel_,
                .settings = world_.settings.outbox,
                .clock = world_.clock,
                .random = random_,
                .send = [this](ApiRequest request) { return carry(std::move(request)); },
                .on_result = [](core::MessageClass, SendResult::Kind) {},
                .log = {}};
    }
    boost::asio::awaitable<core::Result<WebResponse>> carry(ApiRequest request) {
        const auto at = request.body.find(kSwallow);
        auto fate = Fate::kArrives;
        if (at != std::string::npos) {
            const int number = std::stoi(request.body.substr(at + kSwallow.size()));
            given_.insert(number);
            fate = fate_of(number);
        }
        if (fate == Fate::kIsRefused) co_return says(SendResult::Kind::kRefused);
        if (fate == Fate::kFindsNobody) co_return says(SendResult::Kind::kRetry);
        const auto state = fate == Fate::kFails ? core::ReceiptState::kFailed : core::ReceiptState::kDelivered;
        if (fate != Fate::kIsNeverToldOf)
            receipts_.push_back({.message = {std::stoll(request.url)}, .state = state, .at = world_.clock.now()});
        co_return says(SendResult::Kind::kSent);
    }

    testing::World& world_;
    boost::asio::io_context loop_{1};
    StoreGate gate_{world_.ground->store(), loop_.get_executor()};
    ConversationService service_{gate_, world_.ground->taker(), world_.ground->replies(), [] {}};
    boost::asio::thread_pool disk_{1};
    storage::RecordingVault vault_{world_.settings.recordings};
    testing::FakeRandom random_{99};
    RecordingDesk recordings_{
        {.gate = gate_, .vault = vault_, .disk = disk_, .clock = world_.clock, .random = random_}};
    FakeCarrier carrier_{};
    config::ChannelSettings channel_ = world_.channel();
    std::vector<core::Receipt> receipts_{};
    std::set<int> given_{};
};

/// Pairs of a child and its mother with phones of their own, children with a card to whom their mothers write, and
/// twins with phones whose mothers are asked for whom their words are.
class KinshipRelayed : public ::testing::Test {
  protected:
    using Counts = std::map<std::uint64_t, int>;
    static constexpr int kPairs = 20, kWithCard = 5, kTwins = 5, kRounds = 19;
    static constexpr int kRoundOfBackup = 9;
    static constexpr std::string_view kPin = "4821";

    KinshipRelayed() {
        world_.settings.recordings = world_.folder / "recordings";
        way_.emplace(world_);
        world_.in([&](storage::Transaction& tx) {
            for (int at = 0; at < kPairs; ++at) add_child(tx, at, mother(at));
            for (int at = 0; at < kWithCard; ++at) add_card(tx, at);
            for (int at = 0; at < kTwins; ++at) {
                add_child(tx, 60 + 2 * at, mother(60 + at));
                add_child(tx, 61 + 2 * at, mother(60 + at));
            }
        });
    }

    static core::PhoneNumber child(int family) { return phone(500 + family); }
    static core::PhoneNumber mother(int family) { return phone(700 + family); }
    static core::PhoneNumber mother_of_card(int at) { return mother(40 + at); }
    static std::string card(int at) { return "2026000" + std::to_string(at); }

    void add_child(storage::Transaction& tx, int at, const core::PhoneNumber& mothers) {
        const auto now = world_.clock.now();
        const auto family = testing::add_child_and_mother(tx, "孩" + std::to_string(at), mothers, now);
        tx.people().put(core::PersonPhone{.person = family.child, .number = child(at), .is_private = true}, now);
    }
    void add_card(storage::Transaction& tx, int at) {
        const auto family =
            testing::add_child_and_mother(tx, "卡" + std::to_string(at), mother_of_card(at), world_.clock.now());
        tx.people().put(core::Card{
            .child = family.child, .number = card(at), .pin = hash_line_pin(kPin, *world_.random), .duress = {}});
    }

    // What everybody does.

    /// What this phone is answered by text.
    std::string says(const core::PhoneNumber& from, std::string_view text) {
        world_.clock.advance(5s);
        way_->take(world_.text(from, text));
        return world_.in([&](storage::Transaction& tx) {
            std::string answer;
            const auto phone = tx.handsets().find(from)->id;
            for (; const auto row = tx.outbox().find({last_ + 1}); ++last_)
                if (row->to == phone && row->kind == core::MessageClass::kAnswer) answer = row->text;
            return answer;
        });
    }
    /// The first time, and after a call, by the menu; else she is in touch.
    std::string writes(const core::PhoneNumber& from) {
        if (in_touch_.insert(from.value()).second)
            for (const auto* key : {"#", "1", "1"}) says(from, key);
        const int number = static_cast<int>(writers_.size());
        writers_[number] = from.value();
        ++unheard_[from.value()];
        const auto answer = says(from, std::string{kSwallow} + std::to_string(number) + "号回来了");
        if (number % 10 == 0) way_->deliver();
        return answer;
    }
    /// Where it is not sure that she has read what came last, she is asked for whom it is.
    void writes_to_one(const core::PhoneNumber& from) {
        if (is_question(writes(from))) says(from, "1");
    }
    static bool is_question(const std::string& answer) { return answer.find("这些话带给谁？") != std::string::npos; }
    void round() {
        for (int at = 0; at < kPairs; ++at) {
            writes_to_one(child(at));
            writes_to_one(mother(at));
        }
        for (int at = 0; at < kWithCard; ++at) writes_to_one(mother_of_card(at));
        for (int at = 0; at < 2 * kTwins; ++at) writes_to_one(child(60 + at));
        way_->deliver();
    }
    /// Nobody says for whom they are.
    void mothers_of_twins_write() {
        for (int at = 0; at < kTwins; ++at) {
            in_touch_.insert(mother(60 + at).value());
            EXPECT_TRUE(is_question(writes(mother(60 + at))));
        }
    }
    core::CallAnswer on_phone(const core::PhoneNumber& from, core::CallInput::Event event, std::string keys = {},
                              std::optional<storage::Recording> told = std::nullopt) {
        world_.clock.advance(5s);
        core::CallInput call{.id = "call-" + std::to_string(calls_), .event = event, .step = step_};
        if (told) call.recording = told->name;
        const auto answer = way_->take({.channel = "handset-voice",
                                        .kind = core::ChannelKind::kVoice,
                                        .from = from,
                                        .to = "12338",
                                        .received_at = world_.clock.now(),
                                        .text = std::move(keys),
                                        .call = std::move(call)},
                                       std::move(told));
        step_ = answer.call ? answer.call->step : 0;
        return answer.call.value_or(core::CallAnswer{});
    }
    core::CallAnswer calls(const core::PhoneNumber& from, const std::vector<std::string>& keyed) {
        ++calls_;
        step_ = 0;
        core::CallAnswer last = on_phone(from, core::CallInput::Event::kBegan);
        for (const auto& keys : keyed) last = on_phone(from, core::CallInput::Event::kKeys, keys);
        return last;
    }
    void hangs_up(const core::PhoneNumber& from) { on_phone(from, core::CallInput::Event::kEnded); }
    void leaves_voice(const core::PhoneNumber& from) {
        ASSERT_TRUE(std::holds_alternative<core::Record>(calls(from, {"1", "1"}).act));
        on_phone(from, core::CallInput::Event::kRecorded, {}, way_->keep_voice());
        hangs_up(from);
        in_touch_.erase(from.value());
        ++unheard_[from.value()];
    }
    void hears_voice(int family) {
        const auto from = mother(family);
        const auto answer = calls(from, {"1"});
        ASSERT_EQ(answer.sounds.size(), 3U);
        EXPECT_FALSE(answer.sounds.at(1).opener.empty());
        on_phone(from, core::CallInput::Event::kKeys, "1");
        hangs_up(from);
        in_touch_.erase(from.value());
        --unheard_[child(family).value()];
    }
    /// On a phone that it has borrowed.
    void hears_words(int with_card, int count) {
        const auto borrowed = phone(900 + with_card);
        auto answer = calls(borrowed, {"1", card(with_card), std::string{kPin}});
        for (int each = 0; each < count; ++each) {
            ASSERT_NE(answer.sounds.at(0).words.find(kSwallow), std::string::npos);
            answer = on_phone(borrowed, core::CallInput::Event::kKeys, "1");
            --unheard_[mother_of_card(with_card).value()];
        }
        hangs_up(borrowed);
    }

    void relay() {
        for (int at = 0; at < kRounds; ++at) {
            round();
            if (at + 1 != kRoundOfBackup) continue;
            mothers_of_twins_write();
            for (int family = 0; family < 4; ++family) leaves_voice(child(family));
            way_->deliver();
            hears_words(0, 2);
            hears_voice(0);
            back_up();
            hears_words(0, 1);
            hears_voice(1);
        }
    }
    void back_up() {
        storage::back_up_sqlite(world_.settings.database, backup_);
        ASSERT_TRUE(way_->vault().copy_to(recordings_of_backup_));
    }

    // What somebody has who took everything.

    struct Loot {
        std::size_t letters = 0;
        std::size_t open = 0;
        bool elsewhere = false;  ///< Words stand in something else.
    };
    /// A database, the master key and all keys of days that are still there, at a clock that she sets as she likes.
    Loot steal(const fs::path& database) {
        const testing::TemporaryFolder den;
        fs::copy(database, den / "harborline.db");
        fs::copy(world_.settings.master_key, den / "master.key");
        fs::copy(keys_of_days(), den / "master.key.days", fs::copy_options::recursive);
        testing::FakeClock clock;
        testing::FakeRandom random{7};
        const auto opened = storage::open_sqlite(
            {.database = den / "harborline.db", .master_key = den / "master.key", .clock = &clock, .random = &random});
        Loot loot;
        opened.value()->run([&](storage::Transaction& tx) { loot = look_through(tx); });
        return loot;
    }
    static Loot look_through(storage::Transaction& tx) {
        Loot loot;
        for (const auto& letter : tx.letters().overdue(core::Instant::max(), testing::World::kAll)) {
            ++loot.letters;
            if (tx.letters().find(letter.id)->opens()) ++loot.open;
        }
        loot.elsewhere = testing::everything_in(tx).find(kSwallow) != std::string::npos;
        return loot;
    }
    Loot look_through() {
        return world_.in([](storage::Transaction& tx) { return look_through(tx); });
    }
    fs::path keys_of_days() const { return world_.folder / "master.key.days"; }
    /// Files that hold words or a voice in the plain.
    std::vector<fs::path> plain_files() const {
        const std::string wav = write_wav(kSaid);
        const std::string voice = wav.substr(wav.size() - 64);
        std::vector<fs::path> found;
        for (const auto& entry : fs::recursive_directory_iterator{world_.folder.path()}) {
            const auto bytes = entry.is_regular_file() ? bytes_on_disk(entry.path()) : std::string{};
            if (bytes.find(kSwallow) != std::string::npos || bytes.find(voice) != std::string::npos)
                found.push_back(entry.path());
        }
        return found;
    }

    void pass(std::chrono::hours time) {
        for (; time > 0h; time -= 1h) {
            world_.clock.advance(1h);
            way_->work();
        }
    }
    /// How often each phone was told that words did not arrive.
    Counts told_undelivered() {
        return world_.in([](storage::Transaction& tx) {
            Counts counts;
            for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
                for (const auto& one :
                     tx.outbox().in_state(static_cast<core::MessageState>(state), testing::World::kAll))
                    if (one.text.ends_with(testing::words("kin.undelivered")))
                        ++counts[tx.handsets().get(one.to).number.value()];
            return counts;
        });
    }
    /// How many words of each phone's are lost.
    Counts lost() const {
        auto counts = unheard_;
        for (const int number : way_->given())
            if (KinshipWay::fate_of(number) == KinshipWay::Fate::kArrives) --counts[writers_.at(number)];
        std::erase_if(counts, [](const auto& one) { return one.second == 0; });
        return counts;
    }
    /// As the command does it; the keys of days are those that lie there.
    void restore() {
        way_.reset();
        world_.ground.reset();
        ASSERT_TRUE(storage::RecordingVault{recordings_of_backup_}.copy_to(world_.settings.recordings));
        const auto begun = storage::Restoration::begin(backup_, world_.settings.database, world_.settings.master_key);
        ASSERT_TRUE(begun) << begun.error().message;
        {
            testing::FakeRandom random{8};
            const auto draft = storage::open_sqlite({.database = (*begun)->draft(),
                                                     .master_key = world_.settings.master_key,
                                                     .clock = &world_.clock,
                                                     .random = &random,
                                                     .may_create = false});
            ASSERT_TRUE(draft) << draft.error().message;
            const auto zone = core::TimeZone::named(world_.settings.timezone).value();
            (*draft)->run([&](storage::Transaction& tx) { settle_after_restore(tx, {}, world_.clock.now(), zone); });
        }
        ASSERT_TRUE((*begun)->finish(world_.clock.now()));
        world_.reopen();
        way_.emplace(world_);
    }
    /// A person has everything sent that was held back.
    void send_what_is_held() {
        world_.in([&](storage::Transaction& tx) {
            for (const auto& held : tx.outbox().in_state(core::MessageState::kHeld, testing::World::kAll))
                world_.ground->replies().send_again(tx, held, world_.clock.now());
        });
        way_->work();
    }

    testing::World world_{};
    std::optional<KinshipWay> way_{};
    const fs::path backup_ = world_.folder / "backup.db";
    const fs::path recordings_of_backup_ = world_.folder / "backup.db.recordings";
    std::set<std::uint64_t> in_touch_{};
    std::map<int, std::uint64_t> writers_{};  ///< Of what was written, by number.
    Counts unheard_{};                        ///< By writer.
    int calls_ = 0, step_ = 0;
    std::int64_t last_ = 0;  ///< Row of the outbox that was looked at.
};

TEST_F(KinshipRelayed, I7_After72HoursNothingThatIsStoredOpensAndNoBackupBringsItBack) {
    relay();
    ASSERT_GE(writers_.size(), 1'000U);
    const auto then = steal(backup_);
    EXPECT_GT(then.letters, 100U);
    EXPECT_EQ(then.open, then.letters) << "while the keys are there: or this test could not fail";

    pass(66h);
    world_.clock.advance(6h);
    world_.in([](storage::Transaction&) {});  // Nobody has looked after the letters yet.
    const auto late = world_.folder / "late.db";
    storage::back_up_sqlite(world_.settings.database, late);
    for (const auto& database : {backup_, late}) {
        const auto loot = steal(database);
        EXPECT_GT(loot.letters, 50U) << database;
        EXPECT_EQ(loot.open, 0U) << database;
        EXPECT_FALSE(loot.elsewhere) << database;
    }

    pass(2h);
    EXPECT_EQ(look_through().letters, 0U);
    EXPECT_FALSE(look_through().elsewhere);
    EXPECT_TRUE(way_->vault().names().empty()) << "what was spoken is removed";
    EXPECT_EQ(told_undelivered(), lost());
    EXPECT_EQ(plain_files(), std::vector<fs::path>{});

    restore();
    EXPECT_EQ(look_through().letters, 0U);
    EXPECT_FALSE(look_through().elsewhere);
    send_what_is_held();
    pass(2h);
    EXPECT_EQ(way_->given(), std::set<int>{});
    EXPECT_TRUE(way_->vault().names().empty());
    EXPECT_EQ(plain_files(), std::vector<fs::path>{});
}

}  // namespace
}  // namespace harborline::gateway
