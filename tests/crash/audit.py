"""What callers were told against what is stored, and what the carrier took against what the outbox says."""
import collections
import re

REFERENCE = re.compile(r"编号([1-7]\d{7})")
UNSETTLED = {"waiting", "sending"}
HANDED_OVER = {"sent", "delivered", "failed", "unknown"}


class Audit:
    """Counts, and says each thing that is wrong (the first few of a kind)."""

    def __init__(self):
        self.lost = 0
        self.doubled = 0
        self.resent = 0
        self._said = collections.Counter()

    def _say(self, kind, words):
        self._said[kind] += 1
        if self._said[kind] <= 5:
            print(f"{kind}: {words}", flush=True)

    def lose(self, words, count=1):
        self.lost += count
        self._say("lost", words)

    def double(self, words, count=1):
        self.doubled += count
        self._say("doubled", words)

    def turns(self, told, turns):
        """Every text answered with 200 is exactly one turn."""
        taken = collections.Counter(turn["identity"] for turn in turns)
        for text_id in told:
            if text_id not in taken:
                self.lose(f"text {text_id} was answered with 200 and is no turn")
        for text_id, count in taken.items():
            if count > 1:
                self.double(f"text {text_id} was taken {count} times", count - 1)

    def cases(self, stories, texts, listed, show):
        """Every finished petition is exactly one case that holds its three texts once, and its receipt was sent."""
        references = {}
        for number in stories:
            found = {match for text in texts.get(number, {}).values() for match in REFERENCE.findall(text)}
            if not found:
                self.lose("a finished petition has no receipt")
            elif len(found) > 1:
                self.double("a petition has two reference numbers", len(found) - 1)
            else:
                references[number] = found.pop()

        if len(listed) > len(stories):
            self.double(f"{len(listed)} cases of {len(stories)} petitions", len(listed) - len(stories))
        if len(listed) < len(stories):
            self.lose(f"{len(listed)} cases of {len(stories)} petitions", len(stories) - len(listed))
        for number, reference in references.items():
            written = "\n".join(entry["text"] for entry in show(reference)["entries"])
            for text in stories[number]:
                count = written.count(text)
                if count == 0:
                    self.lose(f"a text is missing in case {reference}")
                elif count > 1:
                    self.double(f"a text stands {count} times in case {reference}", count - 1)

    def outbox(self, rows, taken):
        """Every row went out; more than once only where it says so."""
        states = collections.Counter(row["state"] for row in rows)
        print(f"outbox: {dict(states)}, {sum(row['repeats'] for row in rows)} marked as perhaps repeated", flush=True)
        for row in rows:
            parts = taken.get(row["id"], {})
            times = max(parts.values(), default=0)
            self.resent += max(0, times - 1)
            if row["state"] in UNSETTLED or row["state"] not in HANDED_OVER:
                self.lose(f"message {row['id']} ({row['class']}) ended as {row['state']}")
            elif times == 0:
                self.lose(f"message {row['id']} ({row['class']}) is {row['state']}, and the carrier never saw it")
            if times > 1 + row["repeats"]:
                self.double(f"message {row['id']} was sent {times} times and says {row['repeats']} repeats")
        for message in set(taken) - {row["id"] for row in rows}:
            self.double(f"message {message} was sent and is in no outbox")
