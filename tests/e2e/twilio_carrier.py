"""A carrier that speaks as Twilio does: its own library signs (twilio/signer.js), ElementTree reads our answers, and
this follows them as a telephone call would."""
import base64
import http.server
import itertools
import json
import os
import re
import shutil
import subprocess
import threading
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import harness

HERE = harness.ROOT / "tests/e2e"
PACKAGES = harness.BINARY.parent / "tests/e2e/twilio"
ACCOUNT, AUTH_TOKEN = "AC00000000000000000000000000000001", "e2e-auth-token"
OUR_NUMBER = "+8645112338000"
REDIRECTS_MAX = 20
SETTINGS = """
[[channel]]
name = "twilio"
kind = "voice"
carrier = "twilio"
token = "file:twilio.token"
number = "{number}"
api_url = "http://127.0.0.1:{api_port}"
api_user = "{account}"
api_password = "file:twilio.password"
public_url = "http://127.0.0.1:{port}"
"""


class Signer:
    """npm `twilio`."""

    def __init__(self, world):
        if not (PACKAGES / "node_modules/twilio").exists():
            raise AssertionError(f"the npm package twilio is missing; run: "
                                 f"scripts/lib/node_packages {HERE}/twilio {PACKAGES}")
        node = shutil.which("nodejs") or shutil.which("node")
        self._program = world.start(
            [node, str(HERE / "twilio/signer.js"), AUTH_TOKEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=os.environ | {"NODE_PATH": str(PACKAGES / "node_modules")})
        self._turn = threading.Lock()

    def sign(self, url, params):
        with self._turn:
            self._program.stdin.write(json.dumps({"url": url, "params": params}) + "\n")
            self._program.stdin.flush()
            answer = self._program.stdout.readline()
        assert answer, "signer.js has ended"
        return json.loads(answer)["signature"]


class _Api(http.server.BaseHTTPRequestHandler):
    """Its REST interface: recordings are fetched and erased, messages and calls are taken."""

    protocol_version = "HTTP/1.1"

    def _answer(self, status, body=b"", content_type="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _admits(self):
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{AUTH_TOKEN}".encode()).decode()
        if self.headers["Authorization"] == expected:
            return True
        self._answer(401, b'{"code":20003,"status":401}')
        return False

    def _recording(self, extension):
        found = re.fullmatch(f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/(RE[0-9]+){re.escape(extension)}", self.path)
        return found and found.group(1)

    def do_GET(self):  # noqa: N802
        audio = self._admits() and self.server.recordings.get(self._recording(".wav"))
        if audio:
            self._answer(200, audio, "audio/x-wav")
        elif audio is None:
            self._answer(404, b'{"code":20404,"status":404}')

    def do_DELETE(self):  # noqa: N802
        if not self._admits():
            return
        erased = self.server.recordings.pop(self._recording(".json"), None)
        self._answer(204 if erased else 404)

    def do_POST(self):  # noqa: N802
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if not self._admits():
            return
        self.server.posted.append((self.path, urllib.parse.parse_qs(form)))
        self._answer(201, json.dumps({"sid": f"CA{next(self.server.ids):032}", "status": "queued"}).encode())

    def log_message(self, *_):
        pass


class Carrier:
    """One account, its API and everybody who calls."""

    def __init__(self, world, gateway):
        self.base = f"http://127.0.0.1:{gateway.port}/in/twilio/{harness.TOKEN}"
        self.signer = Signer(world)
        self.api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Api)
        self.api.recordings, self.api.posted, self.api.ids = {}, [], itertools.count(1)
        threading.Thread(target=self.api.serve_forever, daemon=True).start()

    def settings(self, gateway):
        """The channel's section; its secrets lie beside the settings."""
        for name, secret in (("twilio.token", harness.TOKEN), ("twilio.password", AUTH_TOKEN)):
            gateway.keep_secret(name, secret)
        return SETTINGS.format(number=OUR_NUMBER, api_port=self.api.server_port, account=ACCOUNT, port=gateway.port)

    def close(self):
        self.api.shutdown()
        self.api.server_close()

    def post(self, url, fields, sign=True):
        request = urllib.request.Request(url, data=urllib.parse.urlencode(fields).encode(), method="POST")
        if sign:
            request.add_header("X-Twilio-Signature", self.signer.sign(url, fields))
        with urllib.request.urlopen(request, timeout=harness.PATIENCE_S) as answer:
            return answer.read()

    def calls(self, number):
        return Call(self, number).begin()


class Call:
    """Somebody on the telephone. `heard` is what was said since she last did something."""

    def __init__(self, carrier, number):
        self.carrier = carrier
        self.sid = f"CA{next(carrier.api.ids):032}"
        self.number = number
        self.heard = []
        self.waits_for = None  # The element whose turn it is: Gather or Record; None: the call is over.
        self.over = False

    def begin(self):
        self._request(self.carrier.base + "/voice", {"CallStatus": "ringing"})
        return self

    def keys(self, digits):
        assert self.waits_for.tag == "Gather", f"nobody waits for keys but {self.waits_for}"
        self._request(self.waits_for.get("action"), {"Digits": digits})
        return self

    def says_nothing(self):
        assert self.waits_for.get("actionOnEmptyResult") == "true"
        self._request(self.waits_for.get("action"), {"Digits": ""})
        return self

    def speaks(self, audio, then="#"):
        """Leaves a recording with the carrier; `then` ends it: #, or hangup."""
        assert self.waits_for.tag == "Record", f"nobody waits for words but {self.waits_for}"
        name = f"RE{next(self.carrier.api.ids):032}"
        self.carrier.api.recordings[name] = audio
        url = f"http://127.0.0.1:{self.carrier.api.server_port}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{name}"
        status = {"CallStatus": "completed"} if then == "hangup" else {}
        recording = {"RecordingUrl": url, "RecordingDuration": "2", "Digits": then}
        self._request(self.waits_for.get("action"), recording | status)
        return self

    def hangs_up(self):
        self.carrier.post(self.carrier.base + "/end", self._fields({"CallStatus": "completed", "CallDuration": "41"}))
        self.over = True

    @property
    def words(self):
        return "".join(self.heard)

    def _fields(self, more):
        return {"CallSid": self.sid, "AccountSid": ACCOUNT, "From": self.number, "To": OUR_NUMBER,
                "Caller": self.number, "Called": OUR_NUMBER, "Direction": "inbound", "ApiVersion": "2010-04-01",
                "FromCity": "", "CallStatus": "in-progress"} | more

    def _request(self, url, more):
        self.heard = []
        for _ in range(REDIRECTS_MAX):
            response = xml.etree.ElementTree.fromstring(self.carrier.post(url, self._fields(more)))
            assert response.tag == "Response"
            url, more = self._follow(response), {}
            if url is None:
                return
        raise AssertionError("our answers send the call round in circles")

    def _follow(self, response):
        """Does what the document says, up to where she has her turn. The address it sends the call on to, or None."""
        self.waits_for = None
        for verb in response:
            if verb.tag in ("Say", "Play"):
                self.heard.append(verb.text)
            elif verb.tag in ("Gather", "Record"):
                self.heard += [inner.text for inner in verb]
                self.waits_for = verb
                return None
            elif verb.tag == "Redirect":
                return verb.text
            elif verb.tag == "Hangup":
                break
            elif verb.tag != "Pause":
                raise AssertionError(f"{verb.tag} has no part in this story")
        self.over = True
        return None
