// Families by command: all of a file or nothing, and neither name nor number where none belongs.
#include <functional>

#include "gateway/app/ground.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "storage/open.hpp"
#include "tests/gateway/commands/program.hpp"

namespace harborline::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kPeopleFile = (kConfig / "demo" / "people.csv").string();

class PeopleCommands : public CommandsOnACase {
  protected:
    Ran people(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "people");
        arguments.insert(arguments.end(), {"--config", config_});
        return run(std::move(arguments));
    }
    Ran import_demonstration() { return people({"import", kPeopleFile, "--as", "li"}); }
    std::string csv(const std::string& rows) {
        const auto file = folder_ / "more.csv";
        write(file, "record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed\n" + rows);
        return file.string();
    }
    core::Card card(const std::string& number) {
        SystemClock clock;
        SystemRandom random;
        auto store = storage::open_sqlite({.database = folder_ / "harborline.db",
                                           .master_key = folder_ / "master.key",
                                           .clock = &clock,
                                           .random = &random,
                                           .reads_only = true,
                                           .may_create = false});
        core::Card found;
        (*store)->run([&](storage::Transaction& tx) { found = tx.people().card(number).value(); });
        return found;
    }
    void in_store(const std::function<void(storage::Transaction&)>& work) {
        SystemClock clock;
        SystemRandom random;
        auto store = storage::open_sqlite({.database = folder_ / "harborline.db",
                                           .master_key = folder_ / "master.key",
                                           .clock = &clock,
                                           .random = &random});
        (*store)->run(work);
    }
    json::object only_slip(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "pin");
        arguments.insert(arguments.end(), {"--as", "li", "--json"});
        const auto ran = people(std::move(arguments));
        EXPECT_EQ(ran.status, 0) << ran.err;
        return json::parse(ran.out).as_array().at(0).as_object();
    }
};

bool opens_with(const std::string& hash, const json::value& keyed) {
    storage::LinePin pin{.hash = hash};
    return opens(pin, std::string_view{keyed.as_string()}, core::Instant{});
}

TEST_F(PeopleCommands, WhatWasImportedComesOutAgainAndTheSameFileChangesNothing) {
    const auto first = import_demonstration();
    const auto again = import_demonstration();
    const auto out = people({"export", "--as", "li"});
    const auto file = (folder_ / "out.csv").string();
    const auto to_file = people({"export", file, "--as", "li"});

    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.out, HasSubstr("changed 0, left 0\n"));
    EXPECT_THAT(first.err, IsEmpty());
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("nothing changed: all "));
    const auto demonstration = config::read_text_file(kPeopleFile).value();
    EXPECT_EQ(out.out, demonstration);
    EXPECT_EQ(to_file.status, 0) << to_file.err;
    EXPECT_EQ(config::read_text_file(file).value(), demonstration);
    EXPECT_EQ(fs::status(file).permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);

    const auto over = people({"export", file, "--as", "li"});
    EXPECT_EQ(over.status, 1);
    EXPECT_THAT(over.err, IsOneSentence());
}

