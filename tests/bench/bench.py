#!/usr/bin/env python3
"""The benchmarks in one run: the gateway beside a bare Beast server that answers the same bytes and beside what a user
would write in Node; at constant rates; with idle connections, a full database, a backup, a draining outbox; from its
start and after kill -9; and storage alone.

Absolute figures are this machine's and this minute's. What compares is the ratio of two figures of one run, taken in
turns. A measurement during which the hypervisor took more than 3 % of the CPU away is discarded and repeated.

usage: scripts/bench [--json FILE] [--quick] [--only PART]...
"""
import argparse
import dataclasses
import json
import pathlib
import shutil
import signal
import statistics
import sys
import time
import traceback

import bars
import company
import cost
import danger
import idle
import open_rates
import people
import servers
import sessions
import starts
import storage
import throughput
from servers import harness
from steady import Steady


@dataclasses.dataclass
class Stand:
    """What every part of the benchmark measures with."""

    world: harness.World
    steady: Steady
    seconds: int  # Of one measurement.
    rows: int  # Messages in the full database.
    quick: bool
    bare: servers.BareServer = None
    gateway: servers.Gateway = None
    load: servers.Load = None  # Of the gateway.
    bare_load: servers.Load = None
    peers: list = dataclasses.field(default_factory=list)

    def start(self):
        self.bare = servers.BareServer(self.world)
        self.gateway = servers.Gateway(self.world, "gateway", self.bare.api_url)
        self.gateway.start()
        self.bare.start(self.gateway.answer())
        self.load, self.bare_load = servers.Load(self.gateway.port), servers.Load(self.bare.port)


def full_figures(stand):
    """What needs a full database, and what stands beside it."""
    folder = stand.world.folder / "full"
    full = folder if storage.fill(stand, folder) else None
    found = starts.figures(stand, full and full.name)
    if full:
        found |= storage.rows_figures(stand, full)
        shutil.rmtree(full)
    return found


PARTS = {
    "cost": cost.figures,
    "storage": storage.figures,
    "throughput": throughput.figures,
    "open": open_rates.figures,
    "backup": company.backup_figures,
    "repeat": company.repeat_figures,
    "draining": company.draining_figures,
    "danger": danger.figures,
    "ussd": sessions.ussd_figures,
    "voice": sessions.voice_figures,
    "idle": idle.figures,
    "people": people.figures,
    "recovery": starts.recovery_figures,
    "full": full_figures,
}
SHOWN = {"storage": storage, "throughput": throughput, "open": open_rates, "voice": sessions, "danger": danger,
         "people": people}


def measure(options):
    rounds, seconds, rows = (2, 2, 1_000_000) if options.quick else (5, 3, 10_000_000)
    with harness.World() as world:
        steady = Steady(world.folder, rounds)
        stand = Stand(world, steady, seconds, rows, options.quick)
        stand.start()
        figures = {}
        for part in options.only or PARTS:
            try:
                figures |= PARTS[part](stand)
            except Exception as error:  # The other parts' figures are worth having; the exit status tells.
                traceback.print_exc()
                steady.fail(part, error)
    if steady.flushes_us:
        figures["fdatasync_us"] = statistics.median(steady.flushes_us)
    figures["discarded_rounds"] = steady.discarded
    return figures, steady


def show(options, figures, steady):
    for part in options.only or PARTS:
        if part in SHOWN and part not in steady.failed:
            SHOWN[part].show(figures)
    bars.show(figures)
    for sentence in steady.unsaid:
        print(f"left out: {sentence}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="writes the figures as one flat object")
    parser.add_argument("--quick", action="store_true", help="two short rounds: says that it works, not how fast")
    parser.add_argument("--only", action="append", choices=PARTS, help="measures only this part; may be repeated")
    parser.add_argument("--called-from", default=".", help=argparse.SUPPRESS)
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # Ended or not: gigabytes must not stay behind.
    began = time.monotonic()
    figures, steady = measure(options)
    show(options, figures, steady)
    print(f"took {time.monotonic() - began:.0f} s, discarded {figures['discarded_rounds']} measurements")
    if options.json:
        file = pathlib.Path(options.called_from) / options.json
        file.write_text(json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=2) + "\n")
    return 1 if steady.failed else 0


if __name__ == "__main__":
    sys.exit(main())
