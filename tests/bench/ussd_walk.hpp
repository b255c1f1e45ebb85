#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace harborline::bench {

/// One screen of a petition: what is entered, and words that the screen which answers must hold.
struct Screen {
    std::string entered{};
    std::string holds{};
};
/// One a line, the two parts with a tabulator between them. The last screen ends the session. The first line, the
/// dialling, enters nothing.
std::vector<Screen> read_screens(const std::filesystem::path& file);

/// One handset that dials, walks through its petition screen by screen, and dials again. As Africa's Talking hands it
/// over: a form whose text holds everything that was entered since she dialled.
class UssdWalk {
  public:
    /// `run` keeps the sessions of two runs apart.
    UssdWalk(const std::vector<Screen>& screens, std::string_view path, std::string_view run, int handset);

    /// The request of the step that it stands on; to be answered before the next is asked for.
    std::string request();
    /// Goes on by one step. False where the answer is not the screen that belongs here.
    bool answered(int status, std::string_view body);
    /// How many steps of the petition are done, from 0.
    std::size_t step() const { return step_; }

  private:
    const std::vector<Screen>& screens_;
    std::string path_;
    std::string run_;
    int handset_;
    int dialled_ = 0;
    std::size_t step_ = 0;
    std::string text_{};
};

}  // namespace harborline::bench
