#!/usr/bin/env python3
"""Windows and time zones against a second, naive opinion.

Zones: Python's own reader of the same files. Schedules: every minute that an expression names,
spelled out as sets. Windows: minute by minute, with nothing but a clock on the wall.

GITOPS_LIBRARY names the library; GITOPS_WINDOW_CASES the number of random windows.
"""
import datetime
import functools
import os
import pathlib
import random
import sys
import unittest
import zoneinfo

import gitops
from gitops import Window, WindowKind, Windows, Zone

CASES = int(os.environ.get("GITOPS_WINDOW_CASES", "1000"))
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60
YEARS = (788918400, 2524608000)  # 1995 to 2050
NAMES = ["UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo",
         "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "Africa/Casablanca",
         "America/St_Johns", "Pacific/Apia", "Asia/Gaza", "Pacific/Chatham", "Antarctica/Troll"]


def zone_file(name):
    for folder in zoneinfo.TZPATH:
        path = pathlib.Path(folder, name)
        if path.is_file():
            return path.read_bytes()
    return None


def local(zone, moment):
    """The clock on the wall at a moment in seconds of unix time, without its offset."""
    return (EPOCH + datetime.timedelta(seconds=moment)).astimezone(zone).replace(tzinfo=None)


class Schedule:
    """A random expression, and the sets of values that it means."""

    LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
    WORDS = {3: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),
             4: "SUN MON TUE WED THU FRI SAT".split()}

    def __init__(self, rng):
        texts, self.sets, self.stars = [], [], []
        for number, (low, high) in enumerate(self.LIMITS):
            text, values, star = self.field(rng, number, low, high)
            texts.append(text)
            self.sets.append(values)
            self.stars.append(star)
        self.text = " ".join(texts)

    def field(self, rng, number, low, high):
        chance = (0.15, 0.3, 0.6, 0.7, 0.5)[number]
        if rng.random() < chance:
            return rng.choice("*?"), set(range(low, high + 1)), True
        items, values, star = [], set(), False
        for _ in range(rng.choice((1, 1, 2, 3))):
            text, found, is_star = self.item(rng, number, low, high)
            items.append(text)
            values |= found
            star |= is_star
        return ",".join(items), values, star

    def item(self, rng, number, low, high):
        form = rng.randrange(5)
        a = rng.randint(low, high)
        b = rng.randint(a, high + (number == 4))
        step = rng.randint(1, 20)
        fold = (lambda n: n % 7) if number == 4 else (lambda n: n)
        spelled = [self.spell(rng, number, n) for n in (a, b)]
        if form == 0:
            return spelled[0], {a}, False
        if form == 1:
            return f"{spelled[0]}-{spelled[1]}", {fold(n) for n in range(a, b + 1)}, False
        if form == 2:
            return f"{spelled[0]}-{spelled[1]}/{step}", {fold(n) for n in range(a, b + 1, step)}, False
        if form == 3:
            return f"*/{step}", set(range(low, high + 1, step)), step == 1
        return f"{spelled[0]}/{step}", set(range(a, high + 1, step)), False

    def spell(self, rng, number, value):
        words = self.WORDS.get(number)
        if words and rng.random() < 0.5 and (number != 4 or value < 7):
            word = words[value - self.LIMITS[number][0]]
            return rng.choice((word, word.lower(), word.capitalize()))
        return str(value)

    def set_hour(self, hour):
        self.sets[1] = {hour}
        fields = self.text.split()
        self.text = " ".join([fields[0], str(hour), *fields[2:]])

    def matches(self, clock):
        minutes, hours, days, months, weekdays = self.sets
        day, weekday = clock.day in days, clock.isoweekday() % 7 in weekdays
        right_day = (day and weekday) if self.stars[2] or self.stars[4] else (day or weekday)
        return (clock.minute in minutes and clock.hour in hours and clock.month in months
                and right_day)


