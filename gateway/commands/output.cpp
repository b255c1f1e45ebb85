#include "gateway/commands/output.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <iostream>

namespace harborline::gateway {
namespace json = boost::json;

void print(const CommonArguments& common, const json::array& rows, const char* none) {
    if (common.json) {
        std::cout << json::serialize(rows) << '\n';
        return;
    }
    for (const auto& row : rows) {
        std::string line;
        for (const auto& [key, value] : row.as_object())
            line += fmt::format("{}={}  ", std::string{key},
                                value.is_string() ? std::string{value.as_string()} : json::serialize(value));
        fmt::print("{}\n", line);
    }
    if (rows.empty()) fmt::print("{}\n", none);
}

void report(const CommonArguments& common, const json::object& done, const std::string& sentence) {
    if (common.json)
        std::cout << json::serialize(done) << '\n';
    else
        fmt::print("{}\n", sentence);
}

}  // namespace harborline::gateway
