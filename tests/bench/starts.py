"""From the start of the program to the first text taken: with little and with much to read, after a stop and after
kill -9."""
import itertools
import os
import threading

from servers import PATH, Gateway, Load, harness
from steady import TEXTS, median, run_program, section

_runs = itertools.count(1)


def first_answer_ms(gateway):
    """Starts it, waits for the answer to one new text, stops it."""
    return run_program("first_answer", gateway.port, PATH, f"start{os.getpid()}-{next(_runs)}", TEXTS,
                       *gateway.command_line, environment=os.environ | harness.SECRETS)["first_answer_ms"]


def figures(stand, full):
    """`full`: the name of a folder with a full database, or None."""
    section("start to first answer (ms)")
    empty = Gateway(stand.world, "empty", stand.bare.api_url)
    works = {"empty": lambda: first_answer_ms(empty)}
    if full:
        gateway = Gateway(stand.world, full, stand.bare.api_url)
        works["full"] = lambda: first_answer_ms(gateway)
    for work in works.values():
        work()
    rounds = stand.steady.rounds_of(works, rounds=max(5, stand.steady.rounds), said=lambda ms: f"{ms:.1f}")
    found = {"first_answer_ms_empty": median(rounds, lambda r: r["empty"])}
    if full:
        found["first_answer_ms_1m"] = median(rounds, lambda r: r["full"])
        found["first_answer_1m_over_empty"] = median(rounds, lambda r: r["full"] / r["empty"])
    return found


def recovery_figures(stand):
    """On one database: kill -9 in the middle of a load and start again; stop and start again."""
    section("start to first answer after kill -9 and after a stop (ms)")
    gateway = Gateway(stand.world, "killed", stand.bare.api_url)
    load = Load(gateway.port)

    def loaded(end):
        """Starts it under load and ends it in the middle."""
        gateway.start()
        running = threading.Thread(target=_try, args=(load, stand.seconds))
        running.start()
        running.join(timeout=stand.seconds / 2)
        end()
        running.join()
        return first_answer_ms(gateway)

    works = {"killed": lambda: loaded(gateway.kill), "stopped": lambda: loaded(gateway.stop)}
    rounds = stand.steady.rounds_of(works, rounds=max(5, stand.steady.rounds), said=lambda ms: f"{ms:.1f}")
    return {"recovery_ms": median(rounds, lambda r: r["killed"]),
            "recovery_over_clean_start": median(rounds, lambda r: r["killed"] / r["stopped"])}


def _try(load, seconds):
    try:
        load.closed(64, seconds)
    except AssertionError:
        pass  # The server went away in the middle: that is the point.
