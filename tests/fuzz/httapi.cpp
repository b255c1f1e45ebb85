// FreeSWITCH: action and content type on a line each, then the body of a request; and the same lines as a number to
// dial, a way to dial it and the address of a sound, none of which may break a dial string or a document.
#include "gateway/carriers/httapi.hpp"

#include <pugixml.hpp>

#include "gateway/carriers/dial_string.hpp"
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

void require_one_leg(const gateway::DialWay& way, const std::string& number) {
    const std::vector<std::string> numbers{number};
    const auto text = gateway::dial_string(way, numbers, {.confirm_url = "http://127.0.0.1:1/confirm/1"});
    if (!text) return require_discreet(text.error());
    const std::size_t head = text->find('}') + 1;
    const std::string_view leg = std::string_view{*text}.substr(head);
    require(leg.starts_with("[origination_caller_id_number=12338,origination_caller_id_name=12338]"),
            "a leg shows our number");
    require(leg.substr(leg.find(']') + 1).find_first_of("{}[],|'\"<>$ ") == std::string_view::npos,
            "a leg holds no bracket of anybody else");
}

void require_one_tag(const core::Sound& sound) {
    const core::CallAnswer answer{.sounds = {sound}, .act = core::Gather{}};
    const std::string text = gateway::write_httapi(answer, {.action = sound.url});
    pugi::xml_document document;
    require(document.load_string(text.c_str()), "a document can be read");
    const auto work = document.child("document").child("work");
    require(work.first_child() == work.last_child(), "no address adds a tag");
}

}  // namespace

void try_input(std::string_view input) {
    static const auto carrier = freeswitch();
    Draw draw{input};
    gateway::WebRequest request{.method = "POST", .action = std::string{draw.until('\n')}};
    const std::string type{draw.until('\n')};
    request.headers = {{"Content-Type", type}};
    request.body = draw.rest();

    require_sound_texts(*carrier, request);
    require_one_leg({.number = "12338", .dial = type}, request.action);
    require_one_tag({.url = request.body});
}

}  // namespace harborline::fuzz
