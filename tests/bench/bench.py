#!/usr/bin/env python3
"""The benchmarks in one run: the gateway beside a bare Beast server that answers the same bytes, in turns; storage alone
at four group sizes, with and without flushing; one step of a conversation.

Absolute figures are this machine's and this minute's. What compares is the ratio of two figures of one run. A
measurement during which the hypervisor took more than 3 % of the CPU away is discarded and repeated.

usage: scripts/bench [--json FILE] [--quick]
"""
import argparse
import json
import os
import pathlib
import random
import re
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

import harness  # noqa: E402

BUILT = ROOT / "build/release/tests/bench"
CONNECTIONS = (256, 64)
STEAL_MAX = 0.03
REPEATS_MAX = 10  # Measurements thrown away for stolen CPU before the rest is taken as it is.
GROUPS = (1, 8, 32, 128)


def cpu_ticks():
    """(stolen, all) since boot."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    return ticks[7], sum(ticks)


def run_program(name, *arguments, environment=None):
    """The JSON that one of the benchmark programs prints; its own words on stderr go to whoever watches."""
    done = subprocess.run([str(BUILT / name), *arguments], stdout=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{name} ended with {done.returncode} (see above)")
    return json.loads(done.stdout)


def fdatasync_us(folder, count=200):
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
    """Runs measurements and repeats those that the hypervisor spoiled."""

    def __init__(self):
        self.discarded = 0

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


class Targets:
    """The bare server and the gateway, both running for the whole of the benchmark; one is driven at a time."""

    def __init__(self, world, seconds):
        self.world = world
        self.seconds = seconds
        self.path = f"/in/kannel/{harness.TOKEN}/sms"
        self.raw_port, self.sink_port = harness.free_port(), harness.free_port()
        self.api_url = f"http://127.0.0.1:{self.sink_port}/cgi-bin/sendsms"
        self.gateway = harness.Gateway(world)
        self._runs = 0
        self._sent = 0

    def start(self):
        # One message a second goes out: the outbox only grows, as in a rush. What is measured is what no limit holds back.
        self.gateway.configure(self, channel="rate_per_s = 1\ninbound_per_s = 0",
                               conversation="automatic_per_hour = 1000\nautomatic_per_day = 10000\n"
                                            "machine_answers = 1000\ntexts_per_min = 0")
        settings = self.gateway.settings.read_text(encoding="utf-8")
        self.gateway.settings.write_text('log_level = "warn"\n' + settings, encoding="utf-8")
        self.gateway.start()
        answer = self.world.folder / "answer"
        answer.write_bytes(self.answer_of_the_gateway())
        self.world.start([str(BUILT / "raw_server"), str(self.raw_port), str(self.sink_port), str(answer)],
                         log="raw_server.log")
        harness.eventually("the bare server", lambda: harness.listens(self.raw_port))

    def answer_of_the_gateway(self):
        """The bytes that the gateway answers a good text with."""
        body = "你好".encode("utf-16-be")
        head = (f"POST {self.path}?id=probe HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Kannel-From: +8619900999999\r\n"
                f"X-Kannel-To: {harness.PORT_NUMBER}\r\nX-Kannel-Coding: 2\r\n"
                f'Content-Type: text/plain; charset="UTF-16BE"\r\nContent-Length: {len(body)}\r\n\r\n')
        with socket.create_connection(("127.0.0.1", self.gateway.port), timeout=10) as connection:
            connection.sendall(head.encode() + body)
            answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200"), f"the gateway answered {answer[:40]!r} to a good text"
        return answer

    def drive(self, target, connections, seconds=None):
        """Requests a second of one target, driven by wrk on one thread."""
        port = self.raw_port if target == "raw" else self.gateway.port
        self._runs += 1
        environment = os.environ | {"BENCH_PATH": self.path, "BENCH_RUN": f"b{self._runs}",
                                    "BENCH_FIRST": str(self._sent if target == "durable" else 0)}
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}s", "--timeout", "10s",
             "-s", str(ROOT / "tests/bench/petitions.lua"), f"http://127.0.0.1:{port}"],
            capture_output=True, text=True, env=environment, check=True)
        found = re.search(r"figures rps=([\d.]+) p50_us=(\d+) p99_us=(\d+) requests=(\d+) bad=(\d+)", done.stdout)
        assert found, f"wrk said: {done.stdout}{done.stderr}"
        rps, p50_us, p99_us, requests, bad = (float(word) for word in found.groups())
        assert bad == 0, f"{target}: {bad:.0f} of {requests:.0f} requests were not answered with 200"
        if target == "durable":
            self._sent += int(requests)
        return {"rps": rps, "p50_us": p50_us, "p99_us": p99_us}


def http_figures(world, rounds, seconds, steady):
    targets = Targets(world, seconds)
    targets.start()
    print("warming up: every handset writes once", flush=True)
    targets.drive("durable", 256, seconds=2)
    targets.drive("raw", 256, seconds=1)

    measured = {(target, connections): [] for target in ("raw", "durable") for connections in CONNECTIONS}
    flushes = []
    for at in range(rounds):
        order = list(measured)
        random.shuffle(order)
        for target, connections in order:
            figures = steady.measure(lambda target=target, connections=connections: targets.drive(target, connections))
            measured[target, connections].append(figures)
        flushes.append(fdatasync_us(world.folder))
        print(f"round {at + 1}: " + ", ".join(
            f"{target} {connections}: {measured[target, connections][-1]['rps']:.0f}/s" for target, connections in measured),
            flush=True)
    targets.gateway.stop()

    figures = {"fdatasync_us": statistics.median(flushes)}
    for (target, connections), runs in measured.items():
        for kind in ("rps", "p50_us", "p99_us"):
            figures[f"{target}_{kind}_{connections}"] = statistics.median(run[kind] for run in runs)
    for connections in CONNECTIONS:
        # The ratio of each round, then the median: the two figures of one round saw the same machine.
        figures[f"durable_over_raw_{connections}"] = statistics.median(
            durable["rps"] / raw["rps"]
            for raw, durable in zip(measured["raw", connections], measured["durable", connections]))
    return figures


def storage_figures(world, rounds, seconds, steady):
    def once(flushing):
        environment = dict(os.environ)
        if not flushing:
            environment["LD_PRELOAD"] = str(BUILT / "libnosync.so")
        return run_program("storage_bench", str(world.folder / "storage"), str(seconds), environment=environment)

    flushed, free = [], []
    for _ in range(rounds):
        flushed.append(steady.measure(lambda: once(True)))
        free.append(steady.measure(lambda: once(False)))
    figures = {"wal_pages_per_message": statistics.median(run["wal_pages_per_message"] for run in flushed)}
    for group in GROUPS:
        figures[f"storage_msgs_per_s_{group}"] = statistics.median(run[f"msgs_per_s_{group}"] for run in flushed)
        figures[f"storage_cpu_us_{group}"] = statistics.median(run[f"cpu_us_{group}"] for run in flushed)
        figures[f"storage_nosync_msgs_per_s_{group}"] = statistics.median(run[f"msgs_per_s_{group}"] for run in free)
    return figures


def advance_figures(steady):
    return steady.measure(lambda: run_program("advance_bench", str(ROOT / "config")))


def table(figures):
    print("\nwebhooks, each answered after its commit, beside a bare Beast server (medians)")
    print("connections |  bare/s | durable/s | ratio | durable p50 ms | p99 ms")
    for at in CONNECTIONS:
        print(f"{at:11} | {figures[f'raw_rps_{at}']:7.0f} | {figures[f'durable_rps_{at}']:9.0f} | "
              f"{figures[f'durable_over_raw_{at}']:5.2f} | {figures[f'durable_p50_us_{at}'] / 1e3:14.1f} | "
              f"{figures[f'durable_p99_us_{at}'] / 1e3:6.1f}")
    print("\nstorage alone: where flushing and not flushing agree, the limit is the CPU and not the disk")
    print("group | messages/s | without flushing | CPU us a message")
    for at in GROUPS:
        print(f"{at:5} | {figures[f'storage_msgs_per_s_{at}']:10.0f} | "
              f"{figures[f'storage_nosync_msgs_per_s_{at}']:16.0f} | {figures[f'storage_cpu_us_{at}']:16.1f}")
    print(f"\nwrite-ahead-log pages a message {figures['wal_pages_per_message']:.2f}, "
          f"advance {figures['advance_us']:.2f} us, fdatasync {figures['fdatasync_us']:.0f} us, "
          f"discarded measurements {figures['discarded_rounds']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="writes the figures as one flat object")
    parser.add_argument("--quick", action="store_true", help="two short rounds: says that it works, not how fast")
    parser.add_argument("--called-from", default=".", help=argparse.SUPPRESS)
    options = parser.parse_args()
    rounds, seconds, storage_s = (2, 2, 0.5) if options.quick else (5, 3, 2)

    steady = Steady()
    with harness.World() as world:
        figures = advance_figures(steady)
        figures |= storage_figures(world, 1 if options.quick else 3, storage_s, steady)
        figures |= http_figures(world, rounds, seconds, steady)
    figures["discarded_rounds"] = steady.discarded
    table(figures)
    if options.json:
        file = pathlib.Path(options.called_from) / options.json
        file.write_text(json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
