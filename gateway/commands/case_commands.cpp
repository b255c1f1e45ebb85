#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <iostream>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/matter.hpp"
#include "gateway/commands/names.hpp"
#include "gateway/commands/output.hpp"
#include "handlers/petition/legal_clock.hpp"
#include "storage/files/files.hpp"
#include "storage/files/recording_vault.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

json::object summary(CommandGround& ground, storage::Transaction& tx, const core::Case& matter) {
    const std::string notice_by = petition::format_due(matter.notice_due, ground->rules().zone, "en");
    return {{"id", matter.id.value},
            {"reference", matter.reference},
            {"kind", name_of(matter.kind)},
            {"level", name_of(matter.level)},
            {"status", name_of(matter.status)},
            {"owner", CommandGround::key_of(tx, matter.owner)},
            {"category", matter.category},
            {"place", matter.place},
            {"department", matter.department},
            {"contact", name_of(matter.contact)},
            {"anonymous", matter.anonymous},
            {"opened_at", ground.iso(matter.opened_at)},
            {"notice_due", ground.iso(matter.notice_due)},
            {"notice_by", notice_by}};
}

/// A change by a named person, in one transaction.
int change(const CaseArguments& arguments,
           const std::function<void(CommandGround&, storage::Transaction&, const core::Case&, core::StaffId)>& act) {
    CommandGround ground(arguments.common);
    json::object after;
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const core::Case matter = by_reference(ground, tx, arguments.reference);
        act(ground, tx, matter, by.id);
        after = summary(ground, tx, *tx.cases().find(matter.id));
    });
    if (arguments.common.json)
        std::cout << json::serialize(after) << '\n';
    else
        fmt::print("{} is {}, owner {}\n", arguments.reference, after.at("status").as_string().c_str(),
                   after.at("owner").as_string().c_str());
    return 0;
}

}  // namespace

int case_list(const CaseArguments& arguments) {
    CommandGround ground(arguments.common, Access::kRead);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        rows.clear();
        storage::CaseFilter filter{.open_only = !arguments.all, .limit = 1'000'000};
        if (arguments.mine) filter.owner = ground.acting(tx).id;
        for (const auto& matter : tx.cases().list(filter)) rows.push_back(summary(ground, tx, matter));
    });
    if (arguments.common.json) {
        std::cout << json::serialize(rows) << '\n';
        return 0;
    }
    for (const auto& row : rows) {
        const auto& matter = row.as_object();
        fmt::print("{}  {:<9} {:<11} {:<16} {:<8} owner {:<8} notice by {}\n",
                   matter.at("reference").as_string().c_str(), matter.at("kind").as_string().c_str(),
                   matter.at("status").as_string().c_str(), matter.at("category").as_string().c_str(),
                   matter.at("place").as_string().c_str(), matter.at("owner").as_string().c_str(),
                   matter.at("notice_by").as_string().c_str());
    }
    if (rows.empty()) fmt::print("no open matters\n");
    return 0;
}

namespace {

void print_matter(const json::object& shown) {
    for (const auto& [key, value] : shown) {
        if (key == "entries") continue;
        fmt::print("{:<12} {}\n", std::string{key},
                   value.is_string() ? std::string{value.as_string()} : json::serialize(value));
    }
    for (const auto& row : shown.at("entries").as_array()) {
        const auto& entry = row.as_object();
        std::string text{entry.at("text").as_string()};
        // A story in several texts stays one entry: its further lines stand under its first.
        constexpr int kTextColumn = 44;
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + kTextColumn))
            text.replace(at, 1, "\n" + std::string(kTextColumn, ' '));
        fmt::print("  {:<20}  {:<11}  {:<6}  {}\n", entry.at("at").as_string().c_str(),
                   entry.at("kind").as_string().c_str(), entry.at("by").as_string().c_str(), text);
    }
}

/// The recordings that can be heard, oldest first.
std::vector<storage::Recording> kept_recordings(storage::Transaction& tx, core::CaseId id) {
    auto all = tx.recordings().of_case(id);
    std::erase_if(all, [](const auto& one) { return one.state != storage::Recording::State::kKept; });
    return all;
}

/// Hears one recording of a matter, which is an access to personal data and is written down before it happens.
int hear(const CaseArguments& arguments) {
    CommandGround ground(arguments.common);
    storage::Recording heard;
    std::size_t number = 0;
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const core::Case matter = by_reference(ground, tx, arguments.reference);
        const auto all = kept_recordings(tx, matter.id);
        if (all.empty()) throw CommandFailed("nothing was told by telephone in this matter, or it is not here yet");
        number = arguments.recording == 0 ? all.size() : static_cast<std::size_t>(arguments.recording);
        if (number < 1 || number > all.size())
            throw CommandFailed(fmt::format("this matter has the recordings 1 to {}", all.size()), 2);
        heard = all[number - 1];
        tx.cases().append(matter.id, {.at = ground.now(),
                                      .kind = core::CaseEntry::Kind::kNote,
                                      .by = by.id,
                                      .text = fmt::format("heard recording {}", number)});
        tx.journal().append({.at = ground.now(), .event = "recording_heard", .case_id = matter.id, .staff = by.id});
    });
    const storage::RecordingVault vault{ground.settings().recordings};
    const auto wav = vault.read({.name = heard.name, .key = heard.key}, heard.digest);
    if (!wav) throw CommandFailed(wav.error().message + "; see: harborline verify");
    switch (storage::files::write_new(arguments.audio, *wav)) {
        case storage::files::Written::kDone:
            break;
        case storage::files::Written::kExists:
            throw CommandFailed("the file " + arguments.audio.string() + " exists already; name a new one", 2);
        case storage::files::Written::kFailed:
            throw CommandFailed("the file " + arguments.audio.string() + " cannot be written");
    }
    const auto seconds = std::chrono::round<std::chrono::seconds>(heard.length).count();
    report(arguments.common, {{"file", arguments.audio.string()}, {"recording", number}, {"seconds", seconds}},
           fmt::format("recording {} of {}, {} s, is in {}: delete it when you have heard it", number,
                       arguments.reference, seconds, arguments.audio.string()));
    return 0;
}

}  // namespace

