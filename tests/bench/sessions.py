"""USSD: the same rate of screens over few open sessions and over many. Every screen is looked at."""
import itertools
import os

from servers import UNLIMITED, Gateway, harness
from steady import ROOT, run_program, section

RATE = 200  # Screens a second, over all sessions together.
FEW, MANY = 10, 1000
CONNECTIONS = 64
SCREENS = ROOT / "tests/bench/screens.txt"
PATH = f"/in/ussd/{harness.TOKEN}/ussd"
CHANNEL = f"""
[[channel]]
name = "ussd"
carrier = "africastalking"
kind = "ussd"
token = "env:HARBORLINE_KANNEL_TOKEN"
number = "38412338"
{UNLIMITED}
"""


def figures(stand):
    section(f"{RATE} screens a second over {FEW} and over {MANY} open sessions (p99 us)")
    gateway = Gateway(stand.world, "sessions", stand.bare.api_url, channels=CHANNEL)
    gateway.start()
    runs = itertools.count(1)

    def walk(sessions):
        result = run_program("open_sessions", gateway.port, PATH, f"b{os.getpid()}-{next(runs)}", sessions, RATE,
                             3 if stand.quick else 10, CONNECTIONS, SCREENS)
        assert result["bad"] == 0, f"{result['bad']} answers were not the screen that belongs there (see above)"
        return result

    walk(MANY)  # So that every handset is known.
    works = {name: lambda sessions=sessions: walk(sessions) for name, sessions in (("few", FEW), ("many", MANY))}
    rounds = stand.steady.rounds_of(works, rounds=2 if stand.quick else 5, said=lambda r: f"{r['p99_us']:.0f}")
    gateway.stop()
    lowest = {name: min(results[name]["p99_us"] for results in rounds) for name in works}
    return {"ussd_p99_us_10": lowest["few"], "ussd_p99_us_1000": lowest["many"],
            "ussd_p99_1000_over_10": lowest["many"] / lowest["few"]}
