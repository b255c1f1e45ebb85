// Every state of the shipped flows on screens that are much too small for them: whatever is answered, each page of it
// fits, # and * walk through all of them, and no flow hears of it.
#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "gateway/conversation/memory.hpp"
#include "handlers/render/ussd.hpp"
#include "tests/handlers/flow/reachable_states.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;

constexpr core::ScreenLimits kSmall{.septets = 60, .units = 24};
constexpr std::size_t kPagesMax = 40;

config::Settings with_small_screens(const std::string& language) {
    auto settings = testing::shipped().settings;
    const auto ussd = std::ranges::find(settings.channels, core::ChannelKind::kUssd, &config::ChannelSettings::kind);
    ussd->screen = kSmall;
    ussd->language = language;
    return settings;
}

/// One handset that can be put into any state before it answers.
class Screens {
  public:
    explicit Screens(const std::string& language)
        : world_(testing::shipped_roster(), with_small_screens(language)),
          channel_(std::ranges::find(world_.settings.channels, core::ChannelKind::kUssd, &config::ChannelSettings::kind)
                       ->name) {}

    /// What happens in one transaction, undone afterwards: the next state finds the same world.
    template <class Fn>
    void with(Fn fn) {
        struct Undone {};
        try {
            world_.ground->store().run([&](storage::Transaction& tx) {
                tx_ = &tx;
                handset_ = tx.handsets().find_or_add(phone(1), world_.clock.now()).id;
                fn();
                throw Undone{};
            });
        } catch (const Undone&) {
        }
    }
    void stand(const core::FlowState& flow) {
        Memory memory{.flow = flow};
        memory.session = {.id = kSession, .channel = channel_, .goes_on = true};
        put(memory);
    }
    core::Answer enter(std::string_view text) { return take(kSession, core::SessionInput::Event::kInput, text); }
    core::Answer dial() { return take("another", core::SessionInput::Event::kBegan, {}); }
    Memory memory() { return decode_memory(tx_->conversations().find(handset_)->state).value(); }

  private:
    static constexpr const char* kSession = "one";
    core::Answer take(const std::string& session, core::SessionInput::Event event, std::string_view text) {
        return world_.ground->taker()
            .take(*tx_, {.channel = channel_,
                         .kind = core::ChannelKind::kUssd,
                         .from = phone(1),
                         .received_at = world_.clock.now(),
                         .text = std::string{text},
                         .session = core::SessionInput{.id = session, .event = event}})
            .answer;
    }
    void put(const Memory& memory) {
        storage::Conversation conversation{.handset = handset_, .channel = channel_};
        conversation.id = tx_->conversations().next_id();
        conversation.last_turn_at = world_.clock.now();
        conversation.state = encode(memory);
        tx_->conversations().put(conversation);
    }

    testing::World world_;
    std::string channel_;
    storage::Transaction* tx_ = nullptr;
    core::HandsetId handset_{};
};

void expect_fits(const core::Answer& answer, const std::string& where) {
    const auto length = render::measure_screen(answer.words, kSmall);
    EXPECT_LE(length.used, length.limit) << where << ": " << answer.words;
    EXPECT_FALSE(answer.words.empty()) << where;
}

/// Turns all pages forward, and back where the last one does not end the session. How many there were.
std::size_t turn_pages(Screens& screens, const core::Answer& first, const std::string& where) {
    std::vector<core::Answer> pages{first};
    const auto before = screens.memory();
    const auto all = before.session.words;
    for (; pages.size() < kPagesMax; pages.push_back(screens.enter("#"))) {
        expect_fits(pages.back(), where);
        if (!pages.back().goes_on || pages.back().words.find('#') == std::string::npos) break;
    }
    const auto flow = [&] {
        auto state = screens.memory().flow;
        state.last_key = before.flow.last_key;  // A * on a page may begin a covert call.
        return state;
    };
    EXPECT_EQ(screens.memory().session.words, all) << where;
    EXPECT_EQ(flow(), before.flow) << where << ": a flow saw a page being turned";
    if (!pages.back().goes_on) return pages.size();
    for (std::size_t at = pages.size() - 1; at > 0; --at) EXPECT_EQ(screens.enter("*"), pages[at - 1]) << where;
    EXPECT_EQ(flow(), before.flow) << where << ": a flow saw a page being turned";
    return pages.size();
}

TEST(EveryState_OnSmallScreens, TurnsEveryPageThereAndBack) {
    std::size_t screens_seen = 0;
    std::size_t pages = 0;
    for (const std::string language : {"zh-CN", "en"}) {
        Screens screens(language);
        std::set<std::string> turned;  // Pages of the same words are turned once.
        for (const auto& [name, state] : testing::reachable_states().states) {
            screens.with([&] {
                auto inputs = testing::input_classes();
                inputs.emplace_back("dial");
                for (const auto& text : inputs) {
                    screens.stand(state);
                    const core::Answer answer = text == "dial" ? screens.dial() : screens.enter(text);
                    const std::string where = text.substr(0, 12) + " at " + name;
                    expect_fits(answer, where);
                    ++screens_seen;
                    if (text != "dial" && turned.insert(screens.memory().session.words).second)
                        pages += turn_pages(screens, answer, where);
                }
            });
            if (::testing::Test::HasFailure()) return;
        }
    }
    std::cout << "every state on small screens: " << screens_seen << " answers, " << pages
              << " different pages turned\n";
    EXPECT_GT(pages, 150U);
}

}  // namespace
}  // namespace harborline::gateway
