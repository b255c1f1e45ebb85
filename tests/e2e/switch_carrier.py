"""FreeSWITCH as its mod_httapi asks us: forms, the documents that come back, audio fetched with HEAD and then GET, a
recording as one part of a form, and `exiting` at the end."""
import itertools
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import harness

OUR_NUMBER = "12333"
DOCUMENTS_MAX = 20
SETTINGS = """
[[channel]]
name = "switch"
kind = "voice"
carrier = "freeswitch"
token = "file:switch.token"
number = "{number}"
dial = "sofia/gateway/carrier/{{number}}"
public_url = "http://127.0.0.1:{port}"
"""


class Switch:
    """One FreeSWITCH and everybody who calls it."""

    def __init__(self, gateway):
        self.url = f"http://127.0.0.1:{gateway.port}/in/switch/{harness.TOKEN}/voice"
        self.ids = itertools.count(1)

    @staticmethod
    def settings(gateway):
        gateway.keep_secret("switch.token", harness.TOKEN)
        return SETTINGS.format(number=OUR_NUMBER, port=gateway.port)

    def calls(self, number):
        return Call(self, number).begin()


class Call:
    """Somebody on the telephone. `heard` is the audio that was played since she last did something."""

    def __init__(self, switch, number):
        self._session = {"session_id": f"00000000-0000-4000-8000-{next(switch.ids):012}", "hostname": "switch",
                         "Caller-Direction": "inbound", "Caller-Caller-ID-Number": number,
                         "Caller-Destination-Number": OUR_NUMBER}
        self._params = {}  # Kept from one document to the next.
        self._url = switch.url
        self.heard = []
        self.waits_for = None  # The tag whose turn it is: playback with a bind, or record; None: the call is over.

    def begin(self):
        self._asks(self._form({"url": self._url}))
        return self

    def keys(self, digits):
        assert self.waits_for.tag == "playback", f"nobody waits for keys but {self.waits_for.tag}"
        self._asks(self._form({self.waits_for.get("name"): digits, "input_type": "dtmf"}))
        return self

    def speaks(self, audio):
        assert self.waits_for.tag == "record", f"nobody waits for words but {self.waits_for.tag}"
        boundary = "----------------8b1b7f0c5a1f"
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in (self._session | self._params).items()]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{self.waits_for.get("name")}"; '
                     'filename="1_recording.wav"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + audio)
        body = b"".join(parts) + f"\r\n--{boundary}--\r\n".encode()
        self._asks((body, f"multipart/form-data; boundary={boundary}"))
        return self

    def hangs_up(self):
        self._post(self._form({"exiting": "true"}))
        self.waits_for = None

    def _form(self, more):
        fields = self._session | self._params | more
        return urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"

    def _post(self, request):
        body, content_type = request
        asked = urllib.request.Request(self._url, data=body, method="POST", headers={"Content-Type": content_type})
        with urllib.request.urlopen(asked, timeout=harness.PATIENCE_S) as answer:
            assert answer.headers["Content-Type"].startswith("text/xml"), "FreeSWITCH would end the dialogue"
            return xml.etree.ElementTree.fromstring(answer.read())

    def _asks(self, request):
        self.heard = []
        for _ in range(DOCUMENTS_MAX):
            if not self._follow(self._post(request)):
                return
            request = self._form({})
        raise AssertionError("our documents send the call round in circles")

    def _follow(self, document):
        """Does what the document says, up to where she has her turn. Whether it is to be asked for the next one."""
        assert document.get("type") == "xml/freeswitch-httapi"
        self._params |= {param.tag: param.text or "" for param in document.find("params")}
        self.waits_for = None
        for tag in document.find("work"):
            self._url = tag.get("action", self._url)
            if tag.tag == "hangup":
                return False
            if tag.tag == "playback":
                self._play(tag.get("file"))
            if tag.find("bind") is not None:  # A key stops this tag, and every tag behind it.
                self.waits_for = tag
                return False
        return True

    def _play(self, file):
        if not file.startswith("http://"):
            return
        with urllib.request.urlopen(urllib.request.Request(file, method="HEAD"), timeout=harness.PATIENCE_S) as looked:
            promised = looked.headers
        with urllib.request.urlopen(file, timeout=harness.PATIENCE_S) as got:
            audio, found = got.read(), got.headers
        assert promised["Content-Length"] == str(len(audio)) and promised["Content-Type"] == "audio/wav"
        assert promised["Cache-Control"] == found["Cache-Control"]
        self.heard.append((audio, found["Cache-Control"]))
