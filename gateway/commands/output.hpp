#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "gateway/commands/command.hpp"

namespace harborline::gateway {

/// A list on standard output: JSON for machines, a line a row for people, `none` where there is nothing.
void print(const CommonArguments& common, const boost::json::array& rows, const char* none);

/// The same for a list of any length, which is written while it is read.
class Listing {
  public:
    explicit Listing(const CommonArguments& common) : json_(common.json) {}
    void add(const boost::json::array& rows);
    void end(const char* none);

  private:
    const bool json_;
    bool empty_ = true;
};

/// What a command did: JSON for machines, a sentence for people.
void report(const CommonArguments& common, const boost::json::object& done, const std::string& sentence);

}  // namespace harborline::gateway
