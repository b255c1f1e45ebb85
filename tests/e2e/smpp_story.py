"""The gateway behind a Kannel that is bound to a carrier over real SMPP: what a carrier may do to a text on its way in, to
an answer on its way out, and to the receipts."""
import re
import sys
import unittest

import harness
import petition_story
import smpp_carrier
from petition_story import ON_DUTY, QUESTIONS, WOMAN, says
from smpp_carrier import HAS_HEADER, in_parts, narrow, wide

TO_THE_STORY = QUESTIONS[:6]  # Up to "tell us": what is said next is her story.
LONG = "去年十月找过村委会两回，每次都说研究研究，到现在没有回音。" * 4  # 120 characters: two parts.
REPLY = "您好，您反映的土地承包问题已联系街道。" + "请带上户口本👨‍👩‍👧和承包合同📄，" * 9 + "下周三上午可到窗口面谈。"


def phone(last_digits):
    return f"+861990000{last_digits:04d}"


class Smpp(petition_story.Petition):
    def open(self, more="", **settings):
        self.carrier = self.phones = smpp_carrier.Carrier(self.world)
        self.kannel = harness.Kannel(self.world, self.gateway.port, smpp=self.carrier.account(), more=more).start()
        self.carrier.wait_bound()
        self.gateway.configure(self.kannel, **settings).start()

    def on_disk(self, deliver, rows=1):
        """Delivers something and waits until it is that many turns more."""
        wanted = len(self.turns()) + rows
        deliver()
        harness.eventually("the text to be on disk", lambda: len(self.turns()) >= wanted)

    def give(self, content, **fields):
        self.on_disk(lambda: self.assertEqual(self.carrier.deliver(WOMAN, content, **fields), smpp_carrier.OK))

    def give_parts(self, parts, order=None, **fields):
        """Parts of one text, in an order of their own; the turn of the whole text comes with the last of them."""
        order = order or range(len(parts))
        self.assertEqual(sorted(order), list(range(len(parts))))
        self.on_disk(lambda: [self.carrier.deliver(WOMAN, parts[at], esm_class=HAS_HEADER, **fields) for at in order],
                     rows=len(parts) + 1)

    def begin(self):
        for text, answer in TO_THE_STORY:
            self.tell(text, answer)

    def assert_story(self, texts):
        """Ends the petition: her story in it is exactly these texts."""
        self.tell("1", "第4步")
        self.tell("2", "已登记，编号")
        self.assert_filed(texts)

    def assert_filed(self, texts):
        [self.reference] = [case["reference"] for case in self.gateway.command("case", "list")]
        told = [entry["text"] for entry in self.show(self.reference)["entries"] if entry["kind"] == "said"]
        self.assertEqual(told, ["\n".join(texts)])

    def repeated(self):
        found = re.search(rb'harborline_inbound_total\{[^}]*outcome="repeated"[^}]*\} (\d+)', self.gateway.metrics())
        return int(found.group(1)) if found else 0

    def states(self):
        """What `outbox list` says of each message, in the order in which they were written."""
        return [row["state"] for row in self.gateway.command("outbox", "list")]

    def reply(self):
        """Tells a petition by its shortest way and has the caseworker answer it."""
        self.begin()
        self.tell(petition_story.STORY[0], "收到")
        self.assert_story([petition_story.STORY[0]])
        self.gateway.command("case", "take", self.reference, "--as", "wang")
        self.gateway.command("case", "reply", self.reference, "--text", REPLY, "--as", "wang")

    def state_of_the_reply(self):
        [state] = [row["state"] for row in self.gateway.command("outbox", "list") if row["class"] == "reply"]
        return state


