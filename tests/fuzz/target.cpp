#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace harborline::fuzz {

void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

std::uint8_t Draw::byte() {
    const std::string_view one = take(1);
    return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
}

std::string_view Draw::take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
}

std::string_view Draw::until(char separator) {
    const std::string_view taken = take(std::min(rest_.find(separator), rest_.size()));
    take(1);
    return taken;
}

}  // namespace harborline::fuzz

/// What libFuzzer and the replay call (https://llvm.org/docs/LibFuzzer.html).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // An empty input may come as a null pointer, of which no view can be made.
    harborline::fuzz::try_input(size == 0 ? std::string_view{}
                                          : std::string_view{reinterpret_cast<const char*>(data), size});
    return 0;
}