@functools.lru_cache(maxsize=None)
def changes_of(zone):
    """The moments at which clocks are put forward or back, which are whole minutes in these years."""
    found = []
    for day in range(*YEARS, 86400):
        if local(zone, day + 86400) - local(zone, day) != datetime.timedelta(days=1):
            found += [moment for moment in range(day + MINUTE, day + 86400 + MINUTE, MINUTE)
                      if local(zone, moment) - local(zone, moment - 1)
                      != datetime.timedelta(seconds=1)]
    return found


def opens(schedule, zone, moment):
    """Does a window open at this minute? Also when its own minute was left out just before it."""
    now = local(zone, moment)
    if schedule.matches(now):
        return True
    skipped = local(zone, moment - 1) + datetime.timedelta(seconds=1)
    while skipped < now:
        if schedule.matches(skipped):
            return True
        skipped += datetime.timedelta(minutes=1)
    return False


def naive_allow(kinds, is_open, manual, began, flags):
    """The table of decisions, written as it is read."""
    if not kinds:
        return True
    denies = [i for i, kind in enumerate(kinds) if kind == WindowKind.DENY and is_open[i]]
    allows = [i for i, kind in enumerate(kinds) if kind == WindowKind.ALLOW]
    closed = [i for i in allows if not is_open[i]]

    def pass_all(group):
        return (manual and all(flags[i][0] for i in group)) or (
            began and all(flags[i][1] for i in group))

    if denies:
        return bool(pass_all(denies))
    if len(closed) < len(allows):
        return True
    if closed:
        return bool(pass_all(closed))
    return True


