"""Women with problems, many at once: each plays whole petitions, and repeats a text under its own id until it is taken,
as Kannel does."""
import http.client
import itertools
import random
import threading
import time

import harness

THINKING_MAX_S = 0.15
PATIENCE_S = 60


class Callers:
    """Plays stories on `count` threads until told to finish; then each caller ends the story she is in."""

    def __init__(self, port, count, seed):
        self.told = []  # Ids of texts that were answered with 200.
        self.stories = {}  # Number -> the three texts of her finished story.
        self.problems = []
        self._port = port
        self._numbers = itertools.count(1)
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._finish = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(random.Random(seed * 1000 + at),), daemon=True)
                         for at in range(count)]
        for thread in self._threads:
            thread.start()

    def is_answered(self):
        """Whether the gateway answers a text now: the same one each time, so that it is told and stored once."""
        if self._post("+8619900199999", "你好", "crash-probe") != 200:
            return False
        if "crash-probe" not in self.told:
            self.told.append("crash-probe")
        return True

    @property
    def over(self):
        return self._finish

    def finish(self):
        self._finish.set()
        for thread in self._threads:
            thread.join(timeout=2 * PATIENCE_S)
        if any(thread.is_alive() for thread in self._threads):
            self.problems.append("a caller never came to the end of her story")

    def _call(self, chance):
        while not self._finish.is_set() and not self.problems:
            with self._lock:
                at = next(self._numbers)
            number = f"+8619900{100000 + at:06d}"
            story = [f"第{at}件事，第{part}段：" + chance.choice("地房工娃") * 40 for part in ("甲", "乙", "丙")]
            if all(self.send(number, text, chance) for text in ["你好", "2", "1", "2", "1", "2", *story, "1", "2"]):
                with self._lock:
                    self.stories[number] = story

    def send(self, number, text, chance):
        """Sends one text, again and again, until it is taken. False when something is wrong beyond repair."""
        with self._lock:
            text_id = f"crash-{next(self._ids):08d}"
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            status = self._post(number, text, text_id)
            if status == 200:
                with self._lock:
                    self.told.append(text_id)
                time.sleep(chance.random() * THINKING_MAX_S)
                return True
            if status and status < 500 and status != 429:
                self.problems.append(f"a good text was answered with {status}")
                return False
            time.sleep(0.05)
        self.problems.append(f"a text was not taken within {PATIENCE_S} s")
        return False

    def _post(self, number, text, text_id):
        """The status, or None where the gateway was away or died before it answered."""
        target = f"/in/kannel/{harness.TOKEN}/sms?id={text_id}&time={int(time.time())}"
        headers = {"X-Kannel-From": number, "X-Kannel-To": harness.PORT_NUMBER, "X-Kannel-Coding": "0",
                   "Content-Type": 'text/plain; charset="UTF-8"'}
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
            try:
                connection.request("POST", target, text.encode(), headers)
                answer = connection.getresponse()
                answer.read()
                return answer.status
            finally:
                connection.close()
        except (OSError, http.client.HTTPException):
            return None
