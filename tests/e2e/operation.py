"""The gateway as its operator handles it: told to stop under full load, to stop twice, to read its certificate anew under
load; and met by Debian's openssl, which knows TLS better than we do."""
import http.client
import itertools
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

import harness

NUMBERS = 50  # Handsets of one client: each writes seldom enough to be nobody's flood.


class Certificates:
    """An authority of this run's own, and what it issues, made with the program openssl."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = self._authority("authority")
        self.chain, self.key = folder / "chain.pem", folder / "key.pem"

    def stranger(self):
        """The certificate of an authority that has issued nothing here."""
        return self._authority("stranger")

    def issue(self, serial):
        """Puts a certificate of this serial number, and its key, where the gateway looks."""
        run("req", "-new", *self._new_key(self.key), "-subj", "/CN=localhost", "-out", self.folder / "request.pem")
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1")
        run("x509", "-req", "-in", self.folder / "request.pem", "-CA", self.authority, "-CAkey",
            self.folder / "authority.key", "-set_serial", str(serial), "-days", "2", "-extfile", self.folder / "names",
            "-out", self.chain)

    def _authority(self, name):
        file = self.folder / f"{name}.pem"
        run("req", "-x509", *self._new_key(self.folder / f"{name}.key"), "-subj", f"/CN={name}", "-days", "2", "-out",
            file)
        return file

    @staticmethod
    def _new_key(file):
        return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file


def run(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=harness.PATIENCE_S)
    assert done.returncode == 0, f"openssl {arguments[0]}: {done.stderr}"


class NoCarrier:
    """Nobody takes what is sent; it waits."""

    api_url = "http://127.0.0.1:9/cgi-bin/sendsms"


class Operation(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world)

    def start(self, carrier=NoCarrier, listener="", channel="rate_per_s = 1"):
        self.gateway.configure(carrier, channel=channel)
        settings = self.gateway.settings.read_text(encoding="utf-8")
        self.gateway.settings.write_text(settings.replace("[listener.public]\n", f"[listener.public]\n{listener}\n"))
        self.gateway.start()

    def signal(self, number):
        self.gateway._program.send_signal(number)

    def log(self):
        return (self.world.folder / "gateway.log").read_text(encoding="utf-8")

    def eventually_logged(self, words):
        harness.eventually(f"the log to say {words}", lambda: words in self.log())

    def turns(self):
        return [turn["identity"] for turn in self.gateway.command("turns", "list")]


def webhook(text_id, number, close=False):
    """A text as Kannel brings it, as bytes."""
    body = "你好".encode()
    return (f"POST /in/kannel/{harness.TOKEN}/sms?id={text_id}&time={int(time.time())} HTTP/1.1\r\nHost: gateway\r\n"
            f"X-Kannel-From: +8619901{number:06d}\r\nX-Kannel-To: {harness.PORT_NUMBER}\r\nX-Kannel-Coding: 0\r\n"
            f"Content-Type: text/plain; charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
            f"{'Connection: close' if close else 'Connection: keep-alive'}\r\n\r\n").encode() + body


def read_answer(heard):
    """(status, headers) of one whole answer."""
    line = heard.readline()
    if not line:
        raise ConnectionError("closed without an answer")
    headers = http.client.parse_headers(heard)
    length = int(headers.get("Content-Length", 0))
    if len(heard.read(length)) < length:
        raise ConnectionError("half an answer")
    return int(line.split()[1]), headers


class Client:
    """One connection that brings one text after another and writes down how each ended."""

    def __init__(self, open_socket, at):
        self.answered, self.unanswered = [], []
        self.last_was_announced = False
        self._open, self._at = open_socket, at
        self._ids = itertools.count(1)
        self.thread = threading.Thread(target=self._talk, daemon=True)

    def _talk(self):
        with self._open() as connection, connection.makefile("rb") as heard:
            while not self.last_was_announced:
                at = next(self._ids)
                text_id = f"load-{self._at}-{at}"
                try:
                    connection.sendall(webhook(text_id, self._at * NUMBERS + at % NUMBERS))
                    status, headers = read_answer(heard)
                except (OSError, http.client.HTTPException) as error:
                    self.unanswered.append((text_id, repr(error)))
                    return
                self.answered.append((text_id, status))
                self.last_was_announced = headers.get("Connection") == "close"


class Stop(Operation):
    def test_under_full_load_every_request_is_answered(self):
        self.start()
        address = ("127.0.0.1", self.gateway.port)
        idle = self.enterContext(socket.create_connection(address))  # Says nothing: for its sake the stop waits a moment.
        clients = [Client(lambda: socket.create_connection(address), at) for at in range(64)]
        for client in clients:
            client.thread.start()
        harness.eventually("the load to be on", lambda: all(len(client.answered) >= 5 for client in clients))

        self.signal(signal.SIGTERM)

        harness.eventually("/readyz to say that it is stopping", lambda: self._not_ready() == "stopping\n", 5)
        self.assertEqual(self.gateway._program.wait(timeout=10), 0)
        for client in clients:
            client.thread.join(harness.PATIENCE_S)
        self.assertEqual(idle.recv(1), b"")
        self.assertEqual([client.unanswered for client in clients if client.unanswered], [])
        self.assertTrue(all(client.last_was_announced for client in clients))
        answered = [(text, status) for client in clients for text, status in client.answered]
        self.assertEqual({status for _, status in answered}, {200})
        self.assertEqual(sorted(self.turns()), sorted(text for text, _ in answered))

    def test_a_second_signal_ends_it_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as black_hole:

            class Silent:
                api_url = f"http://127.0.0.1:{black_hole.getsockname()[1]}/cgi-bin/sendsms"

            self.start(Silent, channel="rate_per_s = 100")
            self._bring("1")
            sending, _ = black_hole.accept()  # Its answer never comes, and the stop waits for it.
            with sending:
                self.signal(signal.SIGTERM)
                self.eventually_logged("stopping")
                harness.eventually("the listener to close", lambda: not harness.listens(self.gateway.port))
                self.assertIsNone(self.gateway._program.poll())

                self.signal(signal.SIGTERM)

                self.assertNotEqual(self.gateway._program.wait(timeout=1), 0)
        self.assertEqual(self.turns(), ["1"])

    def test_sighup_without_a_certificate_does_nothing(self):
        self.start()

        self.signal(signal.SIGHUP)

        self.eventually_logged("nothing_to_renew")
        self._bring("1")
        self.gateway.stop()
        self.assertEqual(self.turns(), ["1"])

    def _bring(self, text_id):
        with socket.create_connection(("127.0.0.1", self.gateway.port)) as connection:
            connection.sendall(webhook(text_id, 1, close=True))
            self.assertIn(b"200 OK", connection.makefile("rb").read())

    def _not_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.gateway.private_port}/readyz", timeout=2):
                return ""
        except urllib.error.HTTPError as error:
            with error:
                return error.read().decode() if error.code == 503 else ""
        except OSError:
            return ""


class Https(Operation):
    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.world.folder)
        self.certificates.issue(1)
        self.start(listener='tls_certificate = "chain.pem"\ntls_key = "key.pem"')
        self.trusting = ssl.create_default_context(cafile=str(self.certificates.authority))

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.gateway.port), timeout=harness.PATIENCE_S)
        return self.trusting.wrap_socket(plain, server_hostname="127.0.0.1")

    def s_client(self, *options, said=b"GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n", trusted=None):
        """(exit status, everything that openssl said)"""
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.gateway.port}", "-CAfile",
             str(trusted or self.certificates.authority), "-verify_return_error", *options],
            input=said, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=harness.PATIENCE_S)
        return done.returncode, done.stdout.decode(errors="replace")

    def shown_serial(self):
        with self.connect() as connection:
            return int(connection.getpeercert()["serialNumber"], 16)

    def test_openssl_finds_what_it_should(self):
        for version, flag in (("TLSv1.2", "-tls1_2"), ("TLSv1.3", "-tls1_3")):
            status, said = self.s_client(flag, "-alpn", "h2,http/1.1", "-ign_eof")
            self.assertEqual(status, 0, said)
            for words in (version, "ALPN protocol: http/1.1", "Verify return code: 0 (ok)", "Compression: NONE",
                          "HTTP/1.1 404 Not Found"):
                self.assertIn(words, said)

    def test_openssl_is_refused_what_it_should_not_have(self):
        weak = ("-cipher", "ALL:@SECLEVEL=0")
        for options in (("-tls1_1", *weak), ("-tls1", *weak), ("-tls1_2", "-cipher", "AES128-GCM-SHA256"),
                        ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA"), ("-alpn", "h2")):
            status, said = self.s_client(*options)
            self.assertNotEqual(status, 0, options)
            self.assertIn("alert", said)
            self.assertNotIn("HTTP/1.1", said)
        # "R" alone on a line asks s_client to renegotiate.
        status, said = self.s_client("-tls1_2", said=b"R\n")
        self.assertIn("RENEGOTIATING", said)
        self.assertIn("no renegotiation", said)
        self.assertEqual(self.shown_serial(), 1)

    def test_a_client_that_does_not_trust_the_chain_leaves_and_the_gateway_goes_on(self):
        status, said = self.s_client(trusted=self.certificates.stranger())

        self.assertNotEqual(status, 0)
        self.assertIn("unable to get local issuer certificate", said)
        self.assertEqual(self.shown_serial(), 1)

    def test_a_handshake_that_comes_byte_by_byte_is_understood(self):
        inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.trusting.wrap_bio(inward, outward, server_hostname="127.0.0.1")
        with socket.create_connection(("127.0.0.1", self.gateway.port), timeout=harness.PATIENCE_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def send_bytes():
                for byte in outward.read():
                    connection.sendall(bytes([byte]))

            def drip(step):
                while True:
                    try:
                        result = step()
                        send_bytes()
                        return result
                    except ssl.SSLWantReadError:
                        send_bytes()
                        inward.write(connection.recv(65536))

            drip(tls.do_handshake)
            drip(lambda: tls.write(webhook("slow", 1, close=True)))
            self.assertIn(b"200 OK", drip(lambda: tls.read(65536)))
        self.assertEqual(self.turns(), ["slow"])

    def test_a_new_certificate_under_load_fails_no_request(self):
        stop = threading.Event()
        keeping = [Client(self.connect, at) for at in range(6)]
        answered, failures = [], []

        def come_and_go(at):
            for count in itertools.count(1):
                if stop.is_set():
                    return
                text_id = f"new-{at}-{count}"
                try:
                    with self.connect() as connection:
                        connection.sendall(webhook(text_id, (100 + at) * NUMBERS + count % NUMBERS, close=True))
                        said = connection.makefile("rb").read()
                    assert said.startswith(b"HTTP/1.1 200"), said[:60]
                    answered.append(text_id)
                except (OSError, AssertionError) as error:
                    failures.append((text_id, repr(error)))

        coming = [threading.Thread(target=come_and_go, args=(at,), daemon=True) for at in range(4)]
        for thread in [*coming, *(client.thread for client in keeping)]:
            thread.start()

        for serial in range(2, 7):
            before = len(answered), [len(client.answered) for client in keeping]
            self.certificates.issue(serial)
            self.signal(signal.SIGHUP)
            harness.eventually("the new certificate to be shown", lambda serial=serial: self.shown_serial() == serial)
            harness.eventually("requests after it, on new connections and on old ones", lambda before=before: (
                len(answered) >= before[0] + 20
                and all(len(client.answered) >= had + 5 for client, had in zip(keeping, before[1]))))

        stop.set()
        for thread in coming:
            thread.join(harness.PATIENCE_S)
        self.gateway.stop()
        for client in keeping:
            client.thread.join(harness.PATIENCE_S)
        self.assertEqual(failures, [])
        self.assertEqual([client.unanswered for client in keeping if client.unanswered], [])
        told = answered + [text for client in keeping for text, status in client.answered if status == 200]
        self.assertEqual(sorted(self.turns()), sorted(told))
        self.assertIn("certificate_shown serial=06 ", self.log())

    def test_a_bad_new_file_leaves_the_old_certificate(self):
        good = self.certificates.chain.read_text()
        for broken, why in (("nothing of the kind\n", "holds no certificate"), (None, "there is no file")):
            if broken:
                self.certificates.chain.write_text(broken)
            else:
                self.certificates.chain.unlink()
            self.signal(signal.SIGHUP)
            self.eventually_logged(why)
            self.assertEqual(self.shown_serial(), 1)
        self.assertIn("error gateway certificate_refused why=", self.log())

        self.certificates.chain.write_text(good)
        self.certificates.issue(9)
        self.signal(signal.SIGHUP)
        harness.eventually("the good one to be shown", lambda: self.shown_serial() == 9)

    def test_its_end_is_a_metric(self):
        with socket.create_connection(("127.0.0.1", self.gateway.port)) as connection:
            connection.sendall(b"\0" * 5)
            connection.makefile("rb").read()
        figures = dict(line.split(" ") for line in self.gateway.metrics().decode().splitlines() if line[0] != "#")
        self.assertAlmostEqual(float(figures["harborline_tls_certificate_expires_seconds"]), 2 * 86_400, delta=600)
        self.assertGreaterEqual(float(figures["harborline_tls_handshakes_failed"]), 1)


if __name__ == "__main__":
    unittest.main()
