"""A carrier that never loses anything: takes every message, remembers it, and reports its delivery until it is heard."""
import collections
import http.client
import http.server
import queue
import threading
import time
import urllib.parse

RECEIPT_WORKERS = 4


class FakeCarrier:
    """Kannel's sendsms, seen from outside. `taken[message][part]` counts how often a part was accepted."""

    def __init__(self):
        self.taken = collections.defaultdict(collections.Counter)
        self.texts = collections.defaultdict(dict)  # number -> message -> its first part
        self.lock = threading.Lock()
        self._receipts = queue.Queue()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        for _ in range(RECEIPT_WORKERS):
            threading.Thread(target=self._deliver_receipts, daemon=True).start()

    @property
    def api_url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/cgi-bin/sendsms"

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

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                # Taken first, answered then: the gateway may die in between and must not lose track of it.
                carrier._take(self.headers, body)
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
