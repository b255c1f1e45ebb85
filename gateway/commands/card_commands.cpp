#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <utility>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "gateway/people/card_pin.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

/// What a child is handed, once.
struct Slip {
    std::string child{};  ///< External id.
    std::string number{};
    std::string pin{};
    std::string duress{};  ///< Empty: none was wanted.
    core::Card card{};     ///< With the hashes of both.
};

/// Drawn and hashed before the transaction, which may run twice.
Slip draw_slip(core::Random& random, bool with_duress) {
    Slip slip{.pin = draw_card_pin(random)};
    slip.card.pin = hash_line_pin(slip.pin, random);
    if (!with_duress) return slip;
    slip.duress = draw_duress_pin(slip.pin, random);
    slip.card.duress = hash_line_pin(slip.duress, random);
    return slip;
}

core::Card card_by_number(storage::People& people, const std::string& number) {
    const auto card = people.card(number);
    if (!card)
        throw CommandFailed(
            "no child has a card of this number; name the child instead with --child, as in: "
            "harborline people list",
            2);
    return *card;
}

/// A child's own card, or a new one.
core::Card card_of_child(storage::People& people, const std::string& id, core::Random& random) {
    const auto child = people.by_external_id(id);
    if (!child || child->kind != core::PersonKind::kChild)
        throw CommandFailed("no child has the name behind --child; see: harborline people list", 2);
    if (const auto card = people.card_of(child->id)) return *card;
    auto number = draw_card_number(random);
    while (people.card(number)) number = draw_card_number(random);
    return {.child = child->id, .number = std::move(number)};
}

void put_card(storage::Transaction& tx, const core::Card& card, Slip& slip) {
    slip.card.child = card.child;
    slip.card.number = card.number;
    slip.number = card.number;
    slip.child = tx.people().find(card.child).value().external_id;
    tx.people().put(slip.card);
}

std::string number_on(const config::Settings& settings, core::ChannelKind kind) {
    const auto found = std::ranges::find(settings.channels, kind, &config::ChannelSettings::kind);
    return found == settings.channels.end() ? std::string{} : found->number;
}

/// "打12338或发短信到12338，按1，再按卡号和密码": how this hotline is reached, and where the kinship line is on its
/// menu.
std::string how_to_use(const Rules& rules) {
    const auto call = number_on(rules.settings, core::ChannelKind::kVoice);
    const auto text = number_on(rules.settings, core::ChannelKind::kSms);
    std::string how;
    if (!call.empty()) how += "打" + call;
    if (!text.empty()) how.append(how.empty() ? "" : "或").append("发短信到" + text);
    const auto* const flow = rules.book.flow("kinship");
    if (flow != nullptr && flow->menu != 0) how.append("，按").append(1, flow->menu);
    return how + "，再按卡号和密码。有危险按9。";
}

void print_slip(const Slip& slip, const Rules& rules) {
    fmt::print("亲情卡    {}\n密码      {}\n{}\n", slip.number, slip.pin, how_to_use(rules));
    if (!slip.duress.empty())
        fmt::print("……（记住后撕掉下面）\n求助密码  {}\n有人逼你时用它：听到的一样，会悄悄叫人帮你。\n", slip.duress);
    fmt::print("\n");
}

json::array to_json(const std::vector<Slip>& slips) {
    json::array rows;
    for (const auto& slip : slips)
        rows.push_back({{"child", slip.child}, {"card", slip.number}, {"pin", slip.pin}, {"duress", slip.duress}});
    return rows;
}

void require_once(const std::vector<Slip>& slips) {
    for (auto slip = slips.begin(); slip != slips.end(); ++slip)
        if (std::find_if(slips.begin(), slip, [&](const Slip& one) { return one.number == slip->number; }) != slip)
            throw CommandFailed("one card is named twice, and would have two PINs; name it once", 2);
}

}  // namespace

int people_pin(const PeopleArguments& arguments) {
    const auto& cards = arguments.cards;
    const auto& children = arguments.children;
    if (cards.empty() && children.empty())
        throw CommandFailed("name a card by its number, or a child with --child, as in: harborline people list", 2);
    CommandGround ground(arguments.common);
    auto& random = ground->rules().random;
    std::vector<Slip> slips;
    while (slips.size() < cards.size() + children.size()) slips.push_back(draw_slip(random, arguments.duress));
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        auto slip = slips.begin();
        for (const auto& number : cards) put_card(tx, card_by_number(tx.people(), number), *slip++);
        for (const auto& child : children) put_card(tx, card_of_child(tx.people(), child, random), *slip++);
        require_once(slips);
        for (const auto& done : slips)
            tx.journal().append({.at = ground.now(), .event = kCardPinSet, .staff = by.id, .detail = done.child});
    });
    if (arguments.common.json)
        std::cout << json::serialize(to_json(slips)) << '\n';
    else
        for (const auto& slip : slips) print_slip(slip, ground->rules());
    return 0;
}

}  // namespace harborline::gateway
