#pragma once
#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include "handlers/core/result.hpp"

namespace harborline::core {

/// A subscriber's number in E.164 (ITU-T E.164: at most 15 digits, country code first). Its printer masks, so that no
/// log, assertion or error can show it; `reveal()` is for the wire and the sealed column only.
class PhoneNumber {
  public:
    PhoneNumber() = default;

    /// Reads a number as a carrier or a person writes it: +86…, 0086…, 86…, national form, full-width digits, spaces,
    /// dashes and brackets. `default_country` ("86") completes a national form. Fails with kMalformed on anything that
    /// is no number at all and on E.164's limits.
    static Result<PhoneNumber> parse(std::string_view written, std::string_view default_country);

    /// Stands for whoever is on a call that shows no number, by the carrier's name of the call: no subscriber, and
    /// nothing to show.
    static PhoneNumber of_call(std::string_view call);

    /// Digits only, country code first, no plus; a service port as it is dialled; empty for the empty number. Never to
    /// be logged.
    std::string reveal() const;
    /// With the plus, except for a service port.
    std::string reveal_e164() const;
    /// 138****1234-style, for a screen that may show so much.
    std::string masked() const;

    /// False for short codes, service ports (106…, 955xx, 12xxx) and alphanumeric senders: they never get a reply.
    bool is_subscriber() const;
    bool empty() const { return digits_ == 0; }

    /// One key for the whole number, to be stored and compared: a subscriber's digits, country code first (at most 15),
    /// or a service port's digits behind a mark. Fits into 63 bits; only `from_value` reads it back.
    std::uint64_t value() const { return digits_; }
    static PhoneNumber from_value(std::uint64_t digits);

    friend auto operator<=>(const PhoneNumber&, const PhoneNumber&) = default;
    friend std::ostream& operator<<(std::ostream& out, const PhoneNumber& number);

  private:
    std::uint64_t digits_ = 0;
};

/// Whether a sender that is no phone number ("ICBC", a port of 20 digits) is some machine's name rather than rubbish:
/// its text is kept under the empty number, and gets no reply.
bool looks_like_service_sender(std::string_view written);

}  // namespace harborline::core
