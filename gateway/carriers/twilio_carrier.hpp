#pragma once
#include <memory>

#include "gateway/carriers/carrier.hpp"
#include "gateway/carriers/twilio_account.hpp"

namespace harborline::gateway {

/// Texts by way of Twilio and of those who speak as it does. Every webhook must be signed. Actions, each a POSTed form:
///   sms     A text, with an id of its own.
///   status  What became of a text of ours, by the id that we put into the address.
std::unique_ptr<Carrier> make_twilio_sms(TwilioOptions options);

/// Calls by way of the same, answered in TwiML. Every webhook must be signed. Actions, each a POSTed form:
///   voice, voice/<step>, voice/o<OutboxId>   A call, what follows our answer, and a call that we have placed.
///   confirm/<step>, confirm/<step>/key       One who was rung for that answer has picked up, and has keyed.
///   recording                                A recording is ready, where the account's own settings announce it.
///   status                                   What became of a call that we have placed; `decode` reads its end there.
///   end                                      Somebody's call to us is over.
/// A call without a number, or with what is none, is the empty number's. There are no ids of single requests: call and
/// step are theirs.
std::unique_ptr<Carrier> make_twilio_voice(TwilioOptions options);

}  // namespace harborline::gateway
