"""What callers were told against what is stored, and what the carrier took against what the outbox says."""
import collections
import re

REFERENCE = re.compile(r"编号([1-7]\d{7})")
RELATIVES = "kinship"
UNSETTLED = {"waiting", "sending"}
HANDED_OVER = {"sent", "delivered", "failed", "unknown"}


def times_read(words, texts, number):
    return sum(words in text for text in texts.get(number, {}).values())


def unanswered(written, texts, not_arrived):
    """How many words of each writer arrived nowhere without her being told."""
    missing = collections.Counter(writer for writer, reader, words in written if not times_read(words, texts, reader))
    return missing - collections.Counter({writer: times_read(not_arrived, texts, writer) for writer in missing})


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
            if row["class"] == RELATIVES:
                self._of_relatives(row, times)
                continue
            self.resent += max(0, times - 1)
            if row["state"] in UNSETTLED or row["state"] not in HANDED_OVER:
                self.lose(f"message {row['id']} ({row['class']}) ended as {row['state']}")
            elif times == 0:
                self.lose(f"message {row['id']} ({row['class']}) is {row['state']}, and the carrier never saw it")
            if times > 1 + row["repeats"]:
                self.double(f"message {row['id']} was sent {times} times and says {row['repeats']} repeats")
        for message in set(taken) - {row["id"] for row in rows}:
            self.double(f"message {message} was sent and is in no outbox")

    def _of_relatives(self, row, times):
        """Never sent twice; whether its words arrived is seen where they are read."""
        if row["state"] in UNSETTLED:
            self.lose(f"message {row['id']} ({row['class']}) ended as {row['state']}")
        if times > 1:
            self.double(f"message {row['id']} ({row['class']}) was sent {times} times", times - 1)

    def relatives(self, written, texts, not_arrived, under_way_max):
        """Every word of relatives was read once, or its writer was told that it did not arrive: of as many words at the
        most as were under way when the gateway died."""
        for _, reader, words in written:
            times = times_read(words, texts, reader)
            if times > 1:
                self.double("words of a relative were read more than once", times - 1)
        for count in unanswered(written, texts, not_arrived).values():
            self.lose("words of a relative arrived nowhere, and nobody was told", count)
        told = sum(times_read(not_arrived, texts, number) for number in texts)
        print(f"relatives: {len(written)} words, {told} writers told that theirs did not arrive", flush=True)
        if told > under_way_max:
            self.lose(f"{told} words of relatives did not arrive, of {under_way_max} at the most")
