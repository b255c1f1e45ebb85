#pragma once
#include <string>
#include <string_view>

namespace harborline::config {

/// A rule for a text setting: what it demands, in words for the reference and for findings, and the test of it.
struct Check {
    std::string_view demands{};
    bool (*holds)(const std::string& text) = nullptr;
};

extern const Check kAnyText;
extern const Check kNotEmpty;
extern const Check kWebhookToken;
extern const Check kSignature;
extern const Check kChannelName;
extern const Check kOptionalChannelName;
extern const Check kCarrier;
extern const Check kLanguage;
extern const Check kDigits;
extern const Check kNumber;  ///< As a carrier knows it.
extern const Check kCountry;
extern const Check kAddress;
extern const Check kNetworkBlock;
extern const Check kTimezone;
extern const Check kUrl;
extern const Check kFieldName;
extern const Check kShortWords;
extern const Check kServiceCode;
extern const Check kLogLevel;

}  // namespace harborline::config