class Inbound(Smpp):
    def test_texts_in_one_piece(self):
        self.open()
        self.begin()
        texts = ["我家三亩口粮地被村里收走了😀，𠮷家也是", "Rent [2 rooms] €100, ~{a|b} ^ \\ @$ Ç", "déjà vu", LONG * 3, "号码前面没有加号"]

        self.give(texts[0].encode("utf-16-be"))
        self.give(b"Rent \x1b\x3c2 rooms\x1b\x3e \x1b\x65100, \x1b\x3d\x1b\x28a\x1b\x40b\x1b\x29 \x1b\x14 \x1b\x2f \x00\x02 \x09",
                  data_coding=smpp_carrier.SMSC_DEFAULT)
        self.give(texts[2].encode("latin-1"), data_coding=smpp_carrier.LATIN_1)
        self.give(b"", message_payload=texts[3].encode("utf-16-be").hex())
        self.give(texts[4].encode("utf-16-be"), source_addr_ton=0)

        self.assert_story(texts)
        self.assert_nothing_leaked(*texts)

    def test_texts_in_parts(self):
        self.open()
        self.begin()
        cut = "地" * 66 + "😀" + "东" * 20
        self.assertEqual(in_parts(cut, lambda *_: b"")[0][-2:], "😀".encode("utf-16-be")[:2], "cut inside the emoji")
        late = in_parts("早的一半" * 20, lambda total, at: narrow(3, total, at))
        euro = [narrow(4, 2, 1) + b"\x1b\x65100 ", narrow(4, 2, 2) + b"\x1b\x3cok\x1b\x3e"]
        sar = in_parts("标签" * 40, lambda *_: b"")

        self.give_parts(in_parts(LONG * 2, lambda total, at: narrow(1, total, at)), order=[2, 3, 0, 1])
        self.give_parts(in_parts(LONG + "十六位", lambda total, at: wide(0x0201, total, at)), order=[1, 0])
        self.give_parts(in_parts(cut, lambda total, at: narrow(2, total, at)), order=[1, 0])
        self.give_parts(euro, order=[1, 0], data_coding=smpp_carrier.SMSC_DEFAULT)
        self.on_disk(lambda: [self.carrier.deliver(WOMAN, sar[at], sar_msg_ref_num=300, sar_total_segments=2,
                                                   sar_segment_seqnum=at + 1) for at in (1, 0)], rows=3)
        self.give(late[1], esm_class=HAS_HEADER)
        self.give("中间的一条".encode("utf-16-be"))
        self.on_disk(lambda: self.carrier.deliver(WOMAN, late[0], esm_class=HAS_HEADER), rows=2)

        texts = [LONG * 2, LONG + "十六位", cut, "€100 [ok]", "标签" * 40, "中间的一条", "早的一半" * 20]
        self.assert_story(texts)
        self.assert_nothing_leaked(LONG, *texts)

    def test_a_part_that_never_comes(self):
        self.open(conversation="parts_wait_s = 1")
        self.begin()
        parts = [narrow(9, 3, at) + word.encode("utf-16-be") for at, word in ((1, "甲"), (2, "乙"), (3, "丙"))]

        # Two parts, and then the text as it stands.
        self.on_disk(lambda: [self.carrier.deliver(WOMAN, parts[at], esm_class=HAS_HEADER) for at in (2, 0)], rows=3)
        # The one that came after all.
        self.on_disk(lambda: self.carrier.deliver(WOMAN, parts[1], esm_class=HAS_HEADER), rows=2)

        self.assert_story(["甲…丙", "…乙…"])

    def test_what_the_carrier_repeats(self):
        """As after a lost deliver_sm_resp: the same once more, and Kannel gives it another id."""
        self.open()
        self.tell("你好", "您好")
        self.tell("2", "反映问题分4步")
        self.carrier.send(WOMAN, "1")
        self.carrier.send(WOMAN, "1")
        # A digit may be said twice: past "begin" and past "marriage and family".
        self.phones.next_text(WOMAN, "the answer to both", says("第2步"))
        self.tell("1", "具体是哪里")
        self.tell("2", "第3步")
        story = petition_story.STORY[0].encode("utf-16-be")
        parts = in_parts(LONG, lambda total, at: narrow(5, total, at))
        self.give(story)

        def again(content, **fields):
            before, turns = self.repeated(), len(self.turns())
            self.carrier.deliver(WOMAN, content, **fields)
            harness.eventually("the repeat to be known", lambda: self.repeated() > before)
            self.assertEqual(len(self.turns()), turns)

        again(story)
        self.give_parts(parts)
        for part in (parts[1], *parts):
            again(part, esm_class=HAS_HEADER)

        self.assert_story([petition_story.STORY[0], LONG])

    def test_the_connection_drops_in_the_middle(self):
        self.open()
        self.begin()
        parts = in_parts(LONG, lambda total, at: narrow(6, total, at))
        self.give(parts[0], esm_class=HAS_HEADER)

        self.carrier.drop()
        self.carrier.wait_bound(times=2)
        # Our answer to the first part was lost with the connection; its SMSC sends it once more.
        self.carrier.deliver(WOMAN, parts[0], esm_class=HAS_HEADER)
        self.on_disk(lambda: self.carrier.deliver(WOMAN, parts[1], esm_class=HAS_HEADER), rows=2)
        self.phones.next_text(WOMAN, "the answer to her story", says("收到，可以接着说"))
        # And our next answer reaches the carrier, whose own answer is lost: Kannel cannot know, and sends it again.
        self.carrier.drop_at_next_submit = True
        self.tell("1", "第4步")
        self.tell("2", "已登记，编号")

        self.assert_filed([LONG])
        contact = [submit for submit in self.carrier.submits_to(WOMAN) if "第4步" in submit.content.decode("utf-16-be")]
        self.assertEqual(len(contact), 2)
        self.assertEqual(self.carrier.bindings, 3)


