#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/commands/quarantine.hpp"
#include "gateway/conversation/identity.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

constexpr int kStrandedAtMost = 1'000'000;

}  // namespace

int stranded_list(const CommonArguments& common) {
    CommandGround ground(common, Access::kRead);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        rows.clear();
        for (const auto& text : tx.stranded().list(kStrandedAtMost))
            rows.push_back({{"id", text.id.value},
                            {"at", ground.iso(text.at)},
                            {"channel", text.inbound.channel},
                            {"error", text.error}});
    });
    print(common, rows, "nothing is stranded");
    return 0;
}

int stranded_retry(const CommonArguments& common) {
    CommandGround ground(common);
    std::vector<core::StrandedId> ids;
    ground->store().run([&](storage::Transaction& tx) {
        ids.clear();
        for (const auto& text : tx.stranded().list(kStrandedAtMost)) ids.push_back(text.id);
    });
    int done = 0;
    int failed = 0;
    for (const auto id : ids) {
        try {
            ground->store().run([&](storage::Transaction& tx) { ground->taker().retry(tx, id, ground.now()); });
            ++done;
        } catch (const storage::Unavailable&) {
            throw;
        } catch (const std::exception& error) {
            ++failed;
            fmt::print(stderr, "text {} still fails: {}\n", id.value, error.what());
        }
    }
    report(common, {{"completed", done}, {"stranded", failed}},
           fmt::format("{} completed, {} still stranded", done, failed));
    return failed == 0 ? 0 : 1;
}

int quarantine_list(const CommonArguments& common) {
    {
        // Reading is an access to personal data and leaves a trace (domain rules 5.1 and 5.4).
        CommandGround ground(common);
        ground->store().run([&](storage::Transaction& tx) {
            tx.journal().append({.at = ground.now(), .event = "quarantine_read", .staff = ground.acting(tx).id});
        });
    }
    give_way();
    CommandGround ground(common, Access::kRead);
    const Quarantine quarantine{ground};
    json::array rows;
    for (const auto& [number, turn] : quarantine.held())
        rows.push_back(
            {{"id", number}, {"at", ground.iso(turn.received_at)}, {"channel", turn.channel}, {"text", turn.text}});
    print(common, rows, "nothing is in quarantine");
    return 0;
}

int quarantine_release(const QuarantineArguments& arguments) {
    if (arguments.id.has_value() == arguments.all)
        throw CommandFailed("name one text by its number in harborline quarantine list, or all with --all", 2);
    auto quarantine = [&] {
        CommandGround reading(arguments.common, Access::kRead);
        return Quarantine{reading};
    }();
    std::vector<std::int64_t> numbers;
    if (arguments.id)
        numbers.push_back(*arguments.id);
    else
        for (const auto& [number, turn] : quarantine.held()) numbers.push_back(number);

    CommandGround ground(arguments.common);
    std::size_t released = 0;
    for (const auto number : numbers) {
        bool done = false;
        ground->store().run([&](storage::Transaction& tx) {
            const auto by = ground.acting(tx).id;
            const auto* held = quarantine.find(tx, number);
            done = held != nullptr;
            if (!done) return;
            ground->taker().release(tx, *held, ground.now());
            tx.journal().append({.at = ground.now(), .event = "quarantine_released", .staff = by});
        });
        if (done) ++released;
    }
    if (arguments.id && released == 0)
        throw CommandFailed("no text of this number is in quarantine; see: harborline quarantine list");
    report(arguments.common, {{"released", released}}, fmt::format("{} released", released));
    return 0;
}

int turns_list(const CommonArguments& common) {
    give_way();
    CommandGround ground(common, Access::kRead);
    Listing listing{common};
    each_turn(ground, [&](const std::vector<storage::Turn>& turns) {
        json::array rows;
        for (const auto& turn : turns) {
            const bool has_id = is_carrier_id(turn.identity);
            rows.push_back({{"id", turn.id.value},
                            {"channel", turn.channel},
                            {"identity", has_id ? carrier_id_of(turn.identity) : std::string_view{}},
                            {"conversation", turn.conversation.value},
                            {"note", turn.note}});
        }
        listing.add(rows);
    });
    listing.end("no turns yet");
    return 0;
}

int replay(const CommonArguments& common, std::int64_t conversation) {
    give_way();
    CommandGround ground(common, Access::kRead);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        rows.clear();
        for (const auto& turn : tx.turns().of(core::ConversationId{conversation}))
            rows.push_back({{"id", turn.id.value},
                            {"at", ground.iso(turn.received_at)},
                            {"channel", turn.channel},
                            {"note", turn.note}});
    });
    if (rows.empty()) throw CommandFailed("no conversation has this number; see: harborline turns list");
    print(common, rows, "");
    return 0;
}

int check(const CommonArguments& common) {
    Loaded loaded = load(common.config);
    load_for_service(loaded, SystemClock{}.now());
    warn_of_old_numbers(loaded, SystemClock{}.now());
    fmt::print(stderr, "{}", to_text(loaded.warnings));
    if (common.json) {
        json::array findings;
        for (const auto& finding : loaded.findings)
            findings.push_back({{"file", finding.file}, {"line", finding.line}, {"message", finding.message}});
        const json::object report{{"flows", loaded.proof.flows},
                                  {"steps", loaded.proof.steps},
                                  {"states", loaded.proof.states},
                                  {"edges", loaded.proof.edges},
                                  {"findings", std::move(findings)}};
        std::cout << json::serialize(report) << '\n';
    } else {
        fmt::print("{}", to_text(loaded.findings));
        if (loaded.findings.empty())
            fmt::print("proved: {} flows, {} steps, {} states, {} edges\n", loaded.proof.flows, loaded.proof.steps,
                       loaded.proof.states, loaded.proof.edges);
    }
    return loaded.findings.empty() ? 0 : 1;
}

}  // namespace harborline::gateway
