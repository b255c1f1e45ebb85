#pragma once
#include "gateway/carriers/carrier.hpp"
#include "gateway/carriers/webhook_query.hpp"

namespace harborline::gateway {

/// The named values of a webhook, however its carrier writes them: the query of a GET, or a POSTed form or flat JSON
/// object. The content type decides between these; without one, or with text/plain, the first character does. Numbers,
/// true and false of JSON become their digits and words; what is nested in it is passed over.
core::Result<WebhookQuery> read_fields(const WebRequest& request);

/// The same of a POSTed form only. Names that `wanted` refuses are passed over.
core::Result<WebhookQuery> read_form(const WebRequest& request, WebhookQuery::Wanted wanted = nullptr);

}  // namespace harborline::gateway
