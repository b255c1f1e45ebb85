#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "gateway/carriers/carrier.hpp"

namespace harborline::gateway {

struct UssdGatewayOptions {
    config::UssdDialect dialect{};
    std::string country{};        ///< Completes national numbers.
    bool forms_only = false;      ///< Sends nothing but POSTed forms.
    std::string service_field{};  ///< Names the code that was dialled; empty where it is not sent.
    std::string status_field{};   ///< Of the end notification; empty where it says nothing about our last words.
    std::vector<std::string> statuses_unseen{};  ///< Those that say that they were not shown.
};

/// An operator's USSD over HTTP, by the names its settings give. Actions:
///   ussd  One input: a GET, a POSTed form or a flat JSON object. Answered with the next screen.
///   end   The session is over, where that is told at an address of its own. Whatever else it repeats (what she
///         entered, our last words, cost) is read by nobody.
std::unique_ptr<Carrier> make_ussd_gateway(UssdGatewayOptions options);

}  // namespace harborline::gateway
