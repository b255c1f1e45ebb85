// I13: whoever looks after stranded texts hears of each, however much went wrong with it.
#include "gateway/conversation/conversation_service.hpp"
#include "tests/gateway/workers/worker_fixture.hpp"

namespace harborline::gateway {
namespace {

using testing::kAdmin;
using testing::phone;
using testing::words;
using Said = std::vector<std::string>;

class I13_StrandedBare : public WorkerFixture {
  protected:
    core::Result<TakenMessage> take(core::Inbound inbound) {
        ConversationService service(gate_, world_.ground->taker(), world_.ground->replies(), [this] { ++commits_; });
        return testing::run(loop_, service.take(std::move(inbound), std::nullopt));
    }
};

TEST_F(I13_StrandedBare, OfATextThatIsKeptBareTheAdministratorHearsToo) {
    tap_.throws_for = 2;  // The turn, and the kind words that say so.

    const auto taken = take(world_.text(phone(1), "9"));

    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->how, Taken::kStranded);
    ASSERT_EQ(world_.stranded().size(), 1U);
    EXPECT_EQ(world_.stranded().front().inbound.text, "9");
    EXPECT_EQ(world_.news(kAdmin), Said{words("adm.stranded")});
    EXPECT_EQ(commits_, 1);
}

TEST_F(I13_StrandedBare, ItIsKeptThoughNobodyCanBeTold) {
    tap_.throws_for = 2;
    tap_.unavailable_after = 3;

    const auto taken = take(world_.text(phone(1), "9"));

    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->how, Taken::kStranded);
    EXPECT_EQ(tap_.refused, 1);
    EXPECT_EQ(world_.stranded().size(), 1U);
}

}  // namespace
}  // namespace harborline::gateway
