"""A carrier that never loses anything: takes every message, remembers it, and reports each delivery until it is heard."""
import collections
import http.client
import http.server
import queue
import threading
import time
import urllib.parse

RECEIPT_WORKERS = 4
# Between taking a message and saying so: long enough that kills often fall in between, where its fate is unknown.
ANSWER_DELAY_S = 0.004


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A peer that dies in the middle of a request is what this is all about."""


class FakeCarrier:
    """Kannel's sendsms, seen from outside. `taken[message][part]` counts how often a part was accepted."""

    def __init__(self):
        self.taken = collections.defaultdict(collections.Counter)
        self.texts = collections.defaultdict(dict)  # number -> message -> its first part
        self.lock = threading.Lock()
        self._receipts = queue.Queue()
        self._reporting = threading.Event()
        self._server = Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        for _ in range(RECEIPT_WORKERS):
            threading.Thread(target=self._deliver_receipts, daemon=True).start()

    @property
    def api_url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/cgi-bin/sendsms"

    def report(self):
        """From now on receipts go back. Until then they would settle the fate of a message that died with the gateway,
        and nothing would ever be sent a second time."""
        self._reporting.set()

    def count(self, number, words):
        """How many messages with these words this phone has got."""
        with self.lock:
            return sum(words in text for text in self.texts[number].values())

    def receipts_waiting(self):
        return self._receipts.unfinished_tasks

    def _take(self, headers, body):
        receipt = urllib.parse.urlsplit(headers["X-Kannel-DLR-Url"])
        named = urllib.parse.parse_qs(receipt.query)
        message, part = int(named["id"][0]), int(named.get("part", ["1"])[0])
        with self.lock:
            self.taken[message][part] += 1
            if part == 1:
                self.texts[headers["X-Kannel-To"]][message] = body.decode()
        for state in ("8", "1"):
            self._receipts.put((receipt.netloc, f"{receipt.path}?{receipt.query}".replace("%d", state)))

    def _handler(carrier):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # Head and body are two writes: without this each answer waits 40 ms.

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                carrier._take(self.headers, body)
                time.sleep(ANSWER_DELAY_S)
                answer = b"0: Accepted for delivery"
                self.send_response(202)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        return Handler

    def _deliver_receipts(self):
        while True:
            place, target = self._receipts.get()
            self._reporting.wait()
            while not self._deliver(place, target):
                time.sleep(0.1)
            self._receipts.task_done()

    def _deliver(self, place, target):
        try:
            connection = http.client.HTTPConnection(place, timeout=5)
            try:
                connection.request("GET", target)
                return connection.getresponse().status == 200
            finally:
                connection.close()
        except (OSError, http.client.HTTPException):
            return False
