"""What the stories told by telephone share, whoever carries the call."""
import io
import wave

import harness

TO_HER_STORY = ("2", "1", "2", "3", "1")  # Petition, begin, land, district, part of it.
DIGITS = dict(zip("0123456789", "零幺二三四五六七八九"))


def spoken(seconds=2):
    """A WAV file as carriers give it: 8 kHz, mono, 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(at * 37 % 256 for at in range(16000 * seconds)))
    return file.getvalue()


def samples(audio):
    """(rate, channels, bytes a sample, frames) of a WAV file."""
    with wave.open(io.BytesIO(audio), "rb") as read:
        return read.getframerate(), read.getnchannels(), read.getsampwidth(), read.readframes(read.getnframes())


def times_spoken(reference, words):
    """How often a number is heard in these words, digit by digit with pauses anywhere."""
    digits = "".join(word for word in words if word in DIGITS.values())
    return digits.count("".join(DIGITS[digit] for digit in reference))


def filed(test, gateway):
    """The number of the only matter there is."""
    cases = gateway.command("case", "list")
    test.assertEqual([case["category"] for case in cases], ["land"])
    return cases[0]["reference"]


def is_heard_by_the_caseworker(test, gateway, reference, told):
    shown = gateway.command("case", "show", reference, "--as", "wang")
    test.assertEqual([recording["seconds"] for recording in shown["recordings"]], [2])
    file = gateway.settings.with_name("heard.wav")
    gateway.command("case", "show", reference, "--audio", str(file), "--as", "wang")
    test.assertEqual(samples(file.read_bytes()), samples(told))
    sealed = [path for path in (gateway.settings.parent / "recordings").rglob("*") if path.is_file()]
    test.assertEqual(len(sealed), 1)
    test.assertFalse(harness.leaks_in(sealed[0].read_bytes(), ["RIFF"]), "a recording must lie there sealed")
