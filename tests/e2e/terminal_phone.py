"""The terminal phone on a running gateway with the demonstration settings: what a newcomer does first."""
import io
import re
import subprocess
import unittest
import urllib.request
import wave

import harness

WOMAN, CASEWORKER = "+8619900000001", "+8619900000104"


class Terminal:
    """`harborline phone` as somebody sits before it."""

    def __init__(self, world, gateway, kind, number):
        self._seen = 0
        self._out = world.folder / f"{kind}{number}.out"
        self._out.touch()
        self.program = world.start(
            [str(harness.BINARY), "phone", kind, "--from", number, "--config", str(gateway.settings),
             "--gateway", f"http://127.0.0.1:{gateway.port}"], log=self._out.name, stdin=subprocess.PIPE)

    def types(self, line):
        self.program.stdin.write(f"{line}\n".encode())
        self.program.stdin.flush()

    def shows(self, pattern):
        """Waits for it behind what was looked for last; lines that the box has broken are read in one piece."""
        def found():
            text = re.sub(r" *│\n│ ", "", self._out.read_text(encoding="utf-8"))
            return re.compile(pattern).search(text, self._seen)
        match = harness.eventually(f"{pattern} on the {self._out.name}", found)
        self._seen = match.end()
        return match

    def answers(self, line, pattern):
        self.types(line)
        return self.shows(pattern)

    def ends(self):
        self.program.stdin.close()
        return self.program.wait(timeout=harness.PATIENCE_S)


class TerminalPhone(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world).demonstrate()
        self.gateway.start()

    def phone(self, kind, number):
        return Terminal(self.world, self.gateway, kind, number)

    def test_a_petition_is_told_on_screens_broken_off_and_answered(self):
        woman = self.phone("ussd", WOMAN)
        for line, screen in (("", "2反映问题"), ("2", "1开始"), ("1", "哪类事"), ("2", "哪一片"), ("3", "具体是哪里"),
                             ("1", "说清"), ("村里把我家三亩地给了别人", "说完回1")):
            woman.answers(line, screen)
        woman.answers("^", r"\[broken off\]")
        woman.answers("1", "No session is open")
        woman.answers("dial", "接着上次的回1")
        for line, screen in (("1", "说清"), ("1", "怎么联系")):
            woman.answers(line, screen)
        reference = woman.answers("2", r"编号(\d{8})").group(1)
        woman.shows(r"\d+/70 units ─┘\n\[session over\]")

        caseworker = self.phone("sms", CASEWORKER)
        caseworker.shows("新件1")
        caseworker.answers("接1", "已接1")
        self.gateway.command("case", "reply", reference, "--as", "wang", "--text", "村委会答应还地。")
        woman.shows(f"< .*编号{reference}：村委会答应还地。")
        self.assertEqual(woman.ends(), 0)
        self.assertEqual(caseworker.ends(), 0)

    def test_a_text_is_written_from_the_phone_that_dials(self):
        woman = self.phone("ussd", WOMAN)
        woman.answers("text 你好", "< .*2反映问题")
        woman.answers("text 2", "< .*开始回1")
        woman.answers("text 2", "< .*哪类事")
        woman.answers("", "接着上次的回1")
        woman.answers("1", "哪类事")
        self.assertEqual(woman.ends(), 0)

    def test_a_petition_is_told_by_telephone_and_heard(self):
        woman = self.phone("voice", WOMAN)
        for line, words in (("", "反映问题，按2"), ("2", "开始，按1"), ("1", "哪类事"), ("2", "哪一片"), ("3", "具体是哪里"),
                            ("1", r"\[recording: ")):
            woman.answers(line, words)
        told = woman.answers("rec", r"< \[(http://.*/audio/.*)\]").group(1)
        with urllib.request.urlopen(told, timeout=harness.PATIENCE_S) as played:
            self.assertEqual(played.headers["Cache-Control"], "no-store")
            self.assertEqual(self.length_s(io.BytesIO(played.read())), 1)
        woman.shows("刚才是您说的")
        woman.answers("1", "怎么联系")
        woman.answers("2", "您的编号是")
        woman.answers("hang up", r"\[call over\]")
        self.assertEqual(woman.ends(), 0)
        matter, = self.gateway.command("case", "list")
        heard = self.world.folder / "heard.wav"
        self.gateway.command("case", "show", matter["reference"], "--as", "wang", "--audio", str(heard))
        self.assertEqual(self.length_s(str(heard)), 1)

    def test_a_call_without_a_number_ends_with_the_terminal(self):
        woman = self.phone("voice", "anonymous")
        woman.answers("", "有危险，按9")
        woman.answers("9", "< 收到。")
        self.assertEqual(woman.ends(), 0)
        caseworker = self.phone("sms", CASEWORKER)
        caseworker.shows("红色1")
        self.assertEqual(caseworker.ends(), 0)

    def length_s(self, audio):
        """Whole seconds of a telephone's WAV file."""
        with wave.open(audio) as read:
            self.assertEqual((read.getframerate(), read.getnchannels(), read.getsampwidth()), (8000, 1, 2))
            return round(read.getnframes() / read.getframerate())


if __name__ == "__main__":
    unittest.main()
