"""Windows and zones as Python objects; what they mean is tested against Python's own zones."""

from __future__ import annotations

import struct
import unittest

from binding_support import MISSING
import gitops
from gitops import Window, WindowKind, Windows, Zone

HOUR = 3_600_000


def tzif(rule: str) -> bytes:
    """A file with one type and a rule."""
    def head(types: int, chars: int) -> bytes:
        return b"TZif2" + bytes(15) + struct.pack(">6I", 0, 0, 0, 0, types, chars)

    return head(0, 0) + head(1, 4) + bytes(6) + b"UTC\0\n" + rule.encode() + b"\n"


@unittest.skipIf(MISSING, MISSING or "")
class WindowsAndZones(unittest.TestCase):
    def setUp(self) -> None:
        self.context = gitops.Context()
        self.addCleanup(self.context.close)

    def test_zone_offsets(self) -> None:
        with Zone.parse(self.context, tzif("EST5")) as zone:
            self.assertEqual(zone.offset(0), -5 * 3600)

    def test_window_in_its_zone(self) -> None:
        zone = Zone.parse(self.context, tzif("EST5"))
        given = Window(WindowKind.ALLOW, "0 0 * * *", 2 * HOUR, zone, manual_sync=True)
        with Windows.new(self.context, [given]) as windows:
            zone.close()  # the windows hold it
            self.assertFalse(windows.allow(0))
            self.assertTrue(windows.allow(0, manual=True))
            self.assertEqual(windows.blocker(0), 0)
            self.assertEqual(windows.next_change(0), 5 * HOUR)
            self.assertTrue(windows.allow(5 * HOUR))
            self.assertIsNone(windows.blocker(5 * HOUR))
            self.assertTrue(windows.is_open(0, 5 * HOUR))
            self.assertEqual(windows.next_change(5 * HOUR), 7 * HOUR)

    def test_no_windows_allow_for_ever(self) -> None:
        with Windows.new(self.context, []) as windows:
            self.assertTrue(windows.allow(0))
            self.assertIsNone(windows.next_change(0))

    def test_what_is_none_is_refused(self) -> None:
        with self.assertRaises(gitops.ParseError):
            Windows.new(self.context, [Window(WindowKind.DENY, "nightly", HOUR)])
        with self.assertRaises(gitops.ParseError):
            Zone.parse(self.context, b"TZif")


if __name__ == "__main__":
    unittest.main()
