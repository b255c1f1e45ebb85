#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include "config/roster/shift_cells.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/commands/matter.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/safety/contact_words.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

/// Two people let a reply through now; what they decided is not true for ever.
constexpr std::chrono::hours kExceptionFor{24};

safety::Way read_way(std::string_view word) {
    const auto way = safety::way_named(word);
    if (way == safety::Way::kUnasked) throw CommandFailed("--way is none, call, text or either", 2);
    return way;
}

/// "mon-fri 09:00-11:00"; the days may be left out.
safety::Window read_window(std::string_view text) {
    const auto space = text.rfind(' ');
    const auto days = config::read_days(space == std::string_view::npos ? "" : text.substr(0, space));
    const auto hours = text.substr(space == std::string_view::npos ? 0 : space + 1);
    const auto dash = hours.find('-');
    const auto from = config::read_minute(hours.substr(0, dash));
    const auto to = dash == std::string_view::npos ? std::nullopt : config::read_minute(hours.substr(dash + 1));
    if (!days || !from || !to)
        throw CommandFailed("a window is written like this: --window \"mon-fri 09:00-11:00\"", 2);
    return {.days = *days, .from_min = *from, .to_min = *to};
}

/// The plan as it is to be. Nothing where nothing is given.
std::optional<safety::ContactPlan> changed(safety::ContactPlan plan, const ContactArguments& given) {
    const bool nothing =
        !given.way && given.windows.empty() && !given.safe_word && !given.unsafe_word && !given.name && !given.story;
    if (nothing) return std::nullopt;
    if (given.way) plan.way = read_way(*given.way);
    if (plan.way == safety::Way::kUnasked) throw CommandFailed("say with --way how she may be reached", 2);
    if (!given.windows.empty()) plan.windows.clear();
    for (const auto& window : given.windows)
        if (window != "any") plan.windows.push_back(read_window(window));
    const auto take = [](std::string& into, const std::optional<std::string>& from) {
        if (from) into = *from;
    };
    take(plan.safe_word, given.safe_word);
    take(plan.unsafe_word, given.unsafe_word);
    take(plan.neutral_name, given.name);
    take(plan.cover_story, given.story);
    if (const auto fault = safety::fault_in(plan); !fault.empty()) throw CommandFailed(std::string{fault}, 2);
    return plan;
}

json::object shown(const core::Case& matter, const safety::ContactPlan& plan) {
    json::array windows;
    for (const auto& window : plan.windows) windows.emplace_back(safety::in_words(window));
    return {{"reference", matter.reference}, {"way", safety::word_of(plan.way)}, {"windows", std::move(windows)},
            {"safe_word", plan.safe_word},   {"unsafe_word", plan.unsafe_word},  {"by_key", plan.has_keys()},
            {"name", plan.neutral_name},     {"story", plan.cover_story}};
}

void print_plan(const safety::ContactPlan& plan) {
    if (plan.way == safety::Way::kUnasked) return fmt::print("nobody has asked her how she may be reached\n");
    fmt::print("way          {}\nhours        {}\n", safety::word_of(plan.way), safety::hours_of(plan));
    if (plan.has_words()) fmt::print("safe         {}\nnot safe     {}\n", plan.safe_word, plan.unsafe_word);
    if (!plan.neutral_name.empty()) fmt::print("ask for      {}\n", plan.neutral_name);
    if (!plan.cover_story.empty()) fmt::print("story        {}\n", plan.cover_story);
}

/// On the phone on which a child's card has called for help its owner's plan holds, whoever that is.
core::Case matter_of_its_phone(CommandGround& ground, storage::Transaction& tx, const std::string& reference) {
    auto matter = by_reference(ground, tx, reference);
    if (matter.child) throw CommandFailed("a child called for help there by its card: the phone is not its own");
    return matter;
}

}  // namespace

int case_contact(const ContactArguments& arguments) {
    CommandGround ground(arguments.common);
    core::Case matter;
    safety::ContactPlan plan;
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        matter = matter_of_its_phone(ground, tx, arguments.reference);
        plan = contact_plan(tx, matter.petitioner);
        const auto wanted = changed(plan, arguments);
        tx.journal().append({.at = ground.now(),
                             .event = wanted ? "contact_changed" : "contact_read",
                             .case_id = matter.id,
                             .staff = by.id});
        if (!wanted) return;
        plan = *wanted;
        put_contact_plan(tx, matter.petitioner, plan);
        tx.cases().append(matter.id, {.at = ground.now(),
                                      .kind = core::CaseEntry::Kind::kNote,
                                      .by = by.id,
                                      .text = "safe contact: " + safety::in_words(plan)});
    });
    if (arguments.common.json)
        std::cout << json::serialize(shown(matter, plan)) << '\n';
    else
        print_plan(plan);
    return 0;
}

int case_override(const ContactArguments& arguments) {
    if (arguments.reason.empty()) throw CommandFailed("say with --reason what leaves no other way", 2);
    CommandGround ground(arguments.common);
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto second = tx.staff().by_key(arguments.second);
        if (!second || !second->active)
            throw CommandFailed("no member of the staff has the name behind --second; see: harborline roster show");
        if (second->id == by.id) throw CommandFailed("this takes two different people: name another with --second", 2);
        const auto matter = matter_of_its_phone(ground, tx, arguments.reference);
        auto plan = contact_plan(tx, matter.petitioner);
        plan.exception_until = ground.now() + kExceptionFor;
        plan.exception_in = matter.id;
        put_contact_plan(tx, matter.petitioner, plan);
        tx.cases().append(matter.id,
                          {.at = ground.now(),
                           .kind = core::CaseEntry::Kind::kNote,
                           .by = by.id,
                           .text = fmt::format("emergency: {} and {} let the next reply through against her plan: {}",
                                               by.key, second->key, arguments.reason)});
        tx.journal().append({.at = ground.now(), .event = "contact_overridden", .case_id = matter.id, .staff = by.id});
    });
    report(arguments.common, {{"reference", arguments.reference}, {"hours", kExceptionFor.count()}},
           fmt::format("the next reply in {} goes out against her plan, within {} hours", arguments.reference,
                       kExceptionFor.count()));
    return 0;
}

}  // namespace harborline::gateway
