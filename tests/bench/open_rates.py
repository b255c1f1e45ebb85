"""Texts at a constant rate: what a person waits, counted from when her text should have left."""
from steady import median, section

RATES = (500, 2000)


def figures(stand):
    section("open loop (p50 us)")
    loads = {"durable": stand.load, "raw": stand.bare_load}
    stand.load.settle()
    works = {f"{name}_{rate}": lambda name=name, rate=rate: loads[name].open(rate, stand.seconds)
             for name in loads for rate in RATES}
    rounds = stand.steady.rounds_of(works, said=lambda result: f"{result['p50_us']:.0f}")
    found = {}
    for rate in RATES:
        for kind in ("p50_us", "p99_us"):
            for name in loads:
                found[f"{name}_open_{kind}_{rate}"] = median(rounds, lambda r: r[f"{name}_{rate}"][kind])
            found[f"added_{kind[:3]}_over_fsync_{rate}"] = median(
                rounds, lambda r: (r[f"durable_{rate}"][kind] - r[f"raw_{rate}"][kind]) / r["fdatasync_us"])
    return found


def show(found):
    print("\nopen loop, 64 connections")
    print("rate/s | bare p50 ms |  p99 | durable p50 ms |  p99 | p50 added, in flushes")
    for rate in RATES:
        bare, durable = ([found[f"{name}_open_{kind}_us_{rate}"] / 1e3 for kind in ("p50", "p99")]
                         for name in ("raw", "durable"))
        print(f"{rate:6} | {bare[0]:11.2f} | {bare[1]:4.1f} | {durable[0]:14.2f} | {durable[1]:4.1f} | "
              f"{found[f'added_p50_over_fsync_{rate}']:8.2f}")
