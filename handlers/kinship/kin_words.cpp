#include "handlers/kinship/kin_words.hpp"

namespace harborline::kinship {

std::string_view relation_key(core::Relation relation) {
    switch (relation) {
        case core::Relation::kMother:
            return "kin.rel.mother";
        case core::Relation::kFather:
            return "kin.rel.father";
        case core::Relation::kGuardian:
            return "kin.rel.guardian";
        case core::Relation::kCarer:
            return "kin.rel.carer";
        case core::Relation::kCaringMom:
            return "kin.rel.caring_mom";
        case core::Relation::kRelative:
            break;
    }
    return "kin.rel.relative";
}

}  // namespace harborline::kinship