@unittest.skipIf(zone_file("Europe/Berlin") is None, "no time zone files")
class AgainstPython(unittest.TestCase):
    def setUp(self):
        self.context = gitops.Context()
        self.addCleanup(self.context.close)
        self.rng = random.Random(20261127)

    def zone(self, name):
        return Zone.parse(self.context, zone_file(name))

    def test_offsets_of_all_zones(self):
        compared = 0
        for name in sorted(zoneinfo.available_timezones()):
            data = zone_file(name)
            if data is None:
                continue
            with self.zone(name) as ours:
                theirs = zoneinfo.ZoneInfo(name)
                for year in list(range(1800, 2200, 7)) + [2037, 2038, 2500, 9000]:
                    base = gitops_ms(datetime.datetime(year, 1, 1, tzinfo=UTC))
                    for _ in range(4):
                        ms = base + self.rng.randrange(366 * 86400) * 1000
                        moment = EPOCH + datetime.timedelta(milliseconds=ms)
                        expected = moment.astimezone(theirs).utcoffset().total_seconds()
                        self.assertEqual(ours.offset(ms), expected, (name, moment))
                        compared += 1
        self.assertGreater(compared, 50_000)

    def test_offsets_around_every_change(self):
        for name in NAMES:
            theirs = zoneinfo.ZoneInfo(name)
            with self.zone(name) as ours:
                moment = datetime.datetime(1970, 1, 1, tzinfo=UTC)
                while moment.year < 2060:
                    after = moment + datetime.timedelta(days=1)
                    if moment.astimezone(theirs).utcoffset() != after.astimezone(theirs).utcoffset():
                        for s in range(0, 86400, 300):
                            one = moment + datetime.timedelta(seconds=s - 1)
                            self.check_offset(ours, theirs, one)
                            self.check_offset(ours, theirs, one + datetime.timedelta(seconds=1))
                    moment = after

    def check_offset(self, ours, theirs, moment):
        expected = moment.astimezone(theirs).utcoffset().total_seconds()
        self.assertEqual(ours.offset(gitops_ms(moment)), expected, moment)

    def scene(self, zone, changes):
        """A minute between 1995 and 2050 and a schedule.

        Two of three are near a change of the clocks, with the hour that is left out or comes twice.
        """
        schedule = Schedule(self.rng)
        if not changes or self.rng.random() < 0.33:
            return self.rng.randrange(*YEARS, MINUTE), schedule
        change = self.rng.choice(changes)
        hour = (local(zone, change - MINUTE).hour + self.rng.randrange(2)) % 24
        schedule.set_hour(hour)
        return change - self.rng.randrange(240) * MINUTE, schedule

    def test_random_windows(self):
        changes = 0
        for case in range(CASES):
            name = self.rng.choice(NAMES)
            theirs = zoneinfo.ZoneInfo(name)
            start, schedule = self.scene(theirs, changes_of(theirs))
            minutes = self.rng.choice((1, 5, 30, 60, 90, 240, 600, 1440))
            try:
                windows = Windows.new(self.context, [
                    Window(WindowKind.ALLOW, schedule.text, minutes * 60000, self.zone(name))])
            except gitops.ParseError as error:
                self.assertIn("no day", str(error))
                continue
            with self.subTest(zone=name, schedule=schedule.text, minutes=minutes), windows:
                changes += self.check_window(windows, schedule, theirs, minutes, start)
        self.assertGreater(changes, CASES // 4)

    def check_window(self, windows, schedule, zone, minutes, start):
        length = self.rng.choice((60, 300, 1500))
        opened = {start + i * MINUTE: opens(schedule, zone, start + i * MINUTE)
                  for i in range(-minutes, length)}
        states = []
        last = None
        for i in range(-minutes, length):
            moment = start + i * MINUTE
            last = moment if opened[moment] else last
            if i >= 0:
                states.append(last is not None and moment < last + minutes * MINUTE)
        for i in range(0, length, self.rng.randint(1, 20)):
            self.assertEqual(windows.is_open(0, (start + i * MINUTE) * 1000), states[i],
                             local(zone, start + i * MINUTE))
            inside = (start + i * MINUTE) * 1000 + self.rng.randrange(60000)
            self.assertEqual(windows.is_open(0, inside), states[i])
        return self.check_changes(windows, states, start)

    def check_changes(self, windows, states, start):
        """From one change to the next: none is missed, and none is invented."""
        at, seen = start * 1000, 0
        end = (start + len(states) * MINUTE) * 1000
        while at < end:
            following = windows.next_change(at)
            index = (at // 1000 - start) // MINUTE
            stop = len(states) if following is None else min(
                len(states), (following // 1000 - start) // MINUTE)
            self.assertTrue(all(state == states[index] for state in states[index:stop]))
            if following is None or following >= end:
                break
            if states[stop] == states[stop - 1]:  # only after a thousand openings in one
                self.assertTrue(states[stop] and following - at >= 999 * MINUTE * 1000)
            at, seen = following, seen + 1
        return seen

    def test_random_decisions(self):
        for _ in range(CASES):
            kinds, flags, given = [], [], []
            for _ in range(self.rng.randrange(5)):
                kinds.append(self.rng.choice((WindowKind.ALLOW, WindowKind.DENY)))
                flags.append((self.rng.random() < 0.5, self.rng.random() < 0.5))
                hour = self.rng.randrange(24)
                given.append(Window(kinds[-1], f"0 {hour} * * *", 12 * 3600000, None, *flags[-1]))
            with Windows.new(self.context, given) as windows:
                now = self.rng.randrange(10**12, 2 * 10**12)
                is_open = [windows.is_open(i, now) for i in range(len(given))]
                for manual in (False, True):
                    for began in (False, True):
                        expected = naive_allow(kinds, is_open, manual, began, flags)
                        self.assertEqual(windows.allow(now, manual=manual, began=began), expected)
                        blocker = windows.blocker(now, manual=manual, began=began)
                        self.assertEqual(blocker is None, expected)


def gitops_ms(moment):
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1)


if __name__ == "__main__":
    if zone_file("Europe/Berlin") is None:
        print("skipped: no time zone files")
        sys.exit(77)
    unittest.main()
