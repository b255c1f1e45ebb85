"""Relatives through a real Kannel: a child writes, its mother answers without a menu, and neither sees more than the
hotline's number."""
import datetime
import sys
import unittest
import zoneinfo

import harness

CHILD = "+8619900000201"  # ming in config/demo/people.csv, with a telephone of his own
MOTHER = "+8619900000211"
ON_DUTY = "+8619900000104"
WORDS = "妈妈，我今天考了九十八分😀"
ANSWER = "真棒，星期天给你打电话"


def says(words):
    return lambda text: words in text


def rest_that_is_far_off():
    """Children rest in a minute twelve hours from now: nothing in this story is to wait for a morning."""
    far = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Shanghai")) + datetime.timedelta(hours=12)
    end = far + datetime.timedelta(minutes=1)
    return f'[kinship]\nquiet_from = "{far:%H:%M}"\nquiet_to = "{end:%H:%M}"\n'


class Relatives(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world)
        self.kannel = harness.Kannel(self.world, self.gateway.port).start()
        self.phones = harness.Phones(self.world, self.kannel)
        self.gateway.configure(self.kannel, more=rest_that_is_far_off())
        self.gateway.command("people", "import", str(harness.ROOT / "config/demo/people.csv"), "--as", "admin")
        self.gateway.start()

    def tell(self, number, text, answer):
        self.phones.send(number, text)
        return self.phones.next_text(number, f"the answer to a text: {answer}…", says(answer))

    def test_a_child_writes_and_its_mother_answers(self):
        self.tell(CHILD, "你好", "您好！回数字选")
        self.tell(CHILD, "1", "想找谁？")
        self.tell(CHILD, "1", "想对妈妈说什么")
        self.tell(CHILD, WORDS, "就带给妈妈")
        arrived = self.phones.next_text(MOTHER, "the child's words", says(WORDS))
        self.assertIn("小明：", arrived)
        self.tell(MOTHER, ANSWER, "就带给小明")
        answered = self.phones.next_text(CHILD, "the mother's answer", says(ANSWER))
        for text in (arrived, answered):
            for number in (CHILD, MOTHER):
                self.assertNotIn(number[3:], text, "neither learns the other's number")

        self.assertEqual(self.gateway.command("case", "list"), [], "nobody reads it")
        self.assertEqual(self.phones.everything(ON_DUTY), [])
        metrics = self.gateway.metrics()
        self.gateway.stop()
        secrets = [CHILD[3:], MOTHER[3:], WORDS, ANSWER, "小明"]
        self.assertEqual(harness.leaks(self.world.folder, secrets), [], "(file, position in the list of secrets)")
        self.assertEqual(harness.leaks_in(metrics, secrets), [])


if __name__ == "__main__":
    if not harness.BINARY.exists():
        sys.exit(f"there is no {harness.BINARY}: build it, or name another with HARBORLINE=")
    unittest.main(verbosity=2)
