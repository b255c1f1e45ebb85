#include "gateway/carriers/httapi.hpp"

#include <algorithm>
#include <chrono>
#include <pugixml.hpp>
#include <string_view>

#include "gateway/carriers/dial_string.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// In place of words that have become no audio: she knows that the line is alive.
constexpr const char* kTone = "tone_stream://%(200,0,440)";
constexpr const char* kRinging = "%(1000,4000,450)";
constexpr const char* kBeep = "tone_stream://%(200,0,800)";
constexpr const char* kNothing = "silence_stream://50";

struct StringWriter : pugi::xml_writer {
    std::string text{};
    void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

std::string file_of(const core::Sound& sound) {
    return is_plain_url(sound.url) ? sound.url : kTone;
}

std::string silence(milliseconds length) {
    return "silence_stream://" + std::to_string(length.count());
}

/// FreeSWITCH takes a time of 0 for an error and its own default instead.
long long at_least_one(milliseconds time) {
    return std::max<long long>(time.count(), 1);
}

void add_text(pugi::xml_node parent, const char* name, std::string_view text) {
    parent.append_child(name).text().set(std::string{text}.c_str());
}

class Page {
  public:
    Page(const core::CallAnswer& answer, const HttapiPage& page) : answer_(answer), page_(page) {
        root_.append_attribute("type").set_value("xml/freeswitch-httapi");
    }

    std::string write() {
        if (page_.rings)
            answer_or_not();
        else
            std::visit([this](const auto& act) { add(act); }, answer_.act);
        StringWriter out;
        document_.save(out, "", pugi::format_raw);
        return std::move(out.text);
    }

  private:
    pugi::xml_node play(const std::string& file) {
        auto tag = work_.append_child("playback");
        tag.append_attribute("file").set_value(file.c_str());
        return tag;
    }

    void play_all() {
        for (const core::Sound& sound : answer_.sounds) play(file_of(sound));
    }

    void ask_next(pugi::xml_node tag) { tag.append_attribute("action").set_value(page_.action.c_str()); }

    void name(pugi::xml_node tag, const std::string& name) { tag.append_attribute("name").set_value(name.c_str()); }

    void remember(const std::string& asked) { add_text(params_, kHttapiAsked.data(), asked); }

    /// <answer/> ends the document, and the dialplan goes on (httapi.md, fact 9).
    void answer_or_not() {
        const auto* end = std::get_if<core::HangUp>(&answer_.act);
        if (end == nullptr || !end->unanswered) return static_cast<void>(work_.append_child("answer"));
        work_.append_child("hangup").append_attribute("cause").set_value("USER_BUSY");
    }

    void add(const core::HangUp&) {
        play_all();
        auto tag = work_.append_child("hangup");
        tag.append_attribute("cause").set_value(page_.leg ? "CALL_REJECTED" : "NORMAL_CLEARING");
    }

    void add(const core::Join&) {
        play_all();
        // Without it the dialplan hangs up the leg, so that a gateway in trouble joins nobody.
        add_text(variables(), "harborline_accepted", "true");
        work_.append_child("break");
    }

    void add(const core::Wait& wait) {
        play_all();
        ask_next(play(silence(milliseconds{at_least_one(wait.length)})));
    }

    /// Only the last tag may have a bind: a key stops its sound, and no tag behind it (httapi.md, fact 4).
    void add(const core::Gather& gather) {
        for (std::size_t at = 0; at + 1 < answer_.sounds.size(); ++at) play(file_of(answer_.sounds[at]));
        auto tag = play(answer_.sounds.empty() ? kNothing : file_of(answer_.sounds.back()));
        name(tag, httapi_keys_field(page_.step));
        // One more loop would say everything again by itself; when to do that is the flow's to say.
        tag.append_attribute("loops").set_value(0);
        tag.append_attribute("input-timeout").set_value(at_least_one(gather.silence));
        tag.append_attribute("digit-timeout").set_value(at_least_one(gather.between));
        // With it both silence and a key that fits nothing are told, as "invalid".
        tag.append_attribute("error-file").set_value(kNothing);
        if (gather.digits_max > 1) tag.append_attribute("terminators").set_value("#");
        ask_next(tag);
        if (gather.digits_max <= 1) return add_text(tag, "bind", "~[0-9*#]");
        add_text(tag, "bind", "~^[0-9*]{1," + std::to_string(gather.digits_max) + "}#?$");
        tag.child("bind").append_attribute("strip").set_value("#");
        // A pattern alone is taken as soon as it fits, here with the first digit. Beside another it is taken at the #
        // or when the time between two keys has passed, and so a lone 9 arrives too.
        add_text(tag, "bind", "*");
    }

