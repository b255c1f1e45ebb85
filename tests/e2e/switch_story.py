"""A petition by telephone through the running gateway, without a cloud: what FreeSWITCH asks, and what it plays."""
import array
import unittest
import urllib.error
import urllib.request

import harness
import phone_story
import switch_carrier

WOMAN = "+8619900000001"
SHORTEST_S, LONGEST_S, QUIETEST = 0.2, 60, 500


class FreeSwitch(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world)
        self.switch = switch_carrier.Switch(self.gateway)
        self.gateway.demonstrate(self.switch.settings(self.gateway)).start()

    def is_speech(self, call):
        self.assertTrue(call.heard, "she hears nothing")
        for audio, _ in call.heard:
            rate, channels, width, frames = phone_story.samples(audio)
            self.assertEqual((rate, channels, width), (8000, 1, 2))
            self.assertTrue(SHORTEST_S < len(frames) / 16000 < LONGEST_S)
            self.assertGreater(max(map(abs, array.array("h", frames))), QUIETEST, "silence is played to her")

    def test_a_petition_is_told_by_keys_and_a_recording(self):
        call = self.switch.calls(WOMAN)
        for key in phone_story.TO_HER_STORY:
            self.assertEqual(call.waits_for.tag, "playback")
            self.is_speech(call)
            call.keys(key)
        self.assertEqual(call.waits_for.tag, "record")
        self.is_speech(call)
        told = phone_story.spoken()
        call.speaks(told)
        self.is_speech(call)
        call.keys("1")  # That was right.
        call.keys("1")  # Call me at this number.
        self.is_speech(call)
        self.assertIn("no-store", [cached for _, cached in call.heard])
        reference = phone_story.filed(self, self.gateway)
        call.hangs_up()
        phone_story.is_heard_by_the_caseworker(self, self.gateway, reference, told)
        self.assertEqual(harness.leaks(self.world.folder, [WOMAN, harness.TOKEN],
                                       leave_out=("harborline.toml", "switch.token")), [])

    def test_an_address_that_nobody_was_given_is_empty(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{self.gateway.port}/audio/{'A' * 32}.wav",
                                   timeout=harness.PATIENCE_S)
        self.assertEqual(refused.exception.code, 404)
        refused.exception.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
