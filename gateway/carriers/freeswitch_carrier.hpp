#pragma once
#include <memory>
#include <string>

#include "gateway/carriers/carrier.hpp"
#include "gateway/carriers/dial_string.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::gateway {

struct FreeswitchOptions {
    core::Secret base{};        ///< Of our addresses: http://host:port/in/<channel>/<token>
    DialWay way{};              ///< Without a way to dial the channel bridges nobody.
    bool event_socket = false;  ///< It can be told to place calls.
    std::string country{};      ///< Completes national numbers.
};

/// Calls by way of our own FreeSWITCH, whose mod_httapi asks us with POSTed forms. Every address may be told that the
/// call is over, and may then bring a last recording. Actions:
///   voice, voice/<step>, voice/o<id>       A call's first request, those that follow our answers, a placed call's
///   first. confirm/<step>, confirm/<step>/key     A leg that we rang has answered; what it has keyed.
/// Nothing is sent over HTTP: calls are placed and ended over the event socket (dial_string.hpp).
std::unique_ptr<Carrier> make_freeswitch(FreeswitchOptions options);

}  // namespace harborline::gateway
