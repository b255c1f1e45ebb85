// The parts of the service that carry calls, where the store is away.
#include "gateway/service/telephony.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>

#include "config/files.hpp"
#include "tests/gateway/http/loop.hpp"
#include "tests/support/store_tap.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using ::testing::HasSubstr;

class Telephony_Test : public ::testing::Test {
  protected:
    ~Telephony_Test() override {
        world_.ground->store().stop();  // Its last callback needs the gate.
        ::close(descriptor_);
    }

    config::Settings settings() const {
        auto settings = testing::shipped().settings;
        settings.recordings = folder_ / "recordings";
        return settings;
    }
    std::string log() const { return config::read_text_file(folder_ / "log").value(); }

    testing::TemporaryFolder folder_{};
    int descriptor_ = ::open((folder_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    Logs logs_{"debug", descriptor_};
    testing::World world_{testing::shipped_roster(), settings()};
    asio::io_context loop_{1};
    testing::StoreTap tap_{world_.ground->store()};
    StoreGate gate_{tap_, loop_.get_executor()};
    Telephony telephony_{{.settings = world_.settings,
                          .store = tap_,
                          .gate = gate_,
                          .clock = world_.clock,
                          .random = *world_.random,
                          .carrier_of = [](std::string_view) -> const Carrier* { return nullptr; },
                          .lose = [](storage::Transaction&, core::LetterId) {},
                          .log = [this](std::string_view folder) { return logs_.folder(folder); }},
                         loop_};
};

TEST_F(Telephony_Test, AFullDiskAtTheStartEndsNoPartOfTheService) {
    tap_.unavailable_after = 0;
    bool ended = false;
    std::exception_ptr failed;
    for (auto& part : telephony_.parts()) {
        if (part.name != "recordings tidied") continue;
        asio::co_spawn(loop_, std::move(part.run), [&](std::exception_ptr error) {
            ended = true;
            failed = error;
        });
    }

    EXPECT_TRUE(testing::run_until(loop_, [&] { return log().find("recordings_not_tidied") != std::string::npos; }));
    EXPECT_FALSE(ended);
    EXPECT_THAT(log(), HasSubstr("the disk is full"));

    telephony_.stop();
    EXPECT_TRUE(testing::run_until(loop_, [&] { return ended; }));
    EXPECT_EQ(failed, nullptr);
}

}  // namespace
}  // namespace harborline::gateway
