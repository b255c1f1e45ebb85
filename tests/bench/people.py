"""How long an import of families takes: ten times as many lines must not take more than ten times as long."""
import csv
import itertools
import os
import shutil
import subprocess
import time

from servers import Gateway, harness
from steady import median, section

FEW, MANY = 10_000, 100_000  # Lines.
LINES_A_FAMILY = 10
CHILDREN_A_SHOP = 20  # Who are reached by the same phone in the village.
COLUMNS = "record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed".split(",")
_runs = itertools.count(1)


def family(at):
    """A child with its mother, who is away, and its grandmother."""
    child, mother, carer = f"child-{at}", f"mother-{at}", f"carer-{at}"

    def phone(owner, number, kind):
        return {"record": "phone", "id": owner, "kind": kind, "phone": f"+8619904{number:06}"}

    yield {"record": "person", "id": child, "kind": "child", "name": "小明", "age": "8-13", "place": "230184"}
    yield {"record": "person", "id": mother, "kind": "relative", "name": "小明妈", "age": "adult"}
    yield {"record": "person", "id": carer, "kind": "relative", "name": "奶奶", "age": "adult", "place": "230184"}
    yield phone(child, at // CHILDREN_A_SHOP, "shared")
    yield phone(mother, 100_000 + at, "private")
    yield phone(carer, 200_000 + at, "private")
    yield {"record": "tie", "id": child, "other": mother, "kind": "mother", "state": "hours",
           "hours": "mon-fri 18:00-20:00; sat,sun 09:00-20:00", "number": "papers", "agreed": "yes"}
    yield {"record": "tie", "id": child, "other": carer, "kind": "carer", "state": "allowed", "agreed": "yes"}
    yield {"record": "care", "id": child, "other": mother, "kind": "guardian"}
    yield {"record": "consent", "id": child, "other": mother, "kind": "paper", "from": "2026-09-01"}


def write_families(file, lines):
    """One kind of record behind the other, as an export has them."""
    rows = itertools.chain.from_iterable(map(family, range(lines // LINES_A_FAMILY)))
    order = ("person", "phone", "tie", "care", "consent")
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: order.index(row["record"])))


def import_ms(stand, file, lines):
    """Into a database in which there is only the roster."""
    gateway = Gateway(stand.world, f"people{next(_runs)}", stand.bare.api_url)
    command = [str(harness.BINARY), "people", "import", str(file), "--as", "admin", "--config", str(gateway.settings)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
                          env=os.environ | harness.SECRETS)
    took = (time.perf_counter() - began) * 1e3
    shutil.rmtree(gateway.folder)
    assert done.returncode == 0, f"the import ended with {done.returncode}: {done.stderr[-2000:]}"
    assert done.stdout == f"added {lines}, changed 0, left 0\n", f"the import said: {done.stdout}"
    return took


def figures(stand):
    section(f"import of families, {FEW} and {MANY} lines (ms)")
    works = {}
    for lines in (FEW, MANY):
        file = stand.world.folder / f"families{lines}.csv"
        write_families(file, lines)
        works[str(lines)] = lambda file=file, lines=lines: import_ms(stand, file, lines)
    rounds = stand.steady.rounds_of(works, rounds=2 if stand.quick else 5)
    return {"people_import_10k_ms": median(rounds, lambda r: r[str(FEW)]),
            "people_import_100k_ms": median(rounds, lambda r: r[str(MANY)]),
            "people_import_100k_over_10k": median(rounds, lambda r: r[str(MANY)] / r[str(FEW)])}


def show(found):
    print(f"\nimport of families: {found['people_import_10k_ms']:.0f} ms for {FEW} lines, "
          f"{found['people_import_100k_ms']:.0f} ms for {MANY}")
