// A file of places: what is read without a finding is found by its keys and by its names.
#include <algorithm>

#include "handlers/flow/place_names.hpp"
#include "handlers/flow/read_flow.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

void require_sound(const flow::Book& book) {
    for (const auto& area : book.areas) {
        require(area.key >= '1' && area.key <= '6', "an area's key is one digit that is free");
        require(std::ranges::count(book.areas, area.key, &flow::Area::key) == 1, "an area's key is its own");
        require(!area.places.empty(), "an area has places");
        for (const auto& place : area.places) {
            require(place.key >= '1' && place.key <= '6' && !place.names.empty(), "a place has a key and a name");
            require(std::ranges::count(area.places, place.key, &flow::Place::key) == 1, "a place's key is its own");
            require(book.catalogue.find("en", "place." + place.code) != nullptr, "a place has its label");
        }
    }
}

}  // namespace

void try_input(std::string_view input) {
    flow::Book book;
    core::Findings findings;
    book.catalogue.add("en", "en.toml", "", findings);
    flow::read_places({"places.toml", std::string{input}}, book, findings);
    for (const auto& finding : findings) require(finding.line >= 0 && !finding.message.empty(), "a finding has a line");
    const auto named = flow::place_named(book.areas, input.substr(0, 40));
    require((named.place == nullptr) == (named.area == nullptr), "a place has an area");
    if (findings.empty()) require_sound(book);
}

}  // namespace harborline::fuzz
