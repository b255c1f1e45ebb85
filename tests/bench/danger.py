"""Danger goes first: what a 9 waits for its page beside what an ordinary text waits for its answer, when more texts
come than the service can take."""
import itertools
import os

from company import FAST_SENDER
from servers import PATH, Gateway, harness
from steady import TEXTS, median, run_program, section

DANGERS_PER_S = 5
OVERLOAD = 1.2  # Of what it takes at most.
MOST_OUT = 2_000  # Texts that wait for their answer at a time: as many carriers' connections.
RED = "红色"  # In the page to danger (cw.red) and in no answer.


def figures(stand):
    section(f"{DANGERS_PER_S} dangers a second among {OVERLOAD} times as many texts as can be taken (p99 ms)")
    sink_port = harness.free_port()
    gateway = Gateway(stand.world, "danger", f"http://127.0.0.1:{sink_port}/cgi-bin/sendsms", sender=FAST_SENDER)
    gateway.start()
    runs = itertools.count(1)
    state = {"next": 0}

    def run(rate, seconds, connections, dangers):
        result = run_program("danger_load", gateway.port, sink_port, PATH, f"d{os.getpid()}-{next(runs)}",
                             state["next"], rate, seconds, connections, TEXTS, dangers, RED)
        state["next"] = int(result["next"])
        assert result["bad"] == 0, f"{result['bad']} texts were not answered with 200"
        assert result["pages"] == result["dangers"], f"{result['dangers']} dangers, {result['pages']} pages"
        return result

    run(0, 2 if stand.quick else 10, 256, 0)  # So that handsets are known and all steps of a petition under way.
    most = run(0, stand.seconds, 256, 0)["texts_per_s"]
    seconds = 4 if stand.quick else 10
    works = {"crowded": lambda: run(OVERLOAD * most, seconds, MOST_OUT, DANGERS_PER_S)}
    rounds = stand.steady.rounds_of(
        works, rounds=2 if stand.quick else 5,
        said=lambda r: f"page {r['page']['p99_us'] / 1e3:.0f}, answer {r['answer']['p99_us'] / 1e3:.0f} "
                       f"({r['texts_per_s']:.0f} texts a second of {OVERLOAD * most:.0f}, {r['most_out']:.0f} waiting)")
    gateway.stop()
    found = {name: median(rounds, lambda r, of=of: r["crowded"][of]["p99_us"] / 1e3)
             for name, of in (("danger_page_p99_ms", "page"), ("ordinary_answer_p99_ms", "answer"))}
    found["danger_page_p99_over_ordinary_p99"] = median(
        rounds, lambda r: r["crowded"]["page"]["p99_us"] / r["crowded"]["answer"]["p99_us"])
    return found


def show(found):
    print(f"\ndanger first: p99 {found['danger_page_p99_ms']:.0f} ms from a 9 to its page, "
          f"{found['ordinary_answer_p99_ms']:.0f} ms from a text to its answer")
