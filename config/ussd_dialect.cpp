#include "config/ussd_dialect.hpp"

#include <array>

#include "config/row_makers.hpp"

namespace harborline::config {

namespace {

constexpr std::array<std::string_view, 2> kInputs{"one", "all"};
constexpr std::array<std::string_view, 3> kAnswers{"text", "form", "json"};

}  // namespace

Rows<ChannelSettings> ussd_dialect_rows() {
    using C = ChannelSettings;
    return {
        text<C>(
            "ussd_session", [](auto& c) -> auto& { return c.dialect.session; }, kFieldName,
            "ussd-gateway: the field with the session's id."),
        text<C>(
            "ussd_number", [](auto& c) -> auto& { return c.dialect.number; }, kFieldName,
            "ussd-gateway: the field with her number."),
        text<C>(
            "ussd_text", [](auto& c) -> auto& { return c.dialect.text; }, kFieldName,
            "ussd-gateway: the field with what she entered."),
        one_of<C>(
            "ussd_inputs", [](auto& c) -> auto& { return c.dialect.cumulative; }, kInputs,
            "ussd-gateway: whether that is the last input only, or all inputs of the session, joined by *."),
        text<C>(
            "ussd_service", [](auto& c) -> auto& { return c.dialect.service; }, kServiceCode,
            "ussd-gateway: the code that is dialled, such as *123#, where the first text repeats it."),
        text<C>(
            "ussd_id", [](auto& c) -> auto& { return c.dialect.id; }, kFieldName,
            "ussd-gateway: the field with an id of the request's own, the same when it is repeated."),
        text<C>(
            "ussd_event", [](auto& c) -> auto& { return c.dialect.event; }, kFieldName,
            "ussd-gateway: the field that says whether a session begins, goes on or is over."),
        texts<C>(
            "ussd_begins", [](auto& c) -> auto& { return c.dialect.begins; }, kShortWords,
            "ussd-gateway: its values for a session that begins."),
        texts<C>(
            "ussd_ends", [](auto& c) -> auto& { return c.dialect.ends; }, kShortWords,
            "ussd-gateway: its values for one that is over: ended, dropped, timed out."),
        one_of<C>(
            "ussd_answer", [](auto& c) -> auto& { return c.dialect.answer; }, kAnswers,
            "ussd-gateway: how it wants to be answered: words behind a mark, a form or a JSON object."),
        text<C>(
            "ussd_words", [](auto& c) -> auto& { return c.dialect.words; }, kFieldName,
            "ussd-gateway: the answer's field for our words."),
        text<C>(
            "ussd_mark", [](auto& c) -> auto& { return c.dialect.mark; }, kFieldName,
            "ussd-gateway: the answer's field that says whether the session goes on."),
        text<C>(
            "ussd_goes_on", [](auto& c) -> auto& { return c.dialect.goes_on; }, kShortWords,
            "ussd-gateway: its value when it does; in a text answer, what stands before the words."),
        text<C>(
            "ussd_is_last", [](auto& c) -> auto& { return c.dialect.is_last; }, kShortWords,
            "ussd-gateway: its value when it does not. In JSON true and false are written as such."),
        texts<C>(
            "ussd_echo", [](auto& c) -> auto& { return c.dialect.echo; }, kFieldName,
            "ussd-gateway: fields of the request that a form or JSON answer must repeat."),
    };
}

void check_ussd_dialect(const ChannelSettings& channel, const toml::table& table, Sheet& sheet) {
    const auto problem = [&](const std::string& what) {
        sheet.problem(channel.line, "[[channel]] of ussd-gateway " + what);
    };
    const auto need = [&](std::string_view key) {
        if (!table.contains(key)) problem("needs " + std::string{key});
    };
    if (channel.kind != core::ChannelKind::kUssd) problem("needs kind = \"ussd\"");
    for (const auto* key : {"ussd_session", "ussd_number", "ussd_text"}) need(key);
    if (!channel.dialect.begins.empty() || !channel.dialect.ends.empty()) need("ussd_event");
    if (channel.dialect.answer != UssdDialect::AnswerForm::kText) {
        for (const auto* key : {"ussd_words", "ussd_mark", "ussd_goes_on", "ussd_is_last"}) need(key);
    } else if (!channel.dialect.echo.empty()) {
        problem("cannot repeat fields in a text answer: ussd_echo needs ussd_answer = \"form\" or \"json\"");
    }
    if (channel.dialect.goes_on == channel.dialect.is_last) problem("must tell ussd_goes_on and ussd_is_last apart");
    if (!channel.dialect.words.empty() && channel.dialect.words == channel.dialect.mark)
        problem("must tell ussd_words and ussd_mark apart");
}

}  // namespace harborline::config
