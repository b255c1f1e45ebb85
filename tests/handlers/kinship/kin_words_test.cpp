#include "handlers/kinship/kin_words.hpp"

#include <gtest/gtest.h>

#include <set>

namespace harborline::kinship {
namespace {

TEST(KinshipWords, EveryRelationHasAWordOfItsOwn) {
    using core::Relation;
    std::set<std::string_view> keys;

    for (const auto relation : {Relation::kMother, Relation::kFather, Relation::kGuardian, Relation::kCarer,
                                Relation::kCaringMom, Relation::kRelative})
        keys.insert(relation_key(relation));

    EXPECT_EQ(keys, (std::set<std::string_view>{"kin.rel.mother", "kin.rel.father", "kin.rel.guardian", "kin.rel.carer",
                                                "kin.rel.caring_mom", "kin.rel.relative"}));
    EXPECT_EQ(relation_key(static_cast<Relation>(77)), "kin.rel.relative");
}

}  // namespace
}  // namespace harborline::kinship
