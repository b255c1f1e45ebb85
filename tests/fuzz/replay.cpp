// Runs every file of the given folders through a target once, for compilers without libFuzzer: what was found stays a
// test in every build.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{in}, {}};
    // Exactly as large as the input, so that AddressSanitizer sees a byte read too many.
    const auto exact = std::make_unique<std::uint8_t[]>(content.size());
    std::memcpy(exact.get(), content.data(), content.size());
    std::fprintf(stderr, "%s\n", file.c_str());
    LLVMFuzzerTestOneInput(exact.get(), content.size());
}

}  // namespace

int main(int count, char** folders) {
    int files = 0;
    for (int at = 1; at < count; ++at)
        for (const auto& entry : std::filesystem::recursive_directory_iterator{folders[at]})
            if (entry.is_regular_file()) run(entry.path()), ++files;
    std::printf("%d inputs\n", files);
    return files > 0 ? 0 : 1;
}
