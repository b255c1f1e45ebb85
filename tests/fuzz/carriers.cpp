#include "tests/fuzz/carriers.hpp"

#include <algorithm>

#include "gateway/carriers/charset.hpp"
#include "gateway/carriers/sender.hpp"
#include "handlers/core/utf8.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using core::Inbound;
using core::Result;

bool same(const std::optional<core::Fragment>& a, const std::optional<core::Fragment>& b) {
    if (!a || !b) return !a && !b;
    return a->reference == b->reference && a->wide_reference == b->wide_reference && a->total == b->total &&
           a->index == b->index && a->bytes == b->bytes && a->charset == b->charset;
}

bool same(const std::optional<core::SessionInput>& a, const std::optional<core::SessionInput>& b) {
    if (!a || !b) return !a && !b;
    return a->id == b->id && a->event == b->event && a->cumulative == b->cumulative && a->unseen == b->unseen;
}

bool same(const std::optional<core::CallInput>& a, const std::optional<core::CallInput>& b) {
    if (!a || !b) return !a && !b;
    return a->id == b->id && a->event == b->event && a->step == b->step && a->leg == b->leg && a->shown == b->shown &&
           a->audio == b->audio && a->audio_url == b->audio_url && a->dial_end == b->dial_end && a->placed == b->placed;
}

bool same(const Inbound& a, const Inbound& b) {
    return same(a.session, b.session) && same(a.call, b.call) && a.told_by_carrier == b.told_by_carrier &&
           a.from == b.from && a.to == b.to && a.external_id == b.external_id && a.stamped_at == b.stamped_at &&
           a.text == b.text && same(a.fragment, b.fragment);
}

bool same(const core::Receipt& a, const core::Receipt& b) {
    return a.message == b.message && a.carrier_id == b.carrier_id && a.part == b.part && a.parts == b.parts &&
           a.state == b.state;
}

void require_sound(const Inbound& message) {
    require(core::is_valid_utf8(message.text), "a text is valid UTF-8");
    require(gateway::is_plain_token(message.to), "the number written to is a plain token");
    require(gateway::is_plain_token(message.external_id), "the carrier's id is a plain token");
    require(message.received_at == kNow, "a message is received now");
    if (message.session) {
        require(!message.session->id.empty() && gateway::is_plain_token(message.session->id),
                "a session's id is a plain token");
        require(message.from.is_subscriber(), "a session is a person's");
        const bool ended = message.session->event == core::SessionInput::Event::kEnded;
        require(!ended || (message.text.empty() && message.to.empty() && message.external_id.empty()),
                "the news of an end holds nothing else");
    }
    if (message.call) {
        const core::CallInput& call = *message.call;
        require(!call.id.empty() || !call.leg.empty(), "a call has a name");
        require(gateway::is_plain_token(call.id) && gateway::is_plain_token(call.leg) &&
                    gateway::is_plain_token(call.shown),
                "the names of calls, and what a leg is shown, are plain tokens");
        // Some telephones have a fourth column of keys.
        require(message.text.find_first_not_of("0123456789*#ABCDabcd") == std::string::npos, "only keys are keyed");
    }
    if (!message.fragment) return;
    require(message.text.empty(), "a part has bytes and no text");
    require(message.fragment->index >= 1 && message.fragment->index <= message.fragment->total,
            "a part is one of its total");
    require(message.fragment->total >= 2, "a text in one part is no part");
    require(gateway::charset_named(message.fragment->charset).has_value(), "a part's charset is known");
}

void require_sound(const core::Receipt& receipt) {
    require((receipt.message.value > 0) != !receipt.carrier_id.empty(), "a receipt names a message, in one way");
    require(gateway::is_plain_token(receipt.carrier_id), "the carrier's id is a plain token");
    require(receipt.part >= 1 && receipt.part <= receipt.parts, "a receipt's part is one of its total");
}

template <class Item>
void require_sound(const Result<std::vector<Result<Item>>>& first, const Result<std::vector<Result<Item>>>& again) {
    require(first.has_value() == again.has_value(), "the same webhook is read the same way twice");
    if (!first) return require_discreet(first.error());
    require(!first->empty() && first->size() == again->size(), "a webhook that was read has elements");
    for (std::size_t at = 0; at < first->size(); ++at) {
        const auto& one = (*first)[at];
        require(one.has_value() == (*again)[at].has_value(), "the same element is read the same way twice");
        if (!one) {
            require_discreet(one.error());
            continue;
        }
        require(same(*one, *(*again)[at]), "the same element is the same twice");
        require_sound(*one);
    }
}

}  // namespace

std::unique_ptr<gateway::Carrier> kannel() {
    return gateway::make_kannel({.api_url = "http://127.0.0.1:1/cgi-bin/sendsms",
                                 .user = "harborline",
                                 .password = core::Secret{"not-a-password"},
                                 .number = "12338",
                                 .status_url = core::Secret{"http://127.0.0.1:1/in/kannel/not-a-token/status"},
                                 .country = "86"});
}

std::unique_ptr<gateway::Carrier> handset() {
    return gateway::make_handset(
        {.deliver_url = "http://127.0.0.1:1/handset/handset", .number = "12338", .country = "86"});
}

std::unique_ptr<gateway::Carrier> handset_ussd() {
    return gateway::make_handset_ussd({.number = "12338", .country = "86"});
}

std::unique_ptr<gateway::Carrier> handset_voice() {
    return gateway::make_handset_voice({.number = "12338", .country = "86"});
}

std::unique_ptr<gateway::Carrier> africas_talking() {
    return gateway::make_africas_talking_sms({.api_url = "https://127.0.0.1:1/version1/messaging",
                                              .user = "harborline",
                                              .api_key = core::Secret{"not-a-password"},
                                              .number = "12338",
                                              .country = "86"});
}

std::unique_ptr<gateway::Carrier> freeswitch() {
    return gateway::make_freeswitch({.base = core::Secret{"http://127.0.0.1:1/in/voice/not-a-token"},
                                     .way = {.number = "12338", .dial = "sofia/gateway/carrier/{number}"},
                                     .event_socket = true,
                                     .country = "86"});
}

void require_discreet(const core::Error& error) {
    require(!error.message.empty(), "an error says something");
    const auto ours = [](char c) { return c >= ' ' && c <= '~'; };
    require(std::ranges::all_of(error.message, ours), "an error is our own sentence");
    std::size_t digits = 0;
    for (const char c : error.message) {
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        require(digits < 5, "an error holds no number");
    }
}

void require_sound_texts(const gateway::Carrier& carrier, const gateway::WebRequest& request) {
    require_sound(carrier.decode(request, kNow), carrier.decode(request, kNow));
}

void require_sound_receipts(const gateway::Carrier& carrier, const gateway::WebRequest& request) {
    require_sound(carrier.decode_status(request, kNow), carrier.decode_status(request, kNow));
}

}  // namespace harborline::fuzz
