// How pages reach phones: codes, one text for several, and not at every hour.
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "gateway/conversation/after_restore.hpp"
#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/duty_settings.hpp"
#include "gateway/conversation/level_words.hpp"
#include "handlers/core/call.hpp"
#include "handlers/duty/answer_grammar.hpp"
#include "handlers/duty/pacing.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

/// Codes are not used again within a day.
constexpr auto kCodesFor = 24h;
/// For a day after a restore codes begin above those that phones may still show of pages which are lost: an answer to
/// one of those must not take another matter.
constexpr int kFirstCodeAfterRestore = 111;
/// A phone gets no more ordinary pages than this in a day; after that one text an hour says that more is waiting.
constexpr std::int64_t kOrdinaryPagesPerDay = 40;
constexpr auto kMoreWaiting = 1h;

int first_code(storage::Transaction& tx, core::Instant now) {
    const auto since = now - tx.journal().last(kDatabaseRestored);
    return since >= 0s && since < kCodesFor ? kFirstCodeAfterRestore : 1;
}

/// How long whoever is told first has before the next is.
std::chrono::minutes first_wait(const duty::Ladder& ladder) {
    const auto wait = ladder.steps.size() > 1 ? ladder.steps[1].after - ladder.steps[0].after : ladder.repeat;
    return std::chrono::ceil<std::chrono::minutes>(wait);
}

}  // namespace

bool still_calls(storage::Transaction& tx, const core::Page& page) {
    const auto matter = tx.cases().find(page.case_id);
    if (!matter || page.state != core::Page::State::kOpen) return false;
    if (!page.alert) return matter->status != core::CaseStatus::kClosed;  // Where it was taken the page is stale.
    const auto alert = tx.alerts().find(page.alert);
    return alert && alert->open && matter->status != core::CaseStatus::kClosed;
}

core::OutboxId DutyDesk::text_staff(storage::Transaction& tx, core::StaffId staff, const flow::Say& say,
                                    const About& about, core::Instant now) {
    const auto member = tx.staff().find(staff);
    if (!member || member->phone.empty()) return {};
    const auto& channel = rules_.staff_channel();
    const auto handset = tx.handsets().find_or_add(member->phone, now);
    return send(tx, {.channel = channel.name, .to = handset.id, .text = rules_.words(channel, handset.language, {say})},
                about, now);
}

/// Domain rules 3.3: RED wakes by call and text. The row's text is the encoded CallAnswer that she hears.
void DutyDesk::ring(storage::Transaction& tx, const core::Page& page, core::Instant now) {
    const auto member = tx.staff().find(page.staff);
    if (rules_.settings.duty.call_channel.empty() || !member || !member->call || !member->phone.is_subscriber()) return;
    const auto& channel = rules_.channel(rules_.settings.duty.call_channel);
    const auto handset = tx.handsets().find_or_add(member->phone, now);
    core::CallAnswer call{.language = std::string{rules_.language(channel, handset.language)}};
    call.sounds = render::render_voice(rules_.book.catalogue, call.language,
                                       {{.key = "cw.call", .values = {{"code", std::to_string(page.code)}}}});
    send(tx, {.channel = channel.name, .to = handset.id, .text = core::encode(call)},
         {.page = page.id, .case_id = page.case_id, .urgent = true}, now);
}

core::OutboxId DutyDesk::send(storage::Transaction& tx, core::Message message, const About& about, core::Instant now) {
    message.kind = about.urgent ? core::MessageClass::kRedPage : core::MessageClass::kPage;
    message.created_at = now;
    message.due_at = now;
    message.expires_at = now + rules_.settings.outbox.page_expiry;
    message.case_id = about.case_id;
    message.page = about.page;
    return tx.outbox().add(message);
}

int DutyDesk::free_code(storage::Transaction& tx, core::StaffId staff, core::Instant now) {
    return duty::next_code(tx.alerts().pages_of(staff, now - kPagesFor), now, first_code(tx, now));
}

void DutyDesk::page(storage::Transaction& tx, core::StaffId staff, const core::Case& matter, const Cause& cause,
                    core::Instant now) {
    // Told again of the same thing, she has one code to answer with: 收到 must not become a riddle.
    for (auto& known : tx.alerts().pages_for(matter.id)) {
        const bool same = known.staff == staff && known.alert == cause.alert && known.state == core::Page::State::kOpen;
        if (!same || known.sent_at < now - kPagesFor) continue;
        if (known.alert) tx.alerts().call_for(known.id, now);
        const bool waits = !known.told && known.level >= cause.level;
        known.level = cause.level;
        if (!waits) tell(tx, known, matter, now);
        return;
    }
    const auto today = tx.alerts().count_pages_of(staff, now - kCodesFor);
    if (!cause.alert && today >= kOrdinaryPagesPerDay) {
        // Her phone is full for today; the matter itself is looked at again tomorrow.
        tx.deadlines().add(storage::Deadline::Kind::kUntaken, matter.id.value, now + kRemindOwner);
        const std::string event = "more_waiting_" + std::to_string(staff.value);
        const auto since = now - tx.journal().last(event);
        if (since >= 0s && since < kMoreWaiting) return;
        tx.journal().append({.at = now, .event = event, .staff = staff});
        text_staff(tx, staff, {.key = "cw.more"}, {}, now);
        return;
    }
    core::Page page{.staff = staff,
                    .code = free_code(tx, staff, now),
                    .case_id = matter.id,
                    .alert = cause.alert,
                    .level = cause.level,
                    .sent_at = now};
    page.id = tx.alerts().page(page);
    if (page.alert) tx.alerts().call_for(page.id, now);
    tell(tx, page, matter, now);
}

