#!/usr/bin/env python3
"""kill -9 under load, again and again; then what callers were told is compared with what is stored.

Prints as its last two lines
    resent N
    kills N lost N doubled N
and exits with 1 unless nothing was lost or doubled, and no more was resent than there were kills.
"""
import argparse
import pathlib
import random
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import harness  # noqa: E402
from audit import UNSETTLED, Audit, unanswered  # noqa: E402
from callers import Callers  # noqa: E402
from fake_carrier import FakeCarrier  # noqa: E402
from relatives import NOT_ARRIVED, Relatives, families_csv, rest_far_from_now  # noqa: E402

CALLERS = 24
PROGRESS_MIN = 20  # Texts taken between two kills, so that every life of the gateway did something.
DRAIN_S = 180
CLEAN_STARTS = 5  # To compare with: as many as tell a median.


def restart_s(gateway, end, callers):
    """Ends the gateway and starts it again: how long until a text is answered."""
    end()
    return gateway.start_until(callers.is_answered)


def kill_often(gateway, callers, kills, chance):
    """How long each recovery took, in seconds; fewer than asked for where a caller met a problem."""
    took = []
    for _ in range(kills):
        before = len(callers.told)
        harness.eventually(f"{PROGRESS_MIN} texts to be taken since the last start", lambda before=before: (
            callers.problems or len(callers.told) - before >= PROGRESS_MIN), patience_s=60)
        if callers.problems:
            break
        time.sleep(chance.random() * 1.5)
        took.append(restart_s(gateway, gateway.kill, callers))
    return took


def all_sent(gateway):
    waiting = sum(row["state"] in UNSETTLED for row in gateway.command("outbox", "list"))
    print(f"draining: {waiting} messages", flush=True)
    return waiting == 0


def import_families(gateway):
    """Their file is gone before anybody looks for what the gateway has left behind."""
    file = gateway.world.folder / "families.csv"
    file.write_text(families_csv(), encoding="utf-8")
    gateway.command("people", "import", str(file), "--as", "admin")
    file.unlink()


def run(world, kills, seed):
    carrier = FakeCarrier()
    gateway = harness.Gateway(world)
    # One message in flight: a kill can then leave at most one whose fate is unknown.
    kinship = f"[kinship]\n{rest_far_from_now()}\nletters_per_day = 10000\n"
    gateway.configure(carrier, conversation="automatic_per_hour = 1000\nautomatic_per_day = 1000\nmachine_answers = 1000",
                      channel="rate_per_s = 10000\nin_flight_max = 1", more=kinship)
    import_families(gateway)
    gateway.start()

    callers = Callers(gateway.port, CALLERS, seed)
    relatives = Relatives(callers.send, carrier, callers.over, seed)
    recoveries = kill_often(gateway, callers, kills, random.Random(seed))
    killed = len(recoveries)
    clean = [restart_s(gateway, gateway.stop, callers) for _ in range(CLEAN_STARTS)]
    callers.finish()
    if not relatives.join(DRAIN_S):
        callers.problems.append("a relative never came to the end of her words")
    print(f"{killed} kills, {len(callers.told)} texts taken, {len(callers.stories)} petitions told to the end, "
          f"{len(relatives.written)} words of relatives", flush=True)

    audit = Audit()
    for problem in callers.problems:
        audit.lose(problem)
    try:
        harness.eventually("every message to be sent", lambda: all_sent(gateway), patience_s=DRAIN_S)
        carrier.report()
        harness.eventually("every receipt to be taken", lambda: carrier.receipts_waiting() == 0, patience_s=DRAIN_S)
        harness.eventually("whoever wrote to a relative in vain to be told",
                           lambda: not unanswered(relatives.written, carrier.texts, NOT_ARRIVED), patience_s=DRAIN_S)
    except harness.Timeout as error:
        print(error, flush=True)  # The audit names the messages.
    audit.turns(callers.told, gateway.command("turns", "list"))
    audit.cases(callers.stories, carrier.texts, gateway.command("case", "list"),
                lambda reference: gateway.command("case", "show", reference, "--as", "li"))
    audit.outbox(gateway.command("outbox", "list"), carrier.taken)
    audit.relatives(relatives.written, carrier.texts, NOT_ARRIVED, killed + CLEAN_STARTS)
    gateway.stop()
    # Whatever the kills left behind names nobody: log, database, write-ahead log (I9, I12).
    told = next(iter(callers.stories.values()), [])
    words = [written[2] for written in relatives.written[-1:]]
    leaks = harness.leaks(world.folder, ["8619900100", "8619900180", *told, *words])
    for name, _ in leaks:
        print(f"{name} holds a number or a text of a caller", flush=True)
    return recoveries, clean, audit, leaks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    options = parser.parse_args()
    if not harness.BINARY.exists():
        sys.exit(f"there is no {harness.BINARY}: build it, or name another with HARBORLINE=")

    print(f"seed {options.seed}", flush=True)
    with harness.World() as world:
        recoveries, clean, audit, leaks = run(world, options.kills, options.seed)
    killed = len(recoveries)
    if recoveries:
        recovery, start = statistics.median(recoveries), statistics.median(clean)
        print(f"first answer {recovery * 1e3:.0f} ms after a kill, {start * 1e3:.0f} ms after a stop (medians): "
              f"{recovery / start:.2f} times a clean start")
    print(f"resent {audit.resent}")
    print(f"kills {killed} lost {audit.lost} doubled {audit.doubled}")
    good = not leaks and audit.lost == audit.doubled == 0 and audit.resent <= killed == options.kills
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
