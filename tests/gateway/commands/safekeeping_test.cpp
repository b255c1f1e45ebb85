// Backups, the key's backup, and what a restore leaves behind, as an operator meets them.
#include <fcntl.h>
#include <unistd.h>

#include "tests/gateway/commands/program.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kPassphrase = "five plain words in a row";

class Safekeeping_Test : public CommandsOnACase {
  protected:
    Safekeeping_Test() { write(pass_, std::string{kPassphrase} + "\n"); }

    Ran with_config(std::vector<std::string> arguments, const fs::path& input = "/dev/null") {
        arguments.insert(arguments.end(), {"--config", config_});
        return run(std::move(arguments), input);
    }
    Ran save_key() {
        return with_config({"key", "backup", key_copy_.string(), "--as", "li", "--passphrase-file", pass_.string()});
    }
    Ran restore_key(std::string_view passphrase) {
        write(pass_, passphrase);
        return with_config({"key", "restore", key_copy_.string(), "--passphrase-file", pass_.string()});
    }
    void back_up() { ASSERT_EQ(with_config({"backup", copy_.string()}).status, 0); }
    Ran restore(std::vector<std::string> more = {"--as", "li"}) {
        std::vector<std::string> arguments{"restore", copy_.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return with_config(std::move(arguments));
    }
    std::string content(const fs::path& file) const { return config::read_text_file(file).value(); }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator{folder_.path()}, fs::directory_iterator{}));
    }

    const fs::path database_ = folder_ / "harborline.db";
    const fs::path key_ = folder_ / "master.key";
    const fs::path copy_ = folder_ / "copy.db";
    const fs::path key_copy_ = folder_ / "key.txt";
    const fs::path pass_ = folder_ / "pass";
};

TEST_F(Safekeeping_Test, TheKeyGoesAndComesBack) {
    ASSERT_EQ(save_key().status, 0);
    const auto key = content(key_);
    fs::remove(key_);

    const auto ran = restore_key(kPassphrase);

    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("fits the database"));
    EXPECT_EQ(content(key_), key);
    EXPECT_EQ(rows({"case", "list"}).size(), 1U);
}

TEST_F(Safekeeping_Test, AWrongPassphraseAndHalfAFileAreToldApart) {
    ASSERT_EQ(save_key().status, 0);
    fs::remove(key_);

    const auto wrong = restore_key("five plain words in a column");
    EXPECT_EQ(wrong.status, 1);
    EXPECT_THAT(wrong.err, IsOneSentence());
    EXPECT_THAT(wrong.err, HasSubstr("does not open with this passphrase"));

    fs::resize_file(key_copy_, fs::file_size(key_copy_) / 2);
    const auto half = restore_key(kPassphrase);
    EXPECT_EQ(half.status, 1);
    EXPECT_THAT(half.err, IsOneSentence());
    EXPECT_THAT(half.err, HasSubstr("cut short"));
    EXPECT_FALSE(fs::exists(key_));
}

TEST_F(Safekeeping_Test, NothingIsOverwritten) {
    ASSERT_EQ(save_key().status, 0);
    const auto key = content(key_);
    const auto copy = content(key_copy_);

    for (const auto& ran : {save_key(), restore_key(kPassphrase)}) {
        EXPECT_EQ(ran.status, 1);
        EXPECT_THAT(ran.err, IsOneSentence());
    }
    EXPECT_EQ(content(key_), key);
    EXPECT_EQ(content(key_copy_), copy);
}

TEST_F(Safekeeping_Test, AShortPassphraseIsRefusedInWords) {
    for (const std::string passphrase : {"", "short", "elevenchars", "十一个字的口令也太短了"}) {
        write(pass_, passphrase);
        const auto ran = save_key();
        EXPECT_EQ(ran.status, 1);
        EXPECT_THAT(ran.err, IsOneSentence());
        EXPECT_THAT(ran.err, HasSubstr("passphrase"));
        EXPECT_FALSE(fs::exists(key_copy_));
    }
}

TEST_F(Safekeeping_Test, WithoutATerminalThePassphraseComesFromStandardInput) {
    const auto saved = with_config({"key", "backup", key_copy_.string(), "--as", "li"}, pass_);
    ASSERT_EQ(saved.status, 0) << saved.err;
    fs::remove(key_);

    EXPECT_EQ(with_config({"key", "restore", key_copy_.string()}, pass_).status, 0);
    EXPECT_TRUE(fs::exists(key_));
}

TEST_F(Safekeeping_Test, BackingUpTheKeyNeedsAName) {
    const auto ran = with_config({"key", "backup", key_copy_.string()}, pass_);

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("--as"));
    EXPECT_FALSE(fs::exists(key_copy_));
}