void DutyDesk::tell(storage::Transaction& tx, core::Page page, const core::Case& matter, core::Instant now) {
    const auto member = tx.staff().find(page.staff);
    if (!member) return;
    const auto others = tx.alerts().pages_of(page.staff, now - kPagesFor);
    const auto at = duty::tell_at(page, *member, others, pace_of(rules_.settings.duty), rules_.zone.local(now), now);
    page.sent_at = now;
    page.told = at <= now;
    tx.alerts().update(page);
    if (page.told && page.level == core::Level::kRed) return announce_page(tx, page, matter, now);
    if (page.told) {
        // What waits and is due goes with it: else this text would make it wait once more.
        auto together = waiting_among(tx, others, *member, page.id, now).due;
        if (together.empty()) return announce_page(tx, page, matter, now);
        together.push_back(page);
        return announce_bundle(tx, std::move(together), now);
    }
    // One deadline is enough for those that wait for the same text; what has a level may be due before them.
    const auto waits = [&](const core::Page& other) {
        return !other.told && other.id != page.id && still_calls(tx, other);
    };
    if (page.level != core::Level::kNone || std::ranges::none_of(others, waits))
        tx.deadlines().add(storage::Deadline::Kind::kBundle, page.staff.value, at);
}

DutyDesk::Waiting DutyDesk::waiting_among(storage::Transaction& tx, std::vector<core::Page> pages,
                                          const core::StaffMember& member, core::PageId but_for, core::Instant now) {
    // A text that is only about to go keeps none waiting.
    std::erase_if(pages, [but_for](const core::Page& page) { return page.id == but_for; });
    Waiting waiting;
    for (const auto& page : pages) {
        if (page.told || !still_calls(tx, page)) continue;
        const auto at = duty::tell_at(page, member, pages, pace_of(rules_.settings.duty), rules_.zone.local(now), now);
        if (at <= now)
            waiting.due.push_back(page);
        else
            waiting.later = waiting.later ? std::min(*waiting.later, at) : at;
    }
    return waiting;
}

void DutyDesk::tell_waiting(storage::Transaction& tx, core::StaffId staff, core::Instant now) {
    const auto member = tx.staff().find(staff);
    if (!member) return;
    auto pages = tx.alerts().pages_of(staff, now - kPagesFor);
    if (!member->active) return pass_on(tx, std::move(pages), now);
    auto waiting = waiting_among(tx, std::move(pages), *member, {}, now);
    if (waiting.later) tx.deadlines().add(storage::Deadline::Kind::kBundle, staff.value, *waiting.later);
    announce_bundle(tx, std::move(waiting.due), now);
}

void DutyDesk::pass_on(storage::Transaction& tx, std::vector<core::Page> pages, core::Instant now) {
    for (auto& page : pages) {
        if (page.told || !still_calls(tx, page)) continue;
        page.state = core::Page::State::kStale;
        tx.alerts().update(page);
        page_owner(tx, *tx.cases().find(page.case_id), now);
    }
}

void DutyDesk::announce_bundle(storage::Transaction& tx, std::vector<core::Page> pages, core::Instant now) {
    for (auto& page : pages) {
        page.told = true;
        page.sent_at = now;
        tx.alerts().update(page);
    }
    if (pages.empty()) return;
    if (pages.size() == 1) return announce_page(tx, pages.front(), *tx.cases().find(pages.front().case_id), now);
    const auto bundle = duty::bundle_of(pages);
    std::string codes;
    for (const int code : bundle.codes) codes.append(codes.empty() ? "" : " ").append(std::to_string(code));
    flow::Say say{.key = "cw.bundle", .values = {{"count", std::to_string(bundle.codes.size())}, {"codes", codes}}};
    say.values.set("level", rules_.book.catalogue.fill(rules_.staff_channel().language,
                                                       {.key = std::string{level_key(bundle.level)}}));
    const auto message = text_staff(tx, pages.front().staff, say, {}, now);
    for (const auto& page : pages) {
        if (page.alert && message) tx.alerts().told(page.id, message);
        expect_answer(tx, page, *tx.cases().find(page.case_id), now);
    }
}

void DutyDesk::announce_page(storage::Transaction& tx, const core::Page& page, const core::Case& matter,
                             core::Instant now) {
    const bool red = page.alert && page.level == core::Level::kRed;
    flow::Say say{.key = "cw.new", .values = {{"code", std::to_string(page.code)}}};
    if (red) {
        say.key = "cw.red";
    } else if (page.alert) {
        const auto ladders = ladders_of(rules_.settings.duty);
        say.key = page.level == core::Level::kOrange ? "cw.orange" : "cw.yellow";
        say.values.set("minutes", std::to_string(first_wait(duty::ladder_for(ladders, page.level)).count()));
    } else {
        say.values.set("level", rules_.book.catalogue.fill(rules_.staff_channel().language,
                                                           {.key = std::string{level_key(page.level)}}));
    }
    const auto message = text_staff(tx, page.staff, say, {.page = page.id, .case_id = matter.id, .urgent = red}, now);
    if (page.alert && message) tx.alerts().told(page.id, message);
    if (red) ring(tx, page, now);
    expect_answer(tx, page, matter, now);
}

std::chrono::milliseconds DutyDesk::answer_within(const core::Page& page, const core::Case& matter) const {
    if (page.staff == matter.owner) return kRemindOwner;
    return rules_.settings.duty.page_wait;
}

/// An alert has its ladder; a new matter's page is looked at again.
void DutyDesk::expect_answer(storage::Transaction& tx, const core::Page& page, const core::Case& matter,
                             core::Instant now) {
    if (page.alert) return;
    tx.deadlines().add(storage::Deadline::Kind::kPageAnswer, page.id.value, now + answer_within(page, matter));
}

}  // namespace harborline::gateway
