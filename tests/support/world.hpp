#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gateway/app/ground.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "tests/handlers/flow/shipped_book.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/shipped.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::testing {

/// A number of the tests: +86 199 0000 xxxx. The staff of the demonstration roster are 101 to 107.
inline core::PhoneNumber phone(int last_digits) {
    return core::PhoneNumber::from_value(8619900000000ULL + static_cast<std::uint64_t>(last_digits));
}
inline const core::PhoneNumber kLi = phone(101);
inline const core::PhoneNumber kWang = phone(104);
inline const core::PhoneNumber kZhao = phone(105);
inline const core::PhoneNumber kSun = phone(106);
inline const core::PhoneNumber kAdmin = phone(107);

/// The words of a text that the project ships, as the demonstration channel says them.
inline std::string words(std::string_view key, core::Fields values = {}) {
    return shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}, .values = std::move(values)});
}

/// The shipped flows and one more. Not proved: what tests add is often what the proof refuses.
inline flow::Book book_with(std::string_view flow_toml) {
    flow::BookSources sources = shipped_sources();
    sources.flows.push_back({"added.toml", std::string{flow_toml}});
    core::Findings findings;
    flow::Book book = flow::read_book(sources, findings);
    EXPECT_TRUE(findings.empty()) << gateway::to_text(findings);
    return book;
}

/// A flow on menu digit 7 whose only deed is `deed`.
inline flow::Book book_that_does(std::string_view deed) {
    std::string toml = R"toml(
id = "failing"
menu = 7
label = "menu.petition"
first = "tell"
silence = "end"

[steps.tell]
ask = "pet.text"
expect = "text"
save = "narrative"
next = "go"

[steps.go]
do = "DEED"
on = { done = "told" }

[steps.told]
end = "person.none"

[steps.end]
end = ""
)toml";
    toml.replace(toml.find("DEED"), 4, deed);
    return book_with(toml);
}

/// The shipped flows with one of them changed.
inline flow::Book book_where(std::string_view file, std::string_view written, std::string_view becomes) {
    auto sources = shipped_sources();
    const auto flow = std::ranges::find(sources.flows, file, &flow::SourceFile::name);
    for (auto at = flow->content.find(written); at != std::string::npos; at = flow->content.find(written, at + 1))
        flow->content.replace(at, written.size(), becomes);
    core::Findings findings;
    auto book = flow::read_book(sources, findings);
    EXPECT_TRUE(findings.empty()) << gateway::to_text(findings);
    return book;
}

/// The real engine over a real store in a folder of its own, without listener and carrier. Its clock moves when told.
class World {
  public:
    explicit World(core::Roster roster = shipped_roster(), config::Settings with = shipped().settings,
                   const flow::Book& book = shipped().book)
        : settings(std::move(with)) {
        settings.database = folder / "harborline.db";
        settings.master_key = folder / "master.key";
        reopen(book);
        in([&](storage::Transaction& tx) { tx.staff().replace(roster, clock.now()); });
    }

    /// As after a restart, or with other flows.
    void reopen(const flow::Book& book = shipped().book) {
        ground.reset();
        random = std::make_unique<FakeRandom>(++opened_);
        auto made =
            gateway::Ground::open(settings, book, {.clock = clock, .random = *random}, gateway::Access::kCreate);
        if (!made) throw std::runtime_error(made.error().message);
        ground = std::move(*made);
    }

    /// Runs a piece of work and hands its value out. Throws within another, which it would wait for in vain.
    template <class Fn>
    std::invoke_result_t<Fn, storage::Transaction&> in(Fn fn) {
        using Value = std::invoke_result_t<Fn, storage::Transaction&>;
        static thread_local bool within = false;
        if (within) throw std::logic_error("a transaction within a transaction");
        const auto run = [&](storage::Transaction& tx) {
            within = true;
            const auto leave = std::shared_ptr<void>(nullptr, [](void*) { within = false; });
            return fn(tx);
        };
        if constexpr (std::is_void_v<Value>) {
            ground->store().run(run);
        } else {
            std::optional<Value> value;
            ground->store().run([&](storage::Transaction& tx) { value = run(tx); });
            return std::move(*value);
        }
    }

    const config::ChannelSettings& channel() const { return settings.channels.at(0); }

