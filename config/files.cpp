#include "config/files.hpp"

#include <algorithm>
#include <fstream>

namespace harborline::config {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

core::Result<std::string> read_text_file(const fs::path& file, std::size_t bytes_max) {
    std::error_code failed;
    const auto status = fs::status(file, failed);
    if (!fs::exists(status)) return Error{ErrorKind::kNotFound, "there is no file " + file.string()};
    if (!fs::is_regular_file(status)) return Error{ErrorKind::kMalformed, file.string() + " is not a regular file"};

    std::ifstream in(file, std::ios::binary);
    if (!in) return Error{ErrorKind::kNotFound, file.string() + " can not be read: check its permissions"};
    const auto size = fs::file_size(file, failed);
    if (failed) return Error{ErrorKind::kUnavailable, file.string() + " could not be read to its end"};
    std::string text(std::min<std::size_t>(size, bytes_max) + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return Error{ErrorKind::kUnavailable, file.string() + " could not be read to its end"};
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max) {
        return Error{ErrorKind::kMalformed, file.string() + " is larger than " + std::to_string(bytes_max) + " bytes"};
    }
    return text;
}

core::Result<std::vector<fs::path>> toml_files(const fs::path& folder) {
    std::error_code failed;
    std::vector<fs::path> found;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        if (entry->path().extension() == ".toml") found.push_back(entry->path());
    }
    if (failed) return Error{ErrorKind::kNotFound, folder.string() + " is not a folder that can be read"};
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace harborline::config
