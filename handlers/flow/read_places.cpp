#include <set>

#include "handlers/flow/answer.hpp"
#include "handlers/flow/read_flow.hpp"
#include "handlers/flow/toml_table.hpp"

namespace harborline::flow {
namespace {

/// 7 stays free for "not sure" in both questions.
constexpr int kPlaceKeyMost = 6;

class PlacesReader {
  public:
    PlacesReader(const SourceFile& source, Book& book, core::Findings& findings)
        : source_(source), book_(book), findings_(findings), languages_(book.catalogue.languages()) {}

    void read(const toml::table& root) {
        TomlTable in{root, source_.name, "", findings_};
        std::set<char> keys;
        if (const auto* areas = in.array("area")) {
            for (const auto& node : *areas) {
                const auto* table = node.as_table();
                if (table == nullptr) {
                    in.report(node, "an area must be a table: [[area]]");
                    continue;
                }
                Area area = read_area(*table);
                if (!keys.insert(area.key).second) in.report(node, "two areas have the same key");
                book_.areas.push_back(std::move(area));
            }
        }
        if (book_.areas.empty()) in.report(1, "there are no areas");
        in.finish();
    }

  private:
    Area read_area(const toml::table& table) {
        TomlTable in{table, source_.name, "area", findings_};
        Area area{.code = read_code(in), .key = read_key(in)};
        for (const auto& language : languages_) {
            const std::string name = in.text(language);
            if (name.empty()) in.report(in.line(), "area " + area.code + " has no name in " + language);
            const std::string on_screen = in.has(language + ".ussd") ? in.text(language + ".ussd") : std::string{};
            label(language, "area." + area.code, name, in.line(), on_screen);
        }
        std::set<char> keys;
        if (const auto* places = in.array("place")) {
            for (const auto& node : *places) {
                const auto* entry = node.as_table();
                if (entry == nullptr) {
                    in.report(node, "a place must be a table: [[area.place]]");
                    continue;
                }
                Place place = read_place(*entry);
                if (!keys.insert(place.key).second) in.report(node, "two places of an area have the same key");
                area.places.push_back(std::move(place));
            }
        }
        if (area.places.empty()) in.report(in.line(), "area " + area.code + " has no places");
        in.finish();
        return area;
    }

    Place read_place(const toml::table& table) {
        TomlTable in{table, source_.name, "place", findings_};
        Place place{.code = read_code(in), .key = read_key(in)};
        for (const auto& language : languages_) {
            const auto* names = in.array(language);
            std::string first;
            for (std::size_t at = 0; names != nullptr && at < names->size(); ++at) {
                const auto* name = names->get_as<std::string>(at);
                if (name == nullptr || name->get().empty()) {
                    in.report(*names, "the names of a place are texts in quotes");
                    continue;
                }
                // It would stand in whatever anybody writes, and send all of them there.
                if (fold_word(name->get()).empty())
                    in.report(*names, "place " + place.code + ": a name of nothing but marks, or an endless one");
                if (first.empty()) first = name->get();
                place.names.push_back(name->get());
            }
            if (first.empty()) in.report(in.line(), "place " + place.code + " has no name in " + language);
            label(language, "place." + place.code, first, in.line());
        }
        in.finish();
        return place;
    }

    std::string read_code(TomlTable& in) {
        std::string code = in.text("code");
        if (code.empty()) in.report(in.line(), "needs a code");
        if (!codes_.insert(code).second) in.report(in.line(), "code " + code + " stands here twice");
        return code;
    }

    char read_key(TomlTable& in) {
        if (!in.has("key")) in.report(in.line(), "needs a key");
        return static_cast<char>('0' + in.number("key", 1, kPlaceKeyMost));
    }

    void label(const std::string& language, const std::string& key, const std::string& name, int line,
               const std::string& on_screen = {}) {
        book_.catalogue.set(language, key,
                            {.words = name, .ussd = on_screen, .neutral = true, .file = source_.name, .line = line});
    }

    const SourceFile& source_;
    Book& book_;
    core::Findings& findings_;
    std::vector<std::string> languages_;
    std::set<std::string> codes_{};
};

}  // namespace

void read_places(const SourceFile& source, Book& book, core::Findings& findings) {
    if (const auto root = parse_toml(source.name, source.content, findings))
        PlacesReader{source, book, findings}.read(*root);
}

}  // namespace harborline::flow
