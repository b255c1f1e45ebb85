#include "tests/gateway/calls/recording.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

namespace harborline::testing {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(HARBORLINE_SOURCE_DIR) / "tests/gateway/calls/recordings";

using Kind = Recorded::Kind;

char take_connection(std::string_view& line) {
    if (!line.starts_with('A') && !line.starts_with('B')) return 'A';
    const char connection = line.front();
    line.remove_prefix(1);
    return connection;
}

std::optional<Recorded> read_remark(std::string_view line) {
    const char connection = line.find(" B ") == std::string_view::npos ? 'A' : 'B';
    if (line.ends_with(" connected")) return Recorded{Kind::kConnected, connection, {}};
    if (line.ends_with(" closed by the server") || line.ends_with(" closed by us"))
        return Recorded{Kind::kClosed, connection, {}};
    return std::nullopt;
}

std::optional<Recorded> read_line(std::string_view line) {
    if (line.starts_with("# ")) return read_remark(line);
    Recorded one;
    one.connection = take_connection(line);
    if (line.empty() || (line.front() != '<' && line.front() != '>')) return std::nullopt;
    one.kind = line.front() == '>' ? Kind::kSent : Kind::kReceived;
    line.remove_prefix(1);
    const bool open = line.starts_with('-');
    if (open) line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    one.bytes = std::string(line) + (open ? "" : "\n");
    for (constexpr std::string_view kCr = "␍"; one.bytes.find(kCr) != std::string::npos;)
        one.bytes.replace(one.bytes.find(kCr), kCr.size(), "\r");
    return one;
}

/// Commands that our client gives too.
bool is_ours(std::string_view command) {
    return command.starts_with("auth ") || command.starts_with("bgapi originate {") ||
           (command.starts_with("event plain CHANNEL_ANSWER") && command.find("HANGUP") != std::string_view::npos) ||
           command.starts_with("api uuid_kill a1990000") || command.starts_with("api uuid_exists a1990000");
}

/// Follows one connection, pairing answers with commands by their order.
class ScriptWriter {
  public:
    void sent(std::string_view bytes) {
        for (const char c : bytes) {
            if (c != '\r') command_.push_back(c);
        }
        for (auto end = command_.find("\n\n"); end != std::string::npos; end = command_.find("\n\n")) {
            std::string one = command_.substr(0, end);
            command_.erase(0, end + 2);
            one.erase(0, one.find_first_not_of('\n'));
            if (one.empty()) continue;
            // A second subscription is something that ours never asks for.
            const bool ours = is_ours(one) && !(one.starts_with("event ") && subscribed_);
            subscribed_ = subscribed_ || one.starts_with("event ");
            if (ours) script.push_back({SwitchStep::Kind::kAwait, one});
            asked_.push_back(ours);
        }
        if (command_ == "\n") command_.clear();
    }
    void received(std::string_view bytes, bool events_only) {
        said_ += bytes;
        for (std::string& one : whole_messages()) {
            const std::string type = value_in(one, "Content-Type");
            const bool answer = type == "command/reply" || type == "api/response";
            bool wanted = !answer;
            if (answer && !asked_.empty()) {
                wanted = asked_.front();
                asked_.pop_front();
            }
            if (events_only ? type == "text/event-plain" : wanted) script.push_back({SwitchStep::Kind::kSay, one});
        }
    }
    void closed() { script.push_back({SwitchStep::Kind::kClose, {}}); }

    SwitchScript script{};

  private:
    std::vector<std::string> whole_messages() {
        std::vector<std::string> whole;
        try {
            whole = messages_of(said_);
        } catch (const std::runtime_error&) {
            return {};
        }
        said_.clear();
        return whole;
    }

    std::string command_{};
    std::string said_{};
    std::deque<bool> asked_{};
    bool subscribed_ = false;
};

}  // namespace

std::vector<Recorded> read_recording(const std::string& name) {
    std::ifstream file(kFolder / (name + ".txt"));
    if (!file) throw std::runtime_error("no such recording");
    std::vector<Recorded> all;
    bool joins = false;
    for (std::string line; std::getline(file, line);) {
        const auto one = read_line(line);
        if (one && joins && all.back().kind == one->kind && all.back().connection == one->connection) {
            all.back().bytes += one->bytes;
        } else if (one) {
            all.push_back(*one);
        }
        joins = one && !one->bytes.empty();
    }
    return all;
}

const std::vector<std::string>& recording_names() {
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(kFolder)) names.push_back(entry.path().stem());
        std::sort(names.begin(), names.end());
        return names;
    }();
    return kNames;
}

std::string received(const std::vector<Recorded>& recording, char connection) {
    std::string bytes;
    for (const Recorded& one : recording) {
        if (one.kind == Kind::kReceived && one.connection == connection) bytes += one.bytes;
    }
    return bytes;
}

std::string value_in(std::string_view text, std::string_view name) {
    const std::string line = "\n" + std::string(name) + ": ";
    const std::string all = "\n" + std::string(text);
    const auto at = all.find(line);
    if (at == std::string::npos) return {};
    return all.substr(at + line.size(), all.find('\n', at + line.size()) - at - line.size());
}

std::vector<std::string> messages_of(std::string_view bytes) {
    std::vector<std::string> messages;
    while (!bytes.empty()) {
        const auto head = bytes.find("\n\n");
        if (head == std::string_view::npos) throw std::runtime_error("half a head");
        const std::string length = value_in(bytes.substr(0, head + 1), "Content-Length");
        const std::size_t size = head + 2 + (length.empty() ? 0 : std::stoul(length));
        if (bytes.size() < size) throw std::runtime_error("half a body");
        messages.emplace_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return messages;
}

std::vector<SwitchScript> scripts_of(const std::vector<Recorded>& recording) {
    std::map<char, ScriptWriter> writers;
    bool together = false;
    bool a_closed = false;
    for (const Recorded& one : recording) {
        if (one.kind == Kind::kConnected && one.connection == 'B') together = !a_closed;
        // The other client's events come to ours as well, which has subscribed to all of them.
        const bool lent = one.connection == 'B' && together;
        if (lent && one.kind == Kind::kReceived) {
            if (one.bytes.find("text/event-plain") != std::string::npos) writers['A'].received(one.bytes, true);
            continue;
        }
        if (lent) continue;
        ScriptWriter& writer = writers[one.connection];
        if (one.kind == Kind::kSent) writer.sent(one.bytes);
        if (one.kind == Kind::kReceived) writer.received(one.bytes, false);
        if (one.kind == Kind::kClosed) writer.closed();
        a_closed = a_closed || (one.kind == Kind::kClosed && one.connection == 'A');
    }
    std::vector<SwitchScript> scripts;
    for (auto& [connection, writer] : writers) scripts.push_back(std::move(writer.script));
    return scripts;
}

}  // namespace harborline::testing
