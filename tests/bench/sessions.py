"""USSD sessions and calls: the same rate of answers over few open ones and over many. Every answer is looked at."""
import itertools
import os

from servers import UNLIMITED, Gateway, harness
from steady import ROOT, run_program, section

RATE = 200  # Answers a second, over all sessions together.
FEW, MANY = 10, 1000
CONNECTIONS = 64
TIGHTEST_DEADLINE_MS = 700  # Of any carrier of calls: what she hears as silence begins there.
BENCH = ROOT / "tests/bench"
USSD = f"""
[[channel]]
name = "ussd"
carrier = "africastalking"
kind = "ussd"
token = "env:HARBORLINE_KANNEL_TOKEN"
number = "38412338"
{UNLIMITED}
"""
VOICE = f"""
[[channel]]
name = "voice"
carrier = "twilio"
kind = "voice"
token = "env:HARBORLINE_KANNEL_TOKEN"
number = "+8645112338000"
api_url = "http://127.0.0.1:1"
api_user = "AC1"
api_password = "env:HARBORLINE_KANNEL_PASSWORD"
public_url = "http://127.0.0.1:PORT"
{UNLIMITED}
"""


def ussd_figures(stand):
    section(f"{RATE} screens a second over {FEW} and over {MANY} open sessions (p99 us)")
    return _figures(stand, "ussd", Gateway(stand.world, "sessions", stand.bare.api_url, channels=USSD),
                    f"/in/ussd/{harness.TOKEN}/ussd", "screens.txt")


def voice_figures(stand):
    """Up to the recording, where everybody hangs up: to fetch one takes as long as its carrier takes."""
    section(f"{RATE} answers a second over {FEW} and over {MANY} open calls (p99 us)")
    gateway = Gateway(stand.world, "calls", stand.bare.api_url, channels=VOICE)
    written = gateway.settings.read_text(encoding="utf-8")
    gateway.settings.write_text(written.replace(":PORT", f":{gateway.port}"), encoding="utf-8")
    return _figures(stand, "voice", gateway, f"/in/voice/{harness.TOKEN}", "calls.txt", harness.SEND_PASSWORD)


def _figures(stand, name, gateway, path, script, *more):
    gateway.start()
    runs = itertools.count(1)

    def walk(sessions):
        result = run_program("open_sessions", gateway.port, path, f"b{os.getpid()}-{next(runs)}", sessions, RATE,
                             3 if stand.quick else 10, CONNECTIONS, BENCH / script, *more)
        assert result["bad"] == 0, f"{result['bad']} answers were not the one that belongs there (see above)"
        return result

    walk(MANY)  # So that every handset is known.
    works = {which: lambda sessions=sessions: walk(sessions) for which, sessions in (("few", FEW), ("many", MANY))}
    rounds = stand.steady.rounds_of(works, rounds=2 if stand.quick else 5, said=lambda r: f"{r['p99_us']:.0f}")
    gateway.stop()
    lowest = {which: min(results[which]["p99_us"] for results in rounds) for which in works}
    return {f"{name}_p99_us_{FEW}": lowest["few"], f"{name}_p99_us_{MANY}": lowest["many"],
            f"{name}_p99_{MANY}_over_{FEW}": lowest["many"] / lowest["few"]}


def show(figures):
    print(f"\ncalls: p99 of an answer {figures[f'voice_p99_us_{MANY}'] / 1000:.1f} ms with {MANY} open calls; "
          f"the tightest carrier waits {TIGHTEST_DEADLINE_MS} ms")
