#include "gateway/carriers/freeswitch_carrier.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/carriers/flat_fields.hpp"
#include "gateway/carriers/httapi.hpp"
#include "gateway/carriers/multipart.hpp"
#include "gateway/carriers/sender.hpp"

namespace harborline::gateway {
namespace {

using core::CallInput;
using core::DialEnd;
using core::Inbound;
using core::malformed;
using core::Receipt;
using core::Result;

/// Set by the dialplan's extension "confirm": the call that the leg was rung for.
constexpr std::string_view kRungFor = "rung_for";
constexpr std::string_view kKeyFields = "keys_";
constexpr std::string_view kHelp = "9";
/// A leg is asked once.
constexpr int kLegStep = 1;

/// FreeSWITCH sends thirty fields with every request, and two hundred where its settings say so.
bool is_read(std::string_view name) {
    constexpr std::array<std::string_view, 9> kRead{"session_id",
                                                    "exiting",
                                                    kHttapiAsked,
                                                    kRungFor,
                                                    "originate_disposition",
                                                    "Caller-Direction",
                                                    "Caller-Caller-ID-Number",
                                                    "Caller-Callee-ID-Number",
                                                    "Caller-Destination-Number"};
    return name.starts_with(kKeyFields) || std::ranges::find(kRead, name) != kRead.end();
}

/// An address of ours, taken apart.
struct Address {
    enum class Kind { kCall, kRing, kPlaced, kLeg, kLegKeys };
    Kind kind = Kind::kCall;
    int step = 0;
    core::OutboxId placed{};
    std::string_view dial{};  ///< Of a leg.

    bool is_leg() const { return kind == Kind::kLeg || kind == Kind::kLegKeys; }
};

/// From 1; empty for anything that we would not have written.
template <class Number>
std::optional<Number> read_count(std::string_view digits) {
    Number value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < 1 || digits.front() == '0')
        return std::nullopt;
    return value;
}

std::optional<Address> read_address(std::string_view action) {
    constexpr std::string_view kVoice = "voice/";
    constexpr std::string_view kConfirm = "confirm/";
    constexpr std::string_view kKey = "/key";
    using Kind = Address::Kind;
    if (action == "voice") return Address{};
    if (action == "ring") return Address{.kind = Kind::kRing};
    if (action.starts_with("voice/o")) {
        const auto id = read_count<std::int64_t>(action.substr(kVoice.size() + 1));
        if (!id) return std::nullopt;
        return Address{.kind = Kind::kPlaced, .placed = {*id}};
    }
    Address address;
    if (action.starts_with(kVoice)) {
        action.remove_prefix(kVoice.size());
    } else if (action.starts_with(kConfirm)) {
        action.remove_prefix(kConfirm.size());
        address.kind = action.ends_with(kKey) ? Kind::kLegKeys : Kind::kLeg;
        if (address.kind == Kind::kLegKeys) action.remove_suffix(kKey.size());
        address.dial = action;
        address.step = kLegStep;
        return core::is_dial_name(action) ? std::optional{address} : std::nullopt;
    } else {
        return std::nullopt;
    }
    const auto step = read_count<int>(action);
    if (!step) return std::nullopt;
    address.step = *step;
    return address;
}

Result<MultipartForm> read_request(const WebRequest& request) {
    if (request.method != "POST") return malformed("this address takes POST");
    const std::string_view type = request.header("Content-Type");
    if (is_multipart(type)) return read_multipart(type, request.body, is_read);
    auto form = read_form(request, is_read);
    if (!form) return form.error();
    return MultipartForm{.texts = std::move(*form)};
}

/// Whatever was keyed, if it can have been keyed: FreeSWITCH says "invalid" for silence and for what fits nothing.
std::string keys_of(const MultipartForm& form, int step) {
    const std::string_view keys = form.texts.get(httapi_keys_field(step));
    const bool keyed = std::ranges::all_of(keys, [](char c) { return (c >= '0' && c <= '9') || c == '*' || c == '#'; });
    return keyed && is_plain_token(keys) ? std::string{keys} : std::string{};
}

struct Cause {
    std::string_view name{};
    DialEnd end{};
};
/// What FreeSWITCH calls the end of a dial (its originate_disposition); whatever is not among them has failed.
constexpr std::array kCauses{
    Cause{"SUCCESS", DialEnd::kTalked},
    Cause{"USER_BUSY", DialEnd::kBusy},
    Cause{"NO_ANSWER", DialEnd::kNoAnswer},
    Cause{"NO_USER_RESPONSE", DialEnd::kNoAnswer},
    Cause{"ALLOTTED_TIMEOUT", DialEnd::kNoAnswer},
    Cause{"PROGRESS_TIMEOUT", DialEnd::kNoAnswer},
    Cause{"ORIGINATOR_CANCEL", DialEnd::kNoAnswer},  // Ended by us while it rang.
    Cause{"CALL_REJECTED", DialEnd::kRefused},
    Cause{"NORMAL_CLEARING", DialEnd::kRefused},  // Answered, and hung up on our question.
};

DialEnd dial_end_of(const MultipartForm& form) {
    const auto* known = std::ranges::find(kCauses, form.texts.get("originate_disposition"), &Cause::name);
    return known == kCauses.end() ? DialEnd::kFailed : known->end;
}

class Freeswitch final : public Carrier {
  public:
    explicit Freeswitch(FreeswitchOptions options) : options_(std::move(options)) {
        const bool bridges = is_dialable(options_.way.number) && is_dial_template(options_.way.dial);
        capabilities_.kind = core::ChannelKind::kVoice;
        capabilities_.gives_ids = false;
        capabilities_.gives_receipts = false;
        capabilities_.voice = {.says = false,
                               .joins = true,
                               .bridges = bridges,
                               .warns = bridges,
                               .places_calls = bridges && options_.event_socket,
                               .hands_over = true};
    }

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        return read_address(action) ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto address = read_address(request.action);
        if (!address) return malformed("there is no such address");
        const auto form = read_request(request);
        if (!form) return form.error();
        const std::string_view session = form->texts.get("session_id");
        if (session.empty() || !is_plain_token(session)) return malformed("the session id is malformed");

