"""Kannel itself, with the shipped kannel.conf, against a bare listener in the gateway's place: what the gateway is
built on must be true of the Kannel that is installed."""
import http.server
import threading
import unittest
import urllib.request

import harness

WOMAN = "+8619900000001"


class Listener:
    """Stands where the gateway will stand, keeps every request, and answers as it is told."""

    def __init__(self, port):
        self.requests = []
        self.status = 200
        self.words = b""
        self.changed = threading.Condition()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(listener):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(listener.status)
                self.send_header("Content-Length", str(len(listener.words)))
                self.end_headers()
                self.wfile.write(listener.words)
                with listener.changed:
                    listener.requests.append((self.path, self.headers, body, listener.status))
                    listener.changed.notify_all()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        return Handler

    def wait(self, what, matching, patience_s=harness.PATIENCE_S):
        found = []

        def look():
            found[:] = [request for request in self.requests if matching(request)]
            return found

        with self.changed:
            if not self.changed.wait_for(look, patience_s):
                raise harness.Timeout(f"waited {patience_s} s in vain for {what}")
        return found

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class KannelSettings(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.port = harness.free_port()
        self.kannel = harness.Kannel(self.world, self.port).start()
        self.phones = harness.Phones(self.world, self.kannel)

    def listen(self):
        listener = Listener(self.port)
        self.addCleanup(listener.close)
        return listener

    def sendsms(self, text, udh=None):
        request = urllib.request.Request(self.kannel.api_url, data=text.encode(), headers={
            "X-Kannel-Username": "harborline", "X-Kannel-Password": harness.SEND_PASSWORD,
            "X-Kannel-From": harness.PORT_NUMBER, "X-Kannel-To": WOMAN, "X-Kannel-Coding": "2",
            "Content-Type": "text/plain; charset=UTF-8", "X-Kannel-DLR-Mask": "31",
            "X-Kannel-DLR-Url": f"http://127.0.0.1:{self.port}/status?state=%d"} | ({"X-Kannel-UDH": udh} if udh else {}))
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status

    def test_a_text_arrives_byte_for_byte(self):
        listener = self.listen()
        for text in ["求助 我在哈尔滨😀  两个空格+%", "2", "\t前后空白 \n", "𠮷" + "上" * 68]:
            listener.requests.clear()
            self.phones.send(WOMAN, text)
            [(path, headers, body, _)] = listener.wait("the text", lambda request: True)
            self.assertEqual(body, text.encode("utf-16-be"))
            self.assertEqual(headers.get_content_charset().upper(), "UTF-16BE")
            self.assertEqual(headers["X-Kannel-From"], WOMAN)
            self.assertEqual(headers["X-Kannel-To"], harness.PORT_NUMBER)
            self.assertRegex(path, rf"^/in/kannel/{harness.TOKEN}/sms\?id=[0-9a-f-]{{36}}&time=\d+$")

    def test_a_text_is_tried_again_with_its_own_id_while_we_are_away(self):
        self.phones.send(WOMAN, "没人在家")  # Nobody listens yet.
        listener = self.listen()
        listener.status = 503

        refused = listener.wait("a second try", lambda request: request[3] == 503)
        listener.status = 200
        taken = listener.wait("a try after that", lambda request: request[3] == 200)

        self.assertEqual({path for path, *_ in refused + taken}, {refused[0][0]})
        self.assertEqual(self.phones.everything(WOMAN), [])

    def test_no_answer_of_ours_becomes_a_text(self):
        listener = self.listen()
        for status, words in [(200, b""), (200, "收到".encode()), (404, b"no"), (200, b"plain words")]:
            listener.status, listener.words = status, words
            listener.requests.clear()
            self.phones.send(WOMAN, "你好")
            listener.wait("the text", lambda request: True)
        # Kannel keeps the order towards one phone: had it answered anything, that would come before this.
        self.sendsms("完")
        self.assertEqual(self.phones.next_text(WOMAN, "the last text"), "完")
        self.assertEqual(self.phones.everything(WOMAN), [])

    def test_receipts_come_back_and_parts_are_joined_by_the_phone(self):
        listener = self.listen()
        self.assertEqual(self.sendsms("已登记，编号12345674。😀"), 202)
        self.assertEqual(self.phones.next_text(WOMAN, "the answer"), "已登记，编号12345674。😀")
        listener.wait("the carrier's acceptance", lambda request: request[0] == "/status?state=8")
        listener.wait("the delivery", lambda request: request[0] == "/status?state=1")

        self.sendsms("前一半", udh="%05%00%03%2A%02%01")
        self.sendsms("后一半😀", udh="%05%00%03%2A%02%02")
        self.assertEqual(self.phones.next_text(WOMAN, "the joined text"), "前一半后一半😀")

    def test_without_a_carrier_id_a_text_has_no_receipt(self):
        quiet = harness.Kannel(self.world, self.port, receipts=False).start()
        phones = harness.Phones(self.world, quiet)
        self.kannel = quiet
        listener = self.listen()
        self.sendsms("有去无回")
        phones.next_text(WOMAN, "the answer")
        self.sendsms("再一条")
        phones.next_text(WOMAN, "the second answer")
        listener.wait("both acceptances", lambda request: sum(r[0] == "/status?state=8" for r in listener.requests) == 2)
        self.assertFalse([path for path, *_ in listener.requests if path == "/status?state=1"])

    def test_kannel_writes_down_no_number_and_no_text(self):
        listener = self.listen()
        listener.status = 503
        texts = ["我家的地被占了", "绝密的一句话"]
        self.phones.send(WOMAN, texts[0])
        listener.wait("a refused text", lambda request: request[3] == 503)
        listener.status = 200
        listener.wait("the text", lambda request: request[3] == 200)
        self.sendsms(texts[1])
        self.phones.next_text(WOMAN, "the answer")
        listener.wait("its receipt", lambda request: request[0].endswith("state=1"))

        written = [path.name for path in self.world.folder.iterdir()]
        self.assertIn("smsbox.log", written)
        self.assertIn("bearerbox.log", written)
        self.assertEqual(harness.leaks(self.world.folder, [WOMAN[1:], WOMAN[3:], *texts]), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
