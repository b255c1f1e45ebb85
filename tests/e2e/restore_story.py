"""A backup while the service works, a disk that is lost, and the way back: nothing goes out that nobody decided on, and
nothing of the lost time is mistaken for something new."""
import pathlib
import re
import sys
import threading
import unittest
import urllib.parse
import urllib.request

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))

from fake_carrier import FakeCarrier  # noqa: E402

WOMAN = "+8619900000001"
ANOTHER = "+8619900000002"
ON_DUTY = "+8619900000104"
PETITION = ["你好", "2", "1", "2", "3", "1", "村里把我家三亩地给了别人", "1", "2"]
PASSPHRASE = "five plain words in a row\n"


class NoCarrier:
    """Nobody listens there: everything waits."""
    api_url = f"http://127.0.0.1:{harness.free_port()}/cgi-bin/sendsms"


class Restore(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world)
        self.texts = 0

    def text(self, number, words):
        self.texts += 1
        query = urllib.parse.urlencode({"from": number, "to": harness.PORT_NUMBER, "text": words, "coding": "2",
                                        "charset": "UTF-8", "id": f"id-{self.texts}"})
        address = f"http://127.0.0.1:{self.gateway.port}/in/kannel/{harness.TOKEN}/sms?{query}"
        with urllib.request.urlopen(address, timeout=harness.PATIENCE_S) as answer:
            self.assertEqual(answer.status, 200)

    def tell(self, number):
        for words in PETITION:
            self.text(number, words)

    def references(self):
        return {row["reference"] for row in self.gateway.command("case", "list")}

    def lose_everything(self):
        """The disk is gone; what was kept elsewhere is the backup and the key's backup."""
        for name in ("harborline.db", "harborline.db-wal", "harborline.db-shm", "harborline.key"):
            (self.world.folder / name).unlink(missing_ok=True)

    def test_from_the_lost_disk_to_the_first_answer(self):
        self.gateway.configure(NoCarrier)
        backup, key, passphrase = (str(self.world.folder / name) for name in ("safe.db", "safe.key", "passphrase"))
        pathlib.Path(passphrase).write_text(PASSPHRASE, encoding="utf-8")
        self.gateway.start()
        log = self.world.folder / "gateway.log"
        self.assertIn("key_not_backed_up", log.read_text())
        self.gateway.command("key", "backup", key, "--as", "admin", "--passphrase-file", passphrase)

        self.tell(WOMAN)
        before = self.references()
        writing = threading.Thread(target=self.tell, args=(ANOTHER,))
        writing.start()
        self.gateway.command("backup", backup)
        writing.join()
        self.text(WOMAN, "9")
        lost = self.references() - before
        lost_messages = {row["id"] for row in self.gateway.command("outbox", "list")}
        self.assertIn("stop the service", self.gateway.command("restore", backup, "--as", "admin", fails=True))
        self.gateway.kill()

        self.lose_everything()
        self.gateway.command("key", "restore", key, "--passphrase-file", passphrase)
        self.assertTrue(self.gateway.command("verify", backup, "--full")["sound"])
        restored = self.gateway.command("restore", backup, "--as", "admin")
        self.assertGreater(restored["held"], 0)

        carrier = FakeCarrier()
        self.gateway.configure(carrier).start()
        self.assertTrue(before <= self.references())
        self.assertEqual(log.read_text().count("key_not_backed_up"), 1, "the backup knows that the key was saved")

        # The carrier says what became of messages of the lost time, and takes new ones: only those go out.
        held = self.gateway.command("outbox", "held")
        self.assertEqual(len(held), restored["held"])
        lost_messages -= {row["id"] for row in held}
        self.assertTrue(lost_messages, "something was written after the backup")
        for message in lost_messages:
            self.receipt(message)
        self.tell("+8619900000003")
        harness.eventually("the new answers to go out", lambda: len(carrier.texts["+8619900000003"]) >= len(PETITION) - 1)
        self.assertFalse(carrier.texts[WOMAN], "what was unsent is held")
        self.assertEqual(len(self.gateway.command("outbox", "held")), len(held))
        told = " ".join(carrier.texts["+8619900000003"].values())
        new = set(re.findall(r"编号([1-7]\d{7})", told))
        self.assertTrue(new, "her receipt holds a reference number")
        self.assertFalse(new & (before | lost), "no reference number is told to two women")

        self.gateway.command("outbox", "drop", str(held[0]["id"]), "--as", "admin")
        self.gateway.command("outbox", "send", str(held[1]["id"]), "--as", "admin")
        self.gateway.command("outbox", "send", "--all-held", "--as", "admin")
        harness.eventually("what was released to go out", lambda: carrier.texts[WOMAN])
        self.gateway.stop()

    def receipt(self, message):
        """Delivered, says the carrier; that nobody knows the message is no trouble of its own."""
        address = (f"http://127.0.0.1:{self.gateway.port}/in/kannel/{harness.TOKEN}/status?"
                   f"id={message}&part=1&parts=1&attempt=1&state=1")
        with urllib.request.urlopen(address, timeout=harness.PATIENCE_S) as answer:
            self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
