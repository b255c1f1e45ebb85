#include "handlers/render/voice.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "handlers/flow/placeholders.hpp"

namespace harborline::render {
namespace {

constexpr std::string_view kAgain = "list.again";
constexpr std::string_view kReference = "ref";
/// The id of a letter: whoever sends the answer puts its words in.
constexpr std::string_view kLetter = "letter";
/// Values that are said digit by digit, and those that hold a date.
constexpr std::array<std::string_view, 3> kNumbers{"pin", "tel", "code"};
constexpr std::array<std::string_view, 3> kDates{"date", "by", "open"};

constexpr std::array<std::string_view, 10> kChineseDigits{"零", "幺", "二", "三", "四", "五", "六", "七", "八", "九"};
constexpr std::array<std::string_view, 10> kEnglishDigits{"zero", "one", "two",   "three", "four",
                                                          "five", "six", "seven", "eight", "nine"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kMonths{{{"Jan", "January"},
                                                                                 {"Feb", "February"},
                                                                                 {"Mar", "March"},
                                                                                 {"Apr", "April"},
                                                                                 {"Jun", "June"},
                                                                                 {"Jul", "July"},
                                                                                 {"Aug", "August"},
                                                                                 {"Sep", "September"},
                                                                                 {"Oct", "October"},
                                                                                 {"Nov", "November"},
                                                                                 {"Dec", "December"}}};

bool is_chinese(std::string_view language) {
    return language.starts_with("zh");
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

core::LetterId letter_of(std::string_view written) {
    core::LetterId letter;
    std::from_chars(written.data(), written.data() + written.size(), letter.value);
    return letter;
}

/// "18:05" is read out as a ratio.
std::string chinese_date(std::string_view written) {
    std::string spoken{written};
    const auto colon = spoken.rfind(':');
    if (colon == std::string::npos) return spoken;
    spoken.replace(colon, 1, "点");
    return spoken + "分";
}

std::string english_date(std::string_view written) {
    std::string spoken{written};
    for (const auto& [abbreviated, whole] : kMonths)
        if (const auto at = spoken.find(abbreviated); at != std::string::npos)
            return spoken.replace(at, abbreviated.size(), whole);
    return spoken;
}

class Speaker {
  public:
    Speaker(const flow::Catalogue& catalogue, std::string_view language) : catalogue_(catalogue), language_(language) {}

    core::Sound sound_of(const flow::Say& say) const {
        const auto filled_with = values_in(say.key);
        flow::Say spoken = say;
        for (const auto name : filled_with.names)
            if (say.values.has(name)) spoken.values.set(name, spoken_value(name, say.values.get(name)));
        const bool tells = std::ranges::find(filled_with.names, kLetter) != filled_with.names.end();
        return {.words = catalogue_.fill(language_, spoken, core::ChannelKind::kVoice),
                .prompt = filled_with.nothing ? say.key : std::string{},
                .personal = !filled_with.names.empty(),
                .letter = tells ? letter_of(say.values.get(kLetter)) : core::LetterId{}};
    }

  private:
    struct FilledWith {
        std::vector<std::string_view> names{};
        bool nothing = true;  ///< No value and no list either.
    };

    FilledWith values_in(std::string_view key) const {
        FilledWith found;
        const auto* text = catalogue_.find(language_, key);
        std::string_view rest = text == nullptr ? std::string_view{} : text->on(core::ChannelKind::kVoice);
        while (const auto placeholder = flow::take_placeholder(rest)) {
            found.nothing = false;
            if (!flow::is_list(placeholder->name)) found.names.push_back(placeholder->name);
        }
        return found;
    }

    std::string spoken_value(std::string_view name, std::string_view value) const {
        if (name == kReference) return twice(value);
        if (name == kLetter) return std::string(1, core::kLetterMark);
        if (std::ranges::find(kNumbers, name) != kNumbers.end()) return spoken_digits(language_, value);
        if (std::ranges::find(kDates, name) != kDates.end()) return spoken_date(language_, value);
        return std::string{value};
    }

    std::string twice(std::string_view reference) const {
        const std::string again = catalogue_.fill(language_, {.key = std::string{kAgain}}, core::ChannelKind::kVoice);
        return spoken_digits(language_, reference) + again + spoken_digits(language_, reference, Pace::kSlow);
    }

    const flow::Catalogue& catalogue_;
    std::string_view language_;
};

}  // namespace

std::string spoken_digits(std::string_view language, std::string_view digits, Pace pace) {
    const bool chinese = is_chinese(language);
    const auto& names = chinese ? kChineseDigits : kEnglishDigits;
    const std::string_view pause = chinese ? "，" : ", ";
    const std::string_view joint = chinese ? "" : " ";
    const int together = pace == Pace::kSlow ? 1 : 2;
    std::string spoken;
    int said = 0;
    for (const char digit : digits) {
        if (!is_digit(digit)) continue;
        if (said > 0) spoken += said % together == 0 ? pause : joint;
        spoken += names.at(static_cast<std::size_t>(digit - '0'));
        ++said;
    }
    return spoken;
}

std::string spoken_date(std::string_view language, std::string_view written) {
    return is_chinese(language) ? chinese_date(written) : english_date(written);
}

std::vector<core::Sound> render_voice(const flow::Catalogue& catalogue, std::string_view language,
                                      const std::vector<flow::Say>& says) {
    const Speaker speaker{catalogue, language};
    std::vector<core::Sound> sounds;
    for (const flow::Say& say : says) {
        if (!say.recording.empty()) sounds.push_back({.personal = true, .recording = say.recording});
        auto sound = speaker.sound_of(say);
        if (!sound.words.empty()) sounds.push_back(std::move(sound));
    }
    return sounds;
}

}  // namespace harborline::render
