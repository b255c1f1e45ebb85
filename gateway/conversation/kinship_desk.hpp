#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/conversation/rules.hpp"
#include "handlers/core/family.hpp"
#include "handlers/core/message.hpp"
#include "handlers/core/time.hpp"
#include "handlers/kinship/addressee.hpp"
#include "handlers/kinship/crossing.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

/// Relatives' words on their way (I7): how they are taken, leave, and are gone. The row of the outbox holds none of
/// them; its letter does, and is erased when it has arrived, or never will. What was spoken has arrived when it was
/// heard, whatever becomes of the text that announces it. Used within a transaction.
class KinshipDesk {
  public:
    explicit KinshipDesk(const Rules& rules) : rules_(rules) {}

    enum class Taken {
        kSent,     ///< On its way; to a child without a phone of its own: waits until the child hears it.
        kTooLong,  ///< Of more than `kCharactersMax`, or of more than two texts with what stands before it.
        kNot,      ///< Nothing may pass between the two now, or the other one has no phone for words.
    };
    static constexpr std::size_t kCharactersMax = 60;

    /// Takes words along a tie, to its child or from it. What has the wrong hour only is taken, and waits.
    Taken take(storage::Transaction& tx, const core::Tie& tie, bool to_child, std::string_view words,
               core::Instant now);
    /// The same of what was spoken: it waits until the other one hears it by telephone, and is announced by text to
    /// whoever has a phone of her own. Never kTooLong. What may not pass (null, or as things stand) is dropped, and who
    /// spoke it learns no more than where nobody comes to hear it: in the end, that it did not arrive (domain
    /// rules 4.6).
    Taken take_spoken(storage::Transaction& tx, const core::Tie& tie, bool to_child, const storage::Recording* told,
                      core::Instant now);
    /// The phone that texts for one side of a tie go to: her own, unless she has asked for no texts at all or may be
    /// reached by none.
    std::optional<storage::Handset> phone_for(storage::Transaction& tx, const core::Tie& tie, bool to_child,
                                              core::Instant now) const;
    /// Until when words can arrive: 72 h after the day (UTC) on which they were written began.
    static core::Instant last_moment(core::Instant written);

    /// Whether it carries words to a child.
    static bool is_for_child(storage::Transaction& tx, const core::Message& message);

    /// What becomes of a claimed message.
    struct Leave {
        std::optional<core::Instant> not_before{};  ///< Its hour comes later, or a question of ours is answered first.
        std::string_view why_not{};                 ///< It must never go; both empty: it goes.
    };
    /// Judges a message of class kKinship again, at the instant at which it would leave (I8). Where it goes, its words
    /// are put into it, which nobody may write back, and her phone remembers who has written to it.
    Leave let_go(storage::Transaction& tx, core::Message& claimed, core::Instant now);

    /// It has reached its phone, as far as anybody will ever know.
    void arrived(storage::Transaction& tx, core::OutboxId id, core::Instant now);
    /// It will not. Whoever wrote it is told once, in words that say nothing of why: at a phone of her own, else when
    /// she opens the line next (Deed::kKinNews).
    void did_not_arrive(storage::Transaction& tx, core::OutboxId id, core::Instant now);
    /// What was spoken is not to be heard any more: its file is lost. Who spoke it is told.
    void lost(storage::Transaction& tx, core::LetterId id, core::Instant now);
    /// Whoever wrote them is not asked any more for whom they are: they are gone, and she is told.
    void give_up_parked(storage::Transaction& tx, core::LetterId id, const storage::Handset& writer, core::Instant now);
    /// Erases what nobody can open any more, and tells whoever wrote it; forgets who has not come to be told for weeks.
    /// False where there was more than `most`, which fit into one go.
    bool give_up_overdue(storage::Transaction& tx, core::Instant now, int most = 100);

  private:
    std::string words_for(storage::Transaction& tx, const core::Letter& letter, const core::Tie& tie,
                          const storage::Handset& phone, flow::Say say) const;
    core::OutboxId put_on_way(storage::Transaction& tx, core::HandsetId to, core::Instant due, core::Instant now) const;
    core::Instant due_at(const kinship::Judgement& verdict, core::Instant now) const;
    const config::ChannelSettings& channel_of(storage::Transaction& tx, core::HandsetId handset) const;
    core::Instant after_rest(core::Instant now) const;
    /// Whether a text may tell her that her words did not arrive.
    bool may_be_told(storage::Transaction& tx, const core::Tie& tie, const storage::Handset& writer,
                     core::Instant now) const;
    void tell_writer(storage::Transaction& tx, const core::Letter& letter, core::Instant now);
    void tell(storage::Transaction& tx, const storage::Handset& writer, bool to_child, core::Instant now);
    bool is_being_asked(storage::Transaction& tx, core::HandsetId handset) const;
    static void remember(storage::Transaction& tx, const core::Message& row, kinship::Written words);
    static void forget(storage::Transaction& tx, core::HandsetId handset, core::TieId tie);

    const Rules& rules_;
};

}  // namespace harborline::gateway
