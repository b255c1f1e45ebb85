"""Mothers and children who write to one another, many pairs at once, each from a phone of her own."""
import datetime
import random
import threading

FAMILIES = 40
NOT_ARRIVED = "捎的话这次没送到"
COLUMNS = "record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed"


def _line(**cells):
    return ",".join(cells.get(column, "") for column in COLUMNS.split(","))


def _family(at):
    child, mother = f"kid{at}", f"ma{at}"
    return [
        _line(record="person", id=child, kind="child", name=f"小娃{at}", age="8-13"),
        _line(record="person", id=mother, kind="relative", name=f"妈妈{at}", age="adult"),
        _line(record="phone", id=child, kind="private", phone=number_of(at, "child")),
        _line(record="phone", id=mother, kind="private", phone=number_of(at, "mother")),
        _line(record="tie", id=child, other=mother, kind="mother", state="allowed", agreed="yes"),
        _line(record="care", id=child, other=mother, kind="guardian"),
        _line(record="consent", id=child, other=mother, kind="paper", **{"from": "2026-01-01"}),
    ]


def number_of(at, side):
    return f"+8619900{180000 + 2 * at + (side == 'child'):06d}"


def families_csv():
    return "\n".join([COLUMNS, *(line for at in range(1, FAMILIES + 1) for line in _family(at))]) + "\n"


def rest_far_from_now():
    """Children rest at night. The run must not depend on the hour: they do when it is long over."""
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8 + 12)
    return f'quiet_from = "{later:%H}:00"\nquiet_to = "{later:%H}:01"'


class Relatives:
    """Pairs that write in turns, each after she has read the other's words, through `send(number, text, chance)`, until
    that says no or `over` is set."""

    def __init__(self, send, carrier, over, seed):
        self.written = []  # (writer, reader, words) that were taken.
        self._send = send
        self._carrier = carrier
        self._over = over
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(at, random.Random(seed * 7000 + at)), daemon=True)
                         for at in range(1, FAMILIES + 1)]
        for thread in self._threads:
            thread.start()

    def join(self, timeout):
        """Whether all came to their end."""
        for thread in self._threads:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in self._threads)

    def _write(self, at, chance):
        writer, reader = number_of(at, "mother"), number_of(at, "child")
        # By the menu at first, and without one from then on.
        if not all(self._send(writer, text, chance) for text in ("你好", "1", "1")):
            return
        count = 0
        while not self._over.is_set():
            count += 1
            words = f"家{at}的第{count}句：" + chance.choice("吃睡学玩") * 12
            told = self._carrier.count(writer, NOT_ARRIVED)
            if not self._send(writer, words, chance):
                return
            with self._lock:
                self.written.append((writer, reader, words))
            # Whoever is told that her words did not arrive writes again, and nobody answers what she has not read.
            arrived = self._wait_for(writer, reader, words, told)
            if arrived:
                writer, reader = reader, writer
            elif count == 1:
                return

    def _wait_for(self, writer, reader, words, told):
        while not self._over.wait(0.02):
            if self._carrier.count(reader, words):
                return True
            if self._carrier.count(writer, NOT_ARRIVED) > told:
                return False
        return False
