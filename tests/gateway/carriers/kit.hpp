#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "gateway/carriers/carrier.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::gateway::testing {

/// A carrier's test file fills one of these and instantiates EveryCarrier with it; the kit then adds by itself what
/// every carrier must meet. The rest of the file is a table of DecodeCase.
struct CarrierProfile {
    std::string name{};
    std::function<std::unique_ptr<Carrier>()> make{};
    std::vector<WebRequest> texts{};     ///< Good requests, each of at least one text.
    std::vector<WebRequest> receipts{};  ///< Good receipts.
    std::vector<WebRequest> ends{};      ///< Sessions or calls that are over, with all that the carrier repeats then.
    std::vector<std::string> actions{"sms", "status"};
    WebResponse accepted{.status = 202};  ///< Of its API, to a message it has taken.
    bool sends = true;                    ///< Messages go out over HTTP.
    /// A good text with these bytes in the place of a UTF-8 text. Calls carry none, and leave this and the next empty.
    std::function<WebRequest(const std::string& bytes)> with_text{};
    /// A good text from this sender.
    std::function<WebRequest(const std::string& sender)> with_sender{};
    /// As many good as broken elements; left empty where the carrier sends one message a request.
    WebRequest half_broken{};
    /// Signs a request as it stands by now, where the carrier signs; the kit then changes what it likes.
    std::function<void(WebRequest& request)> sign{};

    friend void PrintTo(const CarrierProfile& profile, std::ostream* out) { *out << profile.name; }
};

class EveryCarrier : public ::testing::TestWithParam<CarrierProfile> {
  protected:
    std::unique_ptr<Carrier> carrier = GetParam().make();
    harborline::testing::FakeClock clock{};

    /// Every error in the answer of `decode`, outer or inner.
    std::vector<core::Error> errors_of(const WebRequest& request) const;
    /// Whether it speaks in sessions and sends no texts.
    bool has_sessions() const { return carrier->capabilities().kind == core::ChannelKind::kUssd; }
    bool has_calls() const { return carrier->capabilities().kind == core::ChannelKind::kVoice; }
    void sign(WebRequest& request) const;
    std::vector<core::Inbound> messages_of(const WebRequest& request) const;
    /// Decodes as text and as receipt, and expects nothing but that what comes out is sound.
    void expect_sound(const WebRequest& request) const;
};

/// What one request must come to.
struct DecodeCase {
    std::string name{};
    WebRequest request{};
    std::string text{};   ///< Expected words, or
    std::string error{};  ///< expected sentence where it must be refused.

    friend void PrintTo(const DecodeCase& test, std::ostream* out) { *out << test.name; }
};

/// Decodes one message, and expects what the case says.
void expect_decoded(const Carrier& carrier, const DecodeCase& test);

/// The name of a case or a profile, for INSTANTIATE_TEST_SUITE_P.
inline constexpr auto kNameOf = [](const auto& test) { return test.param.name; };

}  // namespace harborline::gateway::testing
