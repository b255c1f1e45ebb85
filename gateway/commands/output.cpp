#include "gateway/commands/output.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <iostream>

namespace harborline::gateway {
namespace json = boost::json;

namespace {

std::string line_of(const json::object& row) {
    std::string line;
    for (const auto& [key, value] : row)
        line += fmt::format("{}={}  ", std::string{key},
                            value.is_string() ? std::string{value.as_string()} : json::serialize(value));
    return line;
}

}  // namespace

void Listing::add(const json::array& rows) {
    for (const auto& row : rows) {
        if (json_)
            std::cout << (empty_ ? '[' : ',') << json::serialize(row);
        else
            std::cout << line_of(row.as_object()) << '\n';
        empty_ = false;
    }
}

void Listing::end(const char* none) {
    if (json_)
        std::cout << (empty_ ? "[]" : "]") << '\n';
    else if (empty_)
        std::cout << none << '\n';
}

void print(const CommonArguments& common, const json::array& rows, const char* none) {
    Listing listing{common};
    listing.add(rows);
    listing.end(none);
}

void report(const CommonArguments& common, const json::object& done, const std::string& sentence) {
    if (common.json)
        std::cout << json::serialize(done) << '\n';
    else
        fmt::print("{}\n", sentence);
}

}  // namespace harborline::gateway