    /// A text as a carrier with ids of its own gives it.
    core::Inbound text(const core::PhoneNumber& from, std::string_view words_said) {
        return {.channel = channel().name,
                .from = from,
                .to = channel().number,
                .external_id = "id-" + std::to_string(++ids_),
                .received_at = clock.now(),
                .text = std::string{words_said}};
    }

    gateway::TurnOutcome::Kind take(const core::Inbound& inbound) {
        return in([&](storage::Transaction& tx) { return ground->taker().take(tx, inbound).kind; });
    }

    /// Takes a text as the service does: a turn that throws strands it.
    void give(const core::Inbound& inbound) {
        try {
            take(inbound);
        } catch (const storage::Unavailable&) {
            throw;
        } catch (const std::exception& error) {
            const std::string why = error.what();
            in([&](storage::Transaction& tx) { ground->taker().strand(tx, inbound, why); });
        }
    }

    /// Somebody types a text (nobody does that in less than five seconds). What she gets because of it.
    std::vector<std::string> says(const core::PhoneNumber& from, std::string_view words_said) {
        clock.advance(std::chrono::seconds{5});
        give(text(from, words_said));
        return news(from);
    }

    /// What was written to a phone since the last look, without the signature.
    std::vector<std::string> news(const core::PhoneNumber& to) {
        std::vector<std::string> texts;
        auto& seen = seen_[to.value()];
        for (const auto& message : messages_to(to)) {
            if (message.id.value <= seen) continue;
            seen = message.id.value;
            std::string_view bare = message.text;
            if (bare.starts_with(channel().signature)) bare.remove_prefix(channel().signature.size());
            texts.emplace_back(bare);
        }
        return texts;
    }

    /// Every message to a phone in the order in which they were written.
    std::vector<core::Message> messages_to(const core::PhoneNumber& to) {
        return in([&](storage::Transaction& tx) {
            std::vector<core::Message> found;
            const auto handset = tx.handsets().find(to);
            if (!handset) return found;
            for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
                for (auto& message : tx.outbox().in_state(static_cast<core::MessageState>(state), kAll))
                    if (message.to == handset->id) found.push_back(std::move(message));
            std::ranges::sort(found, {}, [](const core::Message& one) { return one.id.value; });
            return found;
        });
    }

    /// Lets time pass, through everything that falls due.
    void pass(std::chrono::milliseconds time) {
        const core::Instant end = clock.now() + time;
        keep_what_is_due();
        for (;;) {
            const auto next = in([](storage::Transaction& tx) { return tx.deadlines().next_due(); });
            if (!next || *next > end) break;
            clock.time = std::max(clock.time, *next);
            keep_what_is_due();
        }
        clock.time = end;
    }
    void keep_what_is_due() {
        const auto keep = [this] {
            return in([this](storage::Transaction& tx) {
                return gateway::keep_one_deadline(tx, ground->taker(), ground->replies(), clock.now());
            });
        };
        for (int kept = 0; keep(); ++kept)
            if (kept > kAll) throw std::logic_error("deadlines keep falling due");
    }

    storage::Handset handset(const core::PhoneNumber& number) {
        return in([&](storage::Transaction& tx) { return tx.handsets().find_or_add(number, clock.now()); });
    }
    void make_private(const core::PhoneNumber& number) {
        in([&](storage::Transaction& tx) {
            auto known = tx.handsets().find_or_add(number, clock.now());
            known.privacy = storage::Privacy::kPrivate;
            tx.handsets().update(known);
        });
    }

