#pragma once
#include <string>
#include <string_view>

#include "gateway/carriers/carrier.hpp"
#include "gateway/conversation/conversation_service.hpp"
#include "gateway/http/metrics.hpp"
#include "handlers/core/result.hpp"

/// What both halves of PublicRoutes say where there is nothing to answer, and how they count.
namespace harborline::gateway {

inline WebResponse plain(int status, std::string_view words) {
    return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::string{words}};
}

inline WebResponse not_found() {
    return plain(404, "not found\n");
}

inline WebResponse refused(const core::Error& error) {
    if (error.kind == core::ErrorKind::kUnauthorized) return not_found();
    return plain(400, error.message + "\n");
}

inline InboundOutcome outcome_of(Taken how) {
    switch (how) {
        case Taken::kTaken:
            return InboundOutcome::kAnswered;
        case Taken::kRepeat:
            return InboundOutcome::kRepeated;
        case Taken::kPart:
            return InboundOutcome::kPart;
        case Taken::kStranded:
            return InboundOutcome::kStranded;
        case Taken::kQuarantined:
            return InboundOutcome::kQuarantined;
    }
    return InboundOutcome::kAnswered;
}

}  // namespace harborline::gateway
