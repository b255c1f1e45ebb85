"""The shipped systemd unit: systemd itself accepts it, and finds it closed enough."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "config/systemd/harborline.service"
PROGRAM = os.environ["HARBORLINE"]
# In tenths of systemd's own measure, where 100 is wide open; below 20 it says OK.
EXPOSURE_MAX = "15"

# What the service's promises hang on, whatever else systemd counts.
REQUIRED = {
    "User": "harborline", "Restart": "always", "RestartSec": "1", "ExecReload": "/bin/kill -HUP $MAINPID",
    "StateDirectory": "harborline", "UMask": "0077", "LimitCORE": "0", "MemorySwapMax": "0", "LimitNOFILE": "65536",
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "", "ProtectSystem": "strict",
    "ProtectHome": "yes", "PrivateTmp": "yes", "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
}


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60)


class SystemdUnit(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.unit = self.folder / UNIT.name
        shipped = UNIT.read_text(encoding="utf-8")
        self.assertIn("ExecStart=/usr/local/bin/harborline serve", shipped)
        self.unit.write_text(shipped.replace("/usr/local/bin/harborline", PROGRAM), encoding="utf-8")

    def test_it_keeps_what_is_promised(self):
        lines = [line.partition("=") for line in UNIT.read_text(encoding="utf-8").splitlines() if "=" in line]
        written = {key: value for key, _, value in lines if not key.startswith("#")}
        for key, value in REQUIRED.items():
            self.assertEqual(written.get(key), value, key)
        # A stop may take 10 s; systemd must not kill before.
        self.assertGreater(int(written["TimeoutStopSec"]), 10)

    def test_what_the_settings_put_elsewhere_is_what_readme_moves(self):
        shipped = (ROOT / "config/harborline.toml").read_text(encoding="utf-8")
        outside = re.findall(r'^(\w+) = "\.\./', shipped, flags=re.M)
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        self.assertIn(f"# {' and '.join(outside)} below /var/lib/harborline", readme)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "the package systemd is not installed")
    def test_systemd_accepts_every_line(self):
        done = analyze("verify", "--man=no", str(self.unit))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "the package systemd is not installed")
    def test_it_is_closed_to_what_it_does_not_need(self):
        done = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", str(self.unit))
        self.assertEqual(done.returncode, 0, done.stdout[-300:])
        self.assertNotEqual(analyze("security", "--offline=true", "--threshold=1", str(self.unit)).returncode, 0,
                            "the threshold does not count")


if __name__ == "__main__":
    unittest.main()