    core::StaffId staff(std::string_view key) {
        return in([&](storage::Transaction& tx) {
            const auto member = tx.staff().by_key(key);
            return member ? member->id : core::StaffId{};
        });
    }
    std::vector<core::Case> cases() {
        return in([](storage::Transaction& tx) { return tx.cases().list({.open_only = false, .limit = kAll}); });
    }
    /// The only matter there is.
    core::Case only_case() {
        const auto all = cases();
        if (all.size() != 1) throw std::logic_error(std::to_string(all.size()) + " matters where one was expected");
        return all.front();
    }
    core::Case matter(core::CaseId id) {
        return in([&](storage::Transaction& tx) { return *tx.cases().find(id); });
    }
    std::vector<core::CaseEntry> entries(core::CaseId id) {
        return in([&](storage::Transaction& tx) { return tx.cases().entries(id); });
    }
    /// What a matter's timeline holds of one kind.
    std::vector<std::string> entries(core::CaseId id, core::CaseEntry::Kind kind) {
        std::vector<std::string> texts;
        for (const auto& entry : entries(id))
            if (entry.kind == kind) texts.push_back(entry.text);
        return texts;
    }
    std::vector<core::Alert> open_alerts() {
        return in([](storage::Transaction& tx) { return tx.alerts().open(); });
    }
    std::vector<core::Page> pages_of(std::string_view key) {
        const auto id = staff(key);
        return in([&](storage::Transaction& tx) { return tx.alerts().pages_of(id, core::Instant{}); });
    }
    std::vector<storage::StrandedText> stranded() {
        return in([](storage::Transaction& tx) { return tx.stranded().list(kAll); });
    }
    std::vector<storage::Turn> turns() {
        return in([](storage::Transaction& tx) { return tx.turns().since({}, kAll); });
    }
    /// How often an event stands in the journal.
    std::ptrdiff_t events(std::string_view event) {
        return in([&](storage::Transaction& tx) {
            return std::ranges::count(tx.journal().latest(kAll), event, &storage::JournalEntry::event);
        });
    }

    /// A petition about land, told to its end, with the answers where it matters. Its id.
    core::CaseId petition(const core::PhoneNumber& from, std::string_view contact = "2", std::string_view named = "1") {
        const auto before = cases().size();
        for (const std::string_view said :
             {std::string_view{"你好"}, std::string_view{"2"}, named, std::string_view{"2"}, std::string_view{"3"},
              std::string_view{"1"}, std::string_view{"村里把我家三亩地给了别人"}, std::string_view{"1"}, contact})
            says(from, said);
        const auto after = cases();
        if (after.size() != before + 1) throw std::logic_error("the petition was not filed");
        return std::ranges::max(after, {}, [](const core::Case& one) { return one.id.value; }).id;
    }

    /// A new matter for which somebody is called at once.
    core::CaseId raise(core::Level level, core::CaseKind kind = core::CaseKind::kSafety, int her_phone = 1) {
        const auto her = handset(phone(her_phone)).id;
        return in([&](storage::Transaction& tx) {
            auto& desk = ground->taker().desk();
            core::Case opened{.id = tx.cases().next_id(), .kind = kind, .level = level, .department = "RIGHTS"};
            opened.reference = ground->rules().references.of(opened.id).value();
            opened.owner = desk.owner_for(tx, "", "RIGHTS");
            opened.petitioner = her;
            opened.channel = channel().name;
            opened.opened_at = clock.now();
            tx.cases().open(opened);
            desk.raise(tx, opened, clock.now());
            return opened.id;
        });
    }

    /// Everything that a message could change, as one value to compare.
    std::string fingerprint() {
        return in([](storage::Transaction& tx) {
            std::string all;
            const auto add = [&](std::string_view what, auto number) {
                all.append(what).append("=").append(std::to_string(number)).append(" ");
            };
            add("turns", tx.turns().since({}, kAll).size());
            for (const auto& one : tx.cases().list({.open_only = false, .limit = kAll})) {
                add("case", one.id.value);
                add("owner", one.owner.value);
                add("status", static_cast<int>(one.status));
                add("entries", tx.cases().entries(one.id).size());
                add("pages", tx.alerts().pages_for(one.id).size());
            }
            add("alerts", tx.alerts().open().size());
            for (int state = 0; state <= static_cast<int>(core::MessageState::kDropped); ++state)
                add("messages", tx.outbox().in_state(static_cast<core::MessageState>(state), kAll).size());
            add("stranded", tx.stranded().list(kAll).size());
            add("journal", tx.journal().latest(kAll).size());
            for (std::int64_t id = 1; id < 50; ++id)
                if (const auto talk = tx.conversations().find({id})) all.append(talk->state);
            return all;
        });
    }

    static constexpr int kAll = 100'000;

    TemporaryFolder folder{};
    config::Settings settings;
    FakeClock clock{};
    std::unique_ptr<FakeRandom> random{};
    std::unique_ptr<gateway::Ground> ground{};

  private:
    std::map<std::uint64_t, std::int64_t> seen_{};
    std::uint64_t opened_ = 0;
    int ids_ = 0;
};

}  // namespace harborline::testing
