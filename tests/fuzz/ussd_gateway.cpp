// An operator's own USSD: action, method and content type on a line each, then the query or body; and the whole input
// as our words, which no form and no JSON object may be broken by.
#include "gateway/carriers/ussd_gateway_carrier.hpp"

#include <boost/json.hpp>

#include "gateway/carriers/webhook_query.hpp"
#include "handlers/core/utf8.hpp"
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using config::UssdDialect;

std::unique_ptr<gateway::Carrier> operator_with(UssdDialect::AnswerForm answer, bool cumulative) {
    return gateway::make_ussd_gateway({.dialect = {.session = "s",
                                                   .number = "n",
                                                   .text = "t",
                                                   .id = cumulative ? "" : "i",
                                                   .event = "e",
                                                   .begins = {"1", "true"},
                                                   .ends = {"3"},
                                                   .cumulative = cumulative,
                                                   .service = "*123#",
                                                   .answer = answer,
                                                   .words = "w",
                                                   .mark = "m",
                                                   .goes_on = "true",
                                                   .is_last = "false",
                                                   .echo = {"s", "t"}},
                                       .country = "86"});
}

void require_whole(const gateway::Carrier& form, const gateway::Carrier& json, const gateway::WebRequest& request,
                   const core::Answer& answer) {
    const auto fields = gateway::WebhookQuery::parse(form.encode_answer_to(request, answer).body);
    require(fields || answer.words.size() > 10'000, "a form that we write can be read");
    if (fields) require(fields->get("w") == answer.words, "no words break a form");
    const auto object = boost::json::parse(json.encode_answer_to(request, answer).body);
    require(object.at("w").as_string() == answer.words, "no words break an object");
    require(object.at("m").as_bool() == answer.goes_on, "nothing takes the mark away");
}

}  // namespace

void try_input(std::string_view input) {
    static const auto form = operator_with(UssdDialect::AnswerForm::kForm, false);
    static const auto json = operator_with(UssdDialect::AnswerForm::kJson, true);
    Draw draw{input};
    gateway::WebRequest request{.action = std::string{draw.until('\n')}};
    request.method = draw.until('\n');
    request.headers = {{"Content-Type", std::string{draw.until('\n')}}};
    const std::string_view rest = draw.rest();
    (request.method == "GET" ? request.query : request.body) = rest;

    for (const auto* carrier : {form.get(), json.get()}) require_sound_texts(*carrier, request);
    if (!core::is_valid_utf8(input)) return;
    require_whole(*form, *json, request, {.words = std::string{input}, .goes_on = input.size() % 2 == 0});
}

}  // namespace harborline::fuzz
