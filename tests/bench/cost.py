"""What a turn costs whatever the machine is doing: instructions. And one step of a conversation in microseconds."""
import os
import re
import subprocess

from servers import harness
from steady import BUILT, ROOT, ROSTER, TEXTS, run_program, section

HANDSETS = 500  # As turn_bench.cpp has it.
ROUNDS = (1, 12)  # The difference is one whole petition of each handset.


def instructions(stand, rounds):
    """Of a run of so many rounds, as callgrind counts them."""
    folder = stand.world.folder / "turns"
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={stand.world.folder}/callgrind.out",
         str(BUILT / "turn_bench"), str(ROOT / "config/kannel/harborline.toml"), str(ROSTER), str(folder), str(rounds),
         str(TEXTS)], capture_output=True, text=True, env=os.environ | harness.SECRETS)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        raise RuntimeError(f"valgrind said: {done.stderr[-2000:]}")
    return int(found.group(1))


def figures(stand):
    section("instructions a message (callgrind), one step of a conversation")
    counts = [instructions(stand, rounds) for rounds in ROUNDS]
    found = {"instructions_per_message": (counts[1] - counts[0]) / (HANDSETS * (ROUNDS[1] - ROUNDS[0]))}
    found |= stand.steady.measure(lambda: run_program("advance_bench", ROOT / "config"))
    print(f"  {found['instructions_per_message']:.0f} instructions, advance {found['advance_us']:.2f} us", flush=True)
    return found
