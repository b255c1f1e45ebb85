#!/usr/bin/env python3
"""Says what somebody who knows nothing of us finds in a WAV file: rate, channels, bytes a sample, milliseconds, the
loudest sample, and for how many milliseconds it is not silent.

usage: heard.py FILE
"""
import array
import sys
import wave

with wave.open(sys.argv[1], "rb") as file:
    samples = array.array("h", file.readframes(file.getnframes()))
    rate = file.getframerate()
    step = rate // 100  # 10 ms
    loud = sum(10 for at in range(0, len(samples), step) if max(map(abs, samples[at:at + step])) > 500)
    print(rate, file.getnchannels(), file.getsampwidth(), len(samples) * 1000 // rate,
          max(map(abs, samples), default=0), loud)
