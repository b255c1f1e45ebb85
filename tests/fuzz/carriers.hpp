#pragma once
#include "gateway/carriers/africas_talking_carrier.hpp"
#include "gateway/carriers/carrier.hpp"
#include "gateway/carriers/freeswitch_carrier.hpp"
#include "gateway/carriers/handset_carrier.hpp"
#include "gateway/carriers/kannel_carrier.hpp"

namespace harborline::fuzz {

inline constexpr core::Instant kNow{std::chrono::sys_days{std::chrono::year{2027} / 3 / 3}};

std::unique_ptr<gateway::Carrier> kannel();
std::unique_ptr<gateway::Carrier> handset();
std::unique_ptr<gateway::Carrier> handset_ussd();
std::unique_ptr<gateway::Carrier> handset_voice();
/// Its texts; its USSD is made without options.
std::unique_ptr<gateway::Carrier> africas_talking();
std::unique_ptr<gateway::Carrier> freeswitch();

/// An error for the operator: a sentence of ours in ASCII, without a number in it.
void require_discreet(const core::Error& error);

/// Decodes a webhook of texts twice: both give the same, and what comes out is sound.
void require_sound_texts(const gateway::Carrier& carrier, const gateway::WebRequest& request);
/// The same for receipts.
void require_sound_receipts(const gateway::Carrier& carrier, const gateway::WebRequest& request);

}  // namespace harborline::fuzz
