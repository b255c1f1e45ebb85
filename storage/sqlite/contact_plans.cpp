#include "storage/contact_plans.hpp"

#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kPlanColumn = "contact_plan.sealed";

class SqliteContactPlans : public ContactPlans {
  public:
    explicit SqliteContactPlans(Context& context) : context_(context) {}

    static constexpr auto kFind = R"sql(SELECT sealed FROM contact_plan WHERE id = ?)sql";
    std::optional<std::string> find(core::HandsetId handset) override {
        return find_.first([&](Row row) { return context_.open(kPlanColumn, handset.value, row.bytes(0)); }, handset);
    }

    static constexpr auto kPut = R"sql(INSERT OR REPLACE INTO contact_plan (id, sealed) VALUES (?, ?))sql";
    void put(core::HandsetId handset, std::string_view plan) override {
        const auto sealed = context_.seal({sealing::KeyPurpose::kIdentity}, kPlanColumn, handset.value, plan);
        put_.run(handset, Blob{sealed});
    }

    static constexpr auto kErase = R"sql(DELETE FROM contact_plan WHERE id = ?)sql";
    void erase(core::HandsetId handset) override { erase_.run(handset); }

  private:
    Context& context_;
    Sql find_{context_.db, kFind};
    Sql put_{context_.db, kPut};
    Sql erase_{context_.db, kErase};
};

}  // namespace

std::unique_ptr<ContactPlans> make_contact_plans(Context& context) {
    return std::make_unique<SqliteContactPlans>(context);
}

}  // namespace harborline::storage::sqlite
