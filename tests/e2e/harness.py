"""What the end-to-end tests stand on: Kannel's programs, its fake carrier and the gateway, all on loopback, in a folder
of their own, and gone when the test is.

Nothing here waits without a bound, and every wait that runs out says what it waited for.
"""
import collections
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("HARBORLINE", ROOT / "build/release/harborline"))
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
PORT_NUMBER = "10639000"  # the hotline's own number with the carrier
TOKEN = "e2e-token-0123456789-abcdefgh"
SEND_PASSWORD = "e2e-send-password"
PATIENCE_S = 30
SECRETS = {"HARBORLINE_KANNEL_TOKEN": TOKEN, "HARBORLINE_KANNEL_PASSWORD": SEND_PASSWORD}


class Timeout(AssertionError):
    """A bounded wait ran out."""


def eventually(what, probe, patience_s=PATIENCE_S):
    """Asks `probe` until it answers something true; fails naming what was waited for."""
    until = time.monotonic() + patience_s
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > until:
            raise Timeout(f"waited {patience_s} s in vain for {what}")
        time.sleep(0.05)


_given_out = set()


def free_port():
    """A port of loopback that nobody listens on, never the same twice in one run."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _given_out:
            _given_out.add(port)
            return port


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _die_with_the_test():
    """A test that is killed takes its children along (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class World:
    """A temporary folder and the programs started in it. Leaving it kills them all and removes the folder;
    HARBORLINE_KEEP=1 keeps it, and says where it is, for a look at what went wrong."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="harborline-e2e-"))
        self.children = []
        return self

    def start(self, arguments, log=None, **options):
        """Starts a program whose output goes to a file of the folder, where the test looks for leaks later."""
        with open(self.folder / log if log else os.devnull, "ab") as written:
            options = {"stdout": written, "stderr": subprocess.STDOUT, "env": os.environ | SECRETS} | options
            child = subprocess.Popen(arguments, cwd=self.folder, preexec_fn=_die_with_the_test, **options)
        self.children.append(child)
        return child

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.kill()
            child.wait()
            for pipe in filter(None, (child.stdin, child.stdout)):
                pipe.close()
        if os.environ.get("HARBORLINE_KEEP"):
            print(f"kept: {self.folder}", flush=True)
        else:
            shutil.rmtree(self.folder)


def fill(shipped, own):
    """A shipped file with this run's own values; every one of them must have had its place in it."""
    missing = [name for name in own if name not in shipped]
    assert not missing, f"a shipped settings file no longer holds {missing}"
    return re.sub("|".join(map(re.escape, own)), lambda found: str(own[found.group()]), shipped)


def carriers_group(shipped):
    """The group of a real carrier as the comment in kannel.conf tells to write it, without the remarks behind it."""
    block = re.search(r"^#   smsc = smpp\n(#   .+\n)*", shipped, flags=re.M)
    assert block, "the comment in kannel.conf no longer shows the group of a carrier"
    return "group = smsc\n" + re.sub(r"^#   (.+?)(  .*)?$", r"\1", block.group(), flags=re.M)


class Kannel:
    """bearerbox and smsbox with the shipped kannel.conf; only ports, passwords and paths are this run's own."""

    def __init__(self, world, gateway_port, receipts=True, smpp=None, more=""):
        """`smpp`: what stands for the placeholders of the carrier's group in the comment, which then takes the place of
        the trial group; `more` are lines of that group too."""
        self.world = world
        self.admin_port, self.box_port, self.send_port, self.smsc_port = (free_port() for _ in range(4))
        shipped = (ROOT / "config/kannel/kannel.conf").read_text(encoding="utf-8")
        if smpp:
            group = fill(carriers_group(shipped), smpp) + more
            shipped = re.sub(r"^group = smsc\n(.+\n)*", lambda _: group, shipped, flags=re.M)
        own = {
            "@TOKEN@": TOKEN, "@SEND_PASSWORD@": SEND_PASSWORD, "@ADMIN_PASSWORD@": "e2e-admin",
            "13000": self.admin_port, "13001": self.box_port, "13013": self.send_port,
            "127.0.0.1:8700": f"127.0.0.1:{gateway_port}", "/var/log/kannel/": f"{world.folder}/",
        }
        shipped = fill(shipped, own if smpp else own | {"20000": self.smsc_port})
        if not receipts:
            # Without an id Kannel cannot match the fake carrier's reports: accepted, and then nothing more.
            shipped = shipped.replace("smsc-id = trial\n", "")
        self.conf = world.folder / "kannel.conf"
        self.conf.write_text(shipped, encoding="utf-8")

    def start(self):
        bearerbox = self.world.start(["/usr/sbin/bearerbox", "-v", "4", str(self.conf)], log="bearerbox.out")
        eventually("bearerbox to answer", self.status)
        smsbox = self.world.start(["/usr/sbin/smsbox", "-v", "4", str(self.conf)], log="smsbox.out")
        self.programs = [smsbox, bearerbox]
        eventually("smsbox to join bearerbox", lambda: "smsbox:" in self.status() and listens(self.send_port))
        return self

    def kill(self):
        for program in self.programs:
            program.kill()
            program.wait()

    def refuses_texts(self):
        """Whether it has no carrier left. For a moment its status page says so already while it still takes a text,
        and then reports that it failed."""
        probe = urllib.request.Request(self.api_url, data=b"?", headers={
            "X-Kannel-Username": "harborline", "X-Kannel-Password": SEND_PASSWORD, "X-Kannel-From": PORT_NUMBER,
            "X-Kannel-To": "+8619900009999", "Content-Type": "text/plain; charset=UTF-8"})
        try:
            with urllib.request.urlopen(probe, timeout=PATIENCE_S):
                return False
        except urllib.error.HTTPError as refused:
            return refused.code == 403

    def status(self):
        try:
            address = f"http://127.0.0.1:{self.admin_port}/status.txt?password=e2e-admin"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    @property
    def api_url(self):
        return f"http://127.0.0.1:{self.send_port}/cgi-bin/sendsms"


class Inboxes:
    """What the handsets of a story have got, long texts joined as a phone joins them."""

    def __init__(self):
        self._inbox = collections.defaultdict(list)
        self._parts = collections.defaultdict(dict)
        self._changed = threading.Condition()

    def next_text(self, number, what, matching=lambda text: True, patience_s=PATIENCE_S):
        """Takes the next text that this phone got and that matches; what came before it is dropped."""
        found = []

        def look():
            inbox = self._inbox[number]
            for at, text in enumerate(inbox):
                if matching(text):
                    found.append(text)
                    del inbox[:at + 1]
                    return True
            return False

        with self._changed:
            if not self._changed.wait_for(look, patience_s):
                waiting = list(self._inbox[number])
                raise Timeout(f"waited {patience_s} s in vain for {what}; the phone holds {waiting}")
        return found[0]

    def everything(self, number):
        with self._changed:
            return list(self._inbox[number])

    def _take_part(self, number, header, payload):
        """A text in UCS-2, behind a header of concatenation with an 8-bit reference. Called with _changed held."""
        reference, total, index = header[3:6]
        parts = self._parts[number, reference]
        parts[index] = payload
        if len(parts) == total:
            self._inbox[number].append(b"".join(parts[at] for at in sorted(parts)).decode("utf-16-be"))
            del self._parts[number, reference]


class Phones(Inboxes):
    """Every handset of the story, played by one fakesmsc."""

    _GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (\S+) (.*)>$")

    def __init__(self, world, kannel):
        super().__init__()
        self._sent = 0
        self._program = world.start(
            [FAKESMSC, "-i", "0.01", "-H", "127.0.0.1", "-r", str(kannel.smsc_port)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace")
        threading.Thread(target=self._read, daemon=True).start()
        eventually("the fake carrier to connect", lambda: "online" in kannel.status())

    def send(self, number, text):
        """One text from a phone, in UCS-2 as every Chinese phone sends it. Returns when the carrier has it."""
        coded = "".join(f"%{byte:02X}" for byte in text.encode("utf-16-be"))
        line = f"{number} {PORT_NUMBER} ucs2 {coded}\n"
        # fakesmsc reads 255 characters at a time and looks again only when more is written: piece by piece, then.
        for at in range(0, len(line), 255):
            with self._changed:
                wanted = self._sent + 1
                self._program.stdin.write(line[at:at + 255])
                self._program.stdin.flush()
                if not self._changed.wait_for(lambda: self._sent >= wanted, PATIENCE_S):
                    raise Timeout("fakesmsc did not send the text")

    def switch_off(self):
        """Every phone leaves the network; what is sent to them waits at the carrier."""
        self._program.kill()
        self._program.wait()

    def _read(self):
        for line in self._program.stdout:
            got = self._GOT.search(line.rstrip("\n"))
            with self._changed:
                if got:
                    self._take(*got.groups())
                elif "fakesmsc: sent message" in line:
                    self._sent += 1
                self._changed.notify_all()

    def _take(self, _sender, number, kind, rest):
        if kind == "udh":
            header, _, payload = (urllib.parse.unquote_to_bytes(field.replace("+", " ")) for field in rest.split(" ", 2))
            self._take_part(number, header, payload)
        elif kind == "ucs-2":
            payload = urllib.parse.unquote_to_bytes(rest.replace("+", " "))
            self._inbox[number].append(payload.decode("utf-16-be"))
        else:
            self._inbox[number].append(rest)


class Gateway:
    """`harborline serve` with the shipped Kannel settings, and the commands of a caseworker at her desk."""

    def __init__(self, world):
        self.world = world
        self.port, self.private_port = free_port(), free_port()
        self.settings = world.folder / "harborline.toml"
        self._program = None

    def configure(self, kannel, outbox="", conversation="", channel="rate_per_s = 100", more=""):
        """Writes the settings: the shipped ones, with this run's ports and paths, these lines in their sections, and
        `more` sections behind them."""
        text = (ROOT / "config/kannel/harborline.toml").read_text(encoding="utf-8")
        own = {
            "http://127.0.0.1:13013/cgi-bin/sendsms": kannel.api_url, "8700": self.port, "8701": self.private_port,
            '"../../run/': f'"{self.world.folder}/', '"../': f'"{ROOT}/config/', "rate_per_s = 10": channel,
        }
        text = fill(text, own)
        # The test's people answer within milliseconds and are no machines; and what died with the gateway is free soon.
        text += (f"\n[conversation]\ninstant_ms = 1\n{conversation}\n"
                 f"\n[outbox]\nlease_s = 3\nretry_first_s = 1\nretry_max_s = 2\n{outbox}\n{more}")
        self.settings.write_text(text, encoding="utf-8")
        self.command("roster", "import", str(ROOT / "config/demo/roster.csv"))
        return self

    def demonstrate(self, more=""):
        """Writes the demonstration settings with this run's ports and paths, and these sections behind them."""
        shipped = (ROOT / "config/harborline.toml").read_text(encoding="utf-8")
        own = {"8700": self.port, "8701": self.private_port, '"../run/': f'"{self.world.folder}/'}
        own |= {f'"{file}"': f'"{ROOT}/config/{file}"' for file in ("flows", "text", "places/harbin.toml")}
        self.settings.write_text(fill(shipped, own) + more, encoding="utf-8")
        self.command("roster", "import", str(ROOT / "config/demo/roster.csv"))
        return self

    def keep_secret(self, name, secret):
        """A file beside the settings, for a value that may not stand in them."""
        file = self.settings.with_name(name)
        file.write_text(secret, encoding="utf-8")
        file.chmod(0o600)

    def start(self):
        self._begin()
        self.wait_ready()
        return self

    def _begin(self):
        self._program = self.world.start([str(BINARY), "serve", "--config", str(self.settings)], log="gateway.log")

    def start_until(self, answers):
        """Starts it and asks `answers` again and again. Seconds from the start to its first yes."""
        began = time.monotonic()
        self._begin()
        while not answers():
            self._still_runs()
            if time.monotonic() > began + PATIENCE_S:
                raise Timeout(f"waited {PATIENCE_S} s in vain for the gateway's first answer")
        return time.monotonic() - began

    def wait_ready(self):
        eventually("the gateway to be ready (its words are in gateway.log)", self._ready)

    def _still_runs(self):
        if self._program.poll() is not None:
            said = (self.world.folder / "gateway.log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"the gateway ended with {self._program.returncode}: {said}")

    def _ready(self):
        self._still_runs()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.private_port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self):
        """kill -9, as a power cut would."""
        self._program.kill()
        self._program.wait()

    def stop(self):
        """SIGTERM; the contract gives it 10 s."""
        self._program.terminate()
        assert self._program.wait(timeout=12) == 0, "a stop by SIGTERM must end with 0"

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.private_port}/metrics", timeout=5) as answer:
            return answer.read()

    def command(self, *arguments, fails=False):
        """Runs one command and returns its JSON (None where it has none); with `fails`, the words of its refusal."""
        done = subprocess.run([str(BINARY), *arguments, "--config", str(self.settings), "--json"],
                              capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_S,
                              env=os.environ | SECRETS)
        if fails:
            assert done.returncode != 0, f"harborline {arguments[0]} {arguments[1]} should have refused"
            return done.stderr
        assert done.returncode == 0, (
            f"harborline {arguments[0]} {arguments[1]} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout) if done.stdout[:1] in ("[", "{") else None


def spellings(secret):
    """How a number or a text may stand in a file: as it is, as phones code it, as addresses code it."""
    plain = secret.encode()
    wide = secret.encode("utf-16-be")
    hexed = "".join(f"%{byte:02X}" for byte in wide).encode()
    return {plain, wide, secret.encode("utf-16-le"), hexed, urllib.parse.quote(secret).encode(),
            urllib.parse.quote_plus(secret).encode(), plain.hex().encode(), wide.hex().encode()}


def leaks(folder, secrets, leave_out=()):
    """Files below `folder` that hold one of the secrets, as (file, secret's position in the list). The secret itself
    is not repeated."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in leave_out:
            found += [(path.name, at) for at in leaks_in(path.read_bytes(), secrets)]
    return found


def leaks_in(content, secrets):
    """Positions of the secrets that these bytes hold."""
    return [at for at, secret in enumerate(secrets) if any(spelling in content for spelling in spellings(secret))]