class Outbound(Smpp):
    def test_a_long_answer_arrives_whole(self):
        self.open()
        self.carrier.receipts = lambda submit: []
        self.reply()
        said = self.phones.next_text(WOMAN, "the caseworker's answer", says(REPLY[:6]))
        self.assertEqual(said, f"【哈尔滨市妇联】编号{self.reference}：{REPLY}")

        parts = [submit for submit in self.carrier.submits_to(WOMAN) if submit.header]
        self.assertGreater(len(parts), 3)
        self.assertEqual([part.header[:3] for part in parts], [b"\x05\x00\x03"] * len(parts))
        self.assertEqual(len({part.header[3] for part in parts}), 1, "one reference")
        self.assertEqual([tuple(part.header[4:]) for part in parts], [(len(parts), at + 1) for at in range(len(parts))])
        for part in parts:
            self.assertEqual(part.pdu["data_coding"], smpp_carrier.UCS_2)
            self.assertLessEqual(len(part.payload), 140)
            piece = part.content.decode("utf-16-be")  # Fails on half a surrogate pair.
            self.assertNotIn("\u200d", (piece[0], piece[-1]), "a family is not torn apart")

        # Receipts of the parts in an order of their own: delivered when the last one is.
        for part in reversed(parts[1:]):
            self.carrier.report(part, "DELIVRD")
        self.carrier.report(parts[0], "ACCEPTD")
        self.assertEqual(self.state_of_the_reply(), "sent")
        self.gateway.command("case", "close", self.reference, "--as", "wang", fails=True)
        self.carrier.report(parts[0], "DELIVRD")
        harness.eventually("the reply to be delivered", lambda: self.state_of_the_reply() == "delivered")
        self.gateway.command("case", "close", self.reference, "--as", "wang")
        self.assert_nothing_leaked(REPLY[:40])

    def test_a_part_that_failed_brings_the_task_back(self):
        self.open()
        self.carrier.receipts = lambda submit: ["UNDELIV" if submit.header and submit.header[5] == 2 else "DELIVRD"]
        self.reply()
        harness.eventually("the reply to be failed", lambda: self.state_of_the_reply() == "failed")
        self.assertEqual(self.show(self.reference)["status"], "accepted")

    def test_receipts_of_every_kind(self):
        # What the carrier reports of a message, and what we then show. Kannel hears of a message until its first final
        # receipt, and of none before the answer to the submit; "unknown" is what "sent" becomes after its window.
        kinds = [(["DELIVRD"], "delivered"), (["UNDELIV"], "failed"), (["EXPIRED"], "failed"), (["REJECTD"], "failed"),
                 (["DELETED"], "failed"), (["UNKNOWN"], "failed"), (["ACCEPTD", "DELIVRD"], "delivered"),
                 (["ENROUTE", "EXPIRED"], "failed"), (["ACCEPTD"], "sent"), (["DELIVRD", "DELIVRD"], "delivered"),
                 (["UNDELIV", "DELIVRD"], "failed"), ([], "sent")]
        self.open()
        self.carrier.receipts = lambda submit: []
        for at in range(len(kinds)):
            self.carrier.send(phone(at + 11), "你好")
            self.phones.next_text(phone(at + 11), "the menu")
        harness.eventually("all to be with the carrier", lambda: self.states() == ["sent"] * len(kinds))

        for at, (stats, _) in reversed(list(enumerate(kinds))):
            [submit] = self.carrier.submits_to(phone(at + 11))
            for stat in stats:
                self.assertEqual(self.carrier.report(submit, stat), smpp_carrier.OK)
        # A receipt that overtakes the answer to its submit: Kannel does not know the message yet, and forgets it.
        self.carrier.receipts, self.carrier.early = lambda submit: ["DELIVRD"], True
        self.carrier.send(WOMAN, "你好")
        self.phones.next_text(WOMAN, "the menu")

        wanted = [state for _, state in kinds] + ["sent"]
        try:
            harness.eventually("every receipt to be taken", lambda: self.states() == wanted)
        except harness.Timeout:
            self.assertEqual(self.states(), wanted)
        self.assert_nothing_leaked(*(phone(at + 11)[3:] for at in range(len(kinds))))

    def test_submits_that_the_carrier_refuses(self):
        self.open()
        refusals = [smpp_carrier.INVALID_DESTINATION, smpp_carrier.MESSAGE_QUEUE_FULL, smpp_carrier.THROTTLED]
        for at, status in enumerate(refusals):
            self.carrier.refusals.append(status)
            self.carrier.send(phone(at + 11), "你好")
            harness.eventually("the submit", lambda at=at: self.carrier.submits_to(phone(at + 11)))

        # For good: as a failed receipt says. For now: Kannel has it and tries again by itself.
        harness.eventually("Kannel's second tries", lambda: self.states() == ["failed", "delivered", "delivered"])
        self.assertEqual([len(self.carrier.submits_to(phone(at + 11))) for at in range(3)], [1, 2, 2])
        self.assertEqual([row["repeats"] for row in self.gateway.command("outbox", "list")], [0, 0, 0])
        self.assert_nothing_leaked(*(phone(at + 11)[3:] for at in range(3)))

    def reply_waits_for_a_carrier(self):
        reply = next(row for row in self.gateway.command("outbox", "list") if row["class"] == "reply")
        if reply["state"] == "failed":
            # Whenever Kannel tries to bind again, it takes a text for a moment, and then says that it failed.
            self.gateway.command("outbox", "send", str(reply["id"]), "--as", "wang")
        return reply["state"] == "waiting" and "no carrier" in reply["reason"]

    def test_a_carrier_that_refuses_the_account(self):
        self.open()
        self.begin()
        self.tell(petition_story.STORY[0], "收到")
        self.assert_story([petition_story.STORY[0]])
        self.carrier.close_account()
        harness.eventually("Kannel to give the carrier up", self.kannel.refuses_texts)
        self.gateway.command("case", "take", self.reference, "--as", "wang")
        self.gateway.command("case", "reply", self.reference, "--text", REPLY, "--as", "wang")
        harness.eventually("an attempt to be told apart from a refused text", self.reply_waits_for_a_carrier)

        self.carrier.open_account()
        self.kannel.kill()
        self.kannel.start()

        self.carrier.wait_bound(times=2)
        self.assertIn(REPLY, self.phones.next_text(WOMAN, "the caseworker's answer", says(REPLY[:6])))
        harness.eventually("its receipts", lambda: self.state_of_the_reply() == "delivered")

    def test_message_ids_in_two_number_bases(self):
        self.open(more="msg-id-type = 0x01\n")
        self.carrier.in_answer, self.carrier.in_receipt = "{:X}".format, "{:010d}".format
        self.carrier.send(WOMAN, "你好")
        harness.eventually("the receipt to be matched", lambda: self.states() == ["delivered"])