TEST_F(PeopleCommands, ADryRunSaysWhatWouldChangeAndChangesNothing) {
    const auto ran = people({"import", kPeopleFile, "--dry-run"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("would add "));
    EXPECT_THAT(people({"list"}).out, HasSubstr("nobody is written down"));

    import_demonstration();
    const auto file =
        csv("person,ming,,child,明明,8-13,230184,,,,,,,\nperson,xue,,child,小雪,,,,,,,,,\n"
            "phone,ming,,private,,,,19900000201,,,,,,\n");
    const auto later = people({"import", file, "--dry-run", "--json"});
    EXPECT_EQ(json::parse(later.out), (json::object{{"dry_run", true}, {"added", 1}, {"changed", 1}, {"left", 1}}));
}

TEST_F(PeopleCommands, EveryFindingIsNamedNoneQuotedAndNothingImported) {
    const auto file =
        csv("person,ming,,child,小明,8-13,230184,,,,,,,\n"
            "person,ba,,father,小明爸,,,,,,,,,\n"
            "phone,ming,,private,,,,1990000,,,,,,\n"
            "tie,ming,grandma-7,carer,,,,,allowed,,,,call,yes\n");

    for (const std::string dry : {"--json", "--dry-run"}) {
        const auto ran = people({"import", file, "--as", "li", dry});

        EXPECT_EQ(ran.status, 1);
        EXPECT_THAT(ran.err, HasSubstr("more.csv:3: kind must be"));
        EXPECT_THAT(ran.err, HasSubstr("more.csv:4: phone must be"));
        EXPECT_THAT(ran.err, HasSubstr("more.csv:5: other is nobody's"));
        EXPECT_THAT(ran.err, HasSubstr("nothing was imported"));
        EXPECT_THAT(ran.err + ran.out, Not(HasSubstr("小明")));
        EXPECT_THAT(ran.err + ran.out, Not(HasSubstr("1990000")));
        EXPECT_THAT(ran.err + ran.out, Not(HasSubstr("grandma")));
    }
    EXPECT_THAT(people({"list"}).out, HasSubstr("nobody is written down"));
    EXPECT_EQ(people({"import", (folder_ / "none.csv").string(), "--as", "li"}).status, 2);
}

TEST_F(PeopleCommands, WithoutAKnownStaffNameNothingIsChangedAndNobodyRead) {
    import_demonstration();
    const auto before = people({"list", "--json"}).out;
    const auto file = csv("person,xue,,child,小雪,,,,,,,,,\n");

    for (const auto& who : std::vector<std::vector<std::string>>{{}, {"--as", "nobody"}})
        for (const auto& command : std::vector<std::vector<std::string>>{
                 {"import", file}, {"import", kPeopleFile}, {"export"}, {"show", "ming"}, {"pin", "20260001"}}) {
            auto arguments = command;
            arguments.insert(arguments.end(), who.begin(), who.end());
            const auto ran = people(arguments);
            EXPECT_EQ(ran.status, 1) << command.front();
            EXPECT_THAT(ran.err, IsOneSentence()) << command.front();
            EXPECT_THAT(ran.err, HasSubstr("--as")) << command.front();
            EXPECT_THAT(ran.out, IsEmpty()) << command.front();
        }
    EXPECT_EQ(people({"list", "--json"}).out, before);
}

TEST_F(PeopleCommands, AListShowsTiesAndNobodysNameOrNumber) {
    import_demonstration();

    const auto listed = people({"list"});
    const auto rows = json::parse(people({"list", "--json"}).out).as_array();

    EXPECT_THAT(listed.out, HasSubstr("person=lei  kind=child  phones=1  card=no PIN  "
                                      "ties=lei-ma mother allowed, lei-ba father barred (not agreed)"));
    for (const auto* hidden : {"小明", "奶奶", "1990000", "****", "20260001"})
        EXPECT_THAT(listed.out, Not(HasSubstr(hidden)));
    ASSERT_EQ(rows.size(), 9U);
    EXPECT_EQ(rows[0].at("person").as_string(), "ming");
    EXPECT_EQ(rows[0].at("phones").as_int64(), 2);
    EXPECT_EQ(rows[0].at("ties").as_array().at(1),
              (json::object{{"with", "ming-ba"}, {"kind", "father"}, {"state", "hours"}, {"agreed", true}}));
}

TEST_F(PeopleCommands, AChildsLineShowsWhenAndHowLongAndNeitherNamesNorWords) {
    import_demonstration();
    const auto now = SystemClock{}.now();
    in_store([&](storage::Transaction& tx) {
        const auto tie = tx.people().ties_of(tx.people().by_external_id("ming")->id).front();
        tx.letters().add({.tie = tie.id, .to_child = true, .written_at = now, .words = "早点睡"});
        for (const auto& [ago, seconds] : {std::pair{40, 60}, std::pair{2, 95}, std::pair{1, 0}})
            tx.kin_calls().add({.tie = tie.id,
                                .child = tie.child,
                                .at = now - std::chrono::days{ago},
                                .talked = std::chrono::seconds{seconds},
                                .by_child = seconds > 0});
    });

    const auto shown = people({"show", "ming", "--as", "li"});
    const auto rows = json::parse(people({"show", "ming", "--as", "li", "--json"}).out).as_array();

    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("with=ming-ma  kind=mother  state=allowed  waiting_for_child=1  "
                                     "waiting_for_adult=0"));
    EXPECT_THAT(shown.out, HasSubstr("with=ming-ma  wanted_by=child  answered=true  seconds=95"));
    for (const auto* hidden : {"小明", "奶奶", "1990000", "早点睡", "20260001"})
        EXPECT_THAT(shown.out, Not(HasSubstr(hidden)));
    ASSERT_EQ(rows.size(), 6U);  // Four ties, and the calls of a month.
    EXPECT_EQ(rows[5].at("wanted_by").as_string(), "adult");
    EXPECT_FALSE(rows[5].at("answered").as_bool());
    EXPECT_EQ(json::parse(people({"show", "ming", "--days", "60", "--as", "li", "--json"}).out).as_array().size(), 7U);
    for (const auto* nobody : {"ming-ma", "nobody"}) {
        const auto ran = people({"show", nobody, "--as", "li"});
        EXPECT_EQ(ran.status, 2);
        EXPECT_THAT(ran.err, IsOneSentence());
        EXPECT_THAT(ran.out, IsEmpty());
    }
    in_store([](storage::Transaction& tx) {
        EXPECT_NE(tx.journal().last("child_read"), core::Instant{});
        EXPECT_TRUE(tx.deadlines().has(storage::Deadline::Kind::kWeekly))
            << "families are looked at from their import on";
    });
}