int case_show(const CaseArguments& arguments) {
    if (!arguments.audio.empty()) return hear(arguments);
    if (arguments.number && arguments.reason.empty())
        throw CommandFailed("say with --reason why you need her number; it is written down", 2);
    CommandGround ground(arguments.common);
    json::object shown;
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const core::Case matter = by_reference(ground, tx, arguments.reference);
        shown = summary(ground, tx, matter);
        // A task about a family without any phone is nobody's.
        const auto phone = matter.petitioner ? tx.handsets().get(matter.petitioner).number : core::PhoneNumber{};
        shown["phone"] = arguments.number ? phone.reveal_e164() : phone.masked();
        if (matter.child)
            if (const auto child = tx.people().find(matter.child)) shown["child"] = child->external_id;
        // Reading is an access to personal data and leaves a trace (domain rules 5.1 and 5.4).
        if (arguments.number)
            tx.cases().append(matter.id, {.at = ground.now(),
                                          .kind = core::CaseEntry::Kind::kNote,
                                          .by = by.id,
                                          .text = "was shown the phone number: " + arguments.reason});
        tx.journal().append({.at = ground.now(),
                             .event = arguments.number ? "number_shown" : "case_read",
                             .case_id = matter.id,
                             .staff = by.id});
        json::array entries;
        for (const auto& entry : tx.cases().entries(matter.id))
            entries.push_back({{"at", ground.iso(entry.at)},
                               {"kind", name_of(entry.kind)},
                               {"by", CommandGround::key_of(tx, entry.by)},
                               {"text", entry.text}});
        shown["entries"] = std::move(entries);
        json::array recordings;
        for (const auto& one : kept_recordings(tx, matter.id))
            recordings.push_back({{"at", ground.iso(one.created_at)},
                                  {"seconds", std::chrono::round<std::chrono::seconds>(one.length).count()}});
        if (!recordings.empty()) shown["recordings"] = std::move(recordings);
    });
    if (arguments.common.json)
        std::cout << json::serialize(shown) << '\n';
    else
        print_matter(shown);
    return 0;
}

int case_take(const CaseArguments& arguments) {
    return change(
        arguments, [](CommandGround& ground, storage::Transaction& tx, const core::Case& matter, core::StaffId by) {
            if (matter.status == core::CaseStatus::kClosed)
                throw CommandFailed("this matter is closed; a note can still be added with: harborline case note");
            ground->taker().desk().take(tx, matter, by, ground.now());
        });
}

int case_note(const CaseArguments& arguments) {
    if (arguments.text.empty()) throw CommandFailed("say what to note with --text", 2);
    return change(arguments, [&](CommandGround& ground, storage::Transaction& tx, const core::Case& matter,
                                 core::StaffId by) {
        tx.cases().append(matter.id,
                          {.at = ground.now(), .kind = core::CaseEntry::Kind::kNote, .by = by, .text = arguments.text});
    });
}

std::span<const std::string_view> contact_types() {
    static constexpr std::array<std::string_view, 5> kTypes{"abusive", "joke", "test", "wrong_number", "unfinished"};
    return kTypes;
}

int case_mark(const CaseArguments& arguments) {
    if (std::ranges::find(contact_types(), arguments.text) == contact_types().end())
        throw CommandFailed(fmt::format("mark it as one of: {}", fmt::join(contact_types(), ", ")), 2);
    return change(arguments, [&](CommandGround& ground, storage::Transaction& tx, const core::Case& matter,
                                 core::StaffId by) {
        tx.cases().append(
            matter.id,
            {.at = ground.now(), .kind = core::CaseEntry::Kind::kNote, .by = by, .text = "contact: " + arguments.text});
    });
}

int case_reply(const CaseArguments& arguments) {
    if (arguments.text.empty()) throw CommandFailed("say what to answer with --text", 2);
    return change(
        arguments, [&](CommandGround& ground, storage::Transaction& tx, const core::Case& matter, core::StaffId by) {
            auto& replies = ground->replies();
            const auto sent = arguments.by_phone
                                  ? replies.reply_by_phone(tx, matter, by, {.text = arguments.text}, ground.now())
                                  : replies.reply(tx, matter, by, arguments.text, ground.now());
            if (!sent) throw CommandFailed(sent.error().message);
        });
}

int case_close(const CaseArguments& arguments) {
    return change(arguments,
                  [&](CommandGround& ground, storage::Transaction& tx, const core::Case& matter, core::StaffId by) {
                      const auto closed = ground->replies().close(tx, matter, by, arguments.reason, ground.now());
                      if (!closed) throw CommandFailed(closed.error().message);
                  });
}

}  // namespace harborline::gateway
