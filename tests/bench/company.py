"""Taking texts while something else goes on: sending as fast as it can, a backup, a long read. And what a repeat
writes."""
import itertools
import os
import subprocess
import threading
import time

import processes
from servers import SLOW_SENDER, Gateway, Load, harness
from steady import median, section

FAST_SENDER = "rate_per_s = 10000\nin_flight_max = 64"
# So seldom that nothing but what is asked for writes.
HARDLY_A_SENDER = "rate_per_s = 0.01\nin_flight_max = 1"
BACKUP_RATE = 500


def draining_figures(stand):
    section("taking texts while the outbox drains (requests a second)")
    gateway = Gateway(stand.world, "drained", stand.bare.api_url)
    load = Load(gateway.port)
    gateway.start()
    load.settle()
    gateway.stop()

    def run(sender):
        gateway.set_up(sender)
        gateway.start()
        sent = gateway.sent()
        result = load.closed(256, stand.seconds)
        result["sends_per_s"] = (gateway.sent() - sent) / stand.seconds
        gateway.stop()
        return result

    works = {"draining": lambda: run(FAST_SENDER), "without": lambda: run(SLOW_SENDER)}
    rounds = stand.steady.rounds_of(works, said=lambda r: f"{r['rps']:.0f} (sending {r['sends_per_s']:.0f})")
    return {"inbound_while_draining_over_without": median(rounds, lambda r: r["draining"]["rps"] / r["without"]["rps"]),
            "sends_per_s_while_draining": median(rounds, lambda r: r["draining"]["sends_per_s"])}


class Again:
    """Runs a command over and over beside the block."""

    def __init__(self, arguments):
        self._arguments = arguments
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._repeat)
        self._running = None
        self.runs = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _repeat(self):
        while not self._over.is_set():
            running = subprocess.Popen(self._arguments(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                       env=os.environ | harness.SECRETS)
            while running.poll() is None:
                if self._over.wait(0.02):
                    running.kill()
            said = running.communicate()[1]
            if running.returncode != 0 and not self._over.is_set():
                raise RuntimeError(f"a command beside the load failed: {said}")
            self.runs += 1


def backup_figures(stand):
    section(f"{BACKUP_RATE} texts a second during a backup and a long read (p99 us)")
    gateway, load = stand.gateway, stand.load
    load.settle()
    copies = itertools.count(1)

    def command(*arguments):
        return [str(harness.BINARY), *arguments, "--config", str(gateway.settings)]

    def backup():
        return command("backup", str(gateway.folder / f"copy-{next(copies)}"))

    def clear():
        """Before it is measured: to free a gigabyte at once can hold up a disk for longer than to write it."""
        for old in gateway.folder.glob("copy-*"):
            old.unlink()
        os.sync()

    def beside():
        clear()
        with Again(backup), Again(lambda: command("turns", "list")):
            return load.open(BACKUP_RATE, stand.seconds)

    works = {"backup": beside, "without": lambda: load.open(BACKUP_RATE, stand.seconds)}
    rounds = stand.steady.rounds_of(works, rounds=5, said=lambda r: f"{r['p99_us']:.0f}")
    clear()
    # The lowest of all rounds: what else the machine did in the others is not the backup's.
    lowest = {name: min(results[name]["p99_us"] for results in rounds) for name in works}
    return {"p99_us_while_backup": lowest["backup"], "p99_us_without_backup": lowest["without"],
            "p99_while_backup_over_without": lowest["backup"] / lowest["without"],
            "p50_while_backup_over_without": median(rounds, lambda r: r["backup"]["p50_us"] / r["without"]["p50_us"])}


def is_at_rest(database):
    before = processes.wal_frames(database)
    time.sleep(1.5)  # Longer than a sender waits before it looks again.
    return processes.wal_frames(database) == before


def repeat_figures(stand):
    section("what a repeated webhook writes")
    gateway = Gateway(stand.world, "repeats", stand.bare.api_url, sender=HARDLY_A_SENDER,
                      storage="autocheckpoint_pages = 1000000")
    gateway.start()
    database = gateway.folder / "harborline.db"
    load = Load(gateway.port)
    messages = 2_000

    def pages():
        before = processes.wal_frames(database)
        load.same(messages)
        harness.eventually("the sender to be at rest", lambda: is_at_rest(database))
        return processes.wal_frames(database) - before

    first, repeated = pages(), pages()
    assert first > 0, "new texts must write: the count is wrong"
    gateway.stop()
    print(f"  {first} pages for {messages} texts, {repeated} for the same again", flush=True)
    return {"wal_pages_per_repeat": repeated / messages}
