#!/usr/bin/env python3
"""The lints on lines that they must find and lines that they must leave alone."""
import unittest

import coawait
import includes
import sleeps
import watch


def coroutine(line):
    return "awaitable<void> f() {\n    " + line + "\n}\n"


class CoAwait(unittest.TestCase):
    def test_finds(self):
        for line in [
            "co_await f(Row{a, b});",
            "co_await f({a, b});",
            "co_await f(x, {a, b});",
            "co_await f(std::optional<Row>(Row{a, b}));",
            "co_await f([s] { return s; });",
            "co_await f([=]() { return s; });",
            "co_await f([s = std::move(s)]() mutable { return s; });",
            "co_await co_spawn(ex, [s]() -> awaitable<int> { co_return s; }, use_awaitable);",
            "co_return Row{.a = co_await g()};",
            "Row row = {co_await g(), 1};",
            "auto x = cond ? co_await g(Probe(1)) : std::string();",
        ]:
            with self.subTest(line):
                self.assertTrue(list(coawait.lint("x.cpp", coroutine(line))))

    def test_leaves_alone(self):
        for line in [
            "auto row = Row{a, b}; co_await f(std::move(row));",
            "co_await f(make_row());",
            "co_await f([&] { return s; });",
            "co_await f([&s, this] { return s; });",
            "co_await f(S(x));",
            "co_return Row{.a = 1};",
            "const auto x = co_await f(row); const Row y{x, 2};",
            "if (co_await ready()) { stop(); }",
            "while (true) { co_await tick(); }",
            "// co_await f({a, b});",
            'log("co_await f({a, b})"); co_await g();',
            "co_await f({a, b});  // coawait-ok: a constructor, no aggregate",
            "co_await f(rows[i]);",
            "co_await ns::f(a, ns::b);",
        ]:
            with self.subTest(line):
                self.assertEqual(list(coawait.lint("x.cpp", coroutine(line))), [])

    def test_names_the_line(self):
        [(line, _)] = coawait.lint("x.cpp", "int a;\n\n" + coroutine("co_await f({a, b});"))
        self.assertEqual(line, 4)


class Includes(unittest.TestCase):
    def test_finds(self):
        for path, line in [
            ("handlers/core/a.hpp", '#include "handlers/flow/book.hpp"'),
            ("handlers/flow/a.cpp", '#include "storage/store.hpp"'),
            ("storage/a.hpp", '#include "handlers/flow/book.hpp"'),
            ("storage/sqlite/a.cpp", '#include "config/settings.hpp"'),
            ("config/a.cpp", '#include "gateway/main.hpp"'),
            ("gateway/a.cpp", '#include "tests/support/fakes.hpp"'),
            ("handlers/flow/a.cpp", "#include <boost/asio.hpp>"),
            ("gateway/carriers/a.cpp", "#include <boost/beast/http.hpp>"),
            ("gateway/main.cpp", "#include <SQLiteCpp/Database.h>"),
            ("storage/store.hpp", "#include <sqlite3.h>"),
            ("handlers/core/a.cpp", "#include <fstream>"),
            ("handlers/core/a.cpp", '#include "time.hpp"'),
            ("gateway/a.cpp", '#include "../storage/store.hpp"'),
            ("handlers/core/a.cpp", "auto now = std::chrono::system_clock::now();"),
            ("handlers/core/a.cpp", '  #  include  "storage/store.hpp"'),
        ]:
            with self.subTest(path + ": " + line):
                self.assertEqual([at for at, _ in includes.lint(path, "\n" + line + "\n")], [2])

    def test_leaves_alone(self):
        for path, line in [
            ("handlers/core/a.hpp", '#include "handlers/core/ids.hpp"'),
            ("handlers/petition/a.hpp", '#include "handlers/flow/book.hpp"'),
            ("storage/sqlite/a.cpp", '#include "storage/store.hpp"'),
            ("storage/sqlite/a.cpp", "#include <SQLiteCpp/Database.h>"),
            ("config/a.cpp", '#include "handlers/core/finding.hpp"'),
            ("config/a.cpp", "#include <filesystem>"),
            ("gateway/http/a.cpp", "#include <boost/beast/http.hpp>"),
            ("gateway/http/a.cpp", "auto now = std::chrono::steady_clock::now();"),
            ("gateway/carriers/a.cpp", "#include <boost/url.hpp>"),
            ("tests/gateway/a.cpp", "#include <boost/asio.hpp>"),
            ("tests/gateway/a.cpp", '#include "storage/open.hpp"'),
            ("handlers/core/a.cpp", "// not system_clock::now() but what is passed in"),
        ]:
            with self.subTest(path + ": " + line):
                self.assertEqual(list(includes.lint(path, line + "\n")), [])


class Sleeps(unittest.TestCase):
    def test_finds(self):
        for line in ["std::this_thread::sleep_for(1ms);", "usleep(5);", "sleep (1);", "std::this_thread::sleep_until(t);"]:
            with self.subTest(line):
                self.assertEqual([at for at, _ in sleeps.lint("tests/a/b.cpp", line)], [1])

    def test_leaves_alone(self):
        for path, line in [("gateway/a.cpp", "sleep_for(1ms);"), ("tests/a.cpp", "// sleep(1)"),
                           ("tests/a.cpp", "asleep(1);"), ("tests/a.cpp", 'say("sleep(1)");')]:
            with self.subTest(line):
                self.assertEqual(list(sleeps.lint(path, line)), [])


class Watch(unittest.TestCase):
    README = ("### Metrics to watch\n\n| metric | x |\n|---|---|\n| `turns{channel}` | `other` |\n\n"
              "### What the log says\n\n| event | x |\n|---|---|\n| `started` `stopped` | |\n\n### Limits\n| `no_event` |\n")
    CODE = 'gauge(r, "harborline_turns", ""); log_.info("started"); tell_administrator(tx, "stopped", now);'

    def test_leaves_alone(self):
        self.assertEqual(list(watch.compare([self.CODE], self.README)), [])

    def test_finds_what_readme_lacks(self):
        for line in ['gauge(r, "harborline_more", "");', 'parts_.log.warn("more", {});', 'tell_administrator(tx, "more", now);',
                     'append({.event = "more"});', 'append({.event = yes ? "more" : "started", .staff = by});',
                     'constexpr auto kMore = "more"; append({.at = now, .event = kMore});',
                     'const std::string event = "more" + id;']:
            with self.subTest(line):
                self.assertEqual(len(list(watch.compare([self.CODE, line], self.README))), 1)

    def test_finds_what_the_code_lacks(self):
        self.assertEqual(len(list(watch.compare(["log_.info(\"started\");"], self.README))), 2)


if __name__ == "__main__":
    unittest.main()