/// A terminal of the test's own, on which a program is started.
class Terminal {
  public:
    Terminal() : own_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        if (own_ < 0 || ::grantpt(own_) != 0 || ::unlockpt(own_) != 0) throw std::runtime_error("no terminal");
        // Kept open, so that reading does not end before the program has opened it.
        other_ = ::open(::ptsname(own_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        ::close(other_);
        ::close(own_);
    }

    pid_t start(const std::vector<std::string>& arguments) const {
        std::vector<char*> argv;
        for (const auto& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
        argv.push_back(nullptr);
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        for (const int fd : {0, 1, 2}) posix_spawn_file_actions_adddup2(&files, other_, fd);
        pid_t child = 0;
        const int failed = ::posix_spawn(&child, HARBORLINE_PROGRAM, &files, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&files);
        if (failed != 0) throw std::runtime_error("the program could not be started");
        return child;
    }
    /// Reads on until the screen ends with this.
    void wait_for(std::string_view end) {
        while (!screen_.ends_with(end)) {
            char c = 0;
            if (::read(own_, &c, 1) != 1) throw std::runtime_error("the terminal ended");
            screen_.push_back(c);
        }
    }
    void type(std::string_view keys) const {
        if (::write(own_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
            throw std::runtime_error("the terminal takes nothing");
    }
    const std::string& screen() const { return screen_; }

  private:
    int own_;
    int other_ = -1;
    std::string screen_{};
};

int status_of(pid_t child) {
    int ended = 0;
    ::waitpid(child, &ended, 0);
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

TEST_F(Safekeeping_Test, AtATerminalThePassphraseIsTypedTwiceAndNeverShown) {
    Terminal terminal;
    const auto child =
        terminal.start({HARBORLINE_PROGRAM, "key", "backup", key_copy_.string(), "--as", "li", "--config", config_});

    terminal.wait_for("characters: ");
    terminal.type(std::string{kPassphrase} + "\n");
    terminal.wait_for("again: ");
    terminal.type(std::string{kPassphrase} + "\n");
    terminal.wait_for("saved and read back");

    EXPECT_EQ(status_of(child), 0);
    EXPECT_THAT(terminal.screen(), Not(HasSubstr("plain words")));
    fs::remove(key_);
    EXPECT_EQ(restore_key(kPassphrase).status, 0);
}

TEST_F(Safekeeping_Test, TwoThatDifferOrAnInterruptLeaveNothing) {
    for (const std::string second : {"another five words in a row\n", "\x03"}) {
        Terminal terminal;
        const auto child = terminal.start(
            {HARBORLINE_PROGRAM, "key", "backup", key_copy_.string(), "--as", "li", "--config", config_});
        terminal.wait_for("characters: ");
        terminal.type(std::string{kPassphrase} + "\n");
        terminal.wait_for("again: ");
        terminal.type(second);
        terminal.wait_for("nothing was done");

        EXPECT_EQ(status_of(child), 1);
        EXPECT_FALSE(fs::exists(key_copy_));
    }
}

TEST_F(Safekeeping_Test, ABackupIsVerified) {
    back_up();

    const auto ran = with_config({"verify", copy_.string(), "--full", "--json"});

    EXPECT_EQ(ran.status, 0) << ran.err;
    const auto told = json::parse(ran.out).as_object();
    EXPECT_TRUE(told.at("sound").as_bool());
    EXPECT_EQ(told.at("rows").at("case_file").as_int64(), 1);
    EXPECT_GT(told.at("opened").as_int64(), 20);
    EXPECT_THAT(with_config({"verify", copy_.string()}).out, HasSubstr("sound: version"));
}

TEST_F(Safekeeping_Test, EachFindingIsASentenceAndTheStatusIsOne) {
    back_up();
    fs::remove(key_);
    const auto keyless = with_config({"verify", copy_.string()});
    EXPECT_EQ(keyless.status, 1);
    EXPECT_THAT(keyless.err, IsOneSentence());
    EXPECT_THAT(keyless.err, HasSubstr("harborline key restore"));

    fs::resize_file(copy_, 10'000);
    const auto cut = with_config({"verify", copy_.string(), "--json"});
    EXPECT_EQ(cut.status, 1);
    EXPECT_FALSE(json::parse(cut.out).at("findings").as_array().empty());
}

TEST_F(Safekeeping_Test, ARestoreHoldsWhatWasUnsentUntilSomebodyDecides) {
    const auto unsent = rows({"outbox", "list"}).size();
    ASSERT_GT(unsent, 3U);
    back_up();

    const auto ran = restore({"--as", "li", "--json"});

    ASSERT_EQ(ran.status, 0) << ran.err;
    const auto told = json::parse(ran.out).as_object();
    EXPECT_EQ(told.at("held").as_int64(), static_cast<std::int64_t>(unsent));
    EXPECT_TRUE(fs::exists(std::string{told.at("before").as_string()}));
    const auto held = rows({"outbox", "held"});
    ASSERT_EQ(held.size(), unsent);

    const auto id = std::to_string(held.front().at("id").as_int64());
    EXPECT_EQ(with_config({"outbox", "send", id, "--as", "li"}).status, 0);
    EXPECT_EQ(rows({"outbox", "held"}).size(), unsent - 1);
    const auto rest = with_config({"outbox", "drop", "--all-held", "--as", "li", "--json"});
    EXPECT_EQ(json::parse(rest.out).at("messages").as_int64(), static_cast<std::int64_t>(unsent) - 1);
    EXPECT_TRUE(rows({"outbox", "held"}).empty());
}

TEST_F(Safekeeping_Test, I7_ARestoreDestroysTheKeysOfLetters) {
    back_up();
    const auto days = folder_ / "master.key.days";
    fs::create_directory(days);
    write(days / "2027-03-03", std::string(32, 'k'));

    ASSERT_EQ(restore().status, 0);

    EXPECT_TRUE(fs::is_empty(days));
}

TEST_F(Safekeeping_Test, AllThatIsHeldCanBeReleasedAtOnce) {
    back_up();
    ASSERT_EQ(restore().status, 0);
    const auto held = rows({"outbox", "held"}).size();

    EXPECT_EQ(with_config({"outbox", "send", "--all-held", "--as", "li"}).status, 0);

    const auto all = rows({"outbox", "list"});
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count_if(
                  all, [](const json::value& row) { return row.at("state").as_string() == "waiting"; })),
              held);
}

TEST_F(Safekeeping_Test, OneMessageOrAllThatAreHeldNeverBothNorNone) {
    EXPECT_EQ(with_config({"outbox", "send", "--as", "li"}).status, 2);
    EXPECT_EQ(with_config({"outbox", "drop", "1", "--all-held", "--as", "li"}).status, 2);
}

TEST_F(Safekeeping_Test, WhoRestoredIsWrittenDown) {
    back_up();
    ASSERT_EQ(restore().status, 0);

    config::Settings settings = testing::shipped().settings;
    settings.database = database_;
    settings.master_key = key_;
    SystemClock clock;
    SystemRandom random;
    auto ground =
        Ground::open(settings, testing::shipped().book, {.clock = clock, .random = random}, Access::kRead).value();
    ground->store().run([](storage::Transaction& tx) {
        const auto latest = tx.journal().latest(1).at(0);
        EXPECT_EQ(latest.event, "database_restored");
        EXPECT_EQ(latest.staff, tx.staff().by_key("li")->id);
    });
}

TEST_F(Safekeeping_Test, ARestoreByNobodyChangesNothing) {
    back_up();
    const auto before = content(database_);
    const auto count = files();

    for (const auto& who : std::vector<std::vector<std::string>>{{}, {"--as", "nobody"}}) {
        const auto ran = restore(who);
        EXPECT_EQ(ran.status, 1);
        EXPECT_THAT(ran.err, HasSubstr("--as"));
    }
    EXPECT_EQ(content(database_), before);
    EXPECT_EQ(files(), count);
}

TEST_F(Safekeeping_Test, AnUnsoundBackupIsNotRestored) {
    back_up();
    const auto before = content(database_);
    fs::resize_file(copy_, fs::file_size(copy_) / 2);
    const auto count = files();

    const auto ran = restore();

    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(content(database_), before);
    EXPECT_EQ(files(), count);
}

TEST_F(Safekeeping_Test, ADatabaseInUseIsNotReplaced) {
    back_up();
    World world;
    fs::copy_file(copy_, folder_ / "other.db");
    config::Settings settings = testing::shipped().settings;
    settings.database = database_;
    settings.master_key = key_;
    const auto ground =
        Ground::open(settings, testing::shipped().book, {.clock = world.clock, .random = *world.random}, Access::kWrite)
            .value();

    const auto ran = restore();

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, IsOneSentence());
    EXPECT_THAT(ran.err, HasSubstr("stop the service"));
}

/// A disk that is full after so many blocks of 512 bytes, and a program that dies there.
TEST_F(Safekeeping_Test, AFullDiskLeavesTheOldDatabaseInPlace) {
    back_up();
    const auto before = content(database_);
    const auto blocks = fs::file_size(copy_) / 512;
    int refused = 0;
    for (const char* on_full : {"trap '' XFSZ; ", ""})
        for (const auto limit : {blocks / 4, blocks / 2, blocks - 8}) {
            const auto ran =
                run_program({"sh", "-c",
                             on_full + ("ulimit -f " + std::to_string(limit)) + "; exec " + HARBORLINE_PROGRAM +
                                 " restore " + copy_.string() + " --as li --config " + config_});
            EXPECT_NE(ran.status, 0);
            if (ran.status == 1) {
                ++refused;
                EXPECT_THAT(ran.err, HasSubstr("stays as it was"));
            }
            EXPECT_EQ(content(database_), before);
        }
    EXPECT_EQ(refused, 3);

    EXPECT_EQ(rows({"case", "list"}).size(), 1U);
    EXPECT_EQ(restore().status, 0);
}

}  // namespace
}  // namespace harborline::gateway
