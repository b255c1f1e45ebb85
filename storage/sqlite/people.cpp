#include "storage/people.hpp"

#include <stdexcept>

#include "storage/sqlite/between.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kPersonColumn = "person.sealed";
constexpr auto kCardColumn = "card.sealed";
/// Rows that are in memory at once while everybody is visited.
constexpr int kVisitedAtOnce = 256;

class SqlitePeople : public People {
  public:
    SqlitePeople(Context& context, Handsets& handsets) : context_(context), handsets_(handsets) {}

    static constexpr auto kFind = R"sql(SELECT id, sealed FROM person WHERE id = ?)sql";
    std::optional<core::Person> find(core::PersonId id) override {
        return find_.first([this](Row row) { return read(row); }, id);
    }
    std::optional<core::Person> by_external_id(std::string_view external_id) override {
        const auto known = known_as(external_id);
        if (!known) return std::nullopt;
        core::Person person{.id = {known->id}};
        unpack(known->packed, person);
        return person;
    }

    static constexpr auto kAt = R"sql(
        SELECT person.id, sealed FROM person_phone JOIN person ON person.id = person_phone.person WHERE handset = ?
        ORDER BY person.id)sql";
    std::vector<core::Person> at(core::HandsetId handset) override {
        return at_.all([this](Row row) { return read(row); }, handset);
    }

    static constexpr auto kPhones = R"sql(
        SELECT handset, private FROM person_phone WHERE person = ? ORDER BY position)sql";
    std::vector<core::PersonPhone> phones_of(core::PersonId person) override {
        return phones_.all(
            [&](Row row) {
                return core::PersonPhone{.person = person,
                                         .number = handsets_.get({row.integer(0)}).number,
                                         .is_private = row.integer(1) != 0};
            },
            person);
    }

    std::optional<core::Tie> tie(core::TieId id) override { return ties_.find(id.value); }
    std::vector<core::Tie> ties_of(core::PersonId child_or_adult) override { return ties_.of_either(child_or_adult); }
    std::vector<core::Care> cares_of(core::PersonId child) override { return cares_.of_left(child); }
    std::vector<core::Consent> consents_of(core::PersonId child) override { return consents_.of_left(child); }
    std::vector<core::ProtectionOrder> orders_of(core::PersonId person) override { return orders_.of_either(person); }

    static constexpr auto kCard = R"sql(SELECT id, sealed FROM card WHERE key = ? ORDER BY id)sql";
    std::optional<core::Card> card(std::string_view number) override {
        std::optional<core::Card> found;
        card_.each(
            [&](Row row) {
                auto card = read_card(row);
                if (card.number == number) found = std::move(card);
            },
            card_key_.digest(number));
        return found;
    }

    static constexpr auto kCardOf = R"sql(SELECT id, sealed FROM card WHERE id = ?)sql";
    std::optional<core::Card> card_of(core::PersonId child) override {
        return card_of_.first([this](Row row) { return read_card(row); }, child);
    }

    static constexpr auto kMisses = R"sql(
        SELECT count, last, locks FROM pin_miss WHERE child = ? AND handset = ?)sql";
    core::PinMisses misses(core::PersonId child, core::HandsetId handset) override {
        const auto found = misses_.first(
            [](Row row) {
                return core::PinMisses{.count = static_cast<int>(row.integer(0)),
                                       .last = row.instant(1),
                                       .locks = static_cast<int>(row.integer(2))};
            },
            child, handset);
        return found.value_or(core::PinMisses{});
    }

    static constexpr auto kPut = R"sql(
        INSERT INTO person (id, key, sealed) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed)sql";
    core::PersonId put(const core::Person& person) override {
        if (person.external_id.empty()) throw std::logic_error("a person needs an id of the federation's own");
        const auto packed = pack(person);
        const auto known = known_as(person.external_id);
        const auto id = known ? known->id : next_id_.take();
        if (known && known->packed == packed) return {id};

        const auto sealed = context_.seal({sealing::KeyPurpose::kIdentity}, kPersonColumn, id, packed);
        put_.run(id, id_key_.digest(person.external_id), Blob{sealed});
        return {id};
    }

    // What is known already leaves the handset as it is: whoever uses it may have said otherwise since.
    static constexpr auto kPutPhone = R"sql(
        INSERT INTO person_phone (person, handset, position, private)
        VALUES (?1, ?2, (SELECT 1 + coalesce(max(position), 0) FROM person_phone WHERE person = ?1), ?3)
        ON CONFLICT (person, handset) DO UPDATE SET private = excluded.private WHERE private <> excluded.private)sql";
    bool put(const core::PersonPhone& phone, core::Instant now) override {
        require(phone.person);
        auto handset = handsets_.find(phone.number);
        if (!handset) handset = handsets_.find_or_add(phone.number, now);
        if (put_phone_.run(phone.person, handset->id, phone.is_private) == 0) return false;
        // Whoever writes it down knows whose it is now.
        handset->seen_at = now;
        mark(*handset);
        return true;
    }

    static constexpr auto kRemovePhone = R"sql(DELETE FROM person_phone WHERE person = ? AND handset = ?)sql";
    bool remove(const core::PersonPhone& phone) override {
        auto handset = handsets_.find(phone.number);
        if (!handset || remove_phone_.run(phone.person, handset->id) == 0) return false;
        // That one has given it up does not say whose it is now.
        if (handset->privacy != Privacy::kUnknown) mark(*handset);
        return true;
    }

    bool put(const core::Tie& tie) override { return put_between(ties_, tie, tie.child, tie.adult); }
    bool put(const core::Care& care) override { return put_between(cares_, care, care.child, care.carer); }
    bool put(const core::Consent& consent) override {
        return put_between(consents_, consent, consent.child, consent.guardian);
    }
    bool put(const core::ProtectionOrder& order) override {
        return put_between(orders_, order, order.person, order.against);
    }

    static constexpr auto kPutCard = R"sql(INSERT OR REPLACE INTO card (id, key, sealed) VALUES (?, ?, ?))sql";
    static constexpr auto kForgetMisses = R"sql(DELETE FROM pin_miss WHERE child = ?)sql";
    void put(const core::Card& given) override {
        require(given.child);
        if (const auto same = card(given.number); same && same->child != given.child)
            throw std::logic_error("another child's card has this number");
        const auto sealed =
            context_.seal({sealing::KeyPurpose::kIdentity}, kCardColumn, given.child.value, pack(given));
        put_card_.run(given.child, card_key_.digest(given.number), Blob{sealed});
        forget_misses_.run(given.child);
    }

    static constexpr auto kPutMisses = R"sql(
        INSERT OR REPLACE INTO pin_miss (child, handset, count, last, locks) VALUES (?, ?, ?, ?, ?))sql";
    void put_misses(core::PersonId child, core::HandsetId handset, const core::PinMisses& misses) override {
        require(child);
        put_misses_.run(child, handset, misses.count, misses.last, misses.locks);
    }

    static constexpr auto kBehind = R"sql(SELECT id, sealed FROM person WHERE id > ? ORDER BY id LIMIT ?)sql";
    std::vector<core::Person> behind(core::PersonId last, int limit) override {
        return behind_.all([this](Row row) { return read(row); }, last, limit);
    }
    void visit(const std::function<bool(const core::Person&)>& each) override {
        core::PersonId last{};
        for (;;) {
            const auto page = behind(last, kVisitedAtOnce);
            if (page.empty()) return;
            for (const auto& person : page)
                if (!each(person)) return;
            last = page.back().id;
        }
    }

  private:
    struct Known {
        std::int64_t id = 0;
        std::string packed{};
    };

    static constexpr auto kByKey = R"sql(SELECT id, sealed FROM person WHERE key = ? ORDER BY id)sql";
    std::optional<Known> known_as(std::string_view external_id) {
        std::optional<Known> known;
        by_key_.each(
            [&](Row row) {
                auto packed = opened(row);
                core::Person person;
                unpack(packed, person);
                if (person.external_id == external_id) known = Known{row.integer(0), std::move(packed)};
            },
            id_key_.digest(external_id));
        return known;
    }

    std::string opened(Row row) { return context_.open(kPersonColumn, row.integer(0), row.bytes(1)); }
    core::Person read(Row row) {
        core::Person person{.id = {row.integer(0)}};
        unpack(opened(row), person);
        return person;
    }
    core::Card read_card(Row row) {
        core::Card card{.child = {row.integer(0)}};
        unpack(context_.open(kCardColumn, row.integer(0), row.bytes(1)), card);
        return card;
    }

    static constexpr auto kIsThere = R"sql(SELECT 1 FROM person WHERE id = ?)sql";
    void require(core::PersonId id) {
        if (is_there_.integer(id) == 0) throw std::out_of_range("there is no person with this id");
    }
    template <class Value>
    bool put_between(Between<Value>& table, const Value& value, core::PersonId left, core::PersonId right) {
        require(left);
        require(right);
        return table.put(value);
    }

    static constexpr auto kPrivate = R"sql(SELECT min(private) FROM person_phone WHERE handset = ?)sql";
    /// Shared for one is shared: whoever else is reached there may read along.
    void mark(Handset& handset) {
        const auto privacy = *private_.first(
            [](Row row) {
                if (row.is_null(0)) return Privacy::kUnknown;  // Nobody's any more.
                return row.integer(0) != 0 ? Privacy::kPrivate : Privacy::kShared;
            },
            handset.id);
        handset.privacy = privacy;
        handsets_.update(handset);
    }

    Context& context_;
    Handsets& handsets_;
    sealing::Key id_key_ = context_.keys.key({sealing::KeyPurpose::kHandset}).derive("external ids");
    sealing::Key card_key_ = context_.keys.key({sealing::KeyPurpose::kHandset}).derive("card numbers");
    Between<core::Tie> ties_{context_, {"tie", "child", &core::Tie::child, "adult", &core::Tie::adult}};
    Between<core::Care> cares_{context_, {"care", "child", &core::Care::child, "carer", &core::Care::carer}};
    Between<core::Consent> consents_{context_,
                                     {"consent", "child", &core::Consent::child, "guardian", &core::Consent::guardian}};
    Between<core::ProtectionOrder> orders_{
        context_,
        {"protection_order", "person", &core::ProtectionOrder::person, "against", &core::ProtectionOrder::against}};
    NextId next_id_{context_, "SELECT max(id) FROM person"};
    Sql find_{context_.db, kFind};
    Sql by_key_{context_.db, kByKey};
    Sql at_{context_.db, kAt};
    Sql phones_{context_.db, kPhones};
    Sql card_{context_.db, kCard};
    Sql card_of_{context_.db, kCardOf};
    Sql misses_{context_.db, kMisses};
    Sql put_{context_.db, kPut};
    Sql put_phone_{context_.db, kPutPhone};
    Sql remove_phone_{context_.db, kRemovePhone};
    Sql put_card_{context_.db, kPutCard};
    Sql forget_misses_{context_.db, kForgetMisses};
    Sql put_misses_{context_.db, kPutMisses};
    Sql behind_{context_.db, kBehind};
    Sql is_there_{context_.db, kIsThere};
    Sql private_{context_.db, kPrivate};
};

}  // namespace

std::unique_ptr<People> make_people(Context& context, Handsets& handsets) {
    return std::make_unique<SqlitePeople>(context, handsets);
}

}  // namespace harborline::storage::sqlite
