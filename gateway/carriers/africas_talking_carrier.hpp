#pragma once
#include <memory>
#include <string>

#include "gateway/carriers/carrier.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::gateway {

struct AfricasTalkingOptions {
    std::string api_url{};  ///< Its messaging service: https://api.africastalking.com/version1/messaging
    std::string user{};     ///< Name of the account's application; "sandbox" there.
    core::Secret api_key{};
    std::string number{};   ///< Short code or name that our texts come from; empty: the account's own default.
    std::string country{};  ///< Completes national numbers.
};

/// Texts by way of Africa's Talking, both ways. It signs nothing. Actions, each a POSTed form:
///   sms     A text, with an id and a time of its own.
///   status  A delivery report, by the id that the answer to our sending gave the message.
///   optout  She has told it that she wants no more from our sender, and from then on it refuses what we send her.
std::unique_ptr<Carrier> make_africas_talking_sms(AfricasTalkingOptions options);

/// Its USSD: the text of each request repeats all inputs of the session, and the answer begins with CON or END.
std::unique_ptr<Carrier> make_africas_talking_ussd(std::string country);

}  // namespace harborline::gateway
