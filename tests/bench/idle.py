"""10,000 keep-alive connections that have nothing to say: what each holds, and whether the others feel them."""
import contextlib
import itertools
import os
import resource
import subprocess

import processes
from servers import PATH, Gateway, Load
from steady import BUILT, TEXTS, median, section

COUNT = 10_000
_runs = itertools.count(1)


def why_not():
    """Why this machine cannot hold so many; nothing where it can."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if os.geteuid() != 0 and hard < COUNT + 500:
        return f"this user may open {hard} files only (ulimit -Hn)"
    return ""


@contextlib.contextmanager
def idle_connections(port):
    """Holds them, each served once, as long as the block lasts."""
    holder = subprocess.Popen([str(BUILT / "idle_connections"), str(port), PATH, f"idle{os.getpid()}-{next(_runs)}",
                               str(COUNT), str(TEXTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if holder.stdout.readline() != "ready\n":
            raise RuntimeError("the idle connections could not be opened (see above)")
        yield
    finally:
        holder.stdin.close()
        holder.wait(timeout=30)
        holder.stdout.close()


def allow_files(gateway):
    resource.prlimit(gateway.pid, resource.RLIMIT_NOFILE, (2 * COUNT, 2 * COUNT))


def figures(stand):
    section(f"{COUNT:,} idle connections (requests a second beside them)")
    if why := why_not():
        stand.steady.leave_out("idle_connection_kb, with_10k_idle_over_without", why)
        return {}
    gateway = Gateway(stand.world, "idle", stand.bare.api_url)
    gateway.start()
    allow_files(gateway)
    load = Load(gateway.port)
    load.settle()

    before = processes.pss_kb(gateway.pid)
    with idle_connections(gateway.port):
        held = (processes.pss_kb(gateway.pid) - before) / COUNT

    def beside():
        with idle_connections(gateway.port):
            return load.closed(256, stand.seconds)["rps"]

    rounds = stand.steady.rounds_of({"with": beside, "without": lambda: load.closed(256, stand.seconds)["rps"]})
    gateway.stop()
    return {"idle_connection_kb": held,
            "with_10k_idle_over_without": median(rounds, lambda r: r["with"] / r["without"])}
