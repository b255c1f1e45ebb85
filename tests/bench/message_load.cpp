#include "tests/bench/message_load.hpp"

#include <sodium.h>

#include <exception>
#include <stdexcept>
#include <utility>

namespace harborline::bench {
namespace {

storage::StoreOptions store_options(const LoadOptions& options, core::Clock& clock, core::Random& random) {
    return {.database = options.folder / "harborline.db",
            .master_key = options.folder / "harborline.key",
            .group_max = options.group,
            .autocheckpoint_pages = options.autocheckpoint_pages,
            .clock = &clock,
            .random = &random};
}

}  // namespace

core::Instant WallClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void TrueRandom::fill(std::span<std::byte> out) {
    randombytes_buf(out.data(), out.size());
}

core::PhoneNumber number(int handset) {
    return core::PhoneNumber::from_value(8'619'901'000'000ULL + static_cast<std::uint64_t>(handset));
}

core::HandsetId take(storage::Transaction& tx, const Message& message) {
    if (tx.turns().find_repeat("kannel", message.identity)) throw std::logic_error("a new text is no repeat");
    const auto handset = tx.handsets().find_or_add(message.from, message.at);
    auto conversation = tx.conversations().find(handset.id).value_or(storage::Conversation{.handset = handset.id});
    if (!conversation.id) conversation.id = tx.conversations().next_id();
    conversation.channel = "kannel";
    conversation.last_turn_at = message.at;
    conversation.state.assign(200, message.identity.back());
    tx.conversations().put(conversation);
    tx.turns().append({.received_at = message.at,
                       .channel = "kannel",
                       .handset = handset.id,
                       .conversation = conversation.id,
                       .identity = message.identity,
                       .text = std::string(180, 't'),
                       .note = "petition.story"});
    tx.outbox().add({.channel = "kannel",
                     .to = handset.id,
                     .text = std::string(150, 'a'),
                     .state = message.answer,
                     .created_at = message.at,
                     .due_at = message.at,
                     .expires_at = message.at + std::chrono::hours(1)});
    return handset.id;
}

MessageLoad::MessageLoad(LoadOptions options)
    : options_(std::move(options)),
      order_(options_.handsets),
      store_(storage::open_sqlite(store_options(options_, clock_, random_)).value()) {}

MessageLoad::~MessageLoad() {
    store_->stop();
}

std::int64_t MessageLoad::run(std::chrono::duration<double> length, std::int64_t limit) {
    const auto until = std::chrono::steady_clock::now() + length;
    std::int64_t submitted = 0;
    std::unique_lock lock(mutex_);
    while (std::chrono::steady_clock::now() < until && submitted < limit) {
        freed_.wait(lock, [&] { return waiting_ < 2 * options_.group; });
        ++waiting_;
        ++submitted;
        lock.unlock();
        submit();
        lock.lock();
    }
    freed_.wait(lock, [&] { return waiting_ == 0; });
    if (failed_) throw std::runtime_error("a piece of work failed");
    return submitted;
}

void MessageLoad::submit() {
    const auto counter = next_++;
    auto work = [message = Message{.identity = "bench-" + run_ + "-" + std::to_string(counter),
                                   .from = number(order_.at(counter) * options_.stride),
                                   .at = clock_.now()}](storage::Transaction& tx) { take(tx, message); };
    store_->submit(storage::Store::Lane::kOrdinary, std::move(work), [this](std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        failed_ = failed_ || error;
        --waiting_;
        if (waiting_ <= options_.group) freed_.notify_one();
    });
}

}  // namespace harborline::bench
