#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace harborline::bench {

/// One exchange of a petition: what is entered, and words that the answer must hold.
struct Screen {
    std::string entered{};
    std::string holds{};
};
/// One a line, the two parts with a tabulator between them. The last one ends the session. The first line, the
/// dialling, enters nothing.
std::vector<Screen> read_screens(const std::filesystem::path& file);

std::string form_encoded(std::string_view text);

/// One handset that walks through its petition step by step, and begins again.
class Walk {
  public:
    explicit Walk(const std::vector<Screen>& screens) : screens_(screens) {}
    virtual ~Walk() = default;

    /// The request of the step that it stands on; to be answered before the next is asked for.
    virtual std::string request() = 0;
    /// Goes on by one step. False where the answer is not the one that belongs here.
    bool answered(int status, std::string_view body);
    /// How many steps of the petition are done, from 0.
    std::size_t step() const { return step_; }

  protected:
    bool is_last() const { return step_ + 1 == screens_.size(); }
    const Screen& screen() const { return screens_[step_]; }

  private:
    virtual bool fits(std::string_view body) const = 0;

    const std::vector<Screen>& screens_;
    std::size_t step_ = 0;
};

/// Six digits of its own for a handset.
std::string handset_digits(int handset);
/// A form, posted.
std::string posted_form(std::string_view path, std::string_view body, std::string_view headers = {});

}  // namespace harborline::bench
