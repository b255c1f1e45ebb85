"""A carrier that speaks SMPP 3.4: smsc/smsc.js moves the bytes, this decides what they say."""
import collections
import dataclasses
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import threading

import harness

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = harness.BINARY.parent / "tests/e2e/smsc"
USER, PASSWORD = "e2e-hotline", "e2esmpp"

SMSC_DEFAULT, LATIN_1, UCS_2 = 0, 3, 8  # data_coding
RECEIPT, HAS_HEADER = 0x04, 0x40  # esm_class
INTERNATIONAL, E164 = 1, 1  # type of number, numbering plan
OK, MESSAGE_QUEUE_FULL, INVALID_DESTINATION, THROTTLED = 0, 0x14, 0x0B, 0x58  # command_status

UNITS_ALONE, UNITS_IN_PART = 70, 67


@dataclasses.dataclass
class Submit:
    """One submit_sm of ours, as it came over the wire."""

    number: str
    payload: bytes
    pdu: dict
    message_id: int

    @property
    def header(self):
        return self.payload[:self.payload[0] + 1] if self.pdu["esm_class"] & HAS_HEADER else b""

    @property
    def content(self):
        return self.payload[len(self.header):]


def narrow(reference, total, index):
    return bytes([5, 0, 3, reference, total, index])


def wide(reference, total, index):
    return bytes([6, 8, 4, reference >> 8, reference & 0xFF, total, index])


def in_parts(text, header, units=UNITS_IN_PART):
    """The contents of the parts of one text in UCS-2, header(total, index) before each, cut wherever it falls."""
    coded = text.encode("utf-16-be")
    pieces = [coded[at:at + 2 * units] for at in range(0, len(coded), 2 * units)]
    return [header(len(pieces), at + 1) + piece for at, piece in enumerate(pieces)]


