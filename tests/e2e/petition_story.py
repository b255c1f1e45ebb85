"""The main job through a real Kannel: a woman texts a problem, it is safe on disk, a caseworker is told and answers, and
the woman gets the answer."""
import re
import sys
import unittest

import harness

WOMAN = "+8619900000001"
OWNER = "+8619900000101"  # li in config/demo/roster.csv: accountable for land matters
ON_DUTY = "+8619900000104"  # wang: is told of every new matter, and takes this one
STORY = [
    "我家三亩口粮地被村里收走了，说我是出嫁女，不给补偿😀",
    "去年十月找过村委会两回，每次都说研究研究，到现在没有回音",
    "我想要回承包地，或者按人头给补偿款，请妇联帮我问问",
]
REPLY = "您好，您反映的土地承包问题已联系街道，下周三上午可到窗口面谈。"

# What she sends, and how the text begins that she gets for it (None: nothing new is said).
QUESTIONS = [
    ("你好", "您好！回数字选"),
    ("2", "反映问题分4步"),
    ("1", "第1步"),
    ("2", "第2步"),
    ("1", "具体是哪里"),
    ("2", "第3步"),
    (STORY[0], "收到，可以接着说"),
    (STORY[1], None),
    (STORY[2], None),
    ("1", "第4步"),
    ("2", "已登记，编号"),
]


def says(words):
    return lambda text: words in text


class Petition(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world)

    def open(self, receipts=True, outbox="", conversation=""):
        self.kannel = harness.Kannel(self.world, self.gateway.port, receipts).start()
        self.phones = harness.Phones(self.world, self.kannel)
        self.gateway.configure(self.kannel, outbox, conversation).start()

    def turns(self):
        return self.gateway.command("turns", "list")

    def tell(self, text, answer, meanwhile=lambda: None):
        """She sends a text and gets the answer; where nothing is answered, waits until it is safe on disk."""
        before = len(self.turns())
        self.phones.send(WOMAN, text)
        meanwhile()
        if answer:
            return self.phones.next_text(WOMAN, f"the answer to a text: {answer}…", says(answer))
        harness.eventually("the text to be on disk", lambda: len(self.turns()) > before)
        return ""

    def tell_everything(self, meanwhile=lambda at: None):
        """Plays the whole petition and returns the reference number of its receipt."""
        for at, (text, answer) in enumerate(QUESTIONS):
            said = self.tell(text, answer, lambda at=at: meanwhile(at))
        found = re.search(r"编号([1-7]\d{7})", said)
        self.assertTrue(found, "the receipt holds a reference number of 8 digits, the first 1 to 7")
        return found.group(1)

    def show(self, reference):
        return self.gateway.command("case", "show", reference, "--as", "wang")

    def assert_told_once(self, reference):
        """Everything she told is in the one case, once; every text she sent is one turn."""
        cases = self.gateway.command("case", "list")
        self.assertEqual([case["reference"] for case in cases], [reference])
        written = "\n".join(entry["text"] for entry in self.show(reference)["entries"])
        for part in STORY:
            self.assertEqual(written.count(part), 1, "each text of the story is in the case exactly once")

        identities = [turn["identity"] for turn in self.turns()]
        self.assertEqual(len(identities), len(set(identities)), "no text was taken twice")
        self.assertEqual(len(identities), len(QUESTIONS), "every text was taken")

    def assert_nothing_leaked(self, *more):
        """No number, name or text in any file of the run, logs, database and Kannel's own included (I9, I12)."""
        metrics = self.gateway.metrics()
        self.gateway.stop()
        secrets = [number[3:] for number in (WOMAN, OWNER, ON_DUTY)] + STORY + ["李示例", "王示例", REPLY, *more]
        self.assertEqual(harness.leaks(self.world.folder, secrets), [], "(file, position in the list of secrets)")
        self.assertEqual(harness.leaks_in(metrics, secrets), [])


