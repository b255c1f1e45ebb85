"""Measuring on a machine that is never quiet: rounds in a shuffled order, medians, and what the hypervisor spoiled is
done again."""
import json
import os
import pathlib
import random
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / "build/release/tests/bench"
TEXTS = ROOT / "tests/bench/petition.txt"
ROSTER = ROOT / "config/demo/roster.csv"

STEAL_MAX = 0.03
REPEATS_MAX = 40  # Measurements thrown away for stolen CPU before the rest is taken as it is.
RAW_SHARE_MIN = 0.6  # A round in which the bare server does less than this share of its best is no round.


def cpu_ticks():
    """(stolen, all) since boot."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    return ticks[7], sum(ticks)


def run_program(name, *arguments, environment=None):
    """The JSON that one of the benchmark programs prints; its own words on stderr go to whoever watches."""
    done = subprocess.run([str(BUILT / name), *map(str, arguments)], stdout=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"{name} ended with {done.returncode} (see above)")
    return json.loads(done.stdout) if done.stdout else None


def without_flushing():
    return os.environ | {"LD_PRELOAD": str(BUILT / "libnosync.so")}


def fdatasync_us(folder, count=1000):
    """Median time to flush a 20 KiB overwrite: what a commit can not do without."""
    block = os.urandom(20 * 1024)
    took = []
    with open(folder / "probe", "wb", buffering=0) as file:
        for _ in range(count):
            file.seek(0)
            file.write(block)
            before = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - before) * 1e6)
    return statistics.median(took)


class Steady:
    """Runs measurements and repeats those that the hypervisor spoiled. Flushing is probed in every round."""

    def __init__(self, folder, rounds):
        self.folder = folder
        self.rounds = rounds
        self.discarded = 0
        self.flushes_us = []
        self.unsaid = []  # Figures that are left out, and why.
        self.failed = []  # Parts that broke.

    def measure(self, work):
        while True:
            stolen, all_ticks = cpu_ticks()
            result = work()
            stolen_now, all_now = cpu_ticks()
            share = (stolen_now - stolen) / max(1, all_now - all_ticks)
            if share <= STEAL_MAX:
                return result
            if self.discarded >= REPEATS_MAX:
                print(f"  kept although {share:.0%} of the CPU was stolen: this machine is not quieter", flush=True)
                return result
            self.discarded += 1
            print(f"  discarded: {share:.0%} of the CPU was stolen", flush=True)

    def rounds_of(self, works, rounds=None, said=lambda result: f"{result:.0f}"):
        """Each round runs every one of `works` (name -> callable) once, in a shuffled order, and probes the flush. A
        list of {name: result, "fdatasync_us": …}, one a round."""
        done = []
        for at in range(rounds or self.rounds):
            results = {}
            for name in random.sample(list(works), len(works)):
                results[name] = self.measure(works[name])
            flush = fdatasync_us(self.folder)
            self.flushes_us.append(flush)
            print(f"  round {at + 1}: " + ", ".join(f"{name} {said(results[name])}" for name in works)
                  + f"; flush {flush:.0f} us", flush=True)
            done.append(results | {"fdatasync_us": flush})
        return done

    def fail(self, part, error):
        self.failed.append(part)
        self.leave_out(f"the part {part}", f"it broke: {error}")

    def leave_out(self, what, why):
        self.unsaid.append(f"{what}: {why}")
        print(f"  left out, {what}: {why}", flush=True)


def median(rounds, of):
    """The median over the rounds of what `of` says about one: both sides of a ratio saw the same machine."""
    return statistics.median(of(results) for results in rounds)


def good_rounds(rounds, of):
    """Without the rounds in which the bare server did far less than its best: the machine was busy elsewhere."""
    best = max(of(results) for results in rounds)
    return [results for results in rounds if of(results) >= RAW_SHARE_MIN * best]


def section(what):
    print(f"\n== {what}", flush=True)
