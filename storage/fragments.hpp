#pragma once
#include <vector>

#include "handlers/core/inbound.hpp"

namespace harborline::storage {

/// Parts of texts that wait for their missing neighbours.
class Fragments {
  public:
    virtual ~Fragments() = default;
    /// How long its bytes can be read at the longest, whoever has a copy of the database.
    enum class Lives {
        kAsTexts,
        kAsLetters,  ///< It may be for a relative (I7): sealed as Letters are, and without bytes once the key is dead.
    };
    /// Keeps a part; a part with the same sender, port, reference, total, index and bytes replaces nothing and is a
    /// repeat (false). With other bytes it belongs to another text under a wrapped reference and is kept beside it.
    /// kAsLetters throws Unavailable where the key of the day is not there.
    virtual bool add(const core::Inbound& part, core::HandsetId handset, Lives lives) = 0;
    bool add(const core::Inbound& part, core::HandsetId handset) { return add(part, handset, Lives::kAsTexts); }
    /// The text of `part` was taken: its parts wait for nobody any more, and stay so that a repeat of one is known.
    virtual void settle(const core::Inbound& part, core::HandsetId handset) = 0;
    /// Whether this very part settled, having come at or after `since`.
    virtual bool is_settled(const core::Inbound& part, core::HandsetId handset, core::Instant since) = 0;
    /// Removes settled parts that came before `before`.
    virtual void forget_settled(core::HandsetId handset, core::Instant before) = 0;
    /// The parts so far of the same text as `part`, by index. Parts older than `since` belong to an earlier text with
    /// the same reference and are left out; so are those that can not be read any more.
    virtual std::vector<core::Inbound> siblings(const core::Inbound& part, core::HandsetId handset,
                                                core::Instant since) = 0;
    /// Those that settled stay.
    virtual void remove(const core::Inbound& part, core::HandsetId handset) = 0;
    /// One part of each text of this handset whose first part came before `before`: their neighbours are not coming
    /// any more. Of a text of which no part can be read there is none.
    virtual std::vector<core::Inbound> overdue(core::HandsetId handset, core::Instant before) = 0;
};

}  // namespace harborline::storage
