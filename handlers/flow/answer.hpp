#pragma once
#include <string>
#include <string_view>

#include "handlers/core/inbound.hpp"
#include "handlers/core/input.hpp"

namespace harborline::flow {

/// Reads what a person sent as the input it means: one key in any spelling (1, １, 一, 壹, 幺, ①, "按1", "回1", "1。",
/// " 1 "), a number of several digits in any spelling, or text. `text` is valid UTF-8 of any length.
core::Input read_answer(std::string_view text);

/// Whether the whole answer is the danger key. Cheap: decides the queue before anything else is known.
bool is_danger(std::string_view text);

/// Whether the whole answer is `*0`: a call for help that must look harmless.
bool is_covert(std::string_view text);

/// Either of the two, read once.
bool calls_for_help(std::string_view text);

/// Whether no queue and no limit may hold a message up: it may be a call for help, openly or covertly. Where a
/// session's text repeats all its inputs, joined by *, the last one decides; there every 0 could be the end of a covert
/// call.
bool must_not_wait(const core::Inbound& inbound);

/// Opt-out and opt-in words, matched before everything but 9.
enum class OptWord { kNone, kOut, kOutOfAll, kIn };
OptWord read_opt_word(std::string_view text);

/// A short text as keywords are compared: upper case, half width, without spaces and the punctuation around it.
/// Empty where it is too long to be a keyword.
std::string fold_word(std::string_view text);

/// The digits of the only number in a short text ("编号是1234。"); empty where there is none or more than one.
std::string number_within(std::string_view text);

}  // namespace harborline::flow
