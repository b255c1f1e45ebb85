"""What is measured: the gateway, a bare Beast server that answers the same bytes, the Node peers; and wrk, which drives
them."""
import os
import re
import socket
import subprocess
import sys

from steady import BUILT, ROOT, TEXTS, run_program

sys.path.insert(0, str(ROOT / "tests/e2e"))

import harness  # noqa: E402

PATH = f"/in/kannel/{harness.TOKEN}/sms"
NODE = ROOT / "build/bench-node"
# Its 10,000 handsets write within milliseconds what a person writes in minutes.
PATIENT = "empty_contacts_per_hour = 0\nautomatic_per_hour = 1000\nautomatic_per_day = 10000\nmachine_answers = 1000\ntexts_per_min = 0\nflood_per_min = 0"
UNLIMITED = "\ninbound_per_s = 0"  # What is measured is what no limit holds back.
HANDSETS = 10_000  # As petitions.lua has it.
STEPS = len(TEXTS.read_text(encoding="utf-8").splitlines())
SLOW_SENDER = "rate_per_s = 1"  # The outbox only grows, as in a rush.


class BareServer:
    """The bare Beast server, and the sink that takes what a gateway sends out."""

    def __init__(self, world):
        self.port, self.sink_port = harness.free_port(), harness.free_port()
        self.api_url = f"http://127.0.0.1:{self.sink_port}/cgi-bin/sendsms"
        self.world = world

    def start(self, answer):
        file = self.world.folder / "answer"
        file.write_bytes(answer)
        self.world.start([str(BUILT / "raw_server"), str(self.port), str(self.sink_port), str(file)],
                         log="raw_server.log")
        harness.eventually("the bare server", lambda: harness.listens(self.port))


class Room:
    """A folder inside the world's for the files of one server."""

    def __init__(self, world, name):
        self.folder = world.folder / name
        self.folder.mkdir(exist_ok=True)
        self._world = world

    def start(self, arguments, log=None, **options):
        return self._world.start(arguments, log=self.folder / log if log else None, **options)


class Gateway(harness.Gateway):
    """`harborline serve` in a folder of its own, or on a database that is there already."""

    def __init__(self, world, name, api_url, sender=SLOW_SENDER, storage="", channels=""):
        super().__init__(Room(world, name))
        self.settings = self.folder / "harborline.toml"
        self.api_url = api_url
        self._storage = storage
        self._channels = channels
        self.set_up(sender)

    @property
    def folder(self):
        return self.world.folder

    @property
    def pid(self):
        return self._program.pid

    @property
    def command_line(self):
        return [str(harness.BINARY), "serve", "--config", str(self.settings)]

    def set_up(self, sender):
        """Writes the settings, `sender` among those of its channel."""
        self.configure(self, channel=sender + UNLIMITED, conversation=PATIENT)
        settings = self.settings.read_text(encoding="utf-8")
        settings = settings.replace("[listener.public]\n",
                                    "[listener.public]\nconnections_max = 20000\nidle_timeout_s = 3600\n")
        self.settings.write_text(f'log_level = "warn"\n{settings}\n[storage]\n{self._storage}\n{self._channels}\n',
                                 encoding="utf-8")

    def sent(self):
        """Messages handed to the carrier since the start."""
        found = re.findall(r'harborline_sends_total\{[^}]*result="sent"[^}]*\} (\S+)', self.metrics().decode())
        return sum(map(float, found))

    def answer(self):
        """The bytes that it answers a good text with."""
        body = "你好".encode("utf-16-be")
        head = (f"POST {PATH}?id=probe HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Kannel-From: +8619900999999\r\n"
                f"X-Kannel-To: {harness.PORT_NUMBER}\r\nX-Kannel-Coding: 2\r\n"
                f'Content-Type: text/plain; charset="UTF-16BE"\r\nContent-Length: {len(body)}\r\n\r\n')
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(head.encode() + body)
            answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200"), f"the gateway answered {answer[:40]!r} to a good text"
        return answer


class NodePeer:
    """tests/bench/node, with a transaction a message or made to commit in groups."""

    def __init__(self, world, mode):
        self.port = harness.free_port()
        self._world, self._mode = world, mode

    @staticmethod
    def why_not():
        """Why there is no peer on this machine; nothing where there is one."""
        missing = NODE / "missing"
        return missing.read_text(encoding="utf-8").strip() if missing.exists() else ""

    def start(self):
        database = self._world.folder / f"node-{self._mode}.db"
        self._program = self._world.start(
            ["nodejs", str(NODE / "server.mjs"), str(self.port), str(database), self._mode], log="node.log")
        harness.eventually("the Node peer (its words are in node.log)", lambda: harness.listens(self.port))
        return self

    def kill(self):
        self._program.kill()
        self._program.wait()


class Load:
    """Drives one server. Every handset goes on with its petition where the last run left it."""

    _runs = 0

    def __init__(self, port):
        self.port = port
        self._next = 0

    @classmethod
    def _run_name(cls):
        cls._runs += 1
        return f"b{os.getpid()}-{cls._runs}"

    def settle(self):
        """Until every handset has written and all steps of a petition are under way."""
        while self._next < HANDSETS * STEPS:
            self.closed(256, 1)

    def closed(self, connections, seconds):
        """wrk on one thread, as fast as it goes: {"rps", "p50_us", "p99_us", "requests"}."""
        environment = os.environ | {"BENCH_PATH": PATH, "BENCH_RUN": self._run_name(), "BENCH_TEXTS": str(TEXTS),
                                    "BENCH_FIRST": str(self._next)}
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
             "-s", str(ROOT / "tests/bench/petitions.lua"), f"http://127.0.0.1:{self.port}"],
            capture_output=True, text=True, env=environment, check=True)
        found = re.search(r"figures rps=([\d.]+) p50_us=(\d+) p99_us=(\d+) requests=(\d+) next=(\d+) bad=(\d+)",
                          done.stdout)
        assert found, f"wrk said: {done.stdout}{done.stderr}"
        figures = dict(zip(("rps", "p50_us", "p99_us", "requests", "next", "bad"), map(float, found.groups())))
        return self._taken(figures)

    def open(self, rate, seconds, connections=64):
        """A constant rate, latency from the scheduled instant: {"p50_us", "p99_us", "max_us", "rps"}."""
        return self._taken(run_program("open_loop", self.port, PATH, self._run_name(), self._next, rate, seconds,
                                       connections, TEXTS))

    def same(self, count):
        """The same texts at every call, under the same ids."""
        rate = 2_000
        figures = run_program("open_loop", self.port, PATH, f"same{os.getpid()}", 0, rate, count / rate, 64, TEXTS)
        assert figures["bad"] == 0, f"not all of {count} texts were taken: {figures}"

    def _taken(self, figures):
        self._next = int(figures["next"])
        assert figures["bad"] == 0, f"{figures['bad']:.0f} requests were not answered with 200"
        return figures
