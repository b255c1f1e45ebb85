#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

#include "handlers/core/ids.hpp"

namespace spdlog {
class logger;
}

namespace harborline::gateway {

/// One `key=value` of a log line. Takes numbers, ids, durations and words of our own; a PhoneNumber, a Secret or a
/// whole request does not convert, so that no line can hold one by mistake. Never pass a word that came from a person.
class LogField {
  public:
    LogField(std::string_view key, std::string_view word) : key_(key), value_(word) {}
    LogField(std::string_view key, const char* word) : key_(key), value_(std::string_view(word)) {}
    LogField(std::string_view key, const std::string& word) : key_(key), value_(std::string_view(word)) {}
    LogField(std::string_view key, bool value) : key_(key), value_(std::string_view(value ? "true" : "false")) {}
    LogField(std::string_view key, std::integral auto value) : key_(key), value_(static_cast<std::int64_t>(value)) {}
    LogField(std::string_view key, std::floating_point auto value) : key_(key), value_(static_cast<double>(value)) {}
    template <class Tag>
    LogField(std::string_view key, core::Id<Tag> id) : key_(key), value_(id.value) {}
    template <class Rep, class Period>
    LogField(std::string_view key, std::chrono::duration<Rep, Period> time)
        : key_(key), value_(std::chrono::duration<double>(time).count()) {}

    std::string_view key() const { return key_; }
    const std::variant<std::int64_t, double, std::string_view>& value() const { return value_; }

  private:
    std::string_view key_;
    std::variant<std::int64_t, double, std::string_view> value_;
};

/// A folder's own voice in the log: `time level folder event key=value …`. Cheap to copy; a default one says nothing.
/// Levels: info one line per turn; warn needs a look today; error somebody must act now.
class Log {
  public:
    using Fields = std::initializer_list<LogField>;

    Log() = default;
    explicit Log(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}

    void debug(std::string_view event, Fields fields = {}) const;
    void info(std::string_view event, Fields fields = {}) const;
    void warn(std::string_view event, Fields fields = {}) const;
    void error(std::string_view event, Fields fields = {}) const;

  private:
    void write(int level, std::string_view event, Fields fields) const;

    std::shared_ptr<spdlog::logger> logger_{};
};

/// The log of the whole program, owned by main. Lines go to `descriptor` (standard error) whole or not at all: when its
/// reader has stopped reading they are dropped after a short wait and counted, and the service goes on.
class Logs {
  public:
    /// `level` is a value of the setting log_level.
    explicit Logs(std::string_view level, int descriptor = 2);
    ~Logs();

    /// The voice of one folder: "http", "conversation", "workers" …
    Log folder(std::string_view name) const;

  private:
    struct Sink;
    std::shared_ptr<Sink> sink_;
    int level_;
};

}  // namespace harborline::gateway
