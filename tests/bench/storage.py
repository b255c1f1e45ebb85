"""Storage without the gateway: group sizes, pages, and a full database beside a fresh one."""
import os
import shutil

from steady import ROSTER, median, run_program, section, without_flushing

GROUPS = (1, 8, 32, 128)
MESSAGES_PER_HANDSET = 10  # As fill.cpp has it.
ACTIVE_HANDSETS = 10_000
BYTES_PER_MESSAGE = 1000  # Rows, indexes, and the log while it is filled.


def figures(stand):
    section("storage alone, groups of 128 (messages a second)")

    def once(environment=None):
        return run_program("storage_bench", stand.world.folder / "storage", stand.seconds / 3, environment=environment)

    rounds = stand.steady.rounds_of({"flushed": once, "unflushed": lambda: once(without_flushing())},
                                    rounds=1 if stand.quick else 3,
                                    said=lambda result: f"{result['msgs_per_s_128']:.0f}")
    found = {"wal_pages_per_message": median(rounds, lambda r: r["flushed"]["wal_pages_per_message"])}
    for group in GROUPS:
        found[f"storage_msgs_per_s_{group}"] = median(rounds, lambda r: r["flushed"][f"msgs_per_s_{group}"])
        found[f"storage_cpu_us_{group}"] = median(rounds, lambda r: r["flushed"][f"cpu_us_{group}"])
        found[f"storage_nosync_msgs_per_s_{group}"] = median(rounds, lambda r: r["unflushed"][f"msgs_per_s_{group}"])
    return found


def fill(stand, folder):
    """A database with stand.rows messages, whose last million may still be repeated. False where it has no room."""
    free = shutil.disk_usage(stand.world.folder).free
    needed = BYTES_PER_MESSAGE * stand.rows
    if free < needed:
        stand.steady.leave_out("everything on a full database",
                               f"it takes {needed / 1e9:.0f} GB of disk, and {free / 1e9:.0f} GB are free")
        return False
    section(f"filling a database with {stand.rows:,} messages and {stand.rows // MESSAGES_PER_HANDSET:,} matters")
    run_program("fill", folder, stand.rows, ROSTER, environment=without_flushing())
    os.sync()
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"  {size / 1e9:.1f} GB", flush=True)
    return True


def rows_figures(stand, full):
    """Storage on the full database beside a fresh one."""
    section("storage on a full and on a fresh database (messages a second)")
    fresh = stand.world.folder / "fresh"
    fresh.mkdir()
    stride = stand.rows // MESSAGES_PER_HANDSET // ACTIVE_HANDSETS

    def both():
        return run_program("rows_bench", fresh, full, stride, stand.seconds)

    both()  # What the filling left behind is written back, and the pages of those who write are in memory.
    rounds = stand.steady.rounds_of({"rows": both}, said=lambda r: f"full {r['full']:.0f}, fresh {r['fresh']:.0f}")
    shutil.rmtree(fresh)
    name = f"rows_{stand.rows // 1_000_000}m_over_fresh"
    return {name: median(rounds, lambda r: r["rows"]["full"] / r["rows"]["fresh"]),
            "rows_full_msgs_per_s": median(rounds, lambda r: r["rows"]["full"]),
            "rows_fresh_msgs_per_s": median(rounds, lambda r: r["rows"]["fresh"])}


def show(found):
    print("\nstorage alone: where flushing and not flushing agree, the limit is the CPU and not the disk")
    print("group | messages/s | without flushing | CPU us a message")
    for at in GROUPS:
        print(f"{at:5} | {found[f'storage_msgs_per_s_{at}']:10.0f} | "
              f"{found[f'storage_nosync_msgs_per_s_{at}']:16.0f} | {found[f'storage_cpu_us_{at}']:16.1f}")
