#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "gateway/carriers/carrier.hpp"

namespace harborline::gateway {

/// What every carrier may need beyond its own section of the settings.
struct CarrierContext {
    std::string country{};      ///< Completes national numbers.
    std::string private_url{};  ///< Of our own private listener, without a slash at the end.
};

/// The carrier of a configured channel. kMalformed where there is no such carrier or its section lacks a value.
core::Result<std::unique_ptr<Carrier>> make_carrier(const config::ChannelSettings& channel,
                                                    const CarrierContext& context);

/// Names of the channels whose carrier rings others for a caller. A channel that can not be made is not among them.
std::vector<std::string> bridging_channels(const std::vector<config::ChannelSettings>& channels);

/// Names of the channels whose carrier hands over what a caller says and keeps none of it. One that can not be made is
/// not among them.
std::vector<std::string> handing_over_channels(const std::vector<config::ChannelSettings>& channels);

/// Whether a channel's carrier calls out on our wish. A channel that can not be made does not.
bool places_calls(const config::ChannelSettings& channel);

/// Every name that `carrier = …` may have.
std::vector<std::string_view> carrier_names();

}  // namespace harborline::gateway