        Inbound input{.kind = core::ChannelKind::kVoice, .received_at = now};
        const bool outbound = form->texts.get("Caller-Direction") == "outbound";
        input.from = outbound ? callee_of(*form, address->is_leg()) : number_of(*form, "Caller-Caller-ID-Number");
        const std::string_view to = form->texts.get("Caller-Destination-Number");
        if (!outbound && is_plain_token(to)) input.to = to;
        CallInput call{.id = std::string{session}, .step = address->step, .placed = address->placed};
        if (address->is_leg()) {
            const std::string_view rung_for = form->texts.get(kRungFor);
            if (!is_plain_token(rung_for)) return malformed("the call's name is malformed");
            call.leg = std::exchange(call.id, std::string{rung_for});
            call.dial = address->dial;
            call.step = 0;
        }
        if (auto read = read_event(*address, *form, input, call); !read) return read.error();
        input.call = std::move(call);
        std::vector<Result<Inbound>> inputs;
        inputs.emplace_back(std::move(input));
        return inputs;
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest&, core::Instant) const override {
        return malformed("FreeSWITCH sends no receipts over HTTP");
    }

    WebResponse encode_answer(const core::Answer& answer) const override { return write(answer, Address{}, {}); }

    WebResponse encode_answer_to(const WebRequest& request, const core::Answer& answer) const override {
        const auto form = read_request(request);
        return write(answer, read_address(request.action).value_or(Address{}),
                     form ? form->texts.get("session_id") : std::string_view{});
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage&) const override { return {}; }

    SendResult read_send_result(const WebResponse&) const override {
        return {.kind = SendResult::Kind::kRefused,
                .reason = "FreeSWITCH: calls are placed over its event socket and not over HTTP"};
    }