class EndToEnd(Petition):
    def test_a_petition_is_told_accepted_answered_and_closed(self):
        self.open()
        reference = self.tell_everything()
        self.assert_told_once(reference)
        self.assertEqual(self.show(reference)["owner"], "li")

        page = self.phones.next_text(ON_DUTY, "the page to the caseworker", says("新件1"))
        for secret in [*STORY, WOMAN[3:], reference]:
            self.assertNotIn(secret, page, "a page holds a code and a level only")
        self.phones.send(ON_DUTY, "接1")
        harness.eventually("her acceptance", lambda: self.show(reference)["status"] == "accepted")
        self.assertEqual(self.show(reference)["owner"], "wang")

        refusal = self.gateway.command("case", "close", reference, "--as", "wang", fails=True)
        self.assertTrue(refusal.strip(), "a refusal says what to do")

        # I4: not before the reply is known to have arrived.
        self.phones.switch_off()
        self.gateway.command("case", "reply", reference, "--text", REPLY, "--as", "wang")
        harness.eventually("the reply to be with the carrier", lambda: any(
            row["class"] == "reply" and row["state"] == "sent" for row in self.gateway.command("outbox", "list")))
        self.gateway.command("case", "close", reference, "--as", "wang", fails=True)

        self.phones = harness.Phones(self.world, self.kannel)
        self.assertIn(REPLY, self.phones.next_text(WOMAN, "the caseworker's answer", says(REPLY[:6])))
        harness.eventually("its receipt", lambda: any(
            row["class"] == "reply" and row["state"] == "delivered" for row in self.gateway.command("outbox", "list")))
        self.gateway.command("case", "close", reference, "--as", "wang")
        self.assertEqual(self.show(reference)["status"], "closed")
        self.assertEqual([row["repeats"] for row in self.gateway.command("outbox", "list") if row["repeats"]], [])
        self.assert_nothing_leaked()

    def test_nine_is_answered_with_one_word_and_pages_the_duty(self):
        self.open()
        self.phones.send(WOMAN, "９")
        self.assertRegex(self.phones.next_text(WOMAN, "the answer to 9"), r"^(【[^】]*】)?收到。$")
        self.phones.next_text(ON_DUTY, "the red page", says("红色1"))
        self.assertEqual(self.phones.everything(WOMAN), [], "nothing but that goes to a phone that may be watched")
        self.assert_nothing_leaked()


class SurvivesKill(Petition):
    def test_kill_9_at_once_after_every_text(self):
        def kill_and_start(_at):
            self.gateway.kill()
            self.gateway.start()

        self.open()
        reference = self.tell_everything(kill_and_start)
        self.assert_told_once(reference)
        self.assert_nothing_leaked()

    def test_away_while_every_text_comes(self):
        self.open()
        for at, (text, answer) in enumerate(QUESTIONS):
            before = len(self.turns())
            # Stopped before one text, killed before the next: Kannel tries in vain first.
            self.gateway.stop() if at % 2 else self.gateway.kill()
            self.phones.send(WOMAN, text)
            self.gateway.start()
            if answer:
                said = self.phones.next_text(WOMAN, f"the answer to a text: {answer}…", says(answer))
            harness.eventually("the text to be on disk", lambda before=before: len(self.turns()) > before)

        self.assert_told_once(re.search(r"编号(\d{8})", said).group(1))


class Limited(Petition):
    def test_texts_over_the_limit_of_a_handset_are_brought_again(self):
        self.open(conversation="texts_per_min = 30")
        texts = [f"第{at}条" for at in range(33)]

        for text in texts:
            self.phones.send(WOMAN, text)

        harness.eventually("Kannel to have brought every text", lambda: len(self.turns()) == len(texts))
        self.assertRegex(self.gateway.metrics().decode(), r'channel="kannel",outcome="limited"\} [1-9]')


class NoReceiptIsUnknown(Petition):
    def test_a_reply_without_a_receipt_is_unknown_and_does_not_close_a_case(self):
        self.open(receipts=False, outbox="receipt_window_min = 1")
        reference = self.tell_everything()
        self.gateway.command("case", "take", reference, "--as", "wang")
        self.gateway.command("case", "reply", reference, "--text", REPLY, "--as", "wang")
        self.phones.next_text(WOMAN, "the caseworker's answer", says(REPLY[:6]))

        harness.eventually("the reply to be shown as unknown", lambda: any(
            row["class"] == "reply" and row["state"] == "unknown" for row in self.gateway.command("outbox", "list")),
            patience_s=120)

        self.gateway.command("case", "close", reference, "--as", "wang", fails=True)
        self.gateway.command("case", "close", reference, "--reason", "电话里已经答复", "--as", "wang")
        self.assertEqual(self.show(reference)["status"], "closed")


if __name__ == "__main__":
    if not harness.BINARY.exists():
        sys.exit(f"there is no {harness.BINARY}: build it, or name another with HARBORLINE=")
    unittest.main(verbosity=2)
