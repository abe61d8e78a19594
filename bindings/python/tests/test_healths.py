"""Verdicts on documents, tables, and targets that answer for themselves."""

from __future__ import annotations

import unittest

from binding_support import MISSING
import gitops
from gitops import Health, HealthBasis, HealthTable, Verdict, assess


@unittest.skipIf(MISSING, MISSING or "")
class Healths(unittest.TestCase):
    def setUp(self) -> None:
        self.context = gitops.Context()
        self.addCleanup(self.context.close)

    def test_kind_is_judged(self) -> None:
        pod = {"apiVersion": "v1", "kind": "Pod", "status": {"phase": "Failed", "message": "late"}}
        self.assertEqual(assess(self.context, pod),
                         Verdict(Health.DEGRADED, "it failed: late", HealthBasis.KIND))

    def test_absent_is_missing(self) -> None:
        self.assertEqual(assess(self.context, None).health, Health.MISSING)

    def test_hook_runs_to_its_end(self) -> None:
        pod = {"apiVersion": "v1", "kind": "Pod",
               "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
        self.assertEqual(assess(self.context, pod).health, Health.HEALTHY)
        self.assertEqual(assess(self.context, pod, hook=True).health, Health.PROGRESSING)

    def test_table_and_key(self) -> None:
        rows = [{"field": "/state", "is": "running", "health": "healthy"}]
        with HealthTable.parse(self.context, {"kinds": {"Machine": rows}}) as table:
            verdict = assess(self.context, {"state": "running"}, "_/Machine/a", table=table)
            self.assertEqual(verdict, Verdict(Health.HEALTHY, "/state: running", HealthBasis.TABLE))

    def test_malformed_table_is_refused(self) -> None:
        with self.assertRaises(gitops.ParseError):
            HealthTable.parse(self.context, {"kinds": {"Machine": "fine"}})

    def test_worst_is_the_largest(self) -> None:
        self.assertEqual(max(Health.HEALTHY, Health.DEGRADED, Health.PROGRESSING), Health.DEGRADED)


if __name__ == "__main__":
    unittest.main()
