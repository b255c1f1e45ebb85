#include "gateway/phone/rehearsal.hpp"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "config/people/appointment_cell.hpp"
#include "gateway/app/loading.hpp"
#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/conversation/weekly_desk.hpp"
#include "gateway/people/people_import.hpp"
#include "gateway/workers/claim.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "handlers/safety/contact_words.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

/// More than this falling due at one instant would be a loop.
constexpr int kDueAtOnceMax = 1'000;
constexpr int kClaimedAtOnce = 50;
constexpr std::size_t kDigestBytes = 32;

std::filesystem::path temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "harborline-rehearsal-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary folder could be made; is the disk full?");
    return pattern;
}

bool waits_for_her(const core::CallAct& act) {
    return std::holds_alternative<core::Gather>(act) || std::holds_alternative<core::Record>(act) ||
           std::holds_alternative<core::Wait>(act);
}

void append(std::vector<Received>& all, std::vector<Received> more) {
    std::ranges::move(more, std::back_inserter(all));
}

struct TieState {
    std::string_view name{};
    core::Tie::State state{};
};
constexpr std::array kTieStates{TieState{"barred", core::Tie::State::kBarred},
                                TieState{"paused", core::Tie::State::kPaused},
                                TieState{"allowed", core::Tie::State::kAllowed}};

/// What stands before the first blank.
std::string take_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    std::string word{text.substr(0, end)};
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::string words_of(const core::Sound& sound) {
    if (sound.prompt == core::kRingingTone) return "(a telephone rings)";
    if (sound.recording.empty()) return sound.words;
    return sound.opener.empty() ? "(her recording)" : "(a relative's recording)";
}

std::vector<Received> received(const core::PhoneNumber& phone, const std::vector<core::CallAnswer>& answers) {
    std::vector<Received> all;
    for (const auto& answer : answers) {
        for (const auto& sound : answer.sounds)
            all.push_back({.by = phone, .text = words_of(sound), .kind = Received::Kind::kSound});
        all.push_back({.by = phone,
                       .text = written(answer.act),
                       .kind = Received::Kind::kAct,
                       .goes_on = waits_for_her(answer.act)});
    }
    return all;
}

}  // namespace

class Rehearsal::MovingClock : public core::Clock {
  public:
    explicit MovingClock(core::Instant start) : time(start) {}
    core::Instant now() const override { return time; }
    core::Instant time;
};

/// The same numbers and PINs every time, so that a transcript reads the same twice.
class Rehearsal::SeededRandom : public core::Random {
  public:
    void fill(std::span<std::byte> out) override {
        std::array<unsigned char, randombytes_SEEDBYTES> seed{};
        std::copy_n(reinterpret_cast<const unsigned char*>(&draws_), sizeof draws_, seed.begin());
        ++draws_;
        randombytes_buf_deterministic(out.data(), out.size(), seed.data());
    }

  private:
    std::uint64_t draws_ = 0;
};

Rehearsal::Rehearsal(config::Settings settings, const flow::Book& book, const core::Roster& roster, core::Instant start,
                     const config::PeopleFile& people)
    : folder_(temporary_folder()),
      settings_(std::move(settings)),
      clock_(std::make_unique<MovingClock>(start)),
      random_(std::make_unique<SeededRandom>()),
      calls_([this](const core::PhoneNumber& from, core::CallInput event, std::string keys, std::chrono::seconds says) {
          return ask(from, std::move(event), std::move(keys), says);
      }) {
    settings_.database = folder_ / "rehearsal.db";
    settings_.master_key = folder_ / "rehearsal.key";
    if (!settings_.kinship.bridges()) settings_.kinship.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
    if (const auto* voice = channel_of(core::ChannelKind::kVoice)) settings_.kinship.call_channel = voice->name;
    auto ground = Ground::open(settings_, book, {.clock = *clock_, .random = *random_}, Access::kCreate);
    if (!ground) {
        std::filesystem::remove_all(folder_);
        throw std::runtime_error(ground.error().message);
    }
    ground_ = std::move(*ground);
    ground_->store().run([&](storage::Transaction& tx) {
        tx.staff().replace(roster, start);
        const auto changes = compare_people(people, tx.people(), ground_->rules().zone.local(start).date);
        if (!changes.findings.empty()) throw std::runtime_error(to_text(changes.findings));
        write_people(changes, tx.people(), start);
        WeeklyDesk(ground_->rules(), ground_->taker().desk()).begin(tx, start);
    });
}