class Carrier(harness.Inboxes):
    """The network with every handset of the story. It takes whatever it is sent and confirms its delivery, unless the
    test says otherwise."""

    def __init__(self, world):
        super().__init__()
        self.submits = []
        self.refusals = collections.deque()  # Statuses for the next submits, in turn.
        self.receipts = lambda submit: ["DELIVRD"]  # What is reported of each, at once and in this order.
        self.early = False  # The receipt comes before the answer to the submit, as some carriers do.
        self.drop_at_next_submit = False  # Takes it, and cuts the connection instead of answering.
        self.in_answer = "{:d}".format  # How message ids are written in answers, and in receipts.
        self.in_receipt = "{:d}".format
        self.bindings = 0
        self._bound = False
        self._ended = False
        self._port = None
        self._answers = {}
        self._orders = itertools.count(1)
        self._ids = itertools.count(0xA0000001)
        self._references = itertools.count(1)
        self._complaints = world.folder / "smsc.log"
        with open(self._complaints, "ab") as complaints:
            self._program = world.start(
                [_node(), str(HERE / "smsc/smsc.js"), USER, PASSWORD], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=complaints, text=True, encoding="utf-8",
                env=os.environ | {"NODE_PATH": str(PACKAGES / "node_modules")})
        threading.Thread(target=self._read, daemon=True).start()
        self._wait("the carrier to listen", lambda: self._port)

    def account(self):
        """What the carrier told the operator, for the placeholders of kannel.conf."""
        return {"smpp.example.net": "127.0.0.1", "2775": self._port, "@CARRIER_USER@": USER,
                "@CARRIER_PASSWORD@": PASSWORD}

    def wait_bound(self, times=1):
        self._wait("Kannel to bind", lambda: self._bound and self.bindings >= times)

    def drop(self):
        """Cuts the connection in the middle of whatever is under way."""
        self._order(do="drop")
        self._wait("the connection to be gone", lambda: not self._bound)

    def close_account(self):
        self._order(do="close")
        self.drop()

    def open_account(self):
        self._order(do="open")

    def send(self, number, text):
        """One text as a Chinese phone sends it: UCS-2, in parts where it is long."""
        coded = text.encode("utf-16-be")
        if len(coded) <= 2 * UNITS_ALONE:
            return self.deliver(number, coded)
        reference = next(self._references) % 256
        for part in in_parts(text, lambda total, index: narrow(reference, total, index)):
            self.deliver(number, part, esm_class=HAS_HEADER)
        return OK

    def deliver(self, number, content, **fields):
        """One deliver_sm from a phone. Returns the status that Kannel answered, once it has: None where the connection
        was lost before."""
        pdu = {"source_addr_ton": INTERNATIONAL, "source_addr_npi": E164, "source_addr": number.removeprefix("+"),
               "destination_addr": harness.PORT_NUMBER, "data_coding": UCS_2, "short_message": content.hex()}
        return self._delivered(pdu | fields)

    def report(self, submit, stat, wait=True):
        """A receipt, worded as in appendix B of SMPP 3.4."""
        done = "000" if stat in ("DELIVRD", "ACCEPTD") else "027"
        words = (f"id:{self.in_receipt(submit.message_id)} sub:001 dlvrd:001 submit date:2601010900 "
                 f"done date:2601010901 stat:{stat} err:{done} text:")
        pdu = {"source_addr_ton": INTERNATIONAL, "source_addr_npi": E164, "source_addr": submit.pdu["destination_addr"],
               "destination_addr": submit.pdu["source_addr"], "esm_class": RECEIPT, "data_coding": SMSC_DEFAULT,
               "short_message": words.encode().hex()}
        if wait:
            return self._delivered(pdu)
        self._order(do="deliver", id=next(self._orders), pdu=pdu)
        return OK

    def submits_to(self, number):
        with self._changed:
            return [submit for submit in self.submits if submit.number == number]

    def _delivered(self, pdu):
        order = next(self._orders)
        self._order(do="deliver", id=order, pdu=pdu)
        self._wait("Kannel's answer to a deliver_sm", lambda: order in self._answers)
        return self._answers[order]

    def _order(self, **what):
        with self._changed:
            self._program.stdin.write(json.dumps(what) + "\n")
            self._program.stdin.flush()

    def _wait(self, what, probe):
        with self._changed:
            came = self._changed.wait_for(lambda: probe() or self._ended, harness.PATIENCE_S)
            if self._ended:
                raise AssertionError(f"smsc.js has ended; it said: {self._complaints.read_text(errors='replace')[:500]}")
            if not came:
                raise harness.Timeout(f"waited {harness.PATIENCE_S} s in vain for {what}")

    def _read(self):
        for line in self._program.stdout:
            event = json.loads(line)
            with self._changed:
                getattr(self, "_on_" + event.pop("event"))(event)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _on_listening(self, event):
        self._port = event["port"]

    def _on_bound(self, _):
        self._bound = True
        self.bindings += 1

    def _on_unbound(self, _):
        self._bound = False

    def _on_answered(self, event):
        self._answers[event["id"]] = event["status"]

    def _on_submitted(self, pdu):
        number = ("+" if pdu["dest_addr_ton"] == INTERNATIONAL else "") + pdu["destination_addr"]
        submit = Submit(number, bytes.fromhex(pdu["short_message"]), pdu, next(self._ids))
        if self.drop_at_next_submit:
            self.drop_at_next_submit = False
            self._order(do="drop")
            return self.submits.append(submit)
        status = self.refusals.popleft() if self.refusals else OK
        taken = status == OK
        if taken and self.early:
            self._report_all(submit)
        self._order(do="answer", session=pdu["session"], sequence_number=pdu["sequence_number"], status=status,
                    message_id=self.in_answer(submit.message_id))
        self.submits.append(submit)
        if taken:
            self._take(submit)
        if taken and not self.early:
            self._report_all(submit)

    def _report_all(self, submit):
        for stat in self.receipts(submit):
            self.report(submit, stat, wait=False)

    def _take(self, submit):
        if submit.header:
            self._take_part(submit.number, submit.header, submit.content)
        elif submit.pdu["data_coding"] == UCS_2:
            self._inbox[submit.number].append(submit.content.decode("utf-16-be"))
        else:
            self._inbox[submit.number].append(submit.content.decode("ascii"))


def _node():
    """Node, where it and the carrier's packages are installed; else says what to do."""
    node = shutil.which("node")
    if not node:
        raise AssertionError("node is missing; scripts/test installs it")
    if not (PACKAGES / "node_modules/smpp").exists():
        raise AssertionError(f"the npm package smpp is missing; run: scripts/lib/node_packages {HERE}/smsc {PACKAGES}")
    return node