class Story(Smpp):
    def test_a_petition_is_told_accepted_answered_and_closed(self):
        self.open()
        self.begin()
        self.on_disk(lambda: self.carrier.send(WOMAN, LONG), rows=3)
        self.on_disk(lambda: self.carrier.send(WOMAN, petition_story.STORY[0]))
        self.assert_story([LONG, petition_story.STORY[0]])

        page = self.phones.next_text(ON_DUTY, "the page to the caseworker", says("新件1"))
        for secret in [LONG, petition_story.STORY[0], WOMAN[3:], self.reference]:
            self.assertNotIn(secret, page, "a page holds a code and a level only")
        self.phones.send(ON_DUTY, "接1")
        harness.eventually("her acceptance", lambda: self.show(self.reference)["status"] == "accepted")
        self.assertEqual(self.show(self.reference)["owner"], "wang")

        self.gateway.command("case", "reply", self.reference, "--text", REPLY, "--as", "wang")
        self.assertIn(REPLY, self.phones.next_text(WOMAN, "the caseworker's answer", says(REPLY[:6])))
        harness.eventually("its receipts", lambda: self.state_of_the_reply() == "delivered")
        self.gateway.command("case", "close", self.reference, "--as", "wang")
        self.assertEqual(self.show(self.reference)["status"], "closed")
        self.assertEqual(set(self.states()), {"delivered"})
        self.assert_nothing_leaked(LONG[:29], REPLY[:40])


if __name__ == "__main__":
    if not harness.BINARY.exists():
        sys.exit(f"there is no {harness.BINARY}: build it, or name another with HARBORLINE=")
    unittest.main(verbosity=2)