TEST_F(PeopleCommands, APinIsShownOnceAndKeptAsAHash) {
    import_demonstration();

    const auto slip = only_slip({"20260001"});
    const auto kept = card("20260001");
    EXPECT_EQ(slip.at("child").as_string(), "ming");
    EXPECT_EQ(slip.at("card").as_string(), "20260001");
    EXPECT_EQ(slip.at("pin").as_string().size(), 4U);
    EXPECT_TRUE(opens_with(kept.pin, slip.at("pin")));
    EXPECT_TRUE(opens_with(kept.duress, slip.at("duress")));
    EXPECT_FALSE(opens_with(kept.pin, slip.at("duress")));
    EXPECT_THAT(people({"list"}).out, HasSubstr("person=ming  kind=child  phones=2  card=PIN"));

    const auto without = only_slip({"20260001", "--no-duress"});
    EXPECT_EQ(without.at("duress").as_string(), "");
    EXPECT_EQ(card("20260001").duress, "");
    EXPECT_FALSE(opens_with(card("20260001").pin, slip.at("pin")));

    // A file has no PINs, and takes none away.
    import_demonstration();
    EXPECT_TRUE(opens_with(card("20260001").pin, without.at("pin")));
}

TEST_F(PeopleCommands, ASlipSaysInChineseWhatToDial) {
    import_demonstration();

    const auto ran = people({"pin", "20260001", "20260003", "--as", "li"});

    EXPECT_EQ(ran.status, 0) << ran.err;
    for (const auto* said : {"亲情卡    20260001\n", "亲情卡    20260003\n", "密码      ", "求助密码  ",
                             "打12338或发短信到12338，按1，再按卡号和密码。有危险按9。\n"})
        EXPECT_THAT(ran.out, HasSubstr(said));
    EXPECT_THAT(ran.out, Not(HasSubstr("小明")));
}

TEST_F(PeopleCommands, AChildWithoutACardIsGivenOne) {
    people({"import", csv("person,xue,,child,小雪,,,,,,,,,\nperson,ma,,relative,妈,,,,,,,,,\n"), "--as", "li"});

    const auto slip = only_slip({"--child", "xue"});
    const std::string number{slip.at("card").as_string()};
    ASSERT_EQ(number.size(), 8U);
    EXPECT_TRUE(number[0] >= '1' && number[0] <= '7');
    EXPECT_TRUE(opens_with(card(number).pin, slip.at("pin")));
    EXPECT_EQ(only_slip({"--child", "xue"}).at("card").as_string(), number);

    const std::vector<std::vector<std::string>> wrong{
        {"--child", "ma"}, {"--child", "nobody"}, {"71234567"}, {number, "--child", "xue"}, {}};
    for (auto given : wrong) {
        given.insert(given.begin(), "pin");
        given.insert(given.end(), {"--as", "li"});
        const auto ran = people(given);
        EXPECT_EQ(ran.status, 2) << ran.out;
        EXPECT_THAT(ran.err, IsOneSentence());
        EXPECT_THAT(ran.out, IsEmpty());
    }
}

TEST_F(PeopleCommands, ALongImportSaysHowFarItIs) {
    std::string rows;
    for (int at = 0; at < 10'000; ++at) rows += "person,p" + std::to_string(at) + ",,relative,人,,,,,,,,,\n";

    const auto quiet = people({"import", csv(rows), "--dry-run"});
    const auto ran = people({"import", csv(rows), "--as", "li", "--progress"});

    EXPECT_THAT(quiet.err, IsEmpty());
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.out, "added 10000, changed 0, left 0\n");
    EXPECT_EQ(ran.err, "10000 records compared\n10000 records written\n");
}

}  // namespace
}  // namespace harborline::gateway
