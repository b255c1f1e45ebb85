"""A petition by telephone through the running gateway, over a carrier that signs with npm `twilio`. Not registered with
CTest before the service answers calls."""
import unittest
import urllib.error

import harness
import twilio_carrier

WOMAN = "+8619900000001"


class Telephone(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(harness.World())
        self.gateway = harness.Gateway(self.world)
        self.carrier = twilio_carrier.Carrier(self.world, self.gateway)
        self.addCleanup(self.carrier.close)
        shipped = (harness.ROOT / "config/harborline.toml").read_text(encoding="utf-8")
        own = {"8700": self.gateway.port, "8701": self.gateway.private_port, '"../run/': f'"{self.world.folder}/'}
        text = harness.fill(shipped, own)
        for folder in ("flows", "text", "places/harbin.toml"):
            text = text.replace(f'"{folder}"', f'"{harness.ROOT}/config/{folder}"')
        self.gateway.settings.write_text(text + self.carrier.settings(self.gateway), encoding="utf-8")
        self.gateway.settings.chmod(0o600)
        self.gateway.command("roster", "import", str(harness.ROOT / "config/demo/roster.csv"))
        self.gateway.start()

    def test_a_petition_is_told_by_keys_and_a_recording(self):
        call = self.carrier.calls(WOMAN)
        for key in ("2", "1", "2", "3", "1"):  # Petition, begin, land, district, part of it.
            self.assertEqual(call.waits_for.tag, "Gather", call.words)
            call.keys(key)
        self.assertEqual(call.waits_for.tag, "Record", call.words)
        audio = twilio_carrier.spoken()
        call.speaks(audio)
        harness.eventually("the recording to be fetched and erased at the carrier",
                           lambda: not self.carrier.api.recordings)
        while not call.over and call.waits_for is not None and call.waits_for.tag == "Gather":
            call.keys("1")  # Yes, and done; call me at this number.
        self.assertIn("编号", call.words)
        call.hangs_up()

    def test_nobody_is_answered_who_has_not_signed(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.carrier.post(self.carrier.base + "/voice", {"CallSid": "CA1", "From": WOMAN}, sign=False)
        self.assertEqual(refused.exception.code, 404)
        refused.exception.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
