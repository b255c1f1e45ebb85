#pragma once
#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace harborline::core {

/// What the caller may do about an expected failure.
enum class ErrorKind {
    kMalformed,     ///< The input can never be understood: answer 4xx, keep nothing.
    kUnauthorized,  ///< Token or signature wrong: answer 404, give nothing away.
    kNotFound,      ///< The thing named does not exist.
    kConflict,      ///< The thing is not in a state that allows this.
    kUnavailable,   ///< Ours or the peer's machine is in trouble: try again later.
    kRefused,       ///< The peer will never accept this: do not try again.
    kUnknown,       ///< Nobody can say whether it happened (a time-out after the request was sent).
};

/// An expected failure. `message` is one sentence for the operator; it never holds a number, a name or a text.
struct Error {
    ErrorKind kind = ErrorKind::kMalformed;
    std::string message{};
};

/// Of input that can never be understood; one sentence, as in Error.
inline Error malformed(std::string sentence) {
    return {ErrorKind::kMalformed, std::move(sentence)};
}

[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error(error.message);
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace harborline::core
