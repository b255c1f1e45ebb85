// The command line as its users meet it: the built program, its exit status, and what it says.
#pragma once
#include <fcntl.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/files.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::phone;
using testing::World;

inline const fs::path kConfig = fs::path{HARBORLINE_SOURCE_DIR} / "config";

struct Ran {
    int status = -1;
    std::string out{};
    std::string err{};
};

/// One sentence for a person: one line, ending where a line ends, without the marks of a crash.
MATCHER(IsOneSentence, "") {
    return std::ranges::count(arg, '\n') == 1 && arg.ends_with('\n') && arg.size() > 20 &&
           arg.find("terminate") == std::string::npos;
}

class Commands_Test : public ::testing::Test {
  protected:
    Ran run(std::vector<std::string> arguments, const fs::path& input = "/dev/null") {
        arguments.insert(arguments.begin(), HARBORLINE_PROGRAM);
        return run_program(std::move(arguments), input);
    }
    /// Any program: its whole command line, found by PATH.
    Ran run_program(std::vector<std::string> arguments, const fs::path& input = "/dev/null") {
        std::vector<char*> argv;
        for (auto& one : arguments) argv.push_back(one.data());
        argv.push_back(nullptr);
        const auto out = folder_ / "out";
        const auto err = folder_ / "err";
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        constexpr int kWrite = O_CREAT | O_WRONLY | O_TRUNC;
        posix_spawn_file_actions_addopen(&files, 0, input.c_str(), O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files, 1, out.c_str(), kWrite, 0600);
        posix_spawn_file_actions_addopen(&files, 2, err.c_str(), kWrite, 0600);
        pid_t child = 0;
        const int failed = ::posix_spawnp(&child, argv.front(), &files, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&files);
        if (failed != 0) throw std::runtime_error("the program could not be started");
        int ended = 0;
        ::waitpid(child, &ended, 0);
        return {WIFEXITED(ended) ? WEXITSTATUS(ended) : -1, config::read_text_file(out).value(),
                config::read_text_file(err).value()};
    }

    void write(const fs::path& file, std::string_view content) const {
        std::ofstream{file, std::ios::binary} << content;
    }
    /// The demonstration settings with these lines in the place of those that name the database and the key.
    fs::path settings(std::string_view more = {}) {
        auto toml = config::read_text_file(kConfig / "harborline.toml").value();
        const auto set = [&](const std::string& name, const fs::path& path) {
            const auto at = toml.find("\n" + name + " = ") + 1;
            toml.replace(at, toml.find('\n', at) - at, name + " = \"" + path.string() + "\"");
        };
        set("database", folder_ / "harborline.db");
        set("master_key", folder_ / "master.key");
        set("flows", kConfig / "flows");
        set("texts", kConfig / "text");
        set("places", kConfig / "places" / "harbin.toml");
        const auto file = folder_ / "harborline.toml";
        write(file, toml.append(more));
        return file;
    }

    testing::TemporaryFolder folder_{};
};

/// A database in which something has happened, closed again.
class CommandsOnACase : public Commands_Test {
  protected:
    CommandsOnACase() {
        // Nobody is mapped to an operating-system user: who runs the tests is nobody here.
        auto roster = testing::shipped_roster();
        for (auto& member : roster.staff) member.os_user.clear();
        World world{roster};
        reference_ = world.matter(world.petition(phone(1))).reference;
        world.ground->store().stop();
        world.ground.reset();
        fs::copy_file(world.settings.database, folder_ / "harborline.db");
        fs::copy_file(world.settings.master_key, folder_ / "master.key");
        config_ = settings().string();
    }

    Ran matter(const std::string& verb, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"case", verb, reference_, "--config", config_};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(std::move(arguments));
    }
    json::array rows(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--json", "--config", config_});
        const auto ran = run(std::move(arguments));
        EXPECT_EQ(ran.status, 0) << ran.err;
        return json::parse(ran.out).as_array();
    }

    std::string reference_{};
    std::string config_{};
};

}  // namespace harborline::gateway