  private:
    /// exiting comes before everything but a ring's own: whatever else the request holds, nobody hears an answer
    /// (httapi.md, facts 7, 8).
    static Result<void> read_event(const Address& address, const MultipartForm& form, Inbound& input, CallInput& call) {
        using enum CallInput::Event;
        using Kind = Address::Kind;
        const bool dialled = form.texts.get(kHttapiAsked) == httapi_dialled(call.step) ||
                             form.texts.find("originate_disposition") != nullptr;
        const bool exiting = form.texts.get("exiting") == "true";
        if (address.kind == Kind::kRing) {
            // It asks once, says that it is done, and the call goes on or was turned away.
            call.event = exiting ? kRingsNoMore : kRings;
            call.unanswered = call.event == kRings;
        } else if (exiting) {
            call.event = address.is_leg() ? kLegEnded : kEnded;
            if (address.is_leg()) return {};
            call.audio = form.file;
            // A key that she hung up behind is told here and nowhere else (httapi.md, fact 4).
            if (keys_of(form, call.step) == kHelp) input.text = kHelp;
        } else if (address.kind == Kind::kLeg) {
            call.event = kLegBegan;
            const std::string_view shown = form.texts.get("Caller-Caller-ID-Number");
            // An empty one would read as "not told", and the leg would not be checked.
            if (shown.empty() || !is_plain_token(shown)) return malformed("what the leg is shown is malformed");
            call.shown = shown;
        } else if (address.kind == Kind::kLegKeys) {
            call.event = kLegKeys;
            input.text = keys_of(form, kLegStep);
        } else if (call.step == 0) {
            call.event = address.placed ? kAnswered : kBegan;
        } else if (form.has_file || form.texts.get(kHttapiAsked) == httapi_recorded(call.step)) {
            call.event = kRecorded;
            call.audio = form.file;
        } else if (dialled) {
            call.event = kDialEnded;
            call.dial_end = dial_end_of(form);
        } else {
            call.event = kKeys;
            input.text = keys_of(form, call.step);
        }
        return {};
    }

    /// Withheld ("anonymous", "Restricted") and broken ones are the empty number.
    core::PhoneNumber number_of(const MultipartForm& form, std::string_view field) const {
        const auto number = core::PhoneNumber::parse(form.texts.get(field), options_.country);
        return number ? *number : core::PhoneNumber{};
    }

    /// Caller and callee change places when a call that we placed is answered, and not on a leg that is still asked.
    core::PhoneNumber callee_of(const MultipartForm& form, bool leg) const {
        const auto ours = core::PhoneNumber::parse(options_.way.number, options_.country);
        for (const std::string_view field :
             {"Caller-Caller-ID-Number", "Caller-Callee-ID-Number", "Caller-Destination-Number"}) {
            if (leg && field != "Caller-Destination-Number") continue;
            const core::PhoneNumber number = number_of(form, field);
            if (!number.empty() && !(ours && *ours == number)) return number;
        }
        return {};
    }

    WebResponse write(const core::Answer& answer, const Address& address, std::string_view session) const {
        // FreeSWITCH ends the dialogue for any other type (httapi.md, fact 3).
        WebResponse response{.content_type = "text/xml; charset=utf-8"};
        if (!answer.call) {
            response.body = write_empty_httapi();
            return response;
        }
        const std::string& base = options_.base.reveal();
        HttapiPage page{.step = address.is_leg() ? address.step : answer.call->step,
                        .leg = address.is_leg(),
                        .rings = address.kind == Address::Kind::kRing};
        const std::string step = std::to_string(page.step);
        page.action = page.leg ? base + "/confirm/" + std::string{address.dial} + "/key" : base + "/voice/" + step;
        if (const auto* dial = std::get_if<core::Dial>(&answer.call->act)) {
            const LegQuestion question{.confirm_url = base + "/confirm/" + dial->name, .call = std::string{session}};
            if (auto text = dial_string(options_.way, dial->numbers, question)) page.dial = std::move(*text);
        }
        response.body = write_httapi(*answer.call, page);
        return response;
    }

    FreeswitchOptions options_;
    Capabilities capabilities_{};
};

}  // namespace

std::unique_ptr<Carrier> make_freeswitch(FreeswitchOptions options) {
    return std::make_unique<Freeswitch>(std::move(options));
}

}  // namespace harborline::gateway
