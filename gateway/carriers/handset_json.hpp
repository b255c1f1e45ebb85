#pragma once
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string_view>

#include "gateway/carriers/carrier.hpp"

namespace harborline::gateway {

/// For all of the terminal phone's channels.

core::Error malformed_handset(const char* sentence);
/// The document that was posted; kMalformed where it is none, deep, or longer than so many bytes.
core::Result<boost::json::value> parse_handset_body(const WebRequest& request, std::size_t bytes_max = 64 * 1024);
/// A member that is a string; null where it is absent or something else.
const boost::json::string* text_of(const boost::json::object& object, std::string_view name);

}  // namespace harborline::gateway
