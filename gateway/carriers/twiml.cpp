#include "gateway/carriers/twiml.hpp"

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <string_view>

namespace harborline::gateway {
namespace {

struct Tag {
    std::string_view ours{};
    std::string_view theirs{};
};
constexpr std::array kTags{Tag{"zh-CN", "cmn-CN"}, Tag{"zh-TW", "cmn-TW"}, Tag{"zh-HK", "yue-HK"}};

std::string language_tag(std::string_view language) {
    const auto* known = std::ranges::find(kTags, language, &Tag::ours);
    return std::string{known == kTags.end() ? language : known->theirs};
}

/// XML 1.0 has no way to write the others.
std::string printable(std::string words) {
    std::ranges::replace_if(
        words, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t'; }, ' ');
    return words;
}

class StringWriter final : public pugi::xml_writer {
  public:
    void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }

    std::string text{};
};

void set(pugi::xml_node node, const char* name, const std::string& value) {
    node.append_attribute(name).set_value(value.c_str());
}

void set(pugi::xml_node node, const char* name, std::chrono::seconds value) {
    set(node, name, std::to_string(std::max<std::int64_t>(1, value.count())));
}

void redirect(pugi::xml_node parent, const std::string& to) {
    parent.append_child("Redirect").text().set(to.c_str());
}

/// Writes one answer; one call operator per act.
class Writer {
  public:
    Writer(pugi::xml_node response, const core::CallAnswer& answer, const TwimlStyle& style, const TwimlPlaces& places)
        : response_(response), answer_(answer), style_(style), places_(places) {}

    void operator()(const core::HangUp& end) {
        // Only as the first verb is the call not answered.
        if (end.unanswered) return set(response_.append_child("Reject"), "reason", "busy");
        sounds(response_);
        hang_up();
    }

    void operator()(const core::Gather& gather) {
        pugi::xml_node node = gather_node(gather.silence);
        // One key is the whole answer, # included; an empty finishOnKey keeps it from being taken for an end.
        set(node, "numDigits", std::to_string(std::max(1, gather.digits_max)));
        set(node, "finishOnKey", gather.digits_max > 1 ? "#" : "");
        sounds(node);
        redirect(response_, places_.next);
    }

    void operator()(const core::Record& record) {
        sounds(response_);
        pugi::xml_node node = response_.append_child("Record");
        set(node, "action", places_.next_recorded);
        // A call for help or for a person must not have to wait for the end of the tape.
        set(node, "finishOnKey", "#*90");
        set(node, "maxLength", record.longest);
        set(node, "timeout", record.silence);
        set(node, "playBeep", record.tone ? "true" : "false");
        set(node, "trim", "do-not-trim");
        // Where there was nothing to hear, Twilio goes on behind it.
        redirect(response_, places_.next_recorded);
    }

    void operator()(const core::Dial& dial) {
        sounds(response_);
        // Unasked nobody is connected: an answering machine would be.
        if (!style_.whispers || places_.leg.empty()) return redirect(response_, places_.next);
        pugi::xml_node node = response_.append_child("Dial");
        set(node, "callerId", style_.number);
        set(node, "timeout", dial.ring);
        set(node, "timeLimit", dial.longest);
        set(node, "answerOnBridge", "true");
        // What she hears is the same whoever is rung, and where nobody may be (core::kRingingTone).
        set(node, "ringTone", "cn");
        set(node, "action", places_.next);
        for (const std::string& number : dial.numbers) {
            pugi::xml_node leg = node.append_child("Number");
            set(leg, "url", places_.leg);
            leg.text().set(number.c_str());
        }
    }

    void operator()(const core::Wait& wait) {
        sounds(response_);
        if (style_.pauses) {
            set(response_.append_child("Pause"), "length", wait.length);
        } else {
            set(gather_node(wait.length), "numDigits", "1");
        }
        redirect(response_, places_.next);
    }

    /// A leg whose document ends is connected.
    void operator()(const core::Join&) { sounds(response_); }

  private:
    pugi::xml_node gather_node(std::chrono::seconds silence) {
        pugi::xml_node node = response_.append_child("Gather");
        set(node, "input", "dtmf");
        set(node, "action", places_.next);
        set(node, "timeout", silence);
        set(node, "actionOnEmptyResult", "true");
        return node;
    }

    void hang_up() { response_.append_child("Hangup"); }

    void sounds(pugi::xml_node parent) const {
        for (const core::Sound& sound : answer_.sounds) {
            if (!sound.url.empty()) {
                parent.append_child("Play").text().set(sound.url.c_str());
            } else if (!sound.words.empty()) {
                pugi::xml_node say = parent.append_child("Say");
                if (!answer_.language.empty()) set(say, "language", language_tag(answer_.language));
                if (!style_.voice.empty()) set(say, "voice", style_.voice);
                say.text().set(printable(sound.words).c_str());
            }
        }
    }

    pugi::xml_node response_;
    const core::CallAnswer& answer_;
    const TwimlStyle& style_;
    const TwimlPlaces& places_;
};

}  // namespace

std::string write_twiml(const core::CallAnswer& answer, const TwimlStyle& style, const TwimlPlaces& places) {
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", "1.0");
    set(declaration, "encoding", "UTF-8");
    Writer writer{document.append_child("Response"), answer, style, places};
    std::visit(writer, answer.act);
    StringWriter written;
    document.save(written, "", pugi::format_raw, pugi::encoding_utf8);
    return std::move(written.text);
}

}  // namespace harborline::gateway
