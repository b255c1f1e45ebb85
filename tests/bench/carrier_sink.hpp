#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace harborline::bench {

/// One message that was handed over whole: with its last part.
struct Arrival {
    std::chrono::steady_clock::time_point at{};
    std::uint64_t to = 0;  ///< Without its plus.
    bool red = false;      ///< A page to danger.
};

/// Kannel's sendsms on a port of loopback, on a thread of its own: takes everything at once and notes when it came.
class CarrierSink {
  public:
    /// `red` stands in the words of a page to danger, and in no other message.
    CarrierSink(std::uint16_t port, std::string red);
    ~CarrierSink();
    CarrierSink(const CarrierSink&) = delete;
    CarrierSink& operator=(const CarrierSink&) = delete;

    /// Messages taken so far.
    std::int64_t count() const { return count_; }
    /// Everything that was taken since the last call, in the order in which it came.
    std::vector<Arrival> take();

  private:
    struct Line {
        int socket = -1;
        std::string read{};
    };
    void serve();
    void accept_one();
    /// False where the peer has left.
    bool read_from(Line& line);
    void note(const std::string& request, std::size_t head);

    std::string red_;
    int listener_ = -1;
    int epoll_ = -1;
    std::vector<Line> lines_{};  ///< By socket.
    std::atomic<std::int64_t> count_ = 0;
    std::atomic<bool> over_ = false;
    std::mutex mutex_{};
    std::vector<Arrival> arrivals_{};
    std::thread thread_{};
};

}  // namespace harborline::bench