    void add(const core::Record& record) {
        play_all();
        remember(httapi_recorded(page_.step));
        auto tag = work_.append_child("record");
        name(tag, "recording");
        tag.append_attribute("file").set_value("recording.wav");
        if (record.tone) tag.append_attribute("beep-file").set_value(kBeep);
        tag.append_attribute("limit").set_value(static_cast<long long>(std::max(record.longest, 1s).count()));
        tag.append_attribute("silence-hits").set_value(static_cast<long long>(std::max(record.silence, 1s).count()));
        tag.append_attribute("terminators").set_value("#");
        ask_next(tag);
        add_text(tag, "bind", "#");
    }

    void add(const core::Dial& dial) {
        play_all();
        remember(httapi_dialled(page_.step));
        if (!page_.dial) {
            auto tag = work_.append_child("pause");
            tag.append_attribute("milliseconds").set_value(100);
            return ask_next(tag);
        }
        auto set = variables();
        add_text(set, "hangup_after_bridge", "false");
        add_text(set, "continue_on_fail", "true");
        add_text(set, "call_timeout", std::to_string(std::max(dial.ring, 1s).count()));
        // What she hears is the same whoever is rung, and where nobody may be (core::kRingingTone).
        for (const char* const heard : {"ringback", "transfer_ringback"}) add_text(set, heard, kRinging);
        limit(set, dial);
        auto tag = work_.append_child("dial");
        ask_next(tag);
        tag.text().set(page_.dial->c_str());
        // The document goes on when the talk is over, and the next request tells it.
        name(work_.append_child("getVariable"), "originate_disposition");
    }

    /// The dialplan counts, from acceptance on.
    static void limit(pugi::xml_node set, const core::Dial& dial) {
        const auto longest = std::max(dial.longest, 1s);
        const bool warned = dial.warning > 0s && dial.warning < longest;
        add_text(set, "bridge_pre_execute_aleg_app", "execute_extension");
        add_text(set, "bridge_pre_execute_aleg_data", warned ? "warn_and_end XML harborline" : "end XML harborline");
        add_text(set, "harborline_end", "+" + std::to_string(longest.count()));
        if (!warned) return;
        add_text(set, "harborline_warn", "+" + std::to_string((longest - dial.warning).count()));
        add_text(set, "harborline_word", dial.warned.empty() ? kTone : file_of(dial.warned.front()));
    }

    pugi::xml_node variables() {
        if (auto set = root_.child("variables")) return set;
        return root_.insert_child_before("variables", work_);
    }

    const core::CallAnswer& answer_;
    const HttapiPage& page_;
    pugi::xml_document document_{};
    pugi::xml_node root_ = document_.append_child("document");
    pugi::xml_node params_ = root_.append_child("params");
    pugi::xml_node work_ = root_.append_child("work");
};

std::string of_step(const char* what, int step) {
    return std::string{what} + std::to_string(step);
}

}  // namespace

std::string write_httapi(const core::CallAnswer& answer, const HttapiPage& page) {
    return Page{answer, page}.write();
}

std::string write_empty_httapi() {
    return R"(<?xml version="1.0"?><document type="xml/freeswitch-httapi"><params/><work/></document>)";
}

std::string httapi_keys_field(int step) {
    return of_step("keys_", step);
}

std::string httapi_recorded(int step) {
    return of_step("recorded_", step);
}

std::string httapi_dialled(int step) {
    return of_step("dialled_", step);
}

}  // namespace harborline::gateway
