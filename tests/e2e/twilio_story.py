"""A petition by telephone through the running gateway, over a carrier that signs with npm `twilio`."""
import unittest
import urllib.error

import harness
import phone_story
import twilio_carrier

WOMAN = "+8619900000001"


class Twilio(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world)
        self.carrier = twilio_carrier.Carrier(self.world, self.gateway)
        self.addCleanup(self.carrier.close)
        self.gateway.demonstrate(self.carrier.settings(self.gateway)).start()

    def test_a_petition_is_told_by_keys_and_a_recording(self):
        call = self.carrier.calls(WOMAN)
        for key in phone_story.TO_HER_STORY:
            self.assertEqual(call.waits_for.tag, "Gather", call.words)
            call.keys(key)
        self.assertEqual(call.waits_for.tag, "Record", call.words)
        told = phone_story.spoken()
        call.speaks(told)
        harness.eventually("the recording to be fetched and erased at the carrier",
                           lambda: not self.carrier.api.recordings)
        self.assertIn("对的，按1", call.words)
        call.keys("1")  # That was right.
        call.keys("1")  # Call me at this number.
        reference = phone_story.filed(self, self.gateway)
        self.assertEqual(phone_story.times_spoken(reference, call.words), 2, call.words)
        call.hangs_up()
        phone_story.is_heard_by_the_caseworker(self, self.gateway, reference, told)
        self.assertEqual(harness.leaks(self.world.folder, [WOMAN, harness.TOKEN],
                                       leave_out=("harborline.toml", "twilio.token")), [])

    def test_nobody_is_answered_who_has_not_signed(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.carrier.post(self.carrier.base + "/voice", {"CallSid": "CA1", "From": WOMAN}, sign=False)
        self.assertEqual(refused.exception.code, 404)
        refused.exception.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
