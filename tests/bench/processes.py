"""What a running process costs, as Linux counts it."""
import os
import pathlib
import re
import struct


def thread_cpu_ns(pid):
    """{thread id: nanoseconds on a CPU}; the first thread's id is the process's."""
    spent = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        spent[int(task.name)] = int((task / "schedstat").read_text().split()[0])
    return spent


class CpuWatch:
    """The CPU time that the loop's thread (the first) and the storage thread (the busiest other) spend from here on."""

    def __init__(self, pid):
        self._pid = pid
        self._before = thread_cpu_ns(pid)

    def per_piece_us(self, pieces):
        now = thread_cpu_ns(self._pid)
        spent = {task: (now[task] - self._before.get(task, 0)) / 1e3 / pieces for task in now}
        loop = spent.pop(self._pid)
        return {"http_cpu_us": loop, "storage_cpu_us": max(spent.values(), default=0.0)}


def pss_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return int(re.search(r"^Pss:\s+(\d+)", file.read(), re.MULTILINE).group(1))


def wal_frames(database):
    """Pages in the write-ahead log, from the header of its index (https://www.sqlite.org/walformat.html, mxFrame)."""
    with open(f"{database}-shm", "rb") as file:
        os.lseek(file.fileno(), 16, os.SEEK_SET)
        return struct.unpack("=I", file.read(4))[0]
