#include "handlers/flow/book.hpp"

#include <algorithm>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/read_flow.hpp"

namespace harborline::flow {

const Step* Flow::step(std::string_view name) const {
    const auto found = steps.find(name);
    return found == steps.end() ? nullptr : &found->second;
}

const Flow* Book::flow(std::string_view id) const {
    const auto found = flows.find(id);
    return found == flows.end() ? nullptr : &found->second;
}

const Step* Book::step(std::string_view flow_id, std::string_view step_name) const {
    const Flow* found = flow(flow_id);
    return found == nullptr ? nullptr : found->step(step_name);
}

const Flow* Book::by_menu(char digit) const {
    if (digit == 0) return nullptr;
    for (const auto& entry : flows)
        if (entry.second.menu == digit) return &entry.second;
    return nullptr;
}

const Flow* Book::by_shortcut(std::string_view number) const {
    const Flow* flow = number.empty() ? nullptr : by_menu(number.front());
    if (flow == nullptr || !flow->shortcut) return nullptr;
    const Step* first = flow->step(flow->first);
    return first != nullptr && number.size() == static_cast<std::size_t>(first->digits) + 1 ? flow : nullptr;
}

std::vector<Choice> Book::choices(const Step& step, const core::Fields& saved) const {
    std::vector<Choice> offered;
    if (step.expect == Expect::kMenu) {
        for (const auto& [id, flow] : flows)
            if (flow.menu != 0) offered.push_back({flow.menu, flow.label});
    } else if (step.options_from == names::kAreas) {
        for (const auto& area : areas) offered.push_back({area.key, "area." + area.code});
    } else if (const auto name = names::area_name(step.options_from); !name.empty()) {
        const auto area = std::ranges::find(areas, saved.get(name), &Area::code);
        if (area != areas.end())
            for (const auto& place : area->places) offered.push_back({place.key, "place." + place.code});
    }
    for (const auto& [key, option] : step.options) offered.push_back({key, option.label});
    std::ranges::sort(offered, {}, &Choice::key);
    return offered;
}

Book read_book(const BookSources& sources, core::Findings& findings) {
    Book book;
    for (const auto& [language, source] : sources.texts)
        book.catalogue.add(language, source.name, source.content, findings);
    if (sources.places) read_places(*sources.places, book, findings);
    for (const auto& source : sources.flows) {
        auto flow = read_flow(source, findings);
        if (!flow) continue;
        const std::string id = flow->id;
        if (!book.flows.emplace(id, std::move(*flow)).second)
            findings.push_back({source.name, 1, "flow " + id + " stands in another file too"});
    }
    return book;
}

}  // namespace harborline::flow
