#include "gateway/http/log.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <mutex>

namespace harborline::gateway {

namespace {

// A pipe takes so much in one piece or not at all, once poll() called it writable (pipe(7), PIPE_BUF).
constexpr std::size_t kLineMax = 4'096;
constexpr int kPatience_ms = 50;
constexpr std::size_t kWordMax = 300;

bool is_plain(char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7f;
}

// Anything but plain characters is quoted and escaped, so that no value can end a line or fake a field.
void append_word(fmt::memory_buffer& line, std::string_view word) {
    word = word.substr(0, kWordMax);
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) {
        line.append(word);
        return;
    }
    line.push_back('"');
    for (const char c : word) {
        if (is_plain(c) || c == ' ' || c == '=') {
            line.push_back(c);
        } else {
            fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    line.push_back('"');
}

void append(fmt::memory_buffer& line, const LogField& field) {
    line.push_back(' ');
    line.append(field.key());
    line.push_back('=');
    if (const auto* word = std::get_if<std::string_view>(&field.value())) return append_word(line, *word);
    if (const auto* number = std::get_if<double>(&field.value())) {
        fmt::format_to(std::back_inserter(line), "{:.6g}", *number);
    } else {
        fmt::format_to(std::back_inserter(line), "{}", std::get<std::int64_t>(field.value()));
    }
}

}  // namespace

struct Logs::Sink : spdlog::sinks::base_sink<std::mutex> {
    explicit Sink(int to) : descriptor(to) {
        set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %n %v",
                                                                  spdlog::pattern_time_type::utc));
    }

    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (line.size() > kLineMax) {
            line.resize(kLineMax);
            line[kLineMax - 1] = '\n';
        }
        if (dropped > 0) {
            const auto note = fmt::format("log_lines_dropped count={}\n", dropped);
            if (!put(note)) return ++dropped, void();
            dropped = 0;
        }
        if (!put({line.data(), line.size()})) ++dropped;
    }

    // Waits only while lines are getting through, so that a stopped reader costs one short wait and not one per line.
    bool put(std::string_view line) const {
        pollfd writable{.fd = descriptor, .events = POLLOUT, .revents = 0};
        if (::poll(&writable, 1, dropped > 0 ? 0 : kPatience_ms) != 1 || writable.revents != POLLOUT) return false;
        return ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    }

    void flush_() override {}

    int descriptor;
    std::uint64_t dropped = 0;
};

Logs::Logs(std::string_view level, int descriptor)
    : sink_(std::make_shared<Sink>(descriptor)), level_(spdlog::level::from_str(std::string(level))) {}

Logs::~Logs() = default;

Log Logs::folder(std::string_view name) const {
    auto logger = std::make_shared<spdlog::logger>(std::string(name), sink_);
    logger->set_level(static_cast<spdlog::level::level_enum>(level_));
    return Log(std::move(logger));
}

void Log::write(int level, std::string_view event, Fields fields) const {
    const auto at = static_cast<spdlog::level::level_enum>(level);
    if (logger_ == nullptr || !logger_->should_log(at)) return;
    fmt::memory_buffer line;
    line.append(event);
    for (const auto& field : fields) append(line, field);
    logger_->log(at, spdlog::string_view_t(line.data(), line.size()));
}

void Log::debug(std::string_view event, Fields fields) const {
    write(spdlog::level::debug, event, fields);
}
void Log::info(std::string_view event, Fields fields) const {
    write(spdlog::level::info, event, fields);
}
void Log::warn(std::string_view event, Fields fields) const {
    write(spdlog::level::warn, event, fields);
}
void Log::error(std::string_view event, Fields fields) const {
    write(spdlog::level::err, event, fields);
}

}  // namespace harborline::gateway
