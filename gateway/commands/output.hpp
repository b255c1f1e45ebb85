#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "gateway/commands/command.hpp"

namespace harborline::gateway {

/// A list on standard output: JSON for machines, a line a row for people, `none` where there is nothing.
void print(const CommonArguments& common, const boost::json::array& rows, const char* none);

/// What a command did: JSON for machines, a sentence for people.
void report(const CommonArguments& common, const boost::json::object& done, const std::string& sentence);

}  // namespace harborline::gateway