Rehearsal::~Rehearsal() {
    ground_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

core::Instant Rehearsal::now() const {
    return clock_->time;
}

config::ChannelSettings* Rehearsal::channel_of(core::ChannelKind kind) {
    const auto found = std::ranges::find(settings_.channels, kind, &config::ChannelSettings::kind);
    return found == settings_.channels.end() ? nullptr : &*found;
}

config::ChannelSettings& Rehearsal::ussd_channel() {
    auto* const channel = channel_of(core::ChannelKind::kUssd);
    if (channel == nullptr)
        throw std::runtime_error("the settings have no channel with kind = \"ussd\"; nobody can dial without one");
    return *channel;
}

config::ChannelSettings& Rehearsal::voice_channel() {
    auto* const channel = channel_of(core::ChannelKind::kVoice);
    if (channel == nullptr)
        throw std::runtime_error("the settings have no channel with kind = \"voice\"; nobody can call without one");
    return *channel;
}

void Rehearsal::speak(const std::string& language) {
    ussd_channel().language = language;
    voice_channel().language = language;
}

void Rehearsal::make_private(const core::PhoneNumber& handset) {
    ground_->store().run([&](storage::Transaction& tx) {
        auto known = tx.handsets().find_or_add(handset, clock_->time);
        known.privacy = storage::Privacy::kPrivate;
        tx.handsets().update(known);
    });
}

bool Rehearsal::give_pin(const core::PhoneNumber& phone, std::string_view pin) {
    bool given = false;
    ground_->store().run([&](storage::Transaction& tx) {
        const auto handset = tx.handsets().find(phone);
        given = handset && handset->staff;
        if (given) tx.staff().put_line_pin(handset->staff, {.hash = hash_line_pin(pin, *random_)});
    });
    return given;
}

bool Rehearsal::give_card_pin(std::string_view written) {
    const std::string number = take_word(written);
    if (take_word(written) != "pin") return false;
    const std::string pin = take_word(written);
    const std::string duress = take_word(written) == "duress" ? take_word(written) : std::string{};
    bool given = false;
    ground_->store().run([&](storage::Transaction& tx) {
        auto card = tx.people().card(number);
        given = card.has_value() && !pin.empty();
        if (!given) return;
        card->pin = hash_line_pin(pin, *random_);
        card->duress = duress.empty() ? std::string{} : hash_line_pin(duress, *random_);
        tx.people().put(*card);
    });
    return given;
}

bool Rehearsal::set_tie(std::string_view written) {
    const std::string child = take_word(written);
    const std::string adult = take_word(written);
    const auto* const state = std::ranges::find(kTieStates, written, &TieState::name);
    if (state == kTieStates.end()) return false;
    bool set = false;
    ground_->store().run([&](storage::Transaction& tx) {
        const auto of = tx.people().by_external_id(child);
        const auto with = tx.people().by_external_id(adult);
        set = false;
        if (!of || !with) return;
        for (auto& tie : tx.people().ties_of(of->id)) {
            if (tie.adult != with->id) continue;
            tie.state = state->state;
            tx.people().put(tie);
            set = true;
        }
    });
    return set;
}

bool Rehearsal::appoint(std::string_view written) {
    const std::string child = take_word(written);
    const std::string adult = take_word(written);
    const auto time = config::read_appointment(written);
    bool made = false;
    if (!time) return made;
    const AppointmentDesk desk(ground_->rules());
    ground_->store().run([&](storage::Transaction& tx) {
        const auto of = tx.people().by_external_id(child);
        const auto with = tx.people().by_external_id(adult);
        made = false;
        if (!of || !with) return;
        for (const auto& tie : tx.people().ties_of(of->id)) {
            const auto point = desk.point_of(tx, tie, clock_->time);
            if (tie.adult != with->id || !point) continue;
            auto wish = *time;
            wish.tie = tie.id;
            wish.point = *point;
            made = desk.make(tx, wish, clock_->time).has_value();
        }
    });
    return made;
}

bool Rehearsal::withdraw_consent(std::string_view child) {
    bool known = false;
    ground_->store().run([&](storage::Transaction& tx) {
        const auto of = tx.people().by_external_id(child);
        known = of.has_value();
        if (!known) return;
        for (auto& consent : tx.people().consents_of(of->id)) {
            consent.withdrawn = ground_->rules().zone.local(clock_->time).date;
            tx.people().put(consent);
        }
    });
    return known;
}

bool Rehearsal::agree(const core::PhoneNumber& phone, std::string_view plan) {
    safety::ContactPlan agreed{.way = safety::way_named(take_word(plan))};
    agreed.safe_word = take_word(plan);
    agreed.unsafe_word = take_word(plan);
    agreed.cover_story = plan;
    if (agreed.way == safety::Way::kUnasked || !safety::fault_in(agreed).empty()) return false;
    ground_->store().run([&](storage::Transaction& tx) {
        put_contact_plan(tx, tx.handsets().find_or_add(phone, clock_->time).id, agreed);
    });
    return true;
}

core::Inbound Rehearsal::inbound(const config::ChannelSettings& channel, const core::PhoneNumber& from) {
    clock_->time += 5s;  // Nobody types faster than this, and an instant answer would count as a machine's.
    return {.channel = channel.name,
            .kind = channel.kind,
            .from = from,
            .to = channel.number,
            .external_id = std::to_string(++sent_),
            .received_at = clock_->time};
}

/// What goes back within the carrier's session. A turn that throws strands its text.
core::Answer Rehearsal::take(const core::Inbound& inbound, const storage::Recording* told) {
    core::Answer answer;
    try {
        ground_->store().run(
            [&](storage::Transaction& tx) { answer = ground_->taker().take(tx, inbound, told).answer; });
    } catch (const storage::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        ground_->store().run(
            [&](storage::Transaction& tx) { answer = ground_->taker().strand(tx, inbound, error.what(), told); });
    }
    return answer;
}

std::vector<Received> Rehearsal::send(const core::PhoneNumber& from, std::string_view text) {
    auto sent = inbound(*channel_of(core::ChannelKind::kSms), from);
    sent.text = text;
    take(sent);
    return settle_what_is_due();
}

std::vector<Received> Rehearsal::dial(const core::PhoneNumber& from) {
    const std::string& session = sessions_[from.value()] = "s" + std::to_string(++dialled_);
    return answered(from, {.id = session, .event = core::SessionInput::Event::kBegan}, {});
}

std::vector<Received> Rehearsal::enter(const core::PhoneNumber& from, std::string_view text) {
    if (!in_session(from)) throw std::logic_error("nothing can be entered where no session is open");
    return answered(from, {.id = sessions_.at(from.value())}, text);
}

std::vector<Received> Rehearsal::answered(const core::PhoneNumber& from, core::SessionInput session,
                                          std::string_view text) {
    auto entered = inbound(ussd_channel(), from);
    entered.text = text;
    entered.session = std::move(session);
    core::Answer answer = take(entered);
    if (!answer.goes_on) sessions_.erase(from.value());
    std::vector<Received> all;
    all.push_back(
        {.by = from, .text = std::move(answer.words), .kind = Received::Kind::kScreen, .goes_on = answer.goes_on});
    append(all, settle_what_is_due());
    return all;
}

std::vector<Received> Rehearsal::drop(const core::PhoneNumber& from) {
    const auto open = sessions_.extract(from.value());
    if (open.empty()) throw std::logic_error("no session is open that could break off");
    auto ended = inbound(ussd_channel(), from);
    ended.session = core::SessionInput{.id = open.mapped(), .event = core::SessionInput::Event::kEnded};
    take(ended);
    return settle_what_is_due();
}

core::Result<std::vector<Received>> Rehearsal::act(const core::PhoneNumber& phone, const PhoneAct& act) {
    if (act.kind == PhoneAct::Kind::kLetRing) return let_ring(phone);
    const auto heard = calls_.act(phone, act);
    if (!heard) return heard.error();
    std::vector<Received> all = received(phone, *heard);
    append(all, settle_what_is_due());
    return all;
}

core::Result<std::vector<Received>> Rehearsal::let_ring(const core::PhoneNumber& phone) {
    const auto placed = calls_.give_up(phone);
    if (!placed) return core::Error{core::ErrorKind::kConflict, "nobody calls this phone"};
    ground_->store().run([&](storage::Transaction& tx) {
        ground_->replies().receipt(tx, {.message = placed, .state = core::ReceiptState::kFailed, .at = clock_->time});
    });
    return settle_what_is_due();
}

core::CallAnswer Rehearsal::ask(const core::PhoneNumber& from, core::CallInput event, std::string keys,
                                std::chrono::seconds says) {
    auto heard = inbound(voice_channel(), from == withheld() ? core::PhoneNumber{} : from);
    heard.external_id.clear();
    heard.text = std::move(keys);
    clock_->time += says;
    heard.received_at = clock_->time;
    storage::Recording told{.created_at = clock_->time, .length = says, .digest = std::string(kDigestBytes, '\0')};
    if (says.count() > 0) told.name = event.recording = "rehearsed-" + std::to_string(++spoken_);
    heard.call = std::move(event);
    return take(heard, told.name.empty() ? nullptr : &told).call.value_or(core::CallAnswer{});
}

std::vector<Received> Rehearsal::wait(std::chrono::milliseconds time) {
    const core::Instant end = clock_->time + time;
    std::vector<Received> all = settle_what_is_due();
    for (;;) {
        std::optional<core::Instant> next;
        ground_->store().run([&](storage::Transaction& tx) { next = tx.deadlines().next_due(); });
        if (!next || *next > end) break;
        clock_->time = std::max(clock_->time, *next);
        append(all, settle_what_is_due());
    }
    clock_->time = std::max(clock_->time, end);
    append(all, settle_what_is_due());
    return all;
}

std::vector<Received> Rehearsal::settle_what_is_due() {
    std::vector<Received> all;
    KeptDeadline due{.kept = true};
    for (int kept = 0; due; ++kept) {
        if (kept == kDueAtOnceMax) throw std::logic_error("deadlines keep falling due at the same instant");
        ground_->store().run([&](storage::Transaction& tx) {
            due = keep_one_deadline(tx, ground_->taker(), ground_->replies(), clock_->time);
        });
        const auto cut = due.to_end ? calls_.cut() : std::nullopt;
        if (cut) append(all, received(cut->caller, cut->hears));
    }
    ground_->store().run(
        [&](storage::Transaction& tx) { KinshipDesk(ground_->rules()).give_up_overdue(tx, clock_->time); });
    append(all, deliver());
    return all;
}

std::vector<Received> Rehearsal::deliver() {
    std::vector<Received> all;
    const core::Instant now = clock_->time;
    for (const auto& channel : settings_.channels) {
        for (bool more = true; more;) {
            std::vector<Received> some;
            ground_->store().run([&](storage::Transaction& tx) {
                some.clear();
                more = carry(tx, channel, now, some);
            });
            append(all, std::move(some));
        }
    }
    return all;
}

/// Stands in for the carrier: what is due and may go is sent and delivered at once; whoever is called is rung. False
/// where nothing is due any more.
bool Rehearsal::carry(storage::Transaction& tx, const config::ChannelSettings& channel, core::Instant now,
                      std::vector<Received>& carried) {
    const storage::OutboxClaim wish{
        .channel = channel.name, .now = now, .lease_until = now + 1min, .limit = kClaimedAtOnce};
    auto due = claim_allowed(tx, wish, channel.kind, ground_->rules());
    for (auto& claimed : due) {
        core::Message& message = claimed.message;
        const auto& to = claimed.number;
        message.state = claimed.why_not.empty() ? core::MessageState::kSent : core::MessageState::kDropped;
        message.reason = std::string{claimed.why_not};
        tx.outbox().settle(message);
        if (!claimed.why_not.empty()) {
            ground_->replies().did_not_arrive(tx, message, now);
            continue;
        }
        if (channel.kind == core::ChannelKind::kVoice) {
            calls_.ring(to, message.id);
            carried.push_back({.by = to, .text = "(is called)"});
            continue;
        }
        carried.push_back({.by = to, .text = message.text});
        ground_->replies().receipt(tx, {.message = message.id, .state = core::ReceiptState::kDelivered, .at = now});
    }
    return !due.empty();
}

}  // namespace harborline::gateway
