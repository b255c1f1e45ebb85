#!/usr/bin/env python3
"""The audit of the crash run finds what it is there to find."""
import contextlib
import io
import unittest

from audit import Audit

STORY = {"+8619900100001": ["一", "二", "三"]}
RECEIPT = {"+8619900100001": {7: "已登记，编号12345674。"}}
CASE = {"entries": [{"text": "一\n二"}, {"text": "三"}]}
SENT = {"id": 7, "class": "answer", "state": "delivered", "repeats": 0}


class AuditTest(unittest.TestCase):
    def setUp(self):
        self.audit = Audit()
        self.enterContext(contextlib.redirect_stdout(io.StringIO()))

    def expect(self, lost=0, doubled=0, resent=0):
        self.assertEqual((self.audit.lost, self.audit.doubled, self.audit.resent), (lost, doubled, resent))

    def turns(self, told, taken):
        self.audit.turns(told, [{"identity": text_id} for text_id in taken])

    def cases(self, texts=RECEIPT, listed=1, case=CASE):
        self.audit.cases(STORY, texts, [{}] * listed, lambda reference: case)

    def outbox(self, taken, **changes):
        self.audit.outbox([SENT | changes], {7: {1: taken}} if taken else {})

    def test_all_is_well(self):
        self.turns(["a", "b"], ["a", "b"])
        self.cases()
        self.outbox(1)
        self.expect()

    def test_a_text_that_was_taken_but_not_answered_is_no_fault(self):
        self.turns(["a"], ["a", "b"])
        self.expect()

    def test_an_answered_text_that_is_no_turn(self):
        self.turns(["a", "b"], ["a"])
        self.expect(lost=1)

    def test_a_text_taken_twice(self):
        self.turns(["a"], ["a", "a"])
        self.expect(doubled=1)

    def test_a_petition_without_a_receipt(self):
        self.cases(texts={})
        self.expect(lost=1)

    def test_a_petition_with_two_numbers(self):
        self.cases(texts={"+8619900100001": {7: "编号12345674", 8: "编号23456785"}})
        self.expect(doubled=1)

    def test_a_case_too_few_and_one_too_many(self):
        self.cases(listed=0)
        self.expect(lost=1)
        self.cases(listed=2)
        self.expect(lost=1, doubled=1)

    def test_words_missing_in_a_case_and_words_twice(self):
        self.cases(case={"entries": [{"text": "一 二 二"}]})
        self.expect(lost=1, doubled=1)

    def test_a_message_that_never_went(self):
        self.outbox(0)
        self.expect(lost=1)

    def test_a_message_that_nobody_sends_any_more(self):
        for state in ("waiting", "sending", "dead", "expired", "held"):
            self.outbox(1, state=state)
        self.expect(lost=5)

    def test_a_repeat_that_is_marked_and_one_that_is_not(self):
        self.outbox(2, repeats=1)
        self.expect(resent=1)
        self.outbox(2)
        self.expect(resent=2, doubled=1)

    def test_a_message_from_nowhere(self):
        self.audit.outbox([], {9: {1: 1}})
        self.expect(doubled=1)

    def relatives(self, reader, writer=(), under_way_max=1):
        texts = {"+8619900180003": dict(enumerate(reader)), "+8619900180002": dict(enumerate(writer))}
        self.audit.relatives([("+8619900180002", "+8619900180003", "早")], texts, "没送到", under_way_max)

    def test_words_of_a_relative_that_were_read_or_whose_writer_was_told(self):
        self.relatives(["小娃：早"])
        self.relatives([], ["这次没送到"])
        self.expect()

    def test_words_of_a_relative_that_are_gone_or_came_twice(self):
        self.relatives([])
        self.expect(lost=1)
        self.relatives(["小娃：早", "小娃：早"])
        self.expect(lost=1, doubled=1)

    def test_more_words_that_did_not_arrive_than_could_be_under_way(self):
        self.relatives([], ["这次没送到"], under_way_max=0)
        self.expect(lost=1)

    def test_a_message_of_a_relative_is_never_sent_twice(self):
        for state in ("unknown", "dropped", "dead"):
            self.audit.outbox([SENT | {"class": "kinship", "state": state}], {})
        self.expect()
        self.audit.outbox([SENT | {"class": "kinship", "repeats": 1}], {7: {1: 2}})
        self.expect(doubled=1)


if __name__ == "__main__":
    unittest.main()
