#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/checks.hpp"
#include "config/given.hpp"
#include "config/settings_table.hpp"

/// Each maker turns an accessor (a lambda that returns the field of a target) into a row.
namespace harborline::config {

inline std::string in_quotes(std::string_view text) {
    return fmt::format("\"{}\"", text);
}

template <class Target, class Field>
Row<Target> text(std::string_view key, Field field, const Check& check, std::string_view meaning) {
    Row<Target> row{.key = key, .type = "text", .demands = std::string(check.demands), .meaning = meaning};
    row.read = [field, &check](const Given& given, Target& target) {
        auto value = given.text();
        if (!value) return;
        if (!check.holds(*value)) return given.problem("must be " + std::string(check.demands));
        field(target) = std::move(*value);
    };
    row.shown = [field](const Target& target) { return in_quotes(field(target)); };
    return row;
}

template <class Target, class Field>
Row<Target> secret(std::string_view key, Field field, const Check& check, std::string_view meaning) {
    Row<Target> row{.key = key, .type = "secret", .demands = std::string(check.demands), .meaning = meaning};
    row.read = [field, &check](const Given& given, Target& target) {
        auto value = given.secret();
        if (!value) return;
        if (!check.holds(*value)) return given.problem("must be " + std::string(check.demands));
        field(target) = core::Secret(std::move(*value));
    };
    row.shown = [](const Target&) { return std::string{}; };
    return row;
}

template <class Target, class Field>
Row<Target> integer(std::string_view key, Field field, std::int64_t min, std::int64_t max, std::string_view meaning) {
    Row<Target> row{
        .key = key, .type = "whole number", .demands = fmt::format("{} to {}", min, max), .meaning = meaning};
    row.read = [field, min, max](const Given& given, Target& target) {
        const auto value = given.integer(min, max);
        if (value) field(target) = static_cast<std::remove_reference_t<decltype(field(target))>>(*value);
    };
    row.shown = [field](const Target& target) { return fmt::format("{}", field(target)); };
    return row;
}

/// A length of time, written as a whole number of `Unit`; the key's ending names the unit.
template <class Unit, class Target, class Field>
Row<Target> duration(std::string_view key, Field field, std::int64_t max, std::string_view meaning) {
    Row<Target> row{.key = key, .type = "whole number", .demands = fmt::format("1 to {}", max), .meaning = meaning};
    row.read = [field, max](const Given& given, Target& target) {
        if (const auto value = given.integer(1, max)) field(target) = Unit(*value);
    };
    row.shown = [field](const Target& target) {
        return fmt::format("{}", std::chrono::duration_cast<Unit>(field(target)).count());
    };
    return row;
}

/// A list of texts, each of which the check holds for.
template <class Target, class Field>
Row<Target> texts(std::string_view key, Field field, const Check& check, std::string_view meaning) {
    Row<Target> row{.key = key, .type = "list of texts", .demands = std::string(check.demands), .meaning = meaning};
    row.read = [field, &check](const Given& given, Target& target) {
        auto values = given.texts();
        if (!values) return;
        for (const auto& value : *values)
            if (!check.holds(value)) return given.problem("must be " + std::string(check.demands));
        field(target) = std::move(*values);
    };
    row.shown = [](const Target&) { return std::string("[]"); };
    return row;
}

/// One of the names, which stand in the order of the enumeration's values.
template <class Target, class Field, std::size_t count>
Row<Target> one_of(std::string_view key, Field field, const std::array<std::string_view, count>& names,
                   std::string_view meaning) {
    std::string demands;
    for (const auto name : names)
        demands += (demands.empty() ? "" : name == names.back() ? " or " : ", ") + in_quotes(name);
    Row<Target> row{.key = key, .type = "text", .demands = demands, .meaning = meaning};
    row.read = [field, &names, demands](const Given& given, Target& target) {
        const auto value = given.text();
        if (!value) return;
        const auto* const name = std::ranges::find(names, *value);
        if (name == names.end()) return given.problem("must be " + demands);
        field(target) = static_cast<std::remove_reference_t<decltype(field(target))>>(name - names.begin());
    };
    row.shown = [field, &names](const Target& target) {
        return in_quotes(names.at(static_cast<std::size_t>(field(target))));
    };
    return row;
}

}  // namespace harborline::config
